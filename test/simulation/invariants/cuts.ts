import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Candidate, Window } from './candidates.ts';
import type { Judge } from './judge.ts';
import { readFirstLook, type FirstLook } from './ledger-mirror.ts';
import { looksSince } from './looks.ts';

const MINUTE_MS = 60_000;
/** What docs/reconcile.md says of the two looks ("Guardrails"). */
const AT_LEAST_MS = 10 * MINUTE_MS;
const AT_MOST_MS = 24 * 60 * MINUTE_MS;
/** From a decision to the last call that rests on it, and how far two clocks may be apart. */
const LONGEST_RUN_MS = 6 * MINUTE_MS;

export type Measure = 'report' | 'quarantine' | 'delete';

/**
 * What the guardrails want done about an active peering, or nothing where it is in order or nobody can tell.
 *
 * @param isOwn autopeer accepted it, before the rule asked for an approval: nobody did it by hand
 */
export function measureOf({ policy, decision }: Candidate, isOwn: boolean): Measure | undefined {
  const { guardrails } = policy.model;
  const { kind, code, rule } = decision;
  if (kind === 'accept' || code === 'not-governed') return undefined;
  if (kind === 'hold' && rule === undefined && code !== 'no-rule-matches') return undefined;
  if (code === 'facts-unknown') return undefined;
  if (isUnapproved(decision)) return isOwn ? 'report' : guardrails.unapproved;
  return guardrails.unsanctioned;
}

/** Whether autopeer accepted it. */
export const isAccepted = (judge: Judge, { id }: PeeringRecord): boolean =>
  !judge.approvals.isTakenBack(id) &&
  judge.ownChanges.some(
    ({ call, peeringId }) => peeringId === id && call.action === 'AcceptVpcPeeringConnection',
  );

/** What the first of two looks writes where a rule allows a peering, and no longer wants some of its routes. */
const NARROWED = 'narrowed';

/** A rule speaks of it, and waits for an approval that nobody gave. */
export const isUnapproved = ({ code }: Candidate['decision']): boolean => code.startsWith('approval-');

const agrees = ({ policy, decision }: Candidate, { reason, rule, policyVersion }: FirstLook): boolean =>
  (reason === NARROWED || decision.code === reason) &&
  (decision.rule ?? '-') === rule &&
  policy.liveVersion === policyVersion;

/** Each first look that the ledger is told of has found what it says. */
export function watchFirstLooks(judge: Judge): void {
  judge.ledger.onWrite(({ call, peeringId, sortKey, item }) => {
    const peering = judge.peering(peeringId);
    if (sortKey !== 'confirm' || item === undefined || peering === undefined) return;
    const look = readFirstLook(item);
    const candidates = judge.candidates(peering, judge.window(call));
    const isOwn = isAccepted(judge, peering);
    const isFound = (each: Candidate): boolean =>
      look.reason === 'narrowed'
        ? each.decision.kind === 'accept' && each.decision.rule === look.rule
        : measureOf(each, isOwn) !== undefined && isLike(judge, each, look);
    if (!candidates.some(isFound)) {
      judge.report('first-look-without-ground', `${peeringId}: ${JSON.stringify(look)}`);
    }
  });
}

/** Whoever cannot read a side for a while may name another rule of those that deny. */
const isLike = (judge: Judge, candidate: Candidate, look: FirstLook): boolean =>
  agrees(candidate, look) ||
  (judge.isHalfBlind &&
    (look.reason === NARROWED || candidate.decision.code === look.reason) &&
    candidate.policy.liveVersion === look.policyVersion);

/**
 * **Two looks, ten minutes apart, agree before anything is cut**, and no look in between found otherwise. What the cut
 * rests on is true at that moment, the organization's word included: nothing is believed of what was read before.
 *
 * @returns why the guardrails may not take this peering's routes, or delete it; nothing where they may
 */
export function faultOfCut(
  judge: Judge,
  peering: PeeringRecord,
  call: Call,
  measures: readonly Measure[],
): string | undefined {
  const window: Window = { ...judge.window(call), standingAgeMs: 0 };
  const isOwn = isAccepted(judge, peering);
  const candidates = judge.candidates(peering, window).filter((each) => {
    const measure = measureOf(each, isOwn);
    return measure !== undefined && measures.includes(measure);
  });
  if (candidates.length === 0) return 'no guardrail says so';
  return faultOfLooks(judge, peering, candidates);
}

/** The same for routes that lead to what is there and that the rule of the peering no longer wants. */
export function faultOfNarrowing(judge: Judge, peering: PeeringRecord, call: Call): string | undefined {
  const candidates = judge.candidates(peering, judge.window(call));
  const accepting = candidates.filter(({ decision }) => decision.kind === 'accept');
  const look = judge.ledger.firstLook(peering.id);
  if (look !== undefined && look.reason !== NARROWED) return `the first look found ${look.reason}`;
  return faultOfLooks(judge, peering, accepting);
}

/** Of looks that a hint from outside the organization started: they read nothing. */
const SAW_NOTHING: readonly string[] = ['not-a-member'];

function faultOfLooks(
  judge: Judge,
  peering: PeeringRecord,
  candidates: readonly Candidate[],
): string | undefined {
  const look = judge.ledger.firstLook(peering.id);
  if (judge.hasForgottenClaims) return undefined;
  if (look === undefined) return 'no first look is remembered';
  const age = judge.now - look.at;
  const slack = judge.skewMs;
  if (age < AT_LEAST_MS - slack) return `the first look was ${age} ms before`;
  if (age > AT_MOST_MS + LONGEST_RUN_MS + slack) return `the first look was ${age} ms before`;
  if (!candidates.some((each) => isLike(judge, each, look))) {
    return `the first look found ${look.reason} (${look.rule}), and this one does not`;
  }
  const found = look.reason === NARROWED ? ['rule-allows', 'approval-given', 'contested'] : [look.reason];
  const other = looksSince(judge, peering.id, look.at + slack).find(
    ({ reason, isSettled }) =>
      isSettled && !found.includes(reason) && !reason.endsWith('-blocked') && !SAW_NOTHING.includes(reason),
  );
  return other === undefined ? undefined : `a look in between found ${other.reason}`;
}
