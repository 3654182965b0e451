import { AwsFailure } from '../domain/work/failure.ts';
import type { AccountId, PeeringId, Region, VpcId } from '../domain/facts/ids.ts';
import type { Memory } from '../domain/memory/memory.ts';
import { isExpiring } from '../domain/facts/observed.ts';
import type { Leftover, Observed, ObservedSide, VpcPeer } from '../domain/facts/observed.ts';
import { isOver, type Peering, type PeeringKey, type Place, type Role } from '../domain/facts/peering.ts';
import type { Denial } from '../domain/memory/place-record.ts';
import type { Membership } from '../domain/policy/decision/side.ts';
import { isPrefixList, routesTo as routesInTable, type VpcNetwork } from '../domain/facts/vpc.ts';
import { denialOf, isWithoutAccess } from './denial.ts';
import type { Ec2, Organization, ReconcileDeps } from './ports.ts';

/** Without the reservations, as on the command line, nothing is known of other requests; without places, all are asked. */
type Reads = Pick<ReconcileDeps, 'ec2' | 'organization' | 'policy' | 'clock'> &
  Partial<Pick<ReconcileDeps, 'reservations' | 'places'>>;
type RememberingReads = Reads & { readonly memory: Remembered };
/** The ledger's answer, asked for beforehand so that it takes no time of its own. */
type Remembered = Promise<Memory>;

/**
 * Reads all that one reconcile needs, from the accounts that own it. Changes nothing.
 *
 * @param memory where both sides were, for a peering that EC2 has forgotten
 */
export async function observe(key: PeeringKey, reads: Reads, memory: Remembered): Promise<Observed> {
  const [standing, found] = await Promise.allSettled([
    reads.organization.standingOf(key.accountId),
    viewOf(key.peeringId, reads.ec2.in(key.accountId, key.region)),
    // Meanwhile, for the other side. Where it fails it is read again.
    reads.places?.wasDenied(key),
  ]);
  if (standing.status === 'rejected') throw standing.reason;
  if (standing.value !== 'member') {
    // Then it does not matter what the read came to: that account is none of ours. The other side may be: one that was
    // suspended after autopeer had answered its request is still owed the notice of it.
    const seen = await observeElsewhere(key, { ...reads, memory }, await memory);
    return seen ?? { kind: 'not-governed', key };
  }
  if (found.status === 'rejected' && !isWithoutAccess(found.reason)) throw found.reason;
  if (found.status === 'fulfilled' && found.value !== undefined) {
    return observeFound(found.value, key, { ...reads, memory });
  }
  const remembered = await memory;
  const elsewhere = await observeElsewhere(key, { ...reads, memory }, remembered);
  if (elsewhere !== undefined) return elsewhere;
  // Who may not be asked has not said that there is none.
  if (found.status === 'rejected') return { kind: 'unseen', key, reason: reasonOf(found.reason) };
  return observeMissing(key, reads, remembered);
}

/**
 * A hint may come from an account that has nothing to do with the peering, or that EC2 shows it to no longer: who sees
 * no peering there does not know that there is none. Where the ledger remembers its sides, they are asked as well.
 */
async function observeElsewhere(
  { peeringId, accountId, region }: PeeringKey,
  reads: RememberingReads,
  { sides }: Memory,
): Promise<Observed | undefined> {
  const places = distinctPlaces(sides === undefined ? [] : [sides.requester, sides.accepter]);
  for (const place of places) {
    if (place.accountId === accountId && place.region === region) continue;
    if (!(await isAsked(place, { accountId, region }, reads))) continue;
    const ec2 = reads.ec2.in(place.accountId, place.region);
    const peering = await viewOf(peeringId, ec2).catch(nothingWithoutAccess);
    if (peering === undefined) continue;
    return observeFound(peering, { peeringId, accountId: place.accountId, region: place.region }, reads);
  }
  return undefined;
}

