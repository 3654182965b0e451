import type { Step, StepKind } from '../steps.ts';
import type { Kind, Made, SequenceWorld } from '../world.ts';
import { about, call, pick, type Planner } from './planner.ts';

interface Filter {
  readonly Name: string;
  readonly Values: readonly (string | undefined)[];
}
type FiltersOf = (made: Made, step: Step, world: SequenceWorld) => readonly Filter[];

/** A Describe call of one kind: of everything, of one id, or with a filter. */
function describe(kind: Kind, action: string, idsName: string, filtersOf: FiltersOf): Planner {
  return about(kind, ({ made, id, place }, step, world) => {
    const isAccepterAsking = made.accepterPlace !== undefined && step.variant % 2 === 1;
    const asker = isAccepterAsking && step.twist === 'none' ? made.accepterPlace : place;
    if (step.variant % 3 === 0) return call(asker, action, {});
    if (step.variant % 3 === 1 || step.twist !== 'none') return call(asker, action, { [idsName]: [id] });
    const filter = pick(filtersOf(made, step, world), step.second);
    const isWhole = filter !== undefined && !filter.Values.includes(undefined);
    return call(asker, action, isWhole ? { Filters: [filter] } : {});
  });
}

export const DESCRIBE_PLANNERS = {
  'describe-vpcs': describe('vpc', 'DescribeVpcs', 'VpcIds', ({ cidr, token, place }) => [
    { Name: 'cidr', Values: [cidr] },
    { Name: 'vpc-id', Values: [token] },
    { Name: 'tag:tier', Values: ['shared'] },
    { Name: 'tag-key', Values: ['tier', 'Name'] },
    { Name: 'owner-id', Values: [place.accountId] },
    { Name: 'cidr-block-association.cidr-block', Values: ['10.*'] },
  ]),
  'describe-subnets': describe('subnet', 'DescribeSubnets', 'SubnetIds', ({ vpc, cidr }) => [
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'cidr-block', Values: [cidr] },
    { Name: 'state', Values: ['available'] },
    { Name: 'tag:tier', Values: ['apps', 'sh*'] },
  ]),
  'describe-route-tables': describe(
    'rtb',
    'DescribeRouteTables',
    'RouteTableIds',
    ({ vpc, token }, { variant }, world) => [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: 'association.main', Values: ['true'] },
      { Name: 'route-table-id', Values: [token] },
      { Name: 'route.destination-cidr-block', Values: ['172.16.0.0/16'] },
      { Name: 'route.vpc-peering-connection-id', Values: [pick(world.alive('pcx'), variant)?.token] },
      { Name: 'association.subnet-id', Values: [pick(world.alive('subnet'), variant)?.token] },
      { Name: 'route.state', Values: ['blackhole'] },
    ],
  ),
  'describe-peerings': describe(
    'pcx',
    'DescribeVpcPeeringConnections',
    'VpcPeeringConnectionIds',
    ({ vpc, token }) => [
      { Name: 'status-code', Values: ['active'] },
      { Name: 'requester-vpc-info.vpc-id', Values: [vpc] },
      { Name: 'vpc-peering-connection-id', Values: [token] },
    ],
  ),
  'describe-groups': describe('sg', 'DescribeSecurityGroups', 'GroupIds', ({ vpc, token }) => [
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'group-id', Values: [token] },
    { Name: 'group-name', Values: ['default', 'group-*'] },
    { Name: 'ip-permission.cidr', Values: ['10.0.0.0/8'] },
  ]),
} satisfies Partial<Record<StepKind, Planner>>;
