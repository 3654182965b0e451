import { consentIn, consentToAll } from './consent.ts';
import { NO_MEMORY, type Memory } from '../memory/memory.ts';
import type { Observed, ObservedSide, OpenPeering } from '../facts/observed.ts';
import { ROLES } from '../facts/peering.ts';
import type { CompiledPolicy } from '../policy/decision/compile.ts';
import { decide, mayDecideOtherwise } from '../policy/decision/decide.ts';
import { judgeActive, unsanctioned } from './judge-active.ts';
import { denyRequest, judgePending } from './judge-request.ts';
import { requestOf, type Case } from './request-of.ts';
import { NO_ANSWERS, type Answers } from './answers.ts';
import { holdBecause, ignore, wait, type Verdict } from './verdict.ts';

/** How often a peering that EC2 does not find is looked for again before it is taken to be gone. */
export const NOT_FOUND_CONFIRMATIONS = 3;
/** How often EC2 is given time to show the CIDRs of a side that only the peering tells of: some minutes. */
export const CIDR_LOOKS = 5;
/** How often a member role that cannot be assumed is tried again before people are told: some minutes. */
export const ROLE_LOOKS = 5;

/**
 * Pure: the same observation, policy and memory give the same verdict.
 *
 * @param looks how often this hint has been looked at before
 * @param memory what the ledger knows; a sweep does without it
 * @param answers what people said of its approval; read where the verdict without it waits for one
 */
export function judge(
  observed: Observed,
  policy: CompiledPolicy,
  looks: number,
  memory: Memory = NO_MEMORY,
  answers: Answers = NO_ANSWERS,
): Verdict {
  switch (observed.kind) {
    case 'not-governed':
      return ignore('not-a-member', `account ${observed.key.accountId} is not in the organization`);
    case 'unseen':
      // The sweep of the other side's account finds the peering, where that one may be asked.
      return looks < ROLE_LOOKS
        ? wait('no-access', observed.reason)
        : holdBecause({ code: 'no-access', text: observed.reason });
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
      return judgeOpen(observed, { policy, looks, memory, answers });
  }
}

function judgeOpen(observed: OpenPeering, asked: Case): Verdict {
  const verdict = judgeSides(observed, asked);
  return verdict.kind === 'hold' ? { ...verdict, isExpiring: observed.isExpiring } : verdict;
}

function judgeSides(observed: OpenPeering, asked: Case): Verdict {
  const { requester, accepter } = observed.sides;
  const suspended = [requester, accepter].find((side) => side.kind === 'suspended');
  if (suspended !== undefined) {
    const { accountId } = suspended.location;
    const text = `account ${accountId} is suspended or closed: nothing is accepted, written or cut while it is`;
    return holdBecause({ code: 'suspended', text });
  }
  const unread = [requester, accepter].find((side) => side.kind === 'unreadable');
  if (unread !== undefined) return judgeUnread(observed, unread, asked);
  if (requester.kind === 'outside' && accepter.kind === 'outside') {
    return ignore('no-governed-side', 'neither side is governed by this policy');
  }
  const unshown = sideWithoutCidrs(observed);
  if (unshown !== undefined) {
    const text = `EC2 does not show the CIDRs of ${unshown.location.vpcId}, or not yet`;
    return asked.looks < CIDR_LOOKS
      ? wait('cidrs-not-shown', text)
      : holdBecause({ code: 'cidrs-not-shown', text });
  }
  return observed.peering.state === 'active' ? judgeActive(observed, asked) : judgePending(observed, asked);
}

/**
 * A deny that is certain without what cannot be read decides. Otherwise whoever takes his own member role away would be
 * held where he would have been rejected or cut.
 */
function judgeUnread(
  observed: OpenPeering,
  unread: Extract<ObservedSide, { kind: 'unreadable' }>,
  { policy, looks, memory, answers }: Case,
): Verdict {
  const consent = consentIn(observed, memory.consent);
  const decision = decide(policy, requestOf(observed, consent));
  if (decision.kind === 'reject' && decision.rule !== undefined) {
    return observed.peering.state === 'active'
      ? unsanctioned(decision, { policy, memory, answers }, undefined)
      : denyRequest(observed, decision);
  }
  const { why, reason, isKnown } = unread;
  // A role that was just deployed is not there for everybody at once.
  return why !== 'side-unreadable' && !isKnown && looks < ROLE_LOOKS
    ? wait(why, reason)
    : holdBecause({ code: why, text: reason });
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

/** Whether another rule may decide once the tags are known of a side that is not read here. */
export function mayJudgeOtherwise(observed: OpenPeering, policy: CompiledPolicy): boolean {
  const sides = ROLES.map((role) => observed.sides[role]);
  if (sides.some(({ kind }) => kind === 'unreadable' || kind === 'suspended')) return false;
  if (!sides.some((side) => side.kind === 'outside' && side.why === 'not-read')) return false;
  return mayDecideOtherwise(policy, requestOf(observed, consentToAll(observed)));
}
