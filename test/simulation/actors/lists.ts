import type { Deed, Step } from '../plan/steps.ts';
import { given } from '../invariants/read.ts';
import type { LiveVpc, Stage } from '../stage.ts';
import { createRoute, partOf, TRANSIT_GATEWAY } from './routes.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;
type Change = About<'list-route' | 'modify-list' | 'propagate'>;

/** What a list may hold, and so takes of a table's quota. */
const MAX_ENTRIES = 4;

/** A second tool, which routes by prefix lists, and a network behind a virtual private gateway. */
export async function changeLists(step: Change, stage: Stage): Promise<boolean> {
  const { vpcs } = stage;
  const vpc = vpcs.get(step.vpc);
  if (vpc === undefined) return false;
  switch (step.kind) {
    case 'list-route':
      return routeList(step, stage, vpc);
    case 'modify-list':
      return modifyList(step, stage, vpc);
    case 'propagate':
      return propagate(step, stage, vpc);
  }
}

const placeOf = ({ accountId, region }: LiveVpc): string => `${accountId} ${region}`;

/** One list serves all of an account and region. */
async function routeList(
  { table, towards, part, peering }: About<'list-route'>,
  stage: Stage,
  vpc: LiveVpc,
): Promise<boolean> {
  const { world, vpcs, lists, peerings } = stage;
  const cidrs = towards
    .flatMap((name) => vpcs.get(name)?.cidr ?? [])
    .map((cidr) => partOf(cidr, part, table));
  const target = peering === undefined ? undefined : peerings.get(peering);
  if (peering !== undefined && target === undefined) return false;
  let list = lists.get(placeOf(vpc));
  if (list === undefined) {
    const created = await world.aws.act(vpc.accountId, vpc.region, 'CreateManagedPrefixList', {
      PrefixListName: 'second-tool',
      AddressFamily: 'IPv4',
      MaxEntries: MAX_ENTRIES,
      Entries: [...new Set(cidrs)].slice(0, MAX_ENTRIES).map((Cidr) => ({ Cidr })),
    });
    list = given(created, 'PrefixList', 'PrefixListId');
    lists.set(placeOf(vpc), list);
  }
  const to =
    target === undefined ? { TransitGatewayId: TRANSIT_GATEWAY } : { VpcPeeringConnectionId: target.id };
  return createRoute(stage, vpc, table, { DestinationPrefixListId: list, ...to });
}

async function modifyList({ add }: About<'modify-list'>, stage: Stage, vpc: LiveVpc): Promise<boolean> {
  const { world, vpcs, lists } = stage;
  const PrefixListId = lists.get(placeOf(vpc));
  const record = world.aws.ec2.truth.prefixLists.get(PrefixListId ?? '');
  if (PrefixListId === undefined || record === undefined) return false;
  const added = add === undefined ? undefined : vpcs.get(add)?.cidr;
  const last = record.versions.at(-1)?.entries.at(-1)?.cidr;
  const change =
    added === undefined ? { RemoveEntries: [{ Cidr: last }] } : { AddEntries: [{ Cidr: added }] };
  if (added === undefined && last === undefined) return false;
  await world.aws.act(vpc.accountId, vpc.region, 'ModifyManagedPrefixList', {
    PrefixListId,
    CurrentVersion: record.versions.length,
    ...change,
  });
  return true;
}

async function propagate(
  { table, towards, part }: About<'propagate'>,
  { world, vpcs, gateways }: Stage,
  vpc: LiveVpc,
): Promise<boolean> {
  const destination = vpcs.get(towards)?.cidr;
  if (destination === undefined) return false;
  const act = (action: string, input: object): Promise<unknown> =>
    world.aws.act(vpc.accountId, vpc.region, action, input);
  let gateway = gateways.get(vpc.vpcId);
  if (gateway === undefined) {
    gateway = given(await act('CreateVpnGateway', { Type: 'ipsec.1' }), 'VpnGateway', 'VpnGatewayId');
    gateways.set(vpc.vpcId, gateway);
    await act('AttachVpnGateway', { VpnGatewayId: gateway, VpcId: vpc.vpcId });
  }
  world.aws.ec2.propagate(gateway, [partOf(destination, part, table)]);
  const RouteTableId = vpc.tableIds[table % vpc.tableIds.length];
  await act('EnableVgwRoutePropagation', { RouteTableId, GatewayId: gateway });
  return true;
}
