import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { selectPage } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { dependencyViolation, invalidValue, limitExceeded } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { InternetGatewayRecord, VpcRecord } from './records.ts';
import { countAt, itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

export function internetGatewayActions(store: Ec2Store): ActionTable {
  const resources = (
    call: Call,
    { InternetGatewayId, VpcId }: { InternetGatewayId: string | undefined; VpcId: string | undefined },
  ) => [arnOf(call, 'internet-gateway', InternetGatewayId), arnOf(call, 'vpc', VpcId)];
  return {
    CreateInternetGateway: ec2Action<CreateInternetGatewayRequest, CreateInternetGatewayResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'internet-gateway')],
      run: (call, input) => ({ InternetGateway: toGateway(store, call, createGateway(store, call, input)) }),
    }),
    AttachInternetGateway: ec2Action<AttachInternetGatewayRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => {
        const gateway = store.internetGateway(call, input.InternetGatewayId);
        attach(store, gateway, store.vpc(call, input.VpcId));
        return {};
      },
    }),
    DetachInternetGateway: ec2Action<DetachInternetGatewayRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => detach(store, call, input),
    }),
    DeleteInternetGateway: ec2Action<DeleteInternetGatewayRequest, object>({
      mutates: true,
      resources: (call, { InternetGatewayId }) => [arnOf(call, 'internet-gateway', InternetGatewayId)],
      run: (call, input) => deleteGateway(store, store.internetGateway(call, input.InternetGatewayId)),
    }),
    DescribeInternetGateways: ec2Action<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult>({
      mutates: false,
      run: (call, input) => describeGateways(store, call, input),
    }),
  };
}

export function createGateway(
  store: Ec2Store,
  call: Call,
  input: CreateInternetGatewayRequest,
): InternetGatewayRecord {
  const tags = tagsFor('internet-gateway', input.TagSpecifications);
  const { internetGatewaysPerRegion } = store.quotas(call.caller.accountId, call.region);
  if (countAt(store.internetGateways, call) >= internetGatewaysPerRegion) {
    throw limitExceeded('InternetGatewayLimitExceeded', 'internet gateways');
  }
  const gateway: InternetGatewayRecord = { ...store.newOwned('internetGateway', call), vpc: undefined };
  store.internetGateways.add(gateway);
  store.tags.set(call, gateway.id, tags);
  return gateway;
}

export function attach(store: Ec2Store, gateway: InternetGatewayRecord, vpc: VpcRecord): void {
  if (gateway.vpc !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.id} is already attached to network ${vpc.id}`,
    );
  }
  if (store.gatewayOf(vpc) !== undefined) {
    throw invalidValue(`Network ${vpc.id} already has an internet gateway attached`);
  }
  gateway.vpc = vpc;
}

/** Routes through the gateway stay, as black holes. */
function detach(store: Ec2Store, call: Call, input: DetachInternetGatewayRequest): object {
  const gateway = store.internetGateway(call, input.InternetGatewayId);
  const vpc = store.vpc(call, input.VpcId);
  if (gateway.vpc !== vpc) {
    throw new AwsError('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpc.id}`);
  }
  gateway.vpc = undefined;
  return {};
}

function deleteGateway(store: Ec2Store, gateway: InternetGatewayRecord): object {
  if (gateway.vpc !== undefined) throw dependencyViolation('internetGateway', gateway.id);
  store.internetGateways.delete(gateway.id);
  store.tags.forget(gateway.id);
  return {};
}

function describeGateways(
  store: Ec2Store,
  call: Call,
  input: DescribeInternetGatewaysRequest,
): DescribeInternetGatewaysResult {
  const ids = input.InternetGatewayIds;
  const candidates = ids?.length
    ? ids.map((id) => store.internetGateway(call, id))
    : itemsAt(store.internetGateways, call);
  const page = selectPage(candidates, input, {
    ids,
    idsParameter: 'internetGatewayIds',
    filters: FILTERS,
    tags: ({ id }) => store.tags.get(call, id),
    pageSize: store.options.pageSize,
  });
  return {
    InternetGateways: page.items.map((gateway) => toGateway(store, call, gateway)),
    NextToken: page.nextToken,
  };
}

const toGateway = (store: Ec2Store, call: Call, gateway: InternetGatewayRecord): InternetGateway => ({
  InternetGatewayId: gateway.id,
  OwnerId: gateway.ownerId,
  // Not "attached": that is what virtual private gateways are.
  Attachments: gateway.vpc === undefined ? [] : [{ State: ATTACHED, VpcId: gateway.vpc.id }],
  Tags: store.tags.get(call, gateway.id),
});

/**
 * A word that the SDK's type of states lacks.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const ATTACHED = 'available' as 'attached';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
const FILTERS: FilterTable<InternetGatewayRecord> = {
  'attachment.state': ({ vpc }) => [vpc && ATTACHED],
  'attachment.vpc-id': ({ vpc }) => [vpc?.id],
  'internet-gateway-id': ({ id }) => [id],
  'owner-id': ({ ownerId }) => [ownerId],
};