async function observeFound(peering: Peering, key: PeeringKey, reads: RememberingReads): Promise<Observed> {
  switch (peering.state) {
    case 'initiating-request':
    case 'provisioning':
    case 'deleting':
      return { kind: 'in-transition', peering };
    case 'expired':
    case 'rejected':
    case 'failed':
    case 'deleted':
      return {
        kind: 'ended',
        peering,
        seenFrom: { accountId: key.accountId, region: key.region },
        leftovers: await leftoversOf(peering, key, reads),
      };
    case 'pending-acceptance':
    case 'active':
      return observeOpen(peering, key, reads);
  }
}

/**
 * The peering as this account and region sees it, from the list that other peerings of the batch need as well. A list leaves
 * out what cannot be read of it, so one that is not in it is asked for by its id: nothing is cleaned up on an odd answer.
 *
 * @throws Error where EC2's answer about this peering cannot be read
 */
async function viewOf(peeringId: PeeringId, ec2: Ec2): Promise<Peering | undefined> {
  const peerings = await ec2.listPeerings();
  return peerings.find(({ id }) => id === peeringId) ?? ec2.findPeering(peeringId);
}

async function observeOpen(peering: Peering, key: PeeringKey, reads: RememberingReads): Promise<Observed> {
  const [requester, accepter] = await Promise.all([
    observeSide('requester', peering, key, reads),
    observeSide('accepter', peering, key, reads),
  ]);
  return {
    kind: 'open',
    peering,
    sides: { requester, accepter },
    isExpiring: isExpiring(peering, reads.clock.now()),
  };
}

async function observeSide(
  role: Role,
  peering: Peering,
  key: PeeringKey,
  reads: RememberingReads,
): Promise<ObservedSide> {
  const { cidrs, accountId, region, vpcId } = peering[role];
  const location = { accountId, region, vpcId };
  const isRegionGoverned = reads.policy.regions.includes(region);
  const known = isRegionGoverned ? await knownDenialAt(location, key, reads) : undefined;
  if (isRegionGoverned && known === undefined) reads.ec2.prepare(accountId);
  // The OUs above an account are a chain of calls, which the reads of its VPC need not wait for.
  const found = reads.organization.find(accountId);
  found.catch(() => undefined);
  const standing = await reads.organization.standingOf(accountId);
  if (standing === 'suspended') return { kind: 'suspended', location };
  if (standing === 'external' || !isRegionGoverned) {
    const why = standing === 'external' ? 'external-account' : 'region-not-governed';
    return { kind: 'outside', location, membership: await memberships(found), why, cidrs };
  }
  if (known !== undefined) {
    const { kind: why, reason } = known;
    const membership = await memberships(found);
    return {
      kind: 'unreadable',
      location,
      membership,
      cidrs,
      why,
      reason,
      isKnown: true,
      peeringTags: undefined,
    };
  }
  return readSide(role, peering, key, { reads, membership: memberships(found) });
}

/**
 * Why a place is not asked: a sweep was denied there some minutes ago at least, and the next one tries again. Otherwise each
 * hint about an account that nobody has enrolled would cost a session that is refused, and some looks more.
 *
 * A hint that comes from the place itself was forwarded by its own stack, so the role is there or will be in a moment: it is
 * always asked, and where it had no role, so are its other regions. See docs/design/0009-places.md.
 */
async function knownDenialAt(
  { accountId, region }: Place,
  hintFrom: Place,
  { places }: Reads,
): Promise<Denial | undefined> {
  const isOfAccount = accountId === hintFrom.accountId;
  if (isOfAccount && region === hintFrom.region) return undefined;
  const denial = await places?.denialAt({ accountId, region });
  return isOfAccount && denial?.kind === 'no-member-role' ? undefined : denial;
}

/** One that was suspended between two answers is asked again. */
async function memberships(found: ReturnType<Organization['find']>): Promise<Membership> {
  const membership = await found;
  if (membership.kind === 'suspended') throw new Error('an account was suspended while it was looked at');
  return membership;
}

