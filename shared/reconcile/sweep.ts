import { NO_MEMORY } from '../domain/memory/memory.ts';
import { isExpiring } from '../domain/facts/observed.ts';
import type { GovernedSide, ObservedSide, OpenPeering } from '../domain/facts/observed.ts';
import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type { Peering, Place, Role } from '../domain/facts/peering.ts';
import { governedSides } from '../domain/connection/choice.ts';
import { hasSteps, plan } from '../domain/connection/plan.ts';
import type { ConnectOptions } from '../domain/policy/language/connect.ts';
import { isWaiting, statusTold } from '../domain/words/status.ts';
import { judge, mayJudgeOtherwise } from '../domain/connection/judge.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import { routesTo, type Inventory } from '../domain/facts/vpc.ts';
import { SWEEP_HINT, type SweepItem, type SweepQueue, type WorkQueue } from '../domain/work/work-item.ts';
import type { Ask } from '../domain/connection/answers.ts';
import { canonicalJson } from '../domain/policy/language/canonical.ts';
import type { Approvals } from './approvals.ts';
import { askIn } from './asking.ts';
import { denialOf } from './denial.ts';
import type { Ledger } from './ledger.ts';
import { openAmong, peersOf } from './observe.ts';
import type { RememberedPlaces } from './places.ts';
import type { ReconcileDeps } from './ports.ts';
import { isOrderly, NOTHING_SAID, saidOf, type Said } from './said.ts';

export interface SweepDeps extends Pick<
  ReconcileDeps,
  'policy' | 'ec2' | 'organization' | 'clock' | 'log' | 'metrics'
> {
  /** Asked only where no tag says what people were told. */
  readonly ledger: Pick<Ledger, 'read'>;
  readonly places: RememberedPlaces;
  /** Asked only where a rule waits for an approval. */
  readonly approvals: Pick<Approvals, 'givenTo' | 'askedOf'>;
  readonly queue: WorkQueue;
  readonly sweeps: SweepQueue;
}

/**
 * Looks through one account and region for what events missed, and queues the peerings with something to do. Only
 * reads: writes go through the queue of the peering, so that they never overlap.
 *
 * The number of calls depends on pages, not on peerings. The other side of a peering is not read here: what its own
 * account shows is seen when that account is swept, and what a decision needs beyond that is left to the reconcile.
 *
 * @throws an AwsFailure that a retry or a person must deal with
 */
export async function sweep(item: SweepItem, deps: SweepDeps): Promise<void> {
  const { accountId, region } = item.place;
  const membership = await deps.organization.find(accountId);
  if (membership.kind !== 'member' || !deps.policy.regions.includes(region)) {
    deps.metrics.count('Swept', { outcome: 'not-governed' });
    return;
  }
  if (item.isForRequests === true) return lookForRequests(item, deps);
  const look = await lookAt(item.place, deps);
  if (look === undefined) return;
  const { inventory, isRestored } = look;
  if (item.affectsPeers || isRestored) await lookAtPeers(item, inventory, deps);
  if (isRestored) await lookAtOtherRegions(item, deps);
  const unsettledIds = await unsettled(inventory, item, deps);
  const vanishedIds = vanished(inventory);
  // Both accounts of a peering may find it in the same sweep: one look is enough. Of one that has vanished each
  // account knows its own half only.
  for (const peeringId of unsettledIds) await queue(peeringId, `${SWEEP_HINT}${item.hintId}`, item, deps);
  for (const peeringId of vanishedIds) {
    await queue(peeringId, `${SWEEP_HINT}${item.hintId}-${accountId}-${region}`, item, deps);
  }
  const queued = unsettledIds.length + vanishedIds.length;
  deps.log.write({ code: 'sweep.done', accountId, region, peerings: inventory.peerings.length, queued });
  deps.metrics.count('Swept', { outcome: queued > 0 ? 'work-found' : 'nothing-to-do' });
}

/** EC2 lets a request wait for a week. */
const REQUEST_LIVES_MS = 7 * 24 * 60 * 60 * 1000;
/** An older one is for the sweep: one that the policy ignores gets no status, and would be looked at each time. */
const NEW_FOR_MS = 15 * 60 * 1000;

/**
 * Between two sweeps: new requests that nobody has looked at, in one call. Those from outside the organization have no
 * event here. What this place denies, and what it means, is for the sweep to find out.
 */
