import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type { Peering, Place } from '../domain/facts/peering.ts';
import { isWithoutAccess } from './denial.ts';
import type { ReconcileDeps } from './ports.ts';
import type { Reconciled } from './reconciled.ts';
import type { RecheckQueue } from './ports.ts';

/** Requests that are looked at again at once; the sweep finds the rest. */
const MAX_REQUESTS = 20;

/**
 * Looks again at the requests that an ended peering held up: a destination is free now, or a place among the peerings of a
 * VPC. Our own cleaning is no event.
 */
export async function lookAtFreed(
  { observed, outcome, isDryRun }: Pick<Reconciled, 'observed' | 'outcome' | 'isDryRun'>,
  deps: Pick<ReconcileDeps, 'ec2' | 'organization' | 'policy' | 'places'> & {
    readonly recheck: RecheckQueue;
  },
): Promise<void> {
  if (observed.kind !== 'ended' || outcome.kind !== 'settled' || isDryRun) return;
  const { id, requester, accepter } = observed.peering;
  const vpcs = new Set([requester.vpcId, accepter.vpcId]);
  const found = new Map<PeeringId, Place>();
  for (const place of [requester, accepter]) {
    for (const request of await requestsAt(place, vpcs, deps)) found.set(request, place);
  }
  for (const [peeringId, { accountId, region }] of [...found].slice(0, MAX_REQUESTS)) {
    const key = { peeringId, accountId, region };
    await deps.recheck.send({ key, hintId: `freed-${id}`, looks: 0 }, 0);
  }
}

async function requestsAt(
  { accountId, region }: Place,
  vpcs: ReadonlySet<VpcId>,
  { ec2, organization, policy, places }: Pick<ReconcileDeps, 'ec2' | 'organization' | 'policy' | 'places'>,
): Promise<readonly PeeringId[]> {
  if (!policy.regions.includes(region)) return [];
  if ((await organization.standingOf(accountId)) !== 'member') return [];
  if ((await places.denialAt({ accountId, region })) !== undefined) return [];
  const touches = ({ state, requester, accepter }: Peering): boolean =>
    state === 'pending-acceptance' && (vpcs.has(requester.vpcId) || vpcs.has(accepter.vpcId));
  try {
    const peerings = await ec2.in(accountId, region).listPeerings();
    return peerings.filter(touches).map(({ id }) => id);
  } catch (error) {
    if (isWithoutAccess(error)) return [];
    throw error;
  }
}
