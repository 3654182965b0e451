import type { Route, RouteState } from '@aws-sdk/client-ec2';
import { familyOf } from '../../shared/domain/facts/cidr.ts';
import { cidrsInForce } from './cidrs.ts';
import { stateAt } from './peering-state.ts';
import { propagatedTo } from './route-propagation.ts';
import type { RouteDestination, RouteRecord, RouteTableRecord, VpcRecord } from './records.ts';
import { targetView } from './route-targets.ts';
import type { Ec2Store } from './store.ts';

/**
 * The routes of a table as EC2 lists them: the local ones follow from the VPC's blocks and come first. A propagated one
 * stands beside the static one to the same destination, which wins.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html#route-table-priority-propagated-routes
 */
export function toRoutes(store: Ec2Store, table: RouteTableRecord): Route[] {
  const now = store.now();
  const local = cidrsInForce(table.vpc, now).map((cidr): Route => ({
    ...destinationView({ kind: familyOf(cidr), cidr }),
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
    State: 'active',
  }));
  const own = table.routes
    .filter(({ visibleAt }) => now >= visibleAt)
    .map((route): Route => ({
      ...destinationView(route.destination),
      ...targetView(route.target),
      Origin: 'CreateRoute',
      State: routeState(store, table.vpc, route),
    }));
  const propagated = propagatedTo(store, table).map(({ cidr, gatewayId }): Route => ({
    ...destinationView({ kind: familyOf(cidr), cidr }),
    GatewayId: gatewayId,
    Origin: 'EnableVgwRoutePropagation',
    State: 'active',
  }));
  return [...local, ...own, ...propagated];
}

/**
 * A route to a peering that is not active leads nowhere, before acceptance and after deletion, until someone removes
 * the route; so does one to a gateway that is detached.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
 */
function routeState(store: Ec2Store, vpc: VpcRecord, { target, filtered }: RouteRecord): RouteState {
  if (filtered) return 'filtered';
  if (target.kind === 'internet-gateway' || target.kind === 'vpn-gateway') {
    const gateways = target.kind === 'vpn-gateway' ? store.vpnGateways : store.internetGateways;
    return gateways.get(target.id)?.vpc === vpc ? 'active' : 'blackhole';
  }
  if (target.kind !== 'peering') return 'active';
  const peering = store.peerings.get(target.id);
  return peering !== undefined && stateAt(peering, store.now()) === 'active' ? 'active' : 'blackhole';
}

function destinationView(destination: RouteDestination): Route {
  switch (destination.kind) {
    case 'ipv4':
      return { DestinationCidrBlock: destination.cidr };
    case 'ipv6':
      return { DestinationIpv6CidrBlock: destination.cidr };
    case 'prefix-list':
      return { DestinationPrefixListId: destination.id };
  }
}
