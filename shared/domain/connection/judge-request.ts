import { compare } from './compare.ts';
import { consentToAll, joinConsent } from './consent.ts';
import { encryptionFinding } from './encrypted.ts';
import { obstaclesToRequest, sentencesOf } from './obstacles.ts';
import { approvalsOfRequest, askOf, rejectionOf, takingsApproved } from './answers.ts';
import { termsOfRequest, type AcceptDecision } from './terms.ts';
import type { ObservedSide, OpenPeering } from '../facts/observed.ts';
import { decide } from '../policy/decision/decide.ts';
import { connect, heldForRegion, leftoverIn } from './judge-allowed.ts';
import { requestOf, type Case } from './request-of.ts';
import { holdBecause, wait, type Because, type Verdict } from './verdict.ts';

/** How often a request waits for another one that is being accepted: some minutes. */
export const RESERVED_LOOKS = 5;

/** The verdict on a request that waits for its answer. */
export function judgePending(observed: OpenPeering, asked: Case): Verdict {
  const approvals = approvalsOfRequest(asked.answers);
  const request = { ...requestOf(observed, consentToAll(observed)), approvals };
  const decision = decide(asked.policy, request);
  switch (decision.kind) {
    case 'hold': {
      if (decision.approval === undefined) return holdBecause(decision.reason);
      const { rule } = decision.approval;
      const reason = rejectionOf(rule, asked.answers);
      if (reason !== undefined) return denyRequest(observed, { rule, reason });
      return { ...holdBecause(decision.reason), rule, ask: askOf(observed, decision.approval) };
    }
    case 'ignore':
      return { kind: 'ignore', because: decision.reason };
    case 'reject':
      return denyRequest(observed, decision);
    case 'accept':
      return judgeAllowed(observed, decision, asked);
  }
}

function judgeAllowed(observed: OpenPeering, decision: AcceptDecision, asked: Case): Verdict {
  const held = heldForRegion(observed, decision);
  if (held !== undefined) return held;
  if (observed.sides.accepter.kind !== 'governed') return notOurs;
  const terms = termsOfRequest(decision, takingsApproved(decision.approval, asked.answers));
  const picture = compare(observed, terms);
  const leftover = leftoverIn(picture, asked);
  if (leftover !== undefined) return leftover;
  const obstacles = obstaclesToRequest(observed, terms, picture, decision.limits);
  const [first] = obstacles;
  if (first === undefined) {
    const restoration = { routes: [], refused: [], settled: [] };
    const approved = decision.approval === undefined ? {} : { approval: decision.approval };
    const consent = { ...joinConsent(undefined, consentToAll(observed)), isAccepted: true, ...approved };
    const { unknown } = encryptionFinding(observed);
    return connect(decision, terms, picture, { problems: [], restoration, consent, unknown });
  }
  const text = sentencesOf(obstacles).join('; ');
  if (obstacles.every(({ code }) => code === 'peer-overlap') && asked.looks < RESERVED_LOOKS) {
    return wait('reserved', text);
  }
  return { ...holdBecause({ code: first.code, text }), connect: decision.connect };
}

const notOurs: Verdict = {
  kind: 'ignore',
  because: { code: 'accepter-not-governed', text: 'only the accepter’s owner can answer this request' },
};

/** Rejected in the accepter's account, where it can be; otherwise the requester's side is all that can be kept from it. */
export function denyRequest(
  observed: OpenPeering,
  { rule, reason: because }: { readonly rule: string | undefined; readonly reason: Because },
): Verdict {
  const { requester, accepter } = observed.sides;
  if (isWritable(accepter)) return { kind: 'reject', because, rule };
  if (rule === undefined || !isWritable(requester)) return notOurs;
  const text = `${because.text} The request can be rejected in account ${accepter.location.accountId} alone`;
  return { ...holdBecause({ code: 'denied', text }), rule, withdraw: true };
}

const isWritable = (side: ObservedSide): boolean =>
  side.kind === 'governed' || (side.kind === 'unreadable' && side.why === 'side-unreadable');
