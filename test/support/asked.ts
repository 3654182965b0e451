import type { AskedApproval } from '../../shared/domain/memory/approvals.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import { PEERING } from './observed.ts';
import { policyOf, sharedSide, side } from './policy-builders.ts';

/** What waits under a rule `approval: { by: …, … }`. */
export function askedUnder(approval: string, more: string): AskedApproval {
  const policy = policyOf(`
groups: { prod: { ous: [ou-ab12-prod0001] }, shared: { accounts: ["111122223333"] } }
${more}
allow: [{ name: r, requester: prod, accepter: shared, approval: ${approval} }]
`);
  const decision = decide(policy, { requester: side(), accepter: sharedSide() });
  if (decision.kind !== 'hold' || decision.approval === undefined) throw new TypeError('nothing waits');
  const { rule, subject, fingerprint } = decision.approval;
  const { accountId, region } = subject.accepter;
  return {
    key: { peeringId: PEERING, accountId, region },
    fingerprint,
    subject,
    state: 'pending-acceptance',
    rule,
    policyVersion: policy.version,
    shown: [],
    taken: [],
  };
}
