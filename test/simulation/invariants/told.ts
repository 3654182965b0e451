import { titleOf, type DomainEvent } from '../../../shared/domain/words/notice.ts';
import { ROLES } from '../../../shared/domain/facts/peering.ts';
import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import { interpret } from '../../support/policy-interpreter.ts';
import type { Lack } from '../convergence.ts';
import { isDenied } from './broken.ts';
import type { Candidate } from './candidates.ts';
import { isUnapproved } from './cuts.ts';
import type { Judge } from './judge.ts';
import { obstacleTo } from './limits.ts';
import { isGoverned } from './sides.ts';

/**
 * **Every transition is told at least once.** At the end, for each peering: where autopeer accepted it and it is active,
 * that it is connected was told, or that it is held or unsanctioned since; where it rejected it, that, or what came of
 * it, with its state: a function may have died in between. Told means that it reached the topic; or that something of it
 * lies in a dead-letter queue, which rings an alarm. Of accounts that have left since, and of what the policy ignores by
 * now, autopeer says nothing; nor of what is as a dry run would have it.
 */
export function checkTold(judge: Judge): void {
  const { world } = judge.stage;
  const letters = world.deadLetters().join('\n');
  const subjects = world.aws.sns.published.map(({ subject }) => subject ?? '');
  for (const { call, peeringId } of judge.ownChanges) {
    const peering = judge.peering(peeringId);
    if (peering === undefined || letters.includes(peeringId) || !isSpokenOf(judge, peering)) continue;
    const wasTold = (...types: readonly string[]): boolean =>
      types.some((type) => subjects.includes(`autopeer: ${type}, ${peeringId}`));
    const state = judge.state(peering);
    if (call.action === 'AcceptVpcPeeringConnection' && state === 'active') {
      if (!wasTold(...OF_ACTIVE)) {
        judge.report('not-told', `${peeringId} was accepted`);
      }
    }
    if (
      call.action === 'RejectVpcPeeringConnection' &&
      !wasTold('Peering Rejected', 'Peering Cleaned Up', 'Peering Ended')
    ) {
      judge.report('not-told', `${peeringId} was rejected`);
    }
  }
}

/** Titles, as people read them. */
const OF_ACTIVE = [
  'Peering Connected',
  'Peering Updated',
  'Peering Repaired',
  'Peering Incomplete',
  'Peering Held',
  'Peering Contested',
  'Account Suspended',
  'Peering Unsanctioned',
  'Peering Unapproved',
] as const;

function isSpokenOf(judge: Judge, peering: PeeringRecord): boolean {
  const [candidate] = judge.candidates(peering, { fromMs: judge.now, untilMs: judge.now });
  if (candidate === undefined || candidate.decision.code === 'not-governed') return false;
  if (candidate.decision.kind === 'ignore' && judge.state(peering) !== 'active') return false;
  return !candidate.isDryRun && ROLES.some((role) => isGoverned(candidate, role));
}

/** What a notice about a peering must say: one of these types, and the code of its reason or the name of the rule. */
interface Standing {
  readonly detailTypes: readonly string[];
  readonly reason?: string;
  readonly rule?: string | undefined;
}

/**
 * What people do not know yet, since **in the end they know how each peering stands**: what reached them of it last is
 * its state, and the rule or the reason, by which the policy now decides. Left out are peerings of which autopeer has no
 * say or which it may not read, those of which something lies in a dead-letter queue, and all where the ledger says that
 * it has written what was told and has not.
 */
export function untoldOf(judge: Judge): readonly Lack[] {
  if (judge.hasForgottenClaims) return [];
  const { world } = judge.stage;
  const letters = world.deadLetters().join('\n');
  const subjects = new Set(world.aws.sns.published.map(({ subject }) => subject));
  return [...world.aws.ec2.truth.peerings.values()].flatMap((peering) => {
    const expected = standingOf(judge, peering);
    if (expected === undefined || letters.includes(peering.id)) return [];
    const last = lastTold(judge, peering.id, expected.detailTypes.includes(PLANNED));
    const isSo =
      last !== undefined &&
      subjects.has(`autopeer: ${titleOf(last)}, ${peering.id}`) &&
      expected.detailTypes.includes(last.detailType) &&
      (expected.reason === undefined || isSaidBy(expected.reason, last.detail.reason.code)) &&
      (expected.rule === undefined || last.detail.rule === expected.rule);
    if (isSo) return [];
    const said =
      last === undefined ? 'nothing' : `${last.detailType} (${last.detail.rule ?? last.detail.reason.code})`;
    return [{ peeringId: peering.id, text: `last told was ${said}, and it is ${JSON.stringify(expected)}` }];
  });
}

/** A session that was opened before its role went is refused otherwise than one that cannot be opened. */
const isSaidBy = (expected: string, code: string): boolean =>
  code === expected || (expected === 'no-member-role' && ['no-access', 'side-unreadable'].includes(code));

/** What a dry run would do is told besides: once it is over, the peering stands as was told before. */
const PLANNED = 'Peering Planned';

/** How the peering stands, as people were told. */
export const lastTold = (judge: Judge, peeringId: string, isPlanToo = true): DomainEvent | undefined =>
  judge.told.findLast(
    ({ event: { detail, detailType } }) =>
      detail.peeringId === peeringId && (isPlanToo || detailType !== PLANNED),
  )?.event;

/** Whether people were told that as many peerings have lost their reachability as the policy lets. */
export const isBraked = (judge: Judge, peeringId: string): boolean =>
  lastTold(judge, peeringId, false)?.detail.problems.some((text) => text.includes('guardrails.atMost')) ===
  true;