async function lookForRequests(item: SweepItem, deps: SweepDeps): Promise<void> {
  const { accountId, region } = item.place;
  if ((await deps.places.denialAt(item.place)) !== undefined) return;
  let requests: readonly Peering[];
  try {
    requests = await deps.ec2.in(accountId, region).listRequests();
  } catch (error) {
    if (denialOf(error) === undefined) throw error;
    return;
  }
  const newSince = deps.clock.now() + REQUEST_LIVES_MS - NEW_FOR_MS;
  const recent = requests.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > newSince);
  let queued = 0;
  for (const request of recent) {
    if ((await saidOf(request, undefined, deps)).status !== undefined) continue;
    await queue(request.id, `${SWEEP_HINT}${item.hintId}`, item, deps);
    queued++;
  }
  if (queued > 0)
    deps.log.write({ code: 'sweep.done', accountId, region, peerings: requests.length, queued });
  deps.metrics.count('Swept', { outcome: queued > 0 ? 'requests-found' : 'no-requests' });
}

/** What a place shows. */
interface Look {
  readonly inventory: Inventory;
  /** It could not be read at the look before. */
  readonly isRestored: boolean;
}

/**
 * An account whose member role is not there, or may read nothing, is passed over and counted: the management account,
 * which service-managed stack sets leave out, one that nobody has enrolled, a region that an SCP denies. Were that a
 * failure, it would ring for each of them at every sweep. A peering of such an account is held by its reconcile. The state
 * is remembered, so that people are told of it once, and hints need not find it out anew.
 */
async function lookAt({ accountId, region }: Place, deps: SweepDeps): Promise<Look | undefined> {
  const place = { accountId, region };
  let inventory: Inventory;
  try {
    inventory = await deps.ec2.in(accountId, region).readInventory();
  } catch (error) {
    const denial = denialOf(error);
    if (denial === undefined) throw error;
    await deps.places.remember(place, denial);
    deps.log.write({ code: `sweep.${denial.kind}`, accountId, region });
    deps.metrics.count('Swept', { outcome: denial.kind });
    return undefined;
  }
  const isRestored = (await deps.places.remember(place, { kind: 'ok' })) === 'restored';
  return { inventory, isRestored };
}

/**
 * States in which the other side may have something to do. A peering that went with its VPC is deleted by the time of
 * this look, and its VPC has no tables that could show what is left on the other side.
 */
const MATTERS_TO_PEERS: ReadonlySet<Peering['state']> = new Set([
  'pending-acceptance',
  'active',
  'deleting',
  'deleted',
]);

/** One hop: what changed here changes what the other sides need, and nothing beyond them. */
async function lookAtPeers(item: SweepItem, { peerings }: Inventory, deps: SweepDeps): Promise<void> {
  const { accountId, region } = item.place;
  const others = peerings
    .filter(({ state }) => MATTERS_TO_PEERS.has(state))
    .flatMap(({ requester, accepter }) => [requester, accepter])
    .filter((side) => side.accountId !== accountId || side.region !== region)
    .filter((side) => deps.policy.regions.includes(side.region));
  const places = new Map(others.map((side) => [`${side.accountId}/${side.region}`, side]));
  const denials = await Promise.all([...places.values()].map((side) => deps.places.denialAt(side)));
  const readable = [...places.values()].filter((_side, index) => denials[index] === undefined);
  await deps.sweeps.send(
    readable.map((side) => ({
      place: { accountId: side.accountId, region: side.region },
      hintId: `${item.hintId}-${accountId}-${region}`,
      affectsPeers: false,
      by: item.by,
    })),
  );
}

/** An account that has enrolled has its role in all regions, and an event told of one of them. */
async function lookAtOtherRegions(item: SweepItem, deps: SweepDeps): Promise<void> {
  const { accountId, region } = item.place;
  const places = await deps.places.withoutRole(accountId);
  const others = places.filter(
    (place) => place.region !== region && deps.policy.regions.includes(place.region),
  );
  if (others.length === 0) return;
  const hintId = `${item.hintId}-${accountId}-${region}`;
  await deps.sweeps.send(others.map((place) => ({ place, hintId, affectsPeers: false, by: item.by })));
}

const queue = (
  peeringId: PeeringId,
  hintId: string,
  { place: { accountId, region }, by }: SweepItem,
  deps: SweepDeps,
): Promise<void> => deps.queue.send({ key: { peeringId, accountId, region }, hintId, looks: 0, by });

async function unsettled(
  inventory: Inventory,
  item: SweepItem,
  deps: SweepDeps,
): Promise<readonly PeeringId[]> {
  const found: PeeringId[] = [];
  for (const peering of inventory.peerings) {
    if (await needsWork(peering, inventory, item, deps)) found.push(peering.id);
  }
  return found;
}

