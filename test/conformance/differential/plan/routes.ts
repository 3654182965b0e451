import type { Step, StepKind } from '../steps.ts';
import { isSamePlace, type Made, type SequenceWorld } from '../world.ts';
import {
  about,
  call,
  ofVpc,
  pick,
  tagged,
  UNKNOWN,
  type Input,
  type Planner,
  type Subject,
} from './planner.ts';

/** A peering of the table's VPC, as far as there is one; now and then its internet gateway. */
function targetFor(table: Made, { second, variant }: Step, world: SequenceWorld): Input {
  const gateways = world.alive('igw', ofVpc(table.vpc));
  if (variant % 4 === 3 && gateways.length > 0) return { GatewayId: pick(gateways, second)?.token };
  const own = world.alive('pcx', (made) => made.vpc === table.vpc || made.peerVpc === table.vpc);
  const near = world.alive('pcx', ({ place, accepterPlace }) =>
    [place, accepterPlace ?? place].some((side) => isSamePlace(side, table.place)),
  );
  const target = pick(own.length > 0 ? own : near, second);
  return { VpcPeeringConnectionId: target?.token ?? UNKNOWN.pcx };
}

/** A destination that no VPC of the sequence has; for a clash, one that a VPC has. */
function destinationOf({ twist, variant }: Step): Input {
  return { DestinationCidrBlock: twist === 'clash' ? '10.0.0.0/16' : `172.${16 + (variant % 4)}.0.0/16` };
}

const write =
  (action: string) =>
  ({ made, id, place }: Subject, step: Step, world: SequenceWorld) =>
    call(place, action, { RouteTableId: id, ...destinationOf(step), ...targetFor(made, step, world) });

export const ROUTE_PLANNERS = {
  'create-route-table': about('vpc', ({ id, place }, step) =>
    call(place, 'CreateRouteTable', { VpcId: id, ...tagged('route-table', step) }),
  ),
  'delete-route-table': about('rtb', ({ id, place }) =>
    call(place, 'DeleteRouteTable', { RouteTableId: id }),
  ),
  'associate-route-table': about('rtb', ({ made, id, place }, { twist, second }, world) => {
    const subnets = world.alive('subnet', twist === 'clash' ? undefined : ofVpc(made.vpc));
    const SubnetId = pick(subnets, second)?.token ?? UNKNOWN.subnet;
    return call(place, 'AssociateRouteTable', { RouteTableId: id, SubnetId });
  }),
  'disassociate-route-table': about('rtbassoc', ({ id, place }) =>
    call(place, 'DisassociateRouteTable', { AssociationId: id }),
  ),
  'replace-association': about('rtbassoc', ({ made, id, place }, { twist, second }, world) => {
    const tables = world.alive('rtb', twist === 'clash' ? undefined : ofVpc(made.vpc));
    const RouteTableId = pick(tables, second)?.token ?? UNKNOWN.rtb;
    return call(place, 'ReplaceRouteTableAssociation', { AssociationId: id, RouteTableId });
  }),
  'create-route': about('rtb', write('CreateRoute')),
  'replace-route': about('rtb', write('ReplaceRoute')),
  'delete-route': about('rtb', ({ id, place }, step) =>
    call(place, 'DeleteRoute', { RouteTableId: id, ...destinationOf(step) }),
  ),
} satisfies Partial<Record<StepKind, Planner>>;
