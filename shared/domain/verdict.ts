import { conflictsOf } from './desired.ts';
import { obstaclesTo, sentencesOf } from './obstacles.ts';
import type { Observed, ObservedSide, OpenPeering } from './observed.ts';
import type { CompiledPolicy } from './policy/compile.ts';
import { decide, mayDecideOtherwise, type Decision } from './policy/decide.ts';
import type { PolicySide } from './policy/side.ts';
import type { ConnectOptions } from './policy/connect.ts';

/** Why, as one code of a closed list and one sentence for people. */
export interface Because {
  readonly code: string;
  readonly text: string;
}

/** What the policy's guardrails want done about an active peering that no rule allows. */
export type Measure = CompiledPolicy['guardrails']['unsanctioned'];

/** What is to become of a peering. `decide` says what the policy wants; the verdict adds what EC2 allows. */
export type Verdict =
  /** Accept it if it is pending, and keep both sides connected. */
  | {
      readonly kind: 'connect';
      readonly rule: string;
      readonly because: Because;
      readonly connect: ConnectOptions;
      /** What stands in the way on an active peering, a sentence each. */
      readonly problems: readonly string[];
    }
  | {
      readonly kind: 'hold';
      readonly because: Because;
      /** The request is about to expire, and nobody can accept it after that. */
      readonly isExpiring: boolean;
      /** What the rule would have it get, where it is allowed and only something in EC2 stands in the way. */
      readonly connect?: ConnectOptions;
    }
  | { readonly kind: 'reject'; readonly because: Because; readonly rule: string | undefined }
  | { readonly kind: 'ignore'; readonly because: Because }
  /** Active, and no rule allows it; `rule` is the deny rule that stops it, where one does. */
  | {
      readonly kind: 'unsanctioned';
      readonly because: Because;
      readonly rule: string | undefined;
      readonly measure: Measure;
    }
  /** It is over, and what points at it may go. */
  | { readonly kind: 'clean-up'; readonly because: Because }
  /** EC2 has not settled yet: look again later. */
  | { readonly kind: 'wait'; readonly because: Because };

type ReadableSide = Exclude<ObservedSide, { kind: 'unreadable' }>;

/** How often a peering that EC2 does not find is looked for again before it is taken to be gone. */
export const NOT_FOUND_CONFIRMATIONS = 3;
/** How often EC2 is given time to show the CIDRs of a side that only the peering tells of: some minutes. */
export const CIDR_LOOKS = 5;
/** How often a route to an ended peering is given time to be cleaned away before it counts as a conflict: some minutes. */
export const LEFTOVER_LOOKS = 5;
/** How often a member role that cannot be assumed is tried again before people are told: some minutes. */
export const ROLE_LOOKS = 5;

/**
 * Pure: the same observation and policy give the same verdict.
 *
 * @param looks how often this hint has been looked at before
 */
export function judge(observed: Observed, policy: CompiledPolicy, looks: number): Verdict {
  switch (observed.kind) {
    case 'not-governed':
      return ignore('not-a-member', `account ${observed.key.accountId} is not in the organization`);
    case 'not-found':
      // Right after Create, and for some seconds, EC2 does not know a peering that exists.
      return looks < NOT_FOUND_CONFIRMATIONS
        ? wait('not-found-yet', 'EC2 does not know the peering, or not yet')
        : { kind: 'clean-up', because: { code: 'gone', text: 'EC2 no longer knows the peering' } };
    case 'in-transition':
      return wait(observed.peering.state, `the peering is ${observed.peering.state}`);
    case 'ended':
      return {
        kind: 'clean-up',
        because: { code: observed.peering.state, text: observed.peering.stateMessage },
      };
    case 'open':
      return judgeOpen(observed, policy, looks);
  }
}

function judgeOpen(observed: OpenPeering, policy: CompiledPolicy, looks: number): Verdict {
  const verdict = judgeSides(observed, policy, looks);
  return verdict.kind === 'hold' ? { ...verdict, isExpiring: observed.isExpiring } : verdict;
}

function judgeSides(observed: OpenPeering, policy: CompiledPolicy, looks: number): Verdict {
  const { requester, accepter } = observed.sides;
  if (requester.kind === 'unreadable') return holdUnread(requester, looks);
  if (accepter.kind === 'unreadable') return holdUnread(accepter, looks);
  if (requester.kind === 'outside' && accepter.kind === 'outside') {
    return ignore('no-governed-side', 'neither side is governed by this policy');
  }
  const unshown = sideWithoutCidrs(observed);
  if (unshown !== undefined) {
    const text = `EC2 does not show the CIDRs of ${unshown.location.vpcId}, or not yet`;
    return looks < CIDR_LOOKS
      ? wait('cidrs-not-shown', text)
      : holdBecause({ code: 'cidrs-not-shown', text });
  }
  const decision = decide(policy, { requester: policySide(requester), accepter: policySide(accepter) });
  if (decision.kind === 'accept' && looks < LEFTOVER_LOOKS) {
    // A peering made anew right after its predecessor was deleted finds that one's routes still there.
    const leftover = conflictsOf(observed, decision.connect).find((conflict) => conflict.isLeftover);
    if (leftover !== undefined) {
      const { routeTableId, destination, target } = leftover;
      return wait(
        'leftover-route',
        `${routeTableId} still routes ${destination} to ${target}, which is over`,
      );
    }
  }
  return observed.peering.state === 'active'
    ? judgeActive(observed, decision, policy)
    : judgePending(observed, decision);
}