/** A side of a member account and a governed region, as far as it can be read. */
async function readSide(
  role: Role,
  peering: Peering,
  key: PeeringKey,
  {
    reads,
    membership: found,
  }: { readonly reads: RememberingReads; readonly membership: Promise<Membership> },
): Promise<ObservedSide> {
  const { cidrs, accountId, region, vpcId } = peering[role];
  const location = { accountId, region, vpcId };
  const ec2 = reads.ec2.in(accountId, region);
  const isReadHere = accountId === key.accountId && region === key.region;
  const isPending = peering.state === 'pending-acceptance';
  const [membership, reserved, encryption, read] = await Promise.all([
    found,
    isPending ? reads.reservations?.read(vpcId) : undefined,
    isPending ? ec2.readEncryption(vpcId).catch(nothingWithoutAccess) : undefined,
    Promise.all([
      ec2.findNetwork(vpcId).catch(denialAsReason),
      // The other account's DNS flag is not shown to this one: each side is asked itself.
      ec2.listPeerings(),
    ]).catch(withoutAccess),
  ]);
  const unreadable = { kind: 'unreadable', location, membership, cidrs } as const;
  if ('kind' in read) {
    return { ...unreadable, why: read.kind, reason: read.reason, isKnown: false, peeringTags: undefined };
  }
  const [network, peerings] = read;
  const view = isReadHere ? peering : peerings.find(({ id }) => id === peering.id);
  const peeringTags = view?.tags ?? {};
  const unread = (reason: string): ObservedSide => ({
    ...unreadable,
    why: 'side-unreadable',
    reason,
    isKnown: false,
    peeringTags,
  });
  if (network === undefined) return unread(`${vpcId} is not in account ${accountId}, ${region}`);
  if ('reason' in network) return unread(network.reason);
  if (network.vpc.ownerId !== accountId) {
    return unread(`${vpcId} is shared with account ${accountId}, which does not own it`);
  }
  return {
    kind: 'governed',
    location,
    membership,
    network: await withCutLists(network, location, reads),
    // Only an accept can bring two peers of one VPC into each other's way.
    otherPeers: isPending ? peersOf(vpcId, peering.id, peerings) : [],
    openPeerings: openAmong(peerings),
    reserved,
    encryption,
    peeringTags,
    dnsFromRemote: view?.[role].dnsFromRemote,
  };
}

/** Those that are not over. */
export const openAmong = (peerings: readonly Peering[]): ReadonlySet<PeeringId> =>
  new Set(peerings.filter(({ state }) => !isOver(state)).map(({ id }) => id));

/** What the VPC reaches through peerings other than the given one, or will in some seconds. */
export const peersOf = (
  vpcId: VpcId,
  exceptFor: PeeringId,
  peerings: readonly Peering[],
): readonly VpcPeer[] =>
  peerings
    .filter(({ id, state }) => id !== exceptFor && (state === 'active' || state === 'provisioning'))
    .flatMap(({ id: peeringId, requester, accepter }) => {
      const others = requester.vpcId === vpcId ? [accepter] : accepter.vpcId === vpcId ? [requester] : [];
      return others.map((other) => ({ peeringId, vpcId: other.vpcId, cidrs: other.cidrs }));
    });

/** A VPC that may not be read is a reason to hold, not a failure: trying again gives no permission. */
function denialAsReason(error: unknown): { readonly reason: string } {
  if (error instanceof AwsFailure && error.failureClass === 'denied') return { reason: error.message };
  throw error;
}

/**
 * An account without the member role is one that nobody has enrolled, or whose people took it away, and a role that may
 * read nothing is no better. People are told once; were it a failure, the alarm would ring at every sweep.
 */
