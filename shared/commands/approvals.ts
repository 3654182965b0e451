import * as z from 'zod';
import type { Speaker } from '../domain/facts/caller.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { PeeringKey } from '../domain/facts/peering.ts';
import * as approvals from '../domain/memory/approvals.ts';
import type { Answer, AskedApproval, GivenApproval } from '../domain/memory/approvals.ts';
import type { Digest } from '../domain/policy/language/canonical.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import { command, type CommandTools } from './command.ts';
import { fingerprint, peering, reason } from './inputs.ts';

const MINUTE_MS = 60_000;
/** EC2 lets a request wait for no longer. */
const MAX_MINUTES = 7 * 24 * 60;
const READS_AT_ONCE = 16;

/** What waits for people, of one peering or of all, with what they said so far. */
export const listPending = command(
  z.strictObject({ peering: peering.optional() }),
  async ({ peering: id }, _caller, { approvals: book }) => {
    const asked = id === undefined ? await book.asked() : [await book.askedOf(id)];
    const waiting = asked.filter((each) => each !== undefined);
    const shown = await mapBounded(waiting, READS_AT_ONCE, async (each) =>
      waitingWords(each, givenFor(each.fingerprint, await book.givenTo(each.key.peeringId))),
    );
    return {
      waiting: shown.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      }),
    };
  },
);

const shownSchema = z.strictObject({ peering, fingerprint, reason: reason.optional() });

/** What answering needs, whoever answers and from where. */
export type AnswerTools = Pick<CommandTools, 'approvals' | 'queue' | 'clock'>;

/** An answer to exactly what somebody was shown. */
export interface ShownAnswer {
  readonly peering: PeeringId;
  readonly fingerprint: Digest;
  readonly reason?: string | undefined;
  readonly minutes?: number | undefined;
  /** When it was said, epoch milliseconds, where that was before now. */
  readonly saidAt?: number | undefined;
}

/** Says yes to exactly what was shown. Once enough people have, the peering is looked at again at once. */
export const approve = command(
  shownSchema.extend({ minutes: z.int().min(1).max(MAX_MINUTES).optional() }),
  (answer, caller, tools) => approveAs(answer, caller, tools),
);

export async function approveAs(
  { peering: id, fingerprint: shown, reason: why, minutes, saidAt }: ShownAnswer,
  speaker: Speaker,
  tools: AnswerTools,
) {
  const asked = await tools.approvals.askedOf(id);
  if (asked?.fingerprint !== shown) return notWhatWaits(id, asked, tools);
  const at = tools.clock.now();
  const until = minutes === undefined ? undefined : at + minutes * MINUTE_MS;
  const answered = await changed(id, shown, tools, (given) =>
    approvals.vote(asked, given, speaker, { at, reason: why, until, saidAt }),
  );
  switch (answered.kind) {
    case 'may-not':
      return refused(id, answered.why);
    case 'rejected':
      return refused(id, `${answered.by.arn} rejected it at ${instant(answered.by.at)}`);
    case 'already':
    case 'counted': {
      const left = approvals.votesLeft(answered.given);
      // Also of one that was counted before: the look may never have been asked for.
      if (left === 0) await lookAt(asked.key, `approve by ${speaker.arn}`, at, tools);
      return { done: true as const, peering: id, left, ...givenWords(answered.given) };
    }
  }
}

/** Says no to a request, so that it is rejected. */
export const reject = command(shownSchema, (answer, caller, tools) => rejectAs(answer, caller, tools));

export async function rejectAs(
  { peering: id, fingerprint: shown, reason: why }: ShownAnswer,
  speaker: Speaker,
  tools: AnswerTools,
) {
  const asked = await tools.approvals.askedOf(id);
  if (asked?.fingerprint !== shown) return notWhatWaits(id, asked, tools);
  if (asked.state === 'active') {
    return refused(
      id,
      'it is active, and nobody can reject it any more: the guardrail unapproved of the policy is for that',
    );
  }
  const at = tools.clock.now();
  const answered = await changed(id, shown, tools, (given) =>
    approvals.reject(asked, given, speaker, { at, reason: why }),
  );
  switch (answered.kind) {
    case 'may-not':
      return refused(id, answered.why);
    case 'approved': {
      const [last] = answered.given.votes.toReversed();
      return refused(id, `${last?.arn} approved it before: autopeer revoke takes an approval back`);
    }
    case 'already':
      return answered.by.arn === speaker.arn
        ? rejectedBy(asked, answered.by, tools)
        : refused(id, `${answered.by.arn} rejected it before, at ${instant(answered.by.at)}`);
    case 'counted':
      return rejectedBy(asked, { arn: speaker.arn, at, reason: why }, tools);
  }
}

