import { type Digest, digestOf, sortedUnique } from '../language/canonical.ts';
import type { ApprovalTerms } from '../language/approval-terms.ts';
import type { ConnectOptions } from '../language/connect.ts';
import type { ApprovalSide, ApprovalSubject } from './approval.ts';
import type { PolicySide } from './side.ts';

/**
 * @example
 * ```ts
 * const subject = approvalSubject(request, rule, rule.approval);
 * fingerprintOf(subject); // 'sha256:9f86d0…'
 * ```
 */
export const approvalSubject = (
  { requester, accepter }: { readonly requester: PolicySide; readonly accepter: PolicySide },
  connect: ConnectOptions,
  terms: ApprovalTerms,
): ApprovalSubject => ({
  requester: shown(requester),
  accepter: shown(accepter),
  connect: digestOf(connect),
  terms,
});

function shown({ accountId, region, vpcId, cidrs }: PolicySide): ApprovalSide {
  const known = cidrs !== 'unknown' && cidrs.length > 0;
  return { accountId, region, vpcId, cidrs: known ? sortedUnique(cidrs) : 'unknown' };
}

export const fingerprintOf = (subject: ApprovalSubject): Digest => digestOf({ approval: subject });

/** What differs between what was approved and what is there now, in words; empty when nothing does. */
export function changesSince(approved: ApprovalSubject, now: ApprovalSubject): readonly string[] {
  const changes = [
    ...sideChanges('requester', approved.requester, now.requester),
    ...sideChanges('accepter', approved.accepter, now.accepter),
  ];
  if (approved.connect !== now.connect) changes.push('the rule gives other routes or another DNS setting');
  if (digestOf(approved.terms) !== digestOf(now.terms)) changes.push('others must approve it');
  return changes;
}

function sideChanges(role: string, approved: ApprovalSide, now: ApprovalSide): string[] {
  const changes: string[] = [];
  for (const field of ['accountId', 'region', 'vpcId'] as const) {
    if (approved[field] !== now[field]) changes.push(`the ${role} was ${approved[field]}`);
  }
  if (now.cidrs === 'unknown' && approved.cidrs !== 'unknown') {
    changes.push(`the ${role}'s CIDRs cannot be read now`);
  } else if (now.cidrs !== 'unknown' && approved.cidrs === 'unknown') {
    changes.push(`the ${role}'s CIDRs were not known then`);
  } else if (now.cidrs !== 'unknown' && approved.cidrs !== 'unknown') {
    const before = new Set(approved.cidrs);
    const after = new Set(now.cidrs);
    for (const cidr of after.difference(before)) changes.push(`the ${role}'s CIDR ${cidr} was added`);
    for (const cidr of before.difference(after)) changes.push(`the ${role}'s CIDR ${cidr} is gone`);
  }
  return changes;
}
