import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2';
import { contains } from '../../shared/domain/facts/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { cidrOf, cidrsInForce } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidCombination, invalidValue, missingParameter, requireId } from './errors.ts';
import { requirePrefixList } from './prefix-list-state.ts';
import type { RouteDestination, RouteRecord, RouteTableRecord, RouteTarget, VpcRecord } from './records.ts';
import { roomLeft, weightOf } from './route-quota.ts';
import { isGatewayTarget } from './route-table-associations.ts';
import { targetOf } from './route-targets.ts';
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
  const destination = destinationOf(store, call, input);
  const target = targetOf(store, call, table, input);
  assertSupported(store, table, destination, target);
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
  const destination = destinationOf(store, call, input);
  const target = targetOf(store, call, table, input);
  assertSupported(store, table, destination, target);
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

function assertSupported(
  store: Ec2Store,
  table: RouteTableRecord,
  destination: RouteDestination,
  target: RouteTarget,
): void {
  // https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
  if (target.kind === 'egress-only-gateway' && weightOf(store, destination).family === 'ipv4') {
    throw invalidValue('An egress-only internet gateway takes IPv6 destinations only.');
  }
  if (table.gateways.length === 0 || isGatewayTarget(target)) return;
  throw invalidValue(
    'Route target is not supported. This route only supports interface and instance targets.',
  );
}

function deleteRoute(store: Ec2Store, call: Call, input: DeleteRouteRequest): object {
  const table = store.routeTable(call, input.RouteTableId);
  const destination = destinationIn(input);
  if (isLocal(store, table.vpc, destination)) {
    throw invalidValue(`cannot remove local route ${nameOf(destination)} in route table ${table.id}`);
  }
  const present = routeTo(table, destination);
  if (present === undefined) {
    const what = destination.kind === 'prefix-list' ? 'destination-prefix-list-id' : 'destination-cidr-block';
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with ${what} ${nameOf(destination)} in route table ${table.id}`,
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

/** Of a route that leads somewhere: a prefix list must be one that the caller sees. */
function destinationOf(store: Ec2Store, call: Call, input: DeleteRouteRequest): RouteDestination {
  const destination = destinationIn(input);
  if (destination.kind !== 'prefix-list') return destination;
  return { kind: 'prefix-list', id: requirePrefixList(store, call, destination.id).id };
}

function destinationIn(input: DeleteRouteRequest): RouteDestination {
  const given = [input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId];
  if (given.filter((one) => one !== undefined).length > 1) {
    throw invalidCombination('Exactly one destination may be given');
  }
  if (input.DestinationPrefixListId !== undefined) {
    return { kind: 'prefix-list', id: requireId('prefixList', input.DestinationPrefixListId) };
  }
  const text = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock;
  if (text === undefined) throw missingParameter('destinationCidrBlock');
  const kind = input.DestinationCidrBlock === undefined ? 'ipv6' : 'ipv4';
  // EC2 makes it canonical: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
  return { kind, cidr: cidrOf(text, kind, 'destinationCidrBlock') };
}

/**
 * The targets of a route that is more specific than the local one.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 */
const mayLeadWithin = ({ kind }: RouteTarget): boolean => kind === 'nat-gateway' || isGatewayTarget({ kind });

function assertOutsideVpc(
  store: Ec2Store,
  vpc: VpcRecord,
  destination: RouteDestination,
  target: RouteTarget,
): void {
  if (destination.kind === 'prefix-list' || mayLeadWithin(target)) return;
  if (cidrsInForce(vpc, store.now()).some((cidr) => contains(cidr, destination.cidr))) {
    throw invalidValue(
      `The destination CIDR block ${destination.cidr} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  }
}

function assertRoom(store: Ec2Store, table: RouteTableRecord, destination: RouteDestination): void {
  const { family, entries } = weightOf(store, destination);
  if (roomLeft(store, table, family) < entries) {
    throw new AwsError('RouteLimitExceeded', 'The maximum number of routes has been reached.');
  }
}
