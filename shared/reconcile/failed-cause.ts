import type { Region } from '../domain/facts/ids.ts';
import type { Peering, SideLocation } from '../domain/facts/peering.ts';
import type { VpcNetwork } from '../domain/facts/vpc.ts';
import { failedCause, type FailedSide } from '../domain/words/failed-cause.ts';
import type { DomainEvent } from '../domain/words/notice.ts';
import type { ReconcileDeps } from './ports.ts';
import type { Reconciled } from './reconciled.ts';

type Reads = Pick<ReconcileDeps, 'ec2' | 'organization' | 'policy'>;

/** Other regions that are asked for a VPC that is not where it ought to be; a policy seldom has more. */
const MAX_REGIONS = 8;

/** The event of a peering that failed, with the cause; any other as it is. Reads only where there is one to tell. */
export async function withFailedCause(
  event: DomainEvent,
  { observed }: Pick<Reconciled, 'observed'>,
  reads: Reads,
): Promise<DomainEvent> {
  const isFailed = event.detailType === 'Peering Failed' && observed.kind === 'ended';
  if (!isFailed) return event;
  const cause = await causeOf(observed.peering, reads);
  return { ...event, detail: { ...event.detail, problems: [...cause, ...event.detail.problems] } };
}

async function causeOf(peering: Peering, reads: Reads): Promise<readonly string[]> {
  const [requester, accepter] = await Promise.all([
    sideOf(peering.requester, reads),
    sideOf(peering.accepter, reads),
  ]);
  return failedCause({ requester, accepter });
}

/** What cannot be had keeps nobody from hearing that the peering failed. */
async function sideOf({ accountId, region, vpcId }: SideLocation, reads: Reads): Promise<FailedSide> {
  const location = { accountId, region, vpcId };
  const unknown = (why: string): FailedSide => ({ kind: 'unknown', location, why });
  if (!reads.policy.regions.includes(region)) return unknown(`${region} is not among the policy’s regions`);
  try {
    const standing = await reads.organization.standingOf(accountId);
    if (standing === 'external') return unknown(`account ${accountId} is outside the organization`);
    if (standing === 'suspended') return unknown(`account ${accountId} is suspended or closed`);
    const network = await reads.ec2.in(accountId, region).findNetwork(vpcId);
    if (network === undefined) return { kind: 'absent', location, isIn: await regionsOf(location, reads) };
    const { ownerId, cidrs } = network.vpc;
    return ownerId === accountId ? { kind: 'seen', location, cidrs } : { kind: 'shared', location, ownerId };
  } catch (error) {
    return unknown(error instanceof Error ? error.message : 'it was not answered');
  }
}

/** To forget `--peer-region` is the commonest mistake. */
async function regionsOf(
  { accountId, region, vpcId }: SideLocation,
  { ec2, policy }: Reads,
): Promise<Region[]> {
  const others = policy.regions.filter((other) => other !== region).slice(0, MAX_REGIONS);
  const isIn = async (other: Region): Promise<VpcNetwork | undefined> =>
    ec2
      .in(accountId, other)
      .findNetwork(vpcId)
      .catch(() => undefined);
  const found = await Promise.all(others.map(isIn));
  return others.filter((_, index) => found[index] !== undefined);
}
