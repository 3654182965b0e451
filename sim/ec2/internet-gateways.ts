import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue } from './errors.ts';
import type { InternetGatewayRecord } from './records.ts';
import type { Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** Just enough of internet gateways for a route to have another target than a peering. */
export function internetGatewayActions(store: Ec2Store): ActionTable {
  return {
    CreateInternetGateway: ec2Action<CreateInternetGatewayRequest, CreateInternetGatewayResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'internet-gateway')],
      run: (call, input) => createInternetGateway(store, call, input),
    }),
    AttachInternetGateway: ec2Action<AttachInternetGatewayRequest, object>({
      mutates: true,
      resources: (call, { InternetGatewayId, VpcId }) => [
        arnOf(call, 'internet-gateway', InternetGatewayId),
        arnOf(call, 'vpc', VpcId),
      ],
      run: (call, input) => attachInternetGateway(store, call, input),
    }),
  };
}

function createInternetGateway(
  store: Ec2Store,
  call: Call,
  input: CreateInternetGatewayRequest,
): CreateInternetGatewayResult {
  const tags = tagsFor('internet-gateway', input.TagSpecifications);
  const gateway: InternetGatewayRecord = { ...store.newOwned('internetGateway', call), vpc: undefined };
  store.internetGateways.set(gateway.id, gateway);
  store.tags.set(call, gateway.id, tags);
  return {
    InternetGateway: {
      Attachments: [],
      InternetGatewayId: gateway.id,
      OwnerId: gateway.ownerId,
      Tags: store.tags.get(call, gateway.id),
    },
  };
}

function attachInternetGateway(store: Ec2Store, call: Call, input: AttachInternetGatewayRequest): object {
  const gateway = store.internetGateway(call, input.InternetGatewayId);
  const vpc = store.vpc(call, input.VpcId);
  if (gateway.vpc !== undefined) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${gateway.id} is already attached to network ${vpc.id}`,
    );
  }
  if ([...store.internetGateways.values()].some((other) => other.vpc === vpc)) {
    throw invalidValue(`Network ${vpc.id} already has an internet gateway attached`);
  }
  gateway.vpc = vpc;
  return {};
}
