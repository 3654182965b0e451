import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2';
import { contains, familyOf, parseCidr } from '../../shared/domain/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { cidrsInForce } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidCombination, invalidValue, missingParameter, notFound, requireId } from './errors.ts';
import { isVisible, stateAt } from './peering-state.ts';
import type { RouteDestination, RouteRecord, RouteTableRecord, RouteTarget, VpcRecord } from './records.ts';
import { isGatewayTarget } from './route-table-associations.ts';
import type { Ec2Store } from './store.ts';

export function routeActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { RouteTableId }: { RouteTableId: string | undefined }) => [
    arnOf(call, 'route-table', RouteTableId),
  ];
  return {
    CreateRoute: ec2Action<CreateRouteRequest, CreateRouteResult>({
      mutates: true,
      resources,
      run: (call, input) => createRoute(store, call, input),
    }),
    ReplaceRoute: ec2Action<ReplaceRouteRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => replaceRoute(store, call, input),
    }),
    DeleteRoute: ec2Action<DeleteRouteRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => deleteRoute(store, call, input),
    }),
  };
}

function createRoute(store: Ec2Store, call: Call, input: CreateRouteRequest): CreateRouteResult {
  const table = store.routeTable(call, input.RouteTableId);
  const destination = destinationOf(input);
  const target = targetOf(store, call, table, input);
  assertSupported(table, target);
  const present = routeTo(table, destination);
  if (present !== undefined || isLocal(store, table.vpc, destination)) {
    const isSame = present?.target.kind === target.kind && present.target.id === target.id;
    if (isSame && store.options.repeatedRoute === 'accepted') return { Return: true };
    throw new AwsError(
      'RouteAlreadyExists',
      `The route identified by ${nameOf(destination)} already exists.`,
    );
  }
  assertOutsideVpc(store, table.vpc, destination, target);
  assertRoom(store, table, destination);
  const visibleAt = store.now() + store.options.readLagMs;
  table.routes.push({ destination, target, visibleAt, filtered: false });
  return { Return: true };
}

function replaceRoute(store: Ec2Store, call: Call, input: ReplaceRouteRequest): object {
  const table = store.routeTable(call, input.RouteTableId);
  const destination = destinationOf(input);
  const target = targetOf(store, call, table, input);
  assertSupported(table, target);
  if (isLocal(store, table.vpc, destination)) {
    throw invalidValue(
      `The local route ${nameOf(destination)} can only be replaced by a target that is not modelled`,
    );
  }
  const present = routeTo(table, destination);
  if (present === undefined) {
    // Not InvalidRoute.NotFound, as DeleteRoute says.
    throw invalidValue(
      `There is no route defined for '${nameOf(destination)}' in the route table. Use CreateRoute instead.`,
    );
  }
  table.routes.splice(table.routes.indexOf(present), 1, {
    destination,
    target,
    visibleAt: present.visibleAt,
    filtered: false,
  });
  return {};
}

function assertSupported(table: RouteTableRecord, target: RouteTarget): void {
  if (table.gateways.length === 0 || isGatewayTarget(target)) return;
  throw invalidValue(
    'Route target is not supported. This route only supports interface and instance targets.',
  );
}

function deleteRoute(store: Ec2Store, call: Call, input: DeleteRouteRequest): object {
  const table = store.routeTable(call, input.RouteTableId);
  const destination = destinationOf(input);
  if (isLocal(store, table.vpc, destination)) {
    throw invalidValue(`cannot remove local route ${nameOf(destination)} in route table ${table.id}`);
  }
  const present = routeTo(table, destination);
  if (present === undefined) {
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with destination-cidr-block ${nameOf(destination)} in route table ${table.id}`,
    );
  }
  table.routes.splice(table.routes.indexOf(present), 1);
  return {};
}

/** A route's identity within its table. */
export const nameOf = (destination: RouteDestination): string =>
  destination.kind === 'prefix-list' ? destination.id : destination.cidr;

const routeTo = (table: RouteTableRecord, destination: RouteDestination): RouteRecord | undefined =>
  table.routes.find((route) => nameOf(route.destination) === nameOf(destination));

const isLocal = (store: Ec2Store, vpc: VpcRecord, destination: RouteDestination): boolean =>
  destination.kind !== 'prefix-list' && cidrsInForce(vpc, store.now()).includes(destination.cidr);

function destinationOf(input: DeleteRouteRequest): RouteDestination {
  const given = [input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId];
  if (given.filter((one) => one !== undefined).length > 1) {
    throw invalidCombination('Exactly one destination may be given');
  }
  if (input.DestinationPrefixListId !== undefined) {
    return { kind: 'prefix-list', id: input.DestinationPrefixListId };
  }
  const text = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock;
  if (text === undefined) throw missingParameter('destinationCidrBlock');
  const kind = input.DestinationCidrBlock === undefined ? 'ipv6' : 'ipv4';
  // EC2 makes it canonical: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
  const cidr = parseCidr(text);
  if (cidr === undefined || familyOf(cidr) !== kind) {
    throw invalidValue(
      `Value (${text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  return { kind, cidr };
}

function targetOf(
  store: Ec2Store,
  call: Call,
  table: RouteTableRecord,
  input: CreateRouteRequest | ReplaceRouteRequest,
): RouteTarget {
  const { GatewayId, NatGatewayId, TransitGatewayId, NetworkInterfaceId, VpcPeeringConnectionId } = input;
  const given = [GatewayId, NatGatewayId, TransitGatewayId, NetworkInterfaceId, VpcPeeringConnectionId];
  if (given.filter((one) => one !== undefined).length > 1) {
    throw invalidCombination('Exactly one target may be given');
  }
  if (VpcPeeringConnectionId !== undefined) {
    return { kind: 'peering', id: requireTargetPeering(store, call, table, VpcPeeringConnectionId) };
  }
  if (GatewayId !== undefined) {
    const gateway = store.internetGateway(call, GatewayId);
    if (gateway.vpc !== table.vpc) throw differentNetworks(table, gateway.id);
    return { kind: 'internet-gateway', id: gateway.id };
  }
  if (NatGatewayId !== undefined) return { kind: 'nat-gateway', id: NatGatewayId };
  if (TransitGatewayId !== undefined) return { kind: 'transit-gateway', id: TransitGatewayId };
  if (NetworkInterfaceId !== undefined) return { kind: 'network-interface', id: NetworkInterfaceId };
  throw missingParameter('gatewayId');
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

function assertOutsideVpc(
  store: Ec2Store,
  vpc: VpcRecord,
  destination: RouteDestination,
  target: RouteTarget,
): void {
  if (destination.kind === 'prefix-list' || target.kind === 'network-interface') return;
  if (cidrsInForce(vpc, store.now()).some((cidr) => contains(cidr, destination.cidr))) {
    throw invalidValue(
      `The destination CIDR block ${destination.cidr} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  }
}

/** IPv4 and IPv6 have a quota each. */
function assertRoom(store: Ec2Store, table: RouteTableRecord, destination: RouteDestination): void {
  const { routesPerTable } = store.quotas(table.ownerId, table.region);
  const isIpv6 = destination.kind === 'ipv6';
  const present = table.routes.filter((route) => (route.destination.kind === 'ipv6') === isIpv6);
  if (present.length >= routesPerTable) {
    throw new AwsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
  }
}
