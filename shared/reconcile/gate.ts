import { peeringRoutes } from '../domain/connection/compare.ts';
import { losesReach } from '../domain/connection/reach.ts';
import type { Observed } from '../domain/facts/observed.ts';
import { plan, without } from '../domain/connection/plan.ts';
import { mayAcceptOn } from '../domain/memory/approvals.ts';
import type { Suspension } from '../domain/memory/suspension.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import type { Decided } from './decide-on.ts';
import type { ReconcileDeps } from './ports.ts';
import { newConsent } from './remember.ts';
import { isTaken, routedBy, wantedByAccept } from './reserve.ts';

type GateDeps = Pick<ReconcileDeps, 'brake' | 'reservations' | 'policy' | 'ledger' | 'approvals' | 'clock'>;

/**
 * Nothing is written while people have suspended autopeer. What would be done is told as in a dry run; a first look of a
 * guardrail is not remembered, since the second one is to follow when it may act.
 */
export function suspend(decided: Decided, suspension: Suspension | undefined): Decided {
  if (suspension === undefined || decided.isDryRun) return decided;
  const isDryRun = decided.plan.stages.length > 0;
  const forgotten = isDryRun ? ({ suspicion: undefined, awaiting: [] } as const) : {};
  return { ...decided, ...forgotten, isDryRun, suspension };
}

/**
 * What a plan needs besides its own facts before it may be carried out: room on the brake for what takes a way away, and
 * for an accept a reservation of both VPCs. Without it the plan does nothing, and the verdict says why.
 */
export async function gate(decided: Decided, deps: GateDeps): Promise<Decided> {
  if (decided.isDryRun || decided.observed.kind !== 'open') return decided;
  const { verdict } = decided;
  if (verdict.kind === 'unsanctioned') return gateGuardrail(decided, verdict, deps);
  const steps = decided.plan.stages.flat();
  if (steps.some(({ kind }) => kind === 'accept')) return gateAccept(decided, deps);
  const gated = await gateRemovals(decided, deps);
  return gateRoutes(gated, deps);
}

async function gateGuardrail(
  decided: Decided,
  verdict: Extract<Verdict, { kind: 'unsanctioned' }>,
  { brake, policy }: GateDeps,
): Promise<Decided> {
  const { peeringId, stages } = decided.plan;
  const { atMost } = policy.guardrails;
  if (stages.length > 0) {
    // Without a route nobody has a way to lose.
    if (!hasRoutes(decided.observed)) return decided;
    return (await brake.admit(peeringId, atMost)) === 'admitted' ? decided : braked(decided, verdict);
  }
  // A suspicion that has grown old while the brake was full is not written anew at every look.
  const isHeld = decided.isStale && (await brake.isFull(peeringId, atMost));
  return isHeld ? { ...braked(decided, verdict), suspicion: undefined } : decided;
}

const hasRoutes = (observed: Observed): boolean =>
  observed.kind === 'open' && peeringRoutes(observed).length > 0;

function braked(decided: Decided, verdict: Extract<Verdict, { kind: 'unsanctioned' }>): Decided {
  const withheld: Verdict = { ...verdict, withheld: 'brake' };
  return { ...decided, verdict: withheld, plan: plan(decided.observed, withheld, decided.memory) };
}

/**
 * Two overlapping requests, in two functions at once, are not both accepted. What was judged is written down at the same
 * time, before the accept: a CIDR that comes right after it is a later one. The approval is read once more after that, since
 * the reservation may have waited for DynamoDB.
 */
async function gateAccept(decided: Decided, deps: GateDeps): Promise<Decided> {
  const { reservations, ledger } = deps;
  const { observed, verdict, memory } = decided;
  if (observed.kind !== 'open') return decided;
  const reserved = wantedByAccept(observed);
  const consent = newConsent(verdict, memory);
  const [outcome] = await Promise.all([
    reservations.reserve(observed.peering.id, reserved),
    consent === undefined ? undefined : ledger.write(observed.peering.id, { consent }),
  ]);
  if (outcome !== 'reserved') return waiting(decided, 'reserved', ANOTHER);
  return (await isStillApproved(decided, deps))
    ? { ...decided, reserved }
    : waiting(decided, 'approval-gone', 'its approval was taken back at the same moment');
}

const ANOTHER = 'another request for one of its VPCs was decided at the same moment';

/**
 * Routes of an active peering that come, or come back, reserve what they lead to, as an accept does: a request that was
 * judged before they came would else be accepted beside them.
 */
async function gateRoutes(decided: Decided, { reservations }: GateDeps): Promise<Decided> {
  const { observed, plan: steps } = decided;
  if (observed.kind !== 'open') return decided;
  const { id } = observed.peering;
  const places = routedBy(observed, steps);
  if (places.length === 0) return decided;
  const reserved = await Promise.all(
    places.map(async ({ vpcId, cidrs }) => ({ vpc: await reservations.read(vpcId), cidrs })),
  );
  if (reserved.some((each) => isTaken(each, id))) return waiting(decided, 'reserved', ANOTHER);
  return (await reservations.reserve(id, reserved)) === 'reserved'
    ? { ...decided, reserved }
    : waiting(decided, 'reserved', ANOTHER);
}

function waiting(decided: Decided, code: string, text: string): Decided {
  const verdict: Verdict = { kind: 'wait', because: { code, text } };
  return { ...decided, verdict, plan: { ...decided.plan, stages: [], tags: [] } };
}

/** Also of what needs no approval. */
async function isStillApproved(
  { verdict, plan: { peeringId } }: Decided,
  { approvals, clock }: Pick<GateDeps, 'approvals' | 'clock'>,
): Promise<boolean> {
  const approval = verdict.kind === 'connect' ? verdict.consent.approval : undefined;
  if (approval === undefined) return true;
  const given = await approvals.givenTo(peeringId);
  return given.some((each) => each.fingerprint === approval && mayAcceptOn(each, clock.now()));
}

/** A changed policy that no longer wants the routes of many peerings is a mistake as likely as not. */
async function gateRemovals(decided: Decided, { brake, policy }: GateDeps): Promise<Decided> {
  const { verdict, observed } = decided;
  const picture = verdict.kind === 'connect' ? verdict.picture : undefined;
  const removals = decided.plan.stages.flat().filter((step) => losesReach(observed, step, picture));
  if (removals.length === 0) return decided;
  const { peeringId } = decided.plan;
  if ((await brake.admit(peeringId, policy.guardrails.atMost)) === 'admitted') return decided;
  const kept = { ...decided, plan: without(decided.plan, removals) };
  if (verdict.kind !== 'connect') return kept;
  const problem =
    `${removals.length} routes that the rule no longer wants stay: within the last hour as many peerings have lost ` +
    'their reachability as guardrails.atMost lets. `autopeer brake release` lets more go on';
  return { ...kept, verdict: { ...verdict, problems: [...verdict.problems, problem] } };
}
