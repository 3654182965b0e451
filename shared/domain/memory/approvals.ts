import { isCalledBy, isOfSlack, personOf, slackIdentity, type Speaker } from '../facts/caller.ts';
import type { AccountId } from '../facts/ids.ts';
import type { PeeringKey } from '../facts/peering.ts';
import type { SlackGroupId } from '../facts/slack-ids.ts';
import type { Approver } from '../policy/language/approval-terms.ts';
import type { Digest } from '../policy/language/canonical.ts';
import { fingerprintOf } from '../policy/decision/fingerprint.ts';
import type { Approval, ApprovalSubject } from '../policy/decision/approval.ts';
import { accountsOf, humanOf, peopleAmong } from './people.ts';

/** What waits for people to approve, as the last look at the peering found it. */
export interface AskedApproval {
  /** Where the peering is looked at. */
  readonly key: PeeringKey;
  readonly fingerprint: Digest;
  readonly subject: ApprovalSubject;
  /** `active`: somebody accepted it by hand, or a CIDR came after the accept. */
  readonly state: 'pending-acceptance' | 'active';
  /** The rule that asks; shown, and not covered. */
  readonly rule: string;
  /** The policy's content hash; shown, and not covered. */
  readonly policyVersion: string;
  /** What else people are shown, a sentence each: what the rule gives, and what stands in the way. */
  readonly shown: readonly string[];
  /** The routes of others whose traffic it would take, a sentence each. An approval covers these, and no others. */
  readonly taken: readonly string[];
  /** When EC2 lets the request expire, epoch milliseconds; of an active peering nothing. */
  readonly expiresAt?: number | undefined;
}

/** One person's yes. */
export interface Vote {
  /** Who counts as one and the same; see `personOf`. */
  readonly person: string;
  readonly arn: string;
  readonly principal: string;
  /** Nobody of Slack has one. */
  readonly accountId?: AccountId | undefined;
  /** Slack's user groups that had the person as a member at that moment. */
  readonly groups?: readonly SlackGroupId[] | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason?: string | undefined;
}

/** A no, or a yes taken back, and by whom. */
export interface Answer {
  readonly arn: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason?: string | undefined;
}

/** What people said of one thing that they were shown. */
export interface GivenApproval {
  readonly fingerprint: Digest;
  readonly subject: ApprovalSubject;
  readonly taken: readonly string[];
  readonly rule: string;
  readonly policyVersion: string;
  /** In order, one a person. */
  readonly votes: readonly Vote[];
  /** Until when a request may be accepted on it, epoch milliseconds; it does not end what was accepted. */
  readonly until?: number | undefined;
  readonly rejected?: Answer | undefined;
  readonly revoked?: Answer | undefined;
}

/** Why somebody may not approve, in words; `undefined` where he may. */
export function refusalOf({ terms, requester }: ApprovalSubject, speaker: Speaker): string | undefined {
  const own = accountsOf(terms, speaker);
  const isAsking = (accounts: readonly AccountId[]): boolean =>
    terms.notRequester && [...own, ...accounts].includes(requester.accountId);
  if (terms.by.length === 0) {
    if (isOfSlack(speaker)) return 'its rule names nobody of Slack: the command autopeer approve is for it';
    return isAsking([])
      ? `account ${requester.accountId} asks for it, and cannot approve it itself`
      : undefined;
  }
  const listed = terms.by.filter((approver) => isAmong(approver, speaker));
  if (listed.length === 0) return `${speaker.principal} is not among the approvers of its rule`;
  return listed.every(({ accounts }) => isAsking(accounts))
    ? `account ${requester.accountId} asks for it, and ${speaker.principal} approves nothing that it asks for`
    : undefined;
}

const isAmong = (
  { principals, slack = [], slackGroups = [] }: Approver,
  speaker: Pick<Speaker, 'principal' | 'groups'>,
): boolean =>
  principals.some((each) => isCalledBy(each, speaker)) ||
  slack.some((each) => slackIdentity(each) === speaker.principal) ||
  (isOfSlack(speaker) && slackGroups.some((each) => speaker.groups?.includes(each) === true));

/** The votes that count: of those who may, one a person. What a vote says is never enough by itself. */
function countedVotes({ subject, votes }: GivenApproval): readonly Vote[] {
  const counted = votes.filter(
    (vote) => personOf(vote) === vote.person && refusalOf(subject, vote) === undefined,
  );
  const people = counted.toReversed().map((vote) => [humanOf(subject.terms, vote), vote] as const);
  return [...new Map(people).values()].toReversed();
}

/** How many more people must approve; 0 where it is approved. */
export const votesLeft = (given: GivenApproval): number =>
  Math.max(0, given.subject.terms.count - peopleAmong(given.subject.terms, countedVotes(given)));

const isIntact = ({ subject, fingerprint }: GivenApproval): boolean => fingerprintOf(subject) === fingerprint;

/** Whether enough people approved it, and nobody rejected it or took it back. */
export const isApproved = (given: GivenApproval): boolean =>
  isIntact(given) && given.rejected === undefined && given.revoked === undefined && votesLeft(given) === 0;

