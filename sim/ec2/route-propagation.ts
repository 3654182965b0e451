import type {
  DisableVgwRoutePropagationRequest,
  EnableVgwRoutePropagationRequest,
} from '@aws-sdk/client-ec2';
import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import type { RouteTableRecord, VpnGatewayRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

type PropagationRequest = EnableVgwRoutePropagationRequest | DisableVgwRoutePropagationRequest;

/** Only route tables show that a virtual private gateway propagates its routes to them. */
export function routePropagationActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { RouteTableId, GatewayId }: PropagationRequest) => [
    arnOf(call, 'route-table', RouteTableId),
    arnOf(call, 'vpn-gateway', GatewayId),
  ];
  return {
    EnableVgwRoutePropagation: ec2Action<EnableVgwRoutePropagationRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => {
        const { table, gateway } = partners(store, call, input);
        if (gateway.vpc !== table.vpc) {
          throw new AwsError(
            'Gateway.NotAttached',
            `resource ${gateway.id} is not attached to network ${table.vpc.id}`,
          );
        }
        if (!table.propagating.includes(gateway.id)) table.propagating.push(gateway.id);
        return {};
      },
    }),
    DisableVgwRoutePropagation: ec2Action<DisableVgwRoutePropagationRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => {
        const { table, gateway } = partners(store, call, input);
        stopPropagating(table, gateway);
        return {};
      },
    }),
  };
}

function partners(store: Ec2Store, call: Call, { RouteTableId, GatewayId }: PropagationRequest) {
  return { table: store.routeTable(call, RouteTableId), gateway: store.vpnGateway(call, GatewayId) };
}

export function stopPropagating({ propagating }: RouteTableRecord, { id }: VpnGatewayRecord): void {
  const index = propagating.indexOf(id);
  if (index >= 0) propagating.splice(index, 1);
}

/** What the gateways that propagate to the table have learnt. */
export const propagatedTo = (
  store: Ec2Store,
  table: RouteTableRecord,
): readonly { readonly cidr: Cidr; readonly gatewayId: string }[] =>
  table.propagating.flatMap((gatewayId) =>
    (store.vpnGateways.get(gatewayId)?.learnt ?? []).map((cidr) => ({ cidr, gatewayId })),
  );
