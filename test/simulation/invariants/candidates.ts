import type { PeeringRecord, PeeringSideRecord } from '../../../sim/ec2/records.ts';
import type { Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import type { AllowRule } from '../../../shared/domain/policy/language/model.ts';
import type { PolicyRequest, PolicySide } from '../../../shared/domain/policy/decision/side.ts';
import { parseAccountId, parseRegion, parseVpcId } from '../../../shared/domain/facts/ids.ts';
import { interpret, type PlainDecision } from '../../support/policy-interpreter.ts';
import type { Role } from '../plan/steps.ts';
import { boundsOf, type Bounds } from './bounds.ts';
import type { Journal, Standing, Timeline } from './journal.ts';

/** An answer is believed so long by whoever asks Organizations, and one that was made of it once more as long. */
export const MEMBERSHIP_AGE_MS = 10 * 60_000;

/** Where a side is, for autopeer: it reads and writes what is governed, and nothing else. */
export type Place = 'governed' | 'outside' | 'unread' | 'suspended';

/** What the policy says of one peering, under facts that were true at some time. */
export interface Candidate {
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
  readonly places: Readonly<Record<Role, Place>>;
  readonly decision: PlainDecision;
  /** The same, as if everything could be read: what a sweep of one side takes for granted of the other. */
  readonly saidByRules: PlainDecision;
  /** The rule that allows it, where one does. */
  readonly rule: AllowRule | undefined;
  /** By what that rule bounds each side. */
  readonly bounds: Bounds;
  /** Whether the policy only wants to be told. */
  readonly isDryRun: boolean;
}

export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How old what Organizations said may be; {@link MEMBERSHIP_AGE_MS} where nothing is said. */
  readonly standingAgeMs?: number;
}

/** The CIDRs of one side that the policy judges, of those that it had at some time. */
export type JudgedCidrs = (
  role: Role,
  present: readonly Cidr[],
  isOtherRead: boolean,
) => readonly (readonly Cidr[])[];

export interface Facts {
  readonly journal: Journal;
  readonly policies: Timeline<CompiledPolicy>;
  readonly judged: JudgedCidrs;
  /** Whether anything was remembered of what an active peering was judged on, at some instant, and at some other not. */
  readonly remembered: readonly boolean[];
  /** Whether EC2 hid the accepter's CIDRs from whoever may not read its VPC, at some instant, and at some other not. */
  readonly hidden: readonly boolean[];
}

/**
 * What the policy says, by the plain interpreter, of every combination of facts that were true at some instant of the
 * window. No function reads all facts in one instant, and facts change while it works: what it decides is right if
 * the facts that it rests on were each true since it began. Usually nothing changes, and there is one combination.
 *
 * What nobody in the organization can read counts as unknown, as docs/policy.md says: the tags of a VPC, and whether it is
 * a default one, whose account is outside of it, has no member role, or whose region is not governed.
 */
export function candidatesOf(peering: PeeringRecord, window: Window, facts: Facts): readonly Candidate[] {
  const inForce = facts.policies.during(window.fromMs, window.untilMs).map(({ value }) => value);
  return inForce.flatMap((policy) => {
    const requesters = sides(peering.requester, policy, window, facts.journal);
    const accepters = sides(peering.accepter, policy, window, facts.journal);
    return requesters.flatMap((requester) =>
      accepters.flatMap((accepter) => {
        const places = { requester: requester.place, accepter: accepter.place };
        const judged = (role: Role, { side, place }: Seen): readonly PolicySide[] =>
          (role === 'accepter' && place !== 'governed' ? facts.hidden : [false]).flatMap(
            (isHidden): readonly PolicySide[] =>
              isHidden
                ? [{ ...side, cidrs: 'unknown' }]
                : facts
                    .judged(
                      role,
                      side.cidrs,
                      places[role === 'requester' ? 'accepter' : 'requester'] === 'governed',
                    )
                    .map((cidrs): PolicySide => ({ ...side, cidrs })),
          );
        return judged('requester', requester).flatMap((one) =>
          judged('accepter', accepter).flatMap((other) =>
            requestsOf(
              policy,
              { requester: one, accepter: other },
              [requester, accepter],
              facts.remembered,
            ).map((request) => candidate(policy, places, request)),
          ),
        );
      }),
    );
  });
}

/**
 * Where nothing is remembered of an active peering, one CIDR that its rule does not cover may have come later, and costs the
 * others nothing: then those are judged that a rule allows by themselves.
 */
function requestsOf(
  policy: CompiledPolicy,
  request: PolicyRequest,
  [requester, accepter]: readonly [Seen, Seen],
  remembered: readonly boolean[],
): readonly PolicyRequest[] {
  if (!remembered.includes(false) || interpret(policy, request).code !== 'no-rule-matches') return [request];
  const alone = (role: Role, other: PolicySide, { side: { cidrs: present } }: Seen): PolicySide => {
    const { cidrs } = request[role];
    if (cidrs === 'unknown' || cidrs.length < 2) return request[role];
    const first = { ...other, cidrs: other.cidrs === 'unknown' ? other.cidrs : other.cidrs.slice(0, 1) };
    const pair = (cidr: Cidr): PolicyRequest => {
      const one = { ...request[role], cidrs: [cidr] };
      return role === 'requester' ? { requester: one, accepter: first } : { requester: first, accepter: one };
    };
    const allowed = present.filter(
      (cidr) => cidrs.includes(cidr) && interpret(policy, pair(cidr)).kind === 'accept',
    );
    return allowed.length > 0 ? { ...request[role], cidrs: allowed } : request[role];
  };
  const parted = {
    requester: alone('requester', request.accepter, requester),
    accepter: alone('accepter', request.requester, accepter),
  };
  return remembered.includes(true) ? [request, parted] : [parted];
}

