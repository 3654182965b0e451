import type {
  AttachVpnGatewayRequest,
  AttachVpnGatewayResult,
  CreateVpnGatewayRequest,
  CreateVpnGatewayResult,
  DeleteVpnGatewayRequest,
  DescribeVpnGatewaysRequest,
  DescribeVpnGatewaysResult,
  DetachVpnGatewayRequest,
  VpnGateway,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue, missingParameter } from './errors.ts';
import { applyFilters, type FilterTable } from './filters.ts';
import type { VpnGatewayRecord } from './records.ts';
import { stopPropagating } from './route-propagation.ts';
import { itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnGateway.html */
const TYPE = 'ipsec.1';
const DEFAULT_ASN = 64_512;

export function vpnGatewayActions(store: Ec2Store): ActionTable {
  const both = (
    call: Call,
    { VpnGatewayId, VpcId }: { VpnGatewayId: string | undefined; VpcId: string | undefined },
  ) => [arnOf(call, 'vpn-gateway', VpnGatewayId), arnOf(call, 'vpc', VpcId)];
  return {
    CreateVpnGateway: ec2Action<CreateVpnGatewayRequest, CreateVpnGatewayResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'vpn-gateway')],
      run: (call, input) => createGateway(store, call, input),
    }),
    AttachVpnGateway: ec2Action<AttachVpnGatewayRequest, AttachVpnGatewayResult>({
      mutates: true,
      resources: both,
      run: (call, input) => attach(store, call, input),
    }),
    DetachVpnGateway: ec2Action<DetachVpnGatewayRequest, object>({
      mutates: true,
      resources: both,
      run: (call, input) => detach(store, call, input),
    }),
    DeleteVpnGateway: ec2Action<DeleteVpnGatewayRequest, object>({
      mutates: true,
      resources: (call, { VpnGatewayId }) => [arnOf(call, 'vpn-gateway', VpnGatewayId)],
      run: (call, { VpnGatewayId }) => deleteGateway(store, store.vpnGateway(call, VpnGatewayId)),
    }),
    DescribeVpnGateways: ec2Action<DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult>({
      mutates: false,
      run: (call, input) => describeGateways(store, call, input),
    }),
  };
}

function createGateway(store: Ec2Store, call: Call, input: CreateVpnGatewayRequest): CreateVpnGatewayResult {
  const { AmazonSideAsn = DEFAULT_ASN, AvailabilityZone } = input;
  const type: string | undefined = input.Type;
  if (type === undefined) throw missingParameter('type');
  if (type !== TYPE) throw invalidValue(`Value (${type}) for parameter type is invalid.`);
  const tags = tagsFor('vpn-gateway', input.TagSpecifications);
  const gateway: VpnGatewayRecord = {
    ...store.newOwned('vpnGateway', call),
    amazonSideAsn: AmazonSideAsn,
    availabilityZone: AvailabilityZone,
    vpc: undefined,
    learnt: [],
  };
  store.vpnGateways.add(gateway);
  store.tags.set(call, gateway.id, tags);
  return { VpnGateway: { ...toGateway(store, call, gateway), State: 'pending' } };
}

function attach(store: Ec2Store, call: Call, input: AttachVpnGatewayRequest): AttachVpnGatewayResult {
  const gateway = store.vpnGateway(call, input.VpnGatewayId);
  const vpc = store.vpc(call, input.VpcId);
  if (gateway.vpc !== undefined) {
    throw new AwsError(
      'VpnGatewayAttachmentLimitExceeded',
      `The virtual private gateway ${gateway.id} is already attached to ${gateway.vpc.id}.`,
    );
  }
  if (store.vpnGatewayOf(vpc) !== undefined) {
    throw new AwsError(
      'InvalidVpcState',
      `The vpc ${vpc.id} already has a virtual private gateway attached to it.`,
    );
  }
  gateway.vpc = vpc;
  return { VpcAttachment: { State: 'attaching', VpcId: vpc.id } };
}

/** Routes to the gateway stay, as black holes; it propagates none any more. */
function detach(store: Ec2Store, call: Call, input: DetachVpnGatewayRequest): object {
  const gateway = store.vpnGateway(call, input.VpnGatewayId);
  const vpc = store.vpc(call, input.VpcId);
  if (gateway.vpc !== vpc) {
    throw new AwsError(
      'InvalidVpnGatewayAttachment.NotFound',
      `The attachment with vpn gateway ID '${gateway.id}' and vpc ID '${vpc.id}' does not exist`,
    );
  }
  for (const table of store.tablesOf(vpc)) stopPropagating(table, gateway);
  gateway.vpc = undefined;
  return {};
}

function deleteGateway(store: Ec2Store, gateway: VpnGatewayRecord): object {
  if (gateway.vpc !== undefined) {
    throw new AwsError('IncorrectState', `The vpnGateway ID '${gateway.id}' is attached to a VPC.`);
  }
  store.vpnGateways.delete(gateway.id);
  store.tags.forget(gateway.id);
  return {};
}

/** An action without pages. */
function describeGateways(
  store: Ec2Store,
  call: Call,
  { VpnGatewayIds: ids, Filters }: DescribeVpnGatewaysRequest,
): DescribeVpnGatewaysResult {
  const candidates = ids?.length
    ? ids.map((id) => store.vpnGateway(call, id))
    : itemsAt(store.vpnGateways, call);
  const tags = ({ id }: VpnGatewayRecord) => store.tags.get(call, id);
  const found = applyFilters(candidates, Filters, FILTERS, { tags });
  return { VpnGateways: found.map((gateway) => toGateway(store, call, gateway)) };
}

const toGateway = (store: Ec2Store, call: Call, gateway: VpnGatewayRecord): VpnGateway => ({
  VpnGatewayId: gateway.id,
  State: 'available',
  Type: TYPE,
  ...(gateway.availabilityZone !== undefined && { AvailabilityZone: gateway.availabilityZone }),
  AmazonSideAsn: gateway.amazonSideAsn,
  VpcAttachments: gateway.vpc === undefined ? [] : [{ State: 'attached', VpcId: gateway.vpc.id }],
  Tags: store.tags.get(call, gateway.id),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnGateways.html */
const FILTERS: FilterTable<VpnGatewayRecord> = {
  'amazon-side-asn': ({ amazonSideAsn }) => [String(amazonSideAsn)],
  'attachment.state': ({ vpc }) => [vpc && 'attached'],
  'attachment.vpc-id': ({ vpc }) => [vpc?.id],
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  state: () => ['available'],
  type: () => [TYPE],
  'vpn-gateway-id': ({ id }) => [id],
};
