import type { PeeringRecord, PeeringSideRecord } from '../../../sim/ec2/records.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/compile.ts';
import type { AllowRule } from '../../../shared/domain/policy/model.ts';
import type { PolicyRequest, PolicySide } from '../../../shared/domain/policy/side.ts';
import { parseAccountId, parseRegion, parseVpcId } from '../../../shared/domain/ids.ts';
import { interpret, type PlainDecision } from '../../support/policy-interpreter.ts';
import type { Journal, Timeline } from './journal.ts';

/** An answer is believed so long by whoever asks Organizations, and one that was made of it once more as long. */
export const MEMBERSHIP_AGE_MS = 10 * 60_000;

/** What the policy says of one peering, under facts that were true at some time. */
export interface Candidate {
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
  readonly decision: PlainDecision;
  /** The rule that allows it, where one does. */
  readonly rule: AllowRule | undefined;
  /** Whether the policy, or the rule that decides, only wants to be told. */
  readonly isDryRun: boolean;
}

export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * What the policy says, by the plain interpreter, of every combination of facts that were true at some instant of the
 * window. No function reads all facts in one instant, and facts change while it works: what it decides is right if
 * the facts that it rests on were each true since it began. Usually nothing changes, and there is one combination.
 *
 * What nobody in the organization can read counts as unknown, as docs/policy.md says: the tags of a VPC whose account
 * is outside of it or whose region is not governed.
 */
export function candidatesOf(
  peering: PeeringRecord,
  { fromMs, untilMs }: Window,
  journal: Journal,
  policies: Timeline<CompiledPolicy>,
): readonly Candidate[] {
  const inForce = policies.during(fromMs, untilMs).map(({ value }) => value);
  return inForce.flatMap((policy) => {
    const requesters = sides(peering.requester, policy, { fromMs, untilMs }, journal);
    const accepters = sides(peering.accepter, policy, { fromMs, untilMs }, journal);
    return requesters.flatMap((requester) =>
      accepters.map((accepter): Candidate => {
        const request = { requester, accepter };
        const decision = interpret(policy, request);
        const rule =
          decision.kind === 'accept'
            ? policy.model.allow.find(({ name }) => name === decision.rule)
            : undefined;
        return { policy, request, decision, rule, isDryRun: isDryRun(policy, decision) };
      }),
    );
  });
}

/** A rule that holds does nothing that could be only told. */
function isDryRun({ model }: CompiledPolicy, { kind, rule }: PlainDecision): boolean {
  const rules = kind === 'accept' ? model.allow : kind === 'reject' ? model.deny : [];
  return model.dryRun || rules.some(({ name, dryRun }) => dryRun && name === rule);
}

function sides(
  side: PeeringSideRecord,
  policy: CompiledPolicy,
  { fromMs, untilMs }: Window,
  journal: Journal,
): readonly PolicySide[] {
  const where = placeOf(side);
  const facts = journal.vpc(side.vpcId, fromMs, untilMs);
  return journal.memberships(side.ownerId, fromMs - MEMBERSHIP_AGE_MS, untilMs).flatMap((membership) => {
    const isGoverned = membership.kind === 'member' && policy.model.regions.includes(where.region);
    return facts.map(({ cidrs, tags }): PolicySide => ({
      ...where,
      membership,
      cidrs,
      tags: isGoverned ? tags : 'unknown',
    }));
  });
}

function placeOf({ ownerId, region, vpcId }: PeeringSideRecord) {
  const place = { accountId: parseAccountId(ownerId), region: parseRegion(region), vpcId: parseVpcId(vpcId) };
  const { accountId, region: known, vpcId: vpc } = place;
  if (accountId === undefined || known === undefined || vpc === undefined)
    throw new Error(`no side: ${vpcId}`);
  return { accountId, region: known, vpcId: vpc };
}