/**
 * A side that is not read itself, and whose CIDRs EC2 ought to show with the peering: the requester's always, the
 * accepter's once it is active. For some seconds it does not. Taken for a VPC without any, no check would find it in the
 * way of another, and our routes to it would be unwanted.
 * @see https://github.com/giantswarm/aws-operator/issues/451
 */
function sideWithoutCidrs({
  peering,
  sides: { requester, accepter },
}: OpenPeering): ObservedSide | undefined {
  const shown = peering.state === 'active' ? [requester, accepter] : [requester];
  return shown.find((side) => side.kind === 'outside' && side.cidrs.length === 0);
}

function judgeActive(observed: OpenPeering, decision: Decision, policy: CompiledPolicy): Verdict {
  if (decision.kind === 'accept') {
    const problems = sentencesOf(obstaclesTo(observed, decision.connect, decision.limits));
    return connect(decision, problems);
  }
  if (decision.kind === 'ignore') return { kind: 'ignore', because: decision.reason };
  // A rule that waits for a fact or an approval does speak of it: nothing is cut on a guess, nor for a CIDR that was
  // added since somebody approved.
  if (decision.kind === 'hold' && decision.reason.code !== 'no-rule-matches') {
    return holdBecause(decision.reason);
  }
  const { reason: because, rule } = decision;
  return { kind: 'unsanctioned', because, rule, measure: policy.guardrails.unsanctioned };
}

function judgePending(observed: OpenPeering, decision: Decision): Verdict {
  if (decision.kind === 'hold') return holdBecause(decision.reason);
  if (decision.kind === 'ignore') return { kind: 'ignore', because: decision.reason };
  if (observed.sides.accepter.kind !== 'governed') {
    return ignore('accepter-not-governed', 'only the accepter’s owner can answer this request');
  }
  if (decision.kind === 'reject') return { kind: 'reject', because: decision.reason, rule: decision.rule };
  const obstacles = obstaclesTo(observed, decision.connect, decision.limits);
  if (obstacles[0] !== undefined) {
    const because = { code: obstacles[0].code, text: sentencesOf(obstacles).join('; ') };
    return { ...holdBecause(because), connect: decision.connect };
  }
  return connect(decision, []);
}

function connect(decision: Extract<Decision, { kind: 'accept' }>, problems: readonly string[]): Verdict {
  const { rule, reason, connect: options } = decision;
  return { kind: 'connect', rule, because: reason, connect: options, problems };
}
export const holdBecause = (because: Because): Extract<Verdict, { kind: 'hold' }> => ({
  kind: 'hold',
  because,
  isExpiring: false,
});

/** A role that was just deployed is not there for everybody at once. */
const holdUnread = (
  { why, reason }: Extract<ObservedSide, { kind: 'unreadable' }>,
  looks: number,
): Verdict =>
  why === 'no-member-role' && looks < ROLE_LOOKS
    ? wait(why, reason)
    : holdBecause({ code: why, text: reason });

const ignore = (code: string, text: string): Verdict => ({ kind: 'ignore', because: { code, text } });
const wait = (code: string, text: string): Verdict => ({ kind: 'wait', because: { code, text } });

/** Whether another rule may decide once the tags are known of a side that is not read here. */
export function mayJudgeOtherwise({ sides }: OpenPeering, policy: CompiledPolicy): boolean {
  const { requester, accepter } = sides;
  if (requester.kind === 'unreadable' || accepter.kind === 'unreadable') return false;
  const isUnread = [requester, accepter].some((side) => side.kind === 'outside' && side.why === 'not-read');
  if (!isUnread) return false;
  return mayDecideOtherwise(policy, { requester: policySide(requester), accepter: policySide(accepter) });
}

/** What the policy may know of a side. Of an outside one that is its CIDRs, which the peering shows, and no tag. */
function policySide(side: ReadableSide): PolicySide {
  const where = { ...side.location, membership: side.membership };
  if (side.kind === 'governed') {
    return { ...where, cidrs: side.network.vpc.cidrs, tags: side.network.vpc.tags };
  }
  return { ...where, cidrs: side.cidrs.length > 0 ? side.cidrs : 'unknown', tags: 'unknown' };
}
