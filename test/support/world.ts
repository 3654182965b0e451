import { World, type BuiltVpc, type WorldOptions } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from './policy-text.ts';

export const APPS = '111111111111';
export const SHARED = '222222222222';
export const SANDBOX = '333333333333';

/**
 * An organization with an account in each of the OUs that {@link APPS_TO_SHARED} names. Its clients pass copies of values,
 * which is faster; a test of what goes over the network asks for `wire: 'http'`.
 */
export function aWorld(options: Partial<WorldOptions> = {}): World {
  const world = new World({
    seed: 1,
    policy: APPS_TO_SHARED,
    regions: ['eu-west-1', 'us-east-1'],
    wire: 'direct',
    ...options,
  });
  const { organization } = world.aws;
  const unit = (name: string, id: string): string => organization.addOrganizationalUnit(name, { id }).id;
  world.addMember(APPS, unit('Apps', 'ou-ab12-apps0001'));
  world.addMember(SHARED, unit('Shared', 'ou-ab12-shared01'));
  world.addMember(SANDBOX, unit('Sandbox', 'ou-ab12-sandbox1'));
  return world;
}

/** A VPC of the apps account and one of the shared account, in the given regions; what making them starts is over. */
export async function aPair(
  world: World,
  requesterRegion = 'eu-west-1',
  accepterRegion = requesterRegion,
): Promise<{ requester: BuiltVpc; accepter: BuiltVpc }> {
  const requester = await world.buildVpc(APPS, requesterRegion, '10.1.0.0/16');
  const accepter = await world.buildVpc(SHARED, accepterRegion, '10.2.0.0/16');
  await world.settle();
  return { requester, accepter };
}

/** What people were told, without the accounts that have no member stack: the hub's own is one, in every world. */
export const toldBesidesPlaces = (world: World) =>
  world.aws.sns.published.filter(({ subject }) => subject?.startsWith('autopeer: Access') !== true);

/** Lets virtual time pass. */
export const pass = (world: World, ms: number): Promise<void> =>
  world.aws.clock.run(world.aws.clock.now() + ms);

/** The headings of the notices, in the order in which they were sent: `Peering Held`, … */
export const subjects = (world: World): readonly string[] =>
  toldBesidesPlaces(world).map(({ subject }) => /^autopeer: ([^,]*)/.exec(subject ?? '')?.[1] ?? '');

/** The ledger's pages of peerings that were read; each sweep reads which places it may not read. */
export const peeringsQueried = (world: World, from: number) =>
  world.aws.calls
    .slice(from)
    .filter(({ action, input }) => action === 'Query' && JSON.stringify(input).includes('peering#'));

/** The side's own DNS flag, which only its own account sees. */
export async function dnsFlags(
  world: World,
  requester: BuiltVpc,
  accepter: BuiltVpc,
  peeringId: string,
): Promise<readonly (boolean | undefined)[]> {
  const seenByRequester = await world.peering(requester, peeringId);
  const seenByAccepter = await world.peering(accepter, peeringId);
  return [
    seenByRequester?.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc,
    seenByAccepter?.AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc,
  ];
}

/** Active, with a route to the other side in each side's table, and DNS on both. */
export async function expectConnected(
  world: World,
  requester: BuiltVpc,
  accepter: BuiltVpc,
  peeringId: string,
): Promise<void> {
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  const routesOf = (vpc: BuiltVpc, other: BuiltVpc): readonly string[] =>
    vpc.tableIds.map((tableId) => `${tableId} ${other.cidr} ${peeringId} active`).toSorted();
  expect(await world.routes(requester)).toEqual(routesOf(requester, accepter));
  expect(await world.routes(accepter)).toEqual(routesOf(accepter, requester));
  expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, true]);
}
