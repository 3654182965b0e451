import { DEFAULT_OPTIONS } from '../sim/ec2/options.ts';
import type { World } from '../sim/world/world.ts';
import type { Attempt, PlacedVpc } from './placed-vpc.ts';
import { ec2Call } from './ec2-calls.ts';
import type { WorldFile } from './world-schema.ts';

type PeeringPlan = WorldFile['peerings'][number];

interface Planned extends PeeringPlan {
  readonly path: readonly ['peerings', number];
}

/** Requests and accepts the peerings of a world file; virtual time passes until they are as the file says. */
export async function buildPeerings(
  world: World,
  { peerings }: WorldFile,
  vpcs: ReadonlyMap<string, PlacedVpc>,
  attempt: Attempt,
): Promise<void> {
  const planned = peerings.map((peering, index): Planned => ({ ...peering, path: ['peerings', index] }));
  const active = planned.filter(({ state }) => state === 'active');
  // No account may have more requests open than this at once; those that are to stay open come last.
  for (const round of roundsOf(active, vpcs, DEFAULT_OPTIONS.outstandingPeeringRequests)) {
    const requested = round.map((peering) => ({
      peering,
      id: attempt(peering.path, () => request(world, peering, vpcs)),
    }));
    await pass(world, DEFAULT_OPTIONS.initiatingMs);
    for (const { peering, id } of requested) {
      const accepter = vpcs.get(peering.accepter);
      if (id === undefined || accepter === undefined) continue;
      attempt(peering.path, () =>
        ec2Call(world.aws.ec2, accepter, 'AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id }),
      );
    }
  }
  for (const peering of planned) {
    if (peering.state !== 'active') attempt(peering.path, () => request(world, peering, vpcs));
  }
  await pass(world, DEFAULT_OPTIONS.initiatingMs + DEFAULT_OPTIONS.provisioningMs);
}

const pass = (world: World, ms: number): Promise<void> => world.aws.clock.run(world.aws.clock.now() + ms);

/** The peering's id; nothing where one of its VPCs could not be built, which has been said already. */
function request(
  world: World,
  peering: PeeringPlan,
  vpcs: ReadonlyMap<string, PlacedVpc>,
): string | undefined {
  const [requester, accepter] = [vpcs.get(peering.requester), vpcs.get(peering.accepter)];
  if (requester === undefined || accepter === undefined) return undefined;
  const answer = ec2Call(world.aws.ec2, requester, 'CreateVpcPeeringConnection', {
    VpcId: requester.vpcId,
    PeerVpcId: accepter.vpcId,
    PeerOwnerId: accepter.accountId,
    PeerRegion: accepter.region,
  });
  return answer.VpcPeeringConnection?.VpcPeeringConnectionId;
}

/** Splits peerings into rounds, with at most so many requests of one account in each. */
function roundsOf(
  peerings: readonly Planned[],
  vpcs: ReadonlyMap<string, PlacedVpc>,
  perAccount: number,
): readonly (readonly Planned[])[] {
  const counts = new Map<string, number>();
  const rounds: Planned[][] = [];
  for (const peering of peerings) {
    const account = vpcs.get(peering.requester)?.accountId ?? '';
    const count = counts.get(account) ?? 0;
    counts.set(account, count + 1);
    const round = Math.floor(count / perAccount);
    (rounds[round] ??= []).push(peering);
  }
  return rounds;
}