async function needsWork(
  peering: Peering,
  inventory: Inventory,
  item: SweepItem,
  deps: SweepDeps,
): Promise<boolean> {
  switch (peering.state) {
    // EC2 moves on by itself, and the peering is in its next state when the next sweep comes.
    case 'initiating-request':
    case 'provisioning':
    case 'deleting':
      return false;
    case 'expired':
    case 'rejected':
    case 'failed':
    case 'deleted': {
      // No event tells that a request expired.
      if (routesLeadTo(peering.id, inventory)) return true;
      const { status } = await saidOf(peering, undefined, deps);
      if (status !== undefined || peering.state !== 'expired') return isWaiting(status);
      // Of one that nobody could read when people were told, no tag says so. EC2 shows an expired request for two days.
      return isWaiting(statusTold((await deps.ledger.read(peering.id)).told));
    }
    case 'pending-acceptance':
    case 'active': {
      const observed = await observeFrom(peering, inventory, item.place, deps);
      const verdict = await judgeWithPeople(observed, deps);
      if (verdict.kind === 'wait' || (await isAskedOtherwise(peering.id, verdict, deps))) return true;
      const said = isOrderly(observed, verdict, item) ? NOTHING_SAID : await saidOf(peering, verdict, deps);
      if (!said.isCurrent || mayBeFreed(observed, item, said)) return true;
      if (isToldTooLittle(observed, verdict, said)) return true;
      if (mayHaveSettled(verdict, item)) return true;
      if (hasNoLook(observed, said) && isSpokenOf(verdict)) return true;
      // The other side's tags are unknown from here. Where a rule looks at them, the reconcile reads them.
      if (verdict.because.code === 'facts-unknown' || mayJudgeOtherwise(observed, deps.policy)) return true;
      if ('connect' in verdict && verdict.connect !== undefined && restsOnUnread(observed, verdict.connect)) {
        return true;
      }
      // Whose a route is, and what was judged, only the ledger knows; the reconcile asks it.
      const { tags, ...steps } = plan(observed, verdict, NO_MEMORY);
      return (
        hasSteps({ ...steps, tags: deps.policy.statusTags ? tags : [] }) || mayBeOtherwise(verdict, observed)
      );
    }
  }
}

/** What waits for people may be approved by now, or rest on an approval. */
async function judgeWithPeople(observed: OpenPeering, deps: SweepDeps): Promise<Verdict> {
  const alone = judge(observed, deps.policy, 0);
  if (askIn(alone) === undefined) return alone;
  const given = await deps.approvals.givenTo(observed.peering.id);
  const answers = { given, now: deps.clock.now(), isSweep: true };
  return judge(observed, deps.policy, 0, NO_MEMORY, answers);
}

/**
 * People are asked for something else than the policy asks for now. What the other side has is not seen from here, so that
 * its CIDRs are not compared; an event tells of them.
 */
async function isAskedOtherwise(
  peeringId: PeeringId,
  verdict: Verdict,
  { approvals, policy }: SweepDeps,
): Promise<boolean> {
  const ask = askIn(verdict);
  if (ask === undefined || policy.dryRun.all) return false;
  const asked = await approvals.askedOf(peeringId);
  const partOf = ({ rule, subject: { connect, terms } }: Ask): string =>
    canonicalJson({ rule, connect, terms });
  return asked === undefined || partOf(asked) !== partOf(ask);
}

/**
 * A held request, seen from the requester's side after something changed there: whether that was what held it, the
 * reconcile says, which reads both sides. The hourly sweep does not ask it for every such request, every hour.
 */
const mayBeFreed = ({ sides: { accepter } }: OpenPeering, { by }: SweepItem, { status }: Said): boolean =>
  by !== undefined && accepter.kind === 'outside' && accepter.why === 'not-read' && isWaiting(status);

/**
 * Somebody changed something where routes are left to others for a while. Whether one of them was missing until now only
 * the ledger knows, and if so it is to forget it: the next time that it is missing counts anew.
 */
const mayHaveSettled = (verdict: Verdict, { by }: SweepItem): boolean =>
  by !== undefined &&
  verdict.kind === 'connect' &&
  Object.values(verdict.picture.writing).some(({ kind }) => kind === 'settle');

/**
 * People were told that the request waits, and not yet that it will expire soon. The side that holds it up may be one that
 * nobody can ask: then this is the only sweep that sees the request. That of a suspended account has nothing more to be told.
 */
const isToldTooLittle = ({ isExpiring }: OpenPeering, { because }: Verdict, { status }: Said): boolean =>
  isExpiring && (status === 'held' || (status === 'suspended' && because.code !== 'suspended'));

/**
 * A request without a status that says that it waits, seen from the requester's side: its event was lost, and the accepter's
 * account, whose sweep would find it, may be one that nobody can ask. Whoever waits for it is to know that, and a status that
 * he has written himself is none.
 */
