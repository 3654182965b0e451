import { contains } from '../domain/cidr.ts';
import { vpcCidrs } from '../domain/connection/choice.ts';
import { isCut } from '../domain/connection/guardrail.ts';
import type { Observed, OpenPeering } from '../domain/observed.ts';
import { otherRole, ROLES } from '../domain/peering.ts';
import { plan, type ChangeStep } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { associatedRouteTables, isPrefixList } from '../domain/vpc.ts';
import type { Decided } from './decide-on.ts';
import type { ReconcileDeps } from './ports.ts';

type GateDeps = Pick<ReconcileDeps, 'brake' | 'reservations' | 'policy'>;

/**
 * What a plan needs besides its own facts before it may be carried out: room on the brake for what takes a way away, and
 * for an accept a reservation of both VPCs. Without it the plan does nothing, and the verdict says why.
 */
export async function gate(decided: Decided, deps: GateDeps): Promise<Decided> {
  if (decided.isDryRun) return decided;
  const { verdict } = decided;
  if (verdict.kind === 'unsanctioned') return gateGuardrail(decided, verdict, deps);
  if (verdict.kind !== 'connect') return decided;
  const steps = decided.plan.stages.flat();
  if (steps.some(({ kind }) => kind === 'accept')) return gateAccept(decided, deps);
  return gateRemovals(decided, verdict, deps);
}

async function gateGuardrail(
  decided: Decided,
  verdict: Extract<Verdict, { kind: 'unsanctioned' }>,
  { brake, policy }: GateDeps,
): Promise<Decided> {
  const { peeringId } = decided.plan;
  const { atMost } = policy.guardrails;
  if (decided.plan.stages.flat().some(isCut)) {
    return (await brake.admit(peeringId, atMost)) === 'admitted' ? decided : braked(decided, verdict);
  }
  // A suspicion that has grown old while the brake was full is not written anew at every look.
  const isHeld = decided.isStale && (await brake.isFull(peeringId, atMost));
  return isHeld ? { ...braked(decided, verdict), suspicion: undefined } : decided;
}

function braked(decided: Decided, verdict: Extract<Verdict, { kind: 'unsanctioned' }>): Decided {
  const withheld: Verdict = { ...verdict, withheld: 'brake' };
  return { ...decided, verdict: withheld, plan: plan(decided.observed, withheld, decided.memory) };
}

/** Two overlapping requests, in two functions at once, are not both accepted. */
async function gateAccept(decided: Decided, { reservations }: GateDeps): Promise<Decided> {
  const { observed } = decided;
  if (observed.kind !== 'open') return decided;
  const wanted = ROLES.flatMap((role) => {
    const side = observed.sides[role];
    const cidrs = vpcCidrs(observed.sides[otherRole(role)]);
    return side.kind === 'governed' && side.reserved !== undefined ? [{ vpc: side.reserved, cidrs }] : [];
  });
  if ((await reservations.reserve(observed.peering.id, wanted)) === 'reserved') return decided;
  const text = 'another request for one of its VPCs was decided at the same moment';
  const verdict: Verdict = { kind: 'wait', because: { code: 'reserved', text } };
  return { ...decided, verdict, plan: { ...decided.plan, stages: [], tags: [] } };
}

/** A changed policy that no longer wants the routes of many peerings is a mistake as likely as not. */
async function gateRemovals(
  decided: Decided,
  verdict: Extract<Verdict, { kind: 'connect' }>,
  { brake, policy }: GateDeps,
): Promise<Decided> {
  const { stages, peeringId } = decided.plan;
  const removals = stages.flat().filter((step) => losesReach(decided.observed, step));
  if (removals.length === 0) return decided;
  if ((await brake.admit(peeringId, policy.guardrails.atMost)) === 'admitted') return decided;
  const kept = stages
    .map((stage) => stage.filter((step) => !removals.includes(step)))
    .filter((stage) => stage.length > 0);
  const problem =
    `${removals.length} routes that the rule no longer wants stay: within the last hour as many peerings have lost ` +
    'their reachability as guardrails.atMost lets. `autopeer brake release` lets more go on';
  return {
    ...decided,
    verdict: { ...verdict, problems: [...verdict.problems, problem] },
    plan: { ...decided.plan, stages: kept },
  };
}

/** Whether a removal takes a way to what is still there, from a table that carries traffic. */
function losesReach(observed: Observed, step: ChangeStep): boolean {
  if (step.kind !== 'delete-route' || observed.kind !== 'open') return false;
  return ROLES.some((role) => isWayOf(observed, role, step));
}

function isWayOf(
  { sides }: OpenPeering,
  role: (typeof ROLES)[number],
  { at, routeTableId, destination }: Extract<ChangeStep, { kind: 'delete-route' }>,
): boolean {
  const side = sides[role];
  if (side.kind !== 'governed' || side.location.accountId !== at.accountId) return false;
  if (!associatedRouteTables(side.network).some(({ id }) => id === routeTableId)) return false;
  const there = vpcCidrs(sides[otherRole(role)]);
  return isPrefixList(destination) || there.some((cidr) => contains(cidr, destination));
}