/** Whether people were told that another tool undoes what autopeer does there. */
export const isContested = (judge: Judge, peeringId: string): boolean =>
  lastTold(judge, peeringId, false)?.detail.reason.code === 'contested';

function standingOf(judge: Judge, peering: PeeringRecord): Standing | undefined {
  if (judge.approvals.isAnswered(peering.id)) return undefined;
  const state = judge.state(peering);
  const [candidate] = judge.candidates(peering, { fromMs: judge.now, untilMs: judge.now, standingAgeMs: 0 });
  // Of a side that nobody may ask, nobody hears: what was dropped there no event and no sweep tells of.
  if (candidate === undefined || !ROLES.some((role) => isGoverned(candidate, role))) return undefined;
  if (state === 'active') return standingOfActive(judge, peering, candidate);
  if (state === 'pending-acceptance') return standingOfPending(judge, peering, candidate);
  // Nothing was said of a request that autopeer has no say in.
  const isTold = isSpokenOf(judge, peering) && lastTold(judge, peering.id, false) !== undefined;
  return state === 'expired' && isTold && isTagged(judge, peering, candidate)
    ? { detailTypes: ['Peering Ended', 'Peering Cleaned Up'], reason: 'expired' }
    : undefined;
}

/** The sweep finds by its own tags a request that will expire, or has: no event tells of it. */
const isTagged = (judge: Judge, peering: PeeringRecord, candidate: Candidate): boolean =>
  ROLES.some((role) => isGoverned(candidate, role) && !isDenied(judge, peering[role], 'CreateTags'));

function standingOfActive(judge: Judge, { id }: PeeringRecord, candidate: Candidate): Standing | undefined {
  const { decision, saidByRules, isDryRun } = candidate;
  const { kind, code, rule } = decision;
  if (code === 'not-governed') return undefined;
  // A sweep of the other side finds all as it was told, and no event tells that a role is gone.
  const isAsTold = lastTold(judge, id, false)?.detail.reason.code === saidByRules.code;
  if (code === 'no-member-role' && (saidByRules.kind === 'accept' || isAsTold || isAllowedAtFirst(candidate)))
    return undefined;
  // Where all is as a dry run would have it, there is nothing to say.
  if (kind === 'accept') return isDryRun ? undefined : { detailTypes: ['Peering Connected'], rule };
  const isUnsanctioned = kind === 'reject' || code === 'no-rule-matches';
  const standing = isUnsanctioned ? 'Peering Unsanctioned' : 'Peering Held';
  const detailType = isUnapproved(decision) ? 'Peering Unapproved' : standing;
  return { detailTypes: isDryRun ? [detailType, PLANNED] : [detailType], reason: code };
}

/**
 * Whether the rules allow the peering by the first CIDR of each side. A sweep remembers nothing, and takes a CIDR that came
 * after the accept for a later one.
 */
function isAllowedAtFirst({ policy, request: { requester, accepter } }: Candidate): boolean {
  const firstOf = (side: typeof requester): typeof requester =>
    side.cidrs === 'unknown' ? side : { ...side, cidrs: side.cidrs.slice(0, 1) };
  return interpret(policy, { requester: firstOf(requester), accepter: firstOf(accepter) }).kind === 'accept';
}

/** A request to somebody outside is his to answer, and until he has, EC2 shows nothing of his VPC. */
function standingOfPending(judge: Judge, peering: PeeringRecord, candidate: Candidate): Standing | undefined {
  const { decision, isDryRun, policy, places, saidByRules } = candidate;
  const { kind, code, rule } = decision;
  const isExpiring = peering.expiresAt - judge.now <= EXPIRING_WITHIN_MS;
  const isUntagged = !isTagged(judge, peering, candidate);
  const held =
    isExpiring && !isUntagged ? ['Peering Expiring'] : isExpiring ? BEFORE_OR_AFTER : ['Peering Held'];
  const detailTypes = policy.model.dryRun ? [...held, PLANNED] : held;
  if (saidByRules.kind === 'ignore') return undefined;
  if (kind === 'reject' && places.accepter !== 'governed') {
    return rule !== undefined && places.requester === 'governed'
      ? { detailTypes, reason: 'denied' }
      : undefined;
  }
  if (kind === 'reject' && !isDryRun && isDenied(judge, peering.accepter, 'RejectVpcPeeringConnection')) {
    return { detailTypes, reason: 'reject-blocked' };
  }
  if (kind === 'reject') return isDryRun ? { detailTypes: [PLANNED] } : undefined;
  // Nothing can be done about a suspended account's request, whenever it expires.
  if (code === 'suspended') return { detailTypes: [...detailTypes, 'Peering Held'], reason: code };
  // Whatever else holds it a sweep of the other side finds as it was told, though the role is gone meanwhile.
  if (code === 'no-member-role') return { detailTypes };
  if (kind === 'hold') return { detailTypes, reason: code };
  if (places.accepter !== 'governed') return undefined;
  const isHeld =
    obstacleTo(judge, peering, candidate, judge.now) !== undefined ||
    (!isDryRun && isDenied(judge, peering.accepter, 'AcceptVpcPeeringConnection'));
  if (isHeld) return { detailTypes };
  return isDryRun ? { detailTypes: [PLANNED] } : undefined;
}

const BEFORE_OR_AFTER = ['Peering Held', 'Peering Expiring'];

/** So long before it expires a held request is told again, as docs/reconcile.md says. */
const EXPIRING_WITHIN_MS = 48 * 3_600_000;
