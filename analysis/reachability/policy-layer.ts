import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import type { Membership, PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { VpcFacts } from '../snapshot/network.ts';
import { adviceFor, finding, type Verdict } from './finding.ts';
import type { AskPolicy } from './check.ts';
import type { Located } from './network-index.ts';

/**
 * Row 36: what the policy says to a peering of the two VPCs, with the sides as they are where there is one. It is told apart from
 * the network: a packet passes an active peering whatever the policy says, until the peering is cut.
 */
export const policyLayer =
  (policy: CompiledPolicy, membershipOf: (accountId: VpcFacts['ownerId']) => Membership): AskPolicy =>
  (from, to, link) => {
    const layer = 'policy';
    if (link.kind === 'local') {
      return finding({
        layer,
        verdict: 'note',
        code: 'policy-not-asked',
        text: 'Within a VPC no policy is asked.',
      });
    }
    const isTurned = link.kind === 'peering' && link.peering.requester.vpcId === to.id;
    const sideOf = (vpc: Located<VpcFacts>): PolicySide => ({
      accountId: vpc.ownerId,
      region: vpc.region,
      vpcId: vpc.id,
      membership: membershipOf(vpc.ownerId),
      cidrs: vpc.cidrs,
      tags: vpc.tags,
    });
    const [requester, accepter] = (isTurned ? [to, from] : [from, to]).map(sideOf);
    if (requester === undefined || accepter === undefined) throw new Error('a peering has two sides');
    const { kind, rule, reason } = decide(policy, { requester, accepter });
    const by = rule === undefined ? '' : ` by rule ${rule}`;
    return finding({
      layer,
      verdict: VERDICT_OF[kind],
      code: `policy-${kind}`,
      text: `The policy says ${kind}${by}: ${reason.text}`,
      mend: kind === 'accept' ? undefined : adviceFor(undefined, MEND_OF[kind]),
    });
  };

/** Where it may not be read who belongs to the organization, which every rule rests on. */
export const policyUnread =
  (reason: string): AskPolicy =>
  () =>
    finding({
      layer: 'policy',
      verdict: 'not-known',
      code: 'policy-unread',
      text: `What the policy says is not known, for the organization could not be read: ${reason}.`,
      mend: adviceFor(undefined, 'Ask with a snapshot of autopeer snapshot --network.'),
    });

const VERDICT_OF = {
  accept: 'yes',
  hold: 'no',
  reject: 'no',
  ignore: 'note',
} as const satisfies Record<ReturnType<typeof decide>['kind'], Verdict>;

const MEND_OF = {
  hold: 'Approve the request, or write a rule that allows it: autopeer policy explain says which comes nearest.',
  reject: 'Change the rule that denies it: autopeer policy explain names it.',
  ignore: 'Neither side is governed: the policy has no say here.',
} as const;