function withoutAccess(error: unknown): Denial {
  const denial = denialOf(error);
  if (denial === undefined) throw error;
  return denial;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** With the prefix lists that no table names any more, because a guardrail took the routes to them away. */
async function withCutLists(
  network: VpcNetwork,
  { accountId, region }: Place,
  { ec2, memory }: RememberingReads,
): Promise<VpcNetwork> {
  const { cuts } = await memory;
  const ids = cuts
    .filter((cut) => cut.accountId === accountId && cut.region === region)
    .map(({ destination }) => destination)
    .filter(isPrefixList)
    .filter((id) => !network.prefixLists.has(id));
  if (ids.length === 0) return network;
  const lists = await ec2.in(accountId, region).readPrefixLists(ids);
  return { ...network, prefixLists: new Map([...network.prefixLists, ...lists]) };
}

/** @returns whether autopeer reads and writes there, as far as it knows */
async function isAsked(place: Place, hintFrom: Place, reads: Reads): Promise<boolean> {
  const { accountId, region } = place;
  if (!reads.policy.regions.includes(region)) return false;
  if ((await knownDenialAt(place, hintFrom, reads)) !== undefined) return false;
  reads.ec2.prepare(accountId);
  return (await reads.organization.standingOf(accountId)) === 'member';
}

/**
 * What still points at a peering that is over.
 *
 * Deleting these routes is safe because of the order of reads: the peering was read first, in a state that it
 * never leaves, and a peering's id is never given out again. Whatever points at it now leads nowhere and will
 * always lead nowhere, whoever wrote it. The CIDRs are not needed, which a deleted peering may no longer show.
 */
const leftoversOf = (peering: Peering, key: PeeringKey, reads: Reads): Promise<readonly Leftover[]> =>
  leftoversAt([peering.requester, peering.accepter], key, reads);

/** Routes to the peering in those of the places that are governed. */
async function leftoversAt(
  anyPlaces: readonly Place[],
  key: PeeringKey,
  reads: Reads,
): Promise<readonly (Leftover & { isBlackhole: boolean })[]> {
  const places = distinctPlaces(anyPlaces);
  const perPlace = await Promise.all(
    places.map(async (place) =>
      (await isAsked(place, key, reads))
        ? ((await routesTo(key.peeringId, place.accountId, place.region, reads).catch(
            nothingWithoutAccess,
          )) ?? [])
        : [],
    ),
  );
  return perPlace.flat();
}

/**
 * An account that may not be asked is neither asked nor cleaned up, and does not keep the other side from it. When it may
 * be asked again, the sweep finds what still leads to the peering.
 */
function nothingWithoutAccess(error: unknown): undefined {
  if (isWithoutAccess(error)) return undefined;
  throw error;
}

/**
 * A peering that EC2 does not find: gone, or not there yet. Only routes that are already blackholes are taken
 * for leftovers, because a read that lags behind must not cost a route that works.
 */
async function observeMissing(key: PeeringKey, reads: Reads, memory: Memory): Promise<Observed> {
  const remembered = memory.sides === undefined ? [] : [memory.sides.requester, memory.sides.accepter];
  const routes = await leftoversAt([key, ...remembered], key, reads);
  return { kind: 'not-found', key, leftovers: routes.filter((route) => route.isBlackhole) };
}

async function routesTo(
  peeringId: Peering['id'],
  accountId: AccountId,
  region: Region,
  reads: Reads,
): Promise<readonly (Leftover & { isBlackhole: boolean })[]> {
  const tables = await reads.ec2.in(accountId, region).listRouteTablesTo(peeringId);
  return tables.flatMap((table) =>
    routesInTable(peeringId, table).map((route) => ({ accountId, region, routeTableId: table.id, ...route })),
  );
}

function distinctPlaces(places: readonly Place[]): readonly Place[] {
  const byPlace = new Map(places.map((place) => [`${place.accountId}/${place.region}`, place]));
  return [...byPlace.values()];
}