/** An approval that has run out counts for what was accepted on it, and for no request. */
export const mayAcceptOn = (given: GivenApproval, now: number): boolean =>
  isApproved(given) && (given.until === undefined || now < given.until);

const isOver = ({ revoked, until }: GivenApproval, now: number): boolean =>
  revoked !== undefined || (until !== undefined && until <= now);

/** Whether there is a yes to take back. */
export const isGiven = ({ votes, rejected, revoked }: GivenApproval): boolean =>
  votes.length > 0 && rejected === undefined && revoked === undefined;

/** As the policy takes it. */
export const approvalOf = (given: GivenApproval, isUsed: boolean): Approval => ({
  fingerprint: given.fingerprint,
  subject: given.subject,
  by: countedVotes(given)
    .map(({ arn }) => arn)
    .join(' and '),
  isUsed,
});

/** The outcome of somebody's yes. */
export type Voted =
  | { readonly kind: 'counted'; readonly given: GivenApproval }
  /** The same person approved before: twice is once. */
  | { readonly kind: 'already'; readonly given: GivenApproval }
  | { readonly kind: 'may-not'; readonly why: string }
  | { readonly kind: 'rejected'; readonly by: Answer };

interface SaidNow extends Pick<Vote, 'at' | 'reason'>, Pick<GivenApproval, 'until'> {
  /** When the person said it, where it took a while to get here. */
  readonly saidAt?: number | undefined;
}

/** @param given what people said of the same fingerprint so far */
export function vote(
  asked: AskedApproval,
  given: GivenApproval | undefined,
  caller: Speaker,
  { at, reason, until, saidAt }: SaidNow,
): Voted {
  const why = refusalOf(asked.subject, caller);
  if (why !== undefined) return { kind: 'may-not', why };
  // A yes that was on its way, or is sent a second time, undoes nothing that somebody did after it.
  if (saidAt !== undefined && given?.revoked !== undefined && saidAt <= given.revoked.at) {
    return { kind: 'may-not', why: `${given.revoked.arn} took the approval back after that` };
  }
  if (given?.rejected !== undefined) return { kind: 'rejected', by: given.rejected };
  const { fingerprint, subject, rule, policyVersion } = asked;
  // A yes after it was taken back, or has run out, begins anew.
  const before = given === undefined || isOver(given, at) ? undefined : given;
  // What was shown before and is shown now may differ in what it takes; the narrower set was seen by everybody.
  const taken =
    before === undefined ? asked.taken : before.taken.filter((each) => asked.taken.includes(each));
  const person = personOf(caller);
  const human = humanOf(subject.terms, caller);
  if (before?.votes.some((each) => humanOf(subject.terms, each) === human) === true)
    return { kind: 'already', given: before };
  const { arn, principal, accountId, groups } = caller;
  const own: Vote = {
    person,
    arn,
    principal,
    ...(accountId === undefined ? {} : { accountId }),
    ...(groups === undefined ? {} : { groups }),
    at,
    ...(reason === undefined ? {} : { reason }),
  };
  const ends = [before?.until, until].filter((end) => end !== undefined);
  return {
    kind: 'counted',
    given: {
      fingerprint,
      subject,
      taken,
      rule,
      policyVersion,
      votes: [...(before?.votes ?? []), own],
      ...(ends.length === 0 ? {} : { until: Math.min(...ends) }),
    },
  };
}

/** The outcome of somebody's no. */
export type Rejected =
  | { readonly kind: 'counted'; readonly given: GivenApproval }
  | { readonly kind: 'already'; readonly by: Answer }
  | { readonly kind: 'may-not'; readonly why: string }
  /** Enough people said yes before. */
  | { readonly kind: 'approved'; readonly given: GivenApproval };

/** Whoever may approve may reject: the first answer stands. */
export function reject(
  asked: AskedApproval,
  given: GivenApproval | undefined,
  caller: Speaker,
  { at, reason }: Pick<Answer, 'at' | 'reason'>,
): Rejected {
  const why = refusalOf(asked.subject, caller);
  if (why !== undefined) return { kind: 'may-not', why };
  if (given?.rejected !== undefined) return { kind: 'already', by: given.rejected };
  if (given !== undefined && mayAcceptOn(given, at)) return { kind: 'approved', given };
  const { fingerprint, subject, rule, policyVersion, taken } = asked;
  const rejected = { arn: caller.arn, at, ...(reason === undefined ? {} : { reason }) };
  return {
    kind: 'counted',
    given: { fingerprint, subject, taken, rule, policyVersion, votes: given?.votes ?? [], rejected },
  };
}

/** Takes back what people approved. Whoever may approve it may take it back, the requester's people too. */
export function revoke(
  given: GivenApproval,
  caller: Speaker,
  { at, reason }: Pick<Answer, 'at' | 'reason'>,
):
  | { readonly kind: 'counted'; readonly given: GivenApproval }
  | { readonly kind: 'may-not'; readonly why: string } {
  const anybody = { ...given.subject, terms: { ...given.subject.terms, notRequester: false } };
  const why = refusalOf(anybody, caller);
  if (why !== undefined) return { kind: 'may-not', why };
  const revoked = { arn: caller.arn, at, ...(reason === undefined ? {} : { reason }) };
  return { kind: 'counted', given: { ...given, revoked } };
}