const hasNoLook = ({ peering, sides: { accepter } }: OpenPeering, { status }: Said): boolean =>
  peering.state === 'pending-acceptance' &&
  accepter.kind === 'outside' &&
  accepter.why === 'not-read' &&
  !isWaiting(status);

/** What the policy ignores gets no status; that the accepter's side is not seen from here says nothing of that. */
const isSpokenOf = ({ kind, because }: Verdict): boolean =>
  kind !== 'ignore' || because.code === 'accepter-not-governed';

/** The other side's subnets are not seen from here, and the rule wants a route to each of them. */
const restsOnUnread = ({ sides }: OpenPeering, { routes }: ConnectOptions): boolean =>
  routes.destinations.kind === 'subnet-cidrs' &&
  routes.writing.kind !== 'never' &&
  [sides.requester, sides.accepter].some((side) => side.kind === 'outside' && side.why === 'not-read');

/**
 * What only the ledger can tell: whether a route to the peering that its rule does not want is ours, from before the rule
 * was changed; whether a CIDR that no route leads to was judged before, and has lost its routes; and whether autopeer turned
 * on the DNS that the rule does not want.
 */
const mayBeOtherwise = (verdict: Verdict, observed: OpenPeering): boolean =>
  verdict.kind === 'connect' &&
  (verdict.picture.surplus.length > 0 ||
    verdict.picture.withheld.length > 0 ||
    (verdict.connect.dns === false &&
      governedSides(observed).some(([, { dnsFromRemote }]) => dnsFromRemote === true)));

/** Blackholes of peerings that this account does not see any more, or never did. */
function vanished(inventory: Inventory): readonly PeeringId[] {
  const known = new Set(inventory.peerings.map(({ id }) => id));
  const targets = inventory.routeTables.flatMap(({ routes, prefixListRoutes }) =>
    [...routes, ...prefixListRoutes].flatMap(({ target, isBlackhole }) =>
      target.kind === 'peering' && isBlackhole && !known.has(target.peeringId) ? [target.peeringId] : [],
    ),
  );
  return [...new Set(targets)];
}

const routesLeadTo = (peeringId: PeeringId, { routeTables }: Inventory): boolean =>
  routeTables.some((table) => routesTo(peeringId, table).length > 0);

async function observeFrom(
  peering: Peering,
  inventory: Inventory,
  place: Place,
  deps: SweepDeps,
): Promise<OpenPeering> {
  const side = (role: Role): Promise<ObservedSide> => sideFrom(role, peering, inventory, place, deps);
  return {
    kind: 'open',
    peering,
    sides: { requester: await side('requester'), accepter: await side('accepter') },
    isExpiring: isExpiring(peering, deps.clock.now()),
  };
}

async function sideFrom(
  role: Role,
  peering: Peering,
  inventory: Inventory,
  place: Place,
  deps: SweepDeps,
): Promise<ObservedSide> {
  const { accountId, region, vpcId, cidrs, dnsFromRemote } = peering[role];
  const location = { accountId, region, vpcId };
  const membership = await deps.organization.find(accountId);
  if (membership.kind === 'suspended') return { kind: 'suspended', location };
  if (accountId !== place.accountId || region !== place.region) {
    const inside = deps.policy.regions.includes(region) ? 'not-read' : 'region-not-governed';
    const why = membership.kind === 'external' ? 'external-account' : inside;
    return { kind: 'outside', location, membership, why, cidrs };
  }
  const network = networkOf(vpcId, inventory);
  const peeringTags = peering.tags;
  if (network === undefined) {
    const reason = `${vpcId} is not in account ${accountId}, ${region}`;
    return {
      kind: 'unreadable',
      location,
      membership,
      why: 'side-unreadable',
      reason,
      isKnown: false,
      cidrs,
      peeringTags,
    };
  }
  const otherPeers = peering.state === 'active' ? [] : peersOf(vpcId, peering.id, inventory.peerings);
  return {
    kind: 'governed',
    location,
    membership,
    network,
    otherPeers,
    openPeerings: openAmong(inventory.peerings),
    // What other requests are about to take, and whether encryption is enforced, the reconcile reads.
    reserved: undefined,
    encryption: undefined,
    peeringTags,
    dnsFromRemote,
  };
}

function networkOf(vpcId: VpcId, inventory: Inventory): GovernedSide['network'] | undefined {
  const vpc = inventory.vpcs.find(({ id }) => id === vpcId);
  if (vpc === undefined) return undefined;
  return {
    vpc,
    subnets: inventory.subnets.filter((subnet) => subnet.vpcId === vpcId),
    routeTables: inventory.routeTables.filter((table) => table.vpcId === vpcId),
    prefixLists: inventory.prefixLists,
  };
}