/** Takes back what was approved. An active peering is then as if nobody had approved it. */
export const revoke = command(
  z.strictObject({ peering, reason: reason.optional() }),
  async ({ peering: id, reason: why }, caller, tools) => {
    const at = tools.clock.now();
    const approved = (await tools.approvals.givenTo(id)).filter(approvals.isGiven);
    const [first] = approved;
    if (first === undefined) return refused(id, 'nobody has approved it, or it was taken back before');
    for (const { fingerprint: each } of approved) {
      const answered = await changed(id, each, tools, (given) =>
        given === undefined || !approvals.isGiven(given)
          ? { kind: 'gone' as const }
          : approvals.revoke(given, caller, { at, reason: why }),
      );
      if (answered.kind === 'may-not') return refused(id, answered.why);
    }
    // Of two sides one may be outside the organization: the other one's look sees both.
    for (const { accountId, region } of [first.subject.accepter, first.subject.requester]) {
      await lookAt({ peeringId: id, accountId, region }, `revoke by ${caller.arn}`, at, tools);
    }
    return { done: true, peering: id, revoked: approved.length, by: caller.arn, at: instant(at) };
  },
);

/** What people said of a peering, the oldest first. */
export const listApprovals = command(
  z.strictObject({ peering }),
  async ({ peering: id }, _caller, { approvals: book }) => ({
    peering: id,
    approvals: (await book.givenTo(id)).map((given) => ({
      fingerprint: given.fingerprint,
      rule: given.rule,
      policyVersion: given.policyVersion,
      ...givenWords(given),
      left: approvals.votesLeft(given),
      rejected: given.rejected === undefined ? null : answerWords(given.rejected),
      revoked: given.revoked === undefined ? null : answerWords(given.revoked),
    })),
  }),
);

/** Makes the change on what is there, as often as somebody else was faster. */
async function changed<Result extends { readonly kind: string; readonly given?: GivenApproval }>(
  id: PeeringId,
  shown: Digest,
  { approvals: book }: AnswerTools,
  change: (given: GivenApproval | undefined) => Result,
): Promise<Result> {
  const answers: Result[] = [];
  await book.change(id, shown, (given) => {
    const result = change(given);
    answers.push(result);
    return result.kind === 'counted' ? result.given : undefined;
  });
  const last = answers.at(-1);
  if (last === undefined) throw new Error('a change was made without asking for it');
  return last;
}

const lookAt = (key: PeeringKey, by: string, at: number, { queue }: AnswerTools): Promise<void> =>
  queue.send({ key, hintId: `${by.split(' ')[0]}-${key.accountId}-${key.region}-${at}`, looks: 0, by });

async function rejectedBy(asked: AskedApproval, answer: Answer, tools: AnswerTools) {
  const { key } = asked;
  await lookAt(key, `reject by ${answer.arn}`, tools.clock.now(), tools);
  return { done: true as const, peering: key.peeringId, rejected: answerWords(answer) };
}

/** Nothing waits, or something else than what the person saw. */
async function notWhatWaits(
  id: PeeringId,
  asked: AskedApproval | undefined,
  { approvals: book }: AnswerTools,
) {
  if (asked === undefined) return refused(id, 'nothing of it waits for an approval now');
  const given = givenFor(asked.fingerprint, await book.givenTo(id));
  return { ...refused(id, 'it is not what you were shown any more'), waiting: waitingWords(asked, given) };
}

const refused = (id: PeeringId, why: string) => ({ done: false as const, peering: id, why });

const givenFor = (shown: Digest, given: readonly GivenApproval[]): GivenApproval | undefined =>
  given.find((each) => each.fingerprint === shown && each.revoked === undefined);

/** As a person sees it before he answers. */
function waitingWords(asked: AskedApproval, given: GivenApproval | undefined) {
  const { key, state, rule, policyVersion, shown, taken, subject } = asked;
  return {
    peering: key.peeringId,
    state,
    rule,
    policyVersion,
    requester: subject.requester,
    accepter: subject.accepter,
    shown,
    taken,
    fingerprint: asked.fingerprint,
    left: given === undefined ? subject.terms.count : approvals.votesLeft(given),
    ...givenWords(given),
  };
}

const givenWords = (given: GivenApproval | undefined) => ({
  approved: (given?.votes ?? []).map(({ arn, at, reason: why }) => answerWords({ arn, at, reason: why })),
  ...(given?.until === undefined ? {} : { until: instant(given.until) }),
});

const answerWords = ({ arn, at, reason: why }: Answer) => ({
  by: arn,
  at: instant(at),
  ...(why === undefined ? {} : { reason: why }),
});

const instant = (ms: number): string => new Date(ms).toISOString();