function candidate(policy: CompiledPolicy, places: Candidate['places'], request: PolicyRequest): Candidate {
  const found = interpret(policy, request);
  const allowing =
    found.kind === 'accept'
      ? policy.model.allow.find(({ name, dryRun }) => !dryRun && name === found.rule)
      : undefined;
  const decision = obstructed(policy, places, request, { found, allowing }) ?? found;
  const rule = decision.kind === 'accept' ? allowing : undefined;
  return {
    policy,
    request,
    places,
    decision,
    saidByRules: found,
    rule,
    bounds:
      rule === undefined ? { requester: undefined, accepter: undefined } : boundsOf(policy, rule, request),
    isDryRun: policy.model.dryRun,
  };
}

/**
 * What may become of one that waits for people: what they said counts if it is for exactly this, which only those who judge
 * an accept look into.
 */
export function withAnswers(asked: Candidate, isRejected: boolean): readonly Candidate[] {
  const { policy, request, decision } = asked;
  if (!decision.code.startsWith('approval-')) return [asked];
  const rule = policy.model.allow.find(({ name, dryRun }) => !dryRun && name === decision.rule);
  if (rule === undefined) return [asked];
  const accept: PlainDecision = { kind: 'accept', code: 'approval-given', rule: rule.name };
  const reject: PlainDecision = { kind: 'reject', code: 'approval-rejected', rule: undefined };
  return [
    asked,
    { ...asked, decision: accept, rule, bounds: boundsOf(policy, rule, request) },
    ...(isRejected ? [{ ...asked, decision: reject }] : []),
  ];
}

/** Why what the rules say is not what is done, as docs/reconcile.md has it: only a certain deny needs no other facts. */
function obstructed(
  { model }: CompiledPolicy,
  places: Candidate['places'],
  request: PolicyRequest,
  { found, allowing }: { readonly found: PlainDecision; readonly allowing: AllowRule | undefined },
): PlainDecision | undefined {
  const hold = (code: string): PlainDecision => ({ kind: 'hold', code, rule: undefined });
  const all = [places.requester, places.accepter];
  if (all.includes('suspended')) return hold('suspended');
  if (all.includes('unread')) {
    return found.kind === 'reject' && found.rule !== undefined ? undefined : hold('no-member-role');
  }
  const isBeyond = [request.requester, request.accepter].some(
    ({ membership, region }) => membership.kind === 'member' && !model.regions.includes(region),
  );
  return isBeyond && allowing !== undefined && !allowing.oneSided ? hold('region-not-governed') : undefined;
}

/** One side at some instant. */
interface Seen {
  readonly place: Place;
  readonly side: PolicySide & { readonly cidrs: readonly Cidr[] };
}

function sides(
  side: PeeringSideRecord,
  policy: CompiledPolicy,
  { fromMs, untilMs, standingAgeMs = MEMBERSHIP_AGE_MS }: Window,
  journal: Journal,
): readonly Seen[] {
  const where = placeOf(side);
  const facts = journal.vpc(side.vpcId, fromMs, untilMs);
  const standings = journal.standings(side.ownerId, fromMs - standingAgeMs, untilMs);
  const accesses = journal.accesses(side.ownerId, side.region, fromMs, untilMs);
  return standings.flatMap((standing) =>
    [...new Set(accesses.map((mayRead) => placeFor(standing, where.region, policy, mayRead)))].flatMap(
      (place) =>
        facts.map(({ cidrs, isDefaultVpc, tags }): Seen => ({
          place,
          side: {
            ...where,
            membership: standing.kind === 'suspended' ? { kind: 'external' } : standing,
            cidrs,
            isDefaultVpc: place === 'governed' ? isDefaultVpc : undefined,
            tags: place === 'governed' ? tags : 'unknown',
          },
        })),
    ),
  );
}

function placeFor(standing: Standing, region: string, policy: CompiledPolicy, mayRead: boolean): Place {
  if (standing.kind === 'suspended') return 'suspended';
  const isGoverned = policy.model.regions.some((each) => each === region);
  if (standing.kind === 'external' || !isGoverned) return 'outside';
  return mayRead ? 'governed' : 'unread';
}

function placeOf({ ownerId, region, vpcId }: PeeringSideRecord) {
  const place = { accountId: parseAccountId(ownerId), region: parseRegion(region), vpcId: parseVpcId(vpcId) };
  const { accountId, region: known, vpcId: vpc } = place;
  if (accountId === undefined || known === undefined || vpc === undefined)
    throw new Error(`no side: ${vpcId}`);
  return { accountId, region: known, vpcId: vpc };
}
