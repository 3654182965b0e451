import type { CreateRouteRequest, ReplaceRouteRequest, Route } from '@aws-sdk/client-ec2';
import type { AwsError, Call } from '../types.ts';
import { invalidCombination, invalidValue, missingParameter, notFound, requireId } from './errors.ts';
import { isVisible, stateAt } from './peering-state.ts';
import type { RouteTableRecord, RouteTarget } from './records.ts';
import type { Ec2Store } from './store.ts';

type Input = CreateRouteRequest | ReplaceRouteRequest;

/** What the request names as target, by the kind of the parameter. A gateway's kind follows from its id. */
function named(input: Input) {
  const all = [
    { kind: 'carrier-gateway', id: input.CarrierGatewayId },
    { kind: 'core-network', id: input.CoreNetworkArn },
    { kind: 'egress-only-gateway', id: input.EgressOnlyInternetGatewayId },
    { kind: 'gateway', id: input.GatewayId },
    { kind: 'instance', id: input.InstanceId },
    { kind: 'local-gateway', id: input.LocalGatewayId },
    { kind: 'nat-gateway', id: input.NatGatewayId },
    { kind: 'network-interface', id: input.NetworkInterfaceId },
    { kind: 'odb-network', id: input.OdbNetworkArn },
    { kind: 'peering', id: input.VpcPeeringConnectionId },
    { kind: 'transit-gateway', id: input.TransitGatewayId },
    { kind: 'vpc-endpoint', id: input.VpcEndpointId },
  ] as const;
  return all.flatMap(({ kind, id }) => (id === undefined ? [] : [{ kind, id }]));
}

/** The target of a new route of the table. Peerings and the gateways of the model must be its VPC's. */
export function targetOf(store: Ec2Store, call: Call, table: RouteTableRecord, input: Input): RouteTarget {
  const [target, ...others] = named(input);
  if (target === undefined) throw missingParameter('gatewayId');
  if (others.length > 0) throw invalidCombination('Exactly one target may be given');
  const { kind, id } = target;
  if (kind === 'peering') return { kind, id: requireTargetPeering(store, call, table, id) };
  return kind === 'gateway' ? gatewayOf(store, call, table, id) : { kind, id };
}

function gatewayOf(store: Ec2Store, call: Call, table: RouteTableRecord, id: string): RouteTarget {
  if (id.startsWith('vpce-')) return { kind: 'vpc-endpoint', id };
  const isVpnGateway = id.startsWith('vgw-');
  const gateway = isVpnGateway ? store.vpnGateway(call, id) : store.internetGateway(call, id);
  if (gateway.vpc !== table.vpc) throw differentNetworks(table, id);
  return { kind: isVpnGateway ? 'vpn-gateway' : 'internet-gateway', id };
}

/** A route may point at a peering that is still pending, but not at one that has ended. */
function requireTargetPeering(store: Ec2Store, call: Call, table: RouteTableRecord, id: string): string {
  const now = store.now();
  const peering = store.peerings.get(requireId('peering', id));
  if (peering === undefined || !isVisible(peering, call, now, store.options)) throw notFound('peering', id);
  if (['failed', 'rejected', 'expired', 'deleting', 'deleted'].includes(stateAt(peering, now))) {
    throw notFound('peering', id);
  }
  if (peering.requester.vpc !== table.vpc && peering.accepter.vpc !== table.vpc) {
    throw differentNetworks(table, id);
  }
  return id;
}

const differentNetworks = (table: RouteTableRecord, gatewayId: string): AwsError =>
  invalidValue(`route table ${table.id} and network gateway ${gatewayId} belong to different networks`);

/** The target in the member in which EC2 shows it. */
export function targetView({ kind, id }: RouteTarget): Route {
  switch (kind) {
    case 'peering':
      return { VpcPeeringConnectionId: id };
    case 'internet-gateway':
    case 'vpn-gateway':
    // Those of gateway endpoints and of Gateway Load Balancers alike.
    case 'vpc-endpoint':
      return { GatewayId: id };
    case 'carrier-gateway':
      return { CarrierGatewayId: id };
    case 'core-network':
      return { CoreNetworkArn: id };
    case 'egress-only-gateway':
      return { EgressOnlyInternetGatewayId: id };
    case 'instance':
      return { InstanceId: id };
    case 'local-gateway':
      return { LocalGatewayId: id };
    case 'nat-gateway':
      return { NatGatewayId: id };
    case 'network-interface':
      return { NetworkInterfaceId: id };
    case 'odb-network':
      return { OdbNetworkArn: id };
    case 'transit-gateway':
      return { TransitGatewayId: id };
  }
}
