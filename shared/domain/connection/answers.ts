import {
  approvalOf,
  isApproved,
  mayAcceptOn,
  type AskedApproval,
  type GivenApproval,
} from '../memory/approvals.ts';
import type { Consent } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import type { Role } from '../facts/peering.ts';
import type { Approval } from '../policy/decision/approval.ts';
import type { WantedApproval } from '../policy/decision/wanted-approval.ts';
import type { Digest } from '../policy/language/canonical.ts';
import { approverWords, connectWords } from '../words/connect-words.ts';
import { quoted } from '../words/foreign-text.ts';
import { vpcCidrs } from './choice.ts';
import { compare, takingOf } from './compare.ts';
import { obstaclesToRequest, sentencesOf } from './obstacles.ts';
import { termsOfRequest } from './terms.ts';

/** What people said of a peering that waits for an approval. */
export interface Answers {
  readonly given: readonly GivenApproval[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** A sweep does not know on which approval an active peering rests: any that was given will do. */
  readonly isSweep?: boolean;
}

export const NO_ANSWERS: Answers = { given: [], now: 0 };

/** What people are to be shown, so that they can approve it. */
export interface Ask extends Pick<AskedApproval, 'fingerprint' | 'subject' | 'rule' | 'shown' | 'taken'> {}

/** More than that nobody reads; a ledger's item holds 400 KB. */
const TAKEN_MAX = 500;

/** @param wanted of all CIDRs that both sides have */
export function askOf(observed: OpenPeering, wanted: WantedApproval): Ask {
  const { rule, subject, fingerprint, connect, limits } = wanted;
  const terms = termsOfRequest(wanted);
  const picture = compare(observed, terms);
  const obstacles =
    observed.peering.state === 'active'
      ? []
      : obstaclesToRequest(observed, terms, picture, limits).filter(({ code }) => code !== 'diverts');
  return {
    rule,
    subject,
    fingerprint,
    shown: [
      `rule ${rule} ${connectWords(connect)}`,
      `to be approved by ${approverWords(subject.terms)}`,
      ...sentencesOf(obstacles).map((text) => `this stands in its way, approved or not: ${text}`),
    ],
    // What is not shown is not approved: the request is then held for it.
    taken: [...new Set(picture.diverting.map(takingOf))].toSorted().slice(0, TAKEN_MAX),
  };
}

/** The approvals on which a request may be accepted now. */
export const approvalsOfRequest = ({ given, now }: Answers): readonly Approval[] =>
  given.filter((each) => mayAcceptOn(each, now)).map((each) => approvalOf(each, false));

/** @param used the approval that traffic was let through on */
export const approvalsOfActive = (
  { given, now, isSweep }: Answers,
  used: Digest | undefined,
): readonly Approval[] =>
  given.flatMap((each) => {
    const isUsed = isSweep === true || each.fingerprint === used;
    return isApproved(each) && (isUsed || mayAcceptOn(each, now)) ? [approvalOf(each, isUsed)] : [];
  });

/** The CIDRs, of those that are there, that people approved. */
export function approvedIn(observed: OpenPeering, { given, now }: Answers): Consent {
  const approved = given.filter((each) => mayAcceptOn(each, now));
  const of = (role: Role) => {
    const { accountId, region, vpcId } = observed.sides[role].location;
    const seen = approved.flatMap(({ subject }) => {
      const side = subject[role];
      const isSame = side.accountId === accountId && side.region === region && side.vpcId === vpcId;
      return isSame && side.cidrs !== 'unknown' ? side.cidrs : [];
    });
    return vpcCidrs(observed.sides[role]).filter((cidr) => seen.includes(cidr));
  };
  return { requester: of('requester'), accepter: of('accepter') };
}

/** What people saw that an accept takes from others. */
export function takingsApproved(
  approval: Digest | undefined,
  { given }: Answers,
): ReadonlySet<string> | undefined {
  const found = given.find(({ fingerprint }) => fingerprint === approval);
  return found === undefined ? undefined : new Set(found.taken);
}

/** Somebody approved it, and it was taken back. */
export const isTakenBack = ({ given }: Answers): boolean =>
  given.some(({ revoked }) => revoked !== undefined);

/** Why a request is rejected that somebody who may approve it rejected. */
export function rejectionOf(
  rule: string,
  { given }: Answers,
): { readonly code: string; readonly text: string } | undefined {
  const rejected = given.map((each) => each.rejected).find((each) => each !== undefined);
  if (rejected === undefined) return undefined;
  const why = rejected.reason === undefined ? '' : `: ${quoted(rejected.reason)}`;
  const text = `Rule ${rule} asks for an approval, and ${rejected.arn} rejected it${why}.`;
  return { code: 'approval-rejected', text };
}
