import { contains, parseCidr } from '../../../shared/domain/facts/cidr.ts';
import type { PeeringRecord, RouteRecord, RouteTableRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Role } from '../plan/steps.ts';
import { losesReach } from './brake.ts';
import type { Candidate, Window } from './candidates.ts';
import { mayTakeForOurs } from './claims.ts';
import { otherOf } from './consented.ts';
import { faultOfCut, faultOfNarrowing } from './cuts.ts';
import { routeAsked, routeIn } from './journal.ts';
import type { Judge } from './judge.ts';
import { routesBefore, unboundedDiversion } from './limits.ts';
import { cidrAround, isReachable } from './newcomers.ts';
import { own, placeText, said, subject } from './own-calls.ts';
import { sidesOf } from './sides.ts';
import { cidrsOf, wantedDestinations, wantedTables } from './wanted.ts';
import { entriesOf, waysOf, wayText, type Way } from './ways.ts';

/**
 * A route is written only to the live peering of an allowed pair, from a VPC of it, to what the rule wants to be
 * reached and what was judged, and takes nothing of what leads elsewhere unless the rule's author said so. Or it was there
 * before, a guardrail took it away, and the peering is in order again. Which of the VPC's tables are wanted is judged where
 * nobody changed them since the window began.
 */
export function checkCreateRoute(judge: Judge, call: Call, input: object): void {
  const place = routeAsked(input);
  const { tableId, destination } = place;
  const peering = subject(judge, input);
  const table = judge.stage.world.aws.ec2.truth.routeTables.get(tableId);
  // EC2 refuses what is about something that is not there.
  if (peering === undefined || table === undefined) return;
  const window = judge.window(call);
  const text = `${tableId} ${destination} to ${peering.id}`;
  if (!judge.statesDuring(peering, window).includes('active')) {
    judge.report('route-before-active', `${text}, which is ${judge.state(peering)}`);
  }
  const isPutBack = judge.journal.isTaken(tableId, destination, peering.id);
  const accepting = judge.candidates(peering, window).filter(({ decision }) => decision.kind === 'accept');
  const isWanted = accepting.some((each) => isWantedRoute(judge, each, peering, place, window));
  if (!isWanted && !(isPutBack && accepting.length > 0)) {
    judge.report('unwanted-route', `${text} is written and no rule wants it`);
  }
  if (!isJudged(judge, peering, place, { accepting, window })) {
    judge.report('route-without-consent', `${text} leads to what nobody judged`);
  }
  const before = routesBefore(judge, table, window.fromMs, judge.doneBy(call));
  const diverted = divertedFrom(judge, peering, { table, destination, before }, { accepting, window });
  if (diverted !== undefined)
    judge.report('diverting-route', `${text} takes what leads ${wayText(diverted)}`);
  const what = isPutBack ? 'put back the route of' : 'route';
  own(
    judge,
    call,
    input,
    peering.id,
    `${what} ${destination} to the peering in ${tableId}, ${placeText(call)}`,
  );
}

interface Judged {
  readonly accepting: readonly Candidate[];
  readonly window: Window;
}

/** Whether the ledger has the CIDRs of a new route among those that were judged (see consent.ts). */
function isJudged(
  judge: Judge,
  peering: PeeringRecord,
  { tableId, destination }: ReturnType<typeof routeAsked>,
  { accepting, window }: Judged,
): boolean {
  if (judge.hasForgottenClaims || accepting.length === 0) return true;
  const table = judge.stage.world.aws.ec2.truth.routeTables.get(tableId);
  const owner: Role = peering.requester.vpc === table?.vpc ? 'accepter' : 'requester';
  const consent = judge.ledger.consentNow(peering.id)?.[owner] ?? [];
  const block = parseCidr(destination);
  const wanted = block === undefined ? entriesOf(judge, destination) : [block];
  return (
    wanted.every((each) => consent.some((cidr) => contains(cidr, each))) || judge.isTroubled(peering, window)
  );
}

/** What a new route takes traffic from, under every rule that wants it. */
function divertedFrom(
  judge: Judge,
  peering: PeeringRecord,
  {
    table,
    destination,
    before,
  }: {
    readonly table: RouteTableRecord;
    readonly destination: string;
    readonly before: readonly RouteRecord[];
  },
  { accepting, window }: Judged,
): Way | undefined {
  const block = parseCidr(destination);
  if (block === undefined || judge.isTroubled(peering, window)) return undefined;
  const owner: Role = peering.requester.vpc === table.vpc ? 'accepter' : 'requester';
  // What was judged once stays routed, whatever wider way comes later (docs/reconcile.md, "Consent").
  const wasActive = judge
    .statesDuring(peering, { fromMs: window.fromMs, untilMs: window.fromMs })
    .includes('active');
  const judged = judge.ledger.consentsDuring(peering.id, window.fromMs, window.untilMs);
  const isJudged = judged.some((consent) => consent?.[owner].some((cidr) => contains(cidr, block)));
  if (wasActive && isJudged) return undefined;
  const ways = waysOf(judge, table, before, window.fromMs);
  const found = accepting.map((candidate) =>
    candidate.rule === undefined || candidate.rule.connect.routes.newCidrs === 'route'
      ? undefined
      : unboundedDiversion(ways, block, peering.id, { rule: candidate.rule, candidate, owner }),
  );
  return found.includes(undefined) ? undefined : found[0];
}

/**
 * **No route to another target is touched, none of ours that is still wanted is deleted, nothing is deleted that is
 * not ours.** A route may go when
 * - the peering that it leads to is over or forgotten;
 * - a guardrail takes that peering's routes (see cuts.ts);
 * - it is one that autopeer wrote, or may take for its own, and some combination of facts does not want it.
 *
 * DeleteRoute takes no condition: between autopeer's last look at the table and its delete, which follow each other at
 * once, somebody may put another route in the place. Where that happened it is no violation, but counted as a race.
 */
export function checkDeleteRoute(judge: Judge, call: Call, input: object): void {
  const { tableId, destination } = routeAsked(input);
  const { truth } = judge.stage.world.aws.ec2;
  const table = truth.routeTables.get(tableId);
  const route = table === undefined ? undefined : routeIn(table, destination);
  if (table === undefined || route === undefined) return;
  const window = judge.window(call);
  const place = `${tableId} ${destination}`;
  const hasChanged = judge.changedUnseen(tableId, destination, call);
  const fault = faultOfDelete(judge, route, { tableId, destination }, { window, call });
  if (fault !== undefined && hasChanged)
    judge.noteRace('route replaced between the last look and the delete');
  else if (fault !== undefined) judge.report('deleted-a-route', `${place}: ${fault}`);
  const peeringId = route.target.kind === 'peering' ? route.target.id : '';
  own(
    judge,
    call,
    input,
    peeringId,
    `remove the route to ${destination} from ${tableId}, ${placeText(call)}`,
  );
}

/** Why a route may not be deleted, if so. */
function faultOfDelete(
  judge: Judge,
  route: RouteRecord,
  place: { readonly tableId: string; readonly destination: string },
  { window, call }: { readonly window: Window; readonly call: Call },
): string | undefined {
  if (route.target.kind !== 'peering') return `it leads to ${route.target.id}`;
  const peering = judge.peering(route.target.id);
  if (peering === undefined) return undefined;
  const state = judge.state(peering);
  if (['deleted', 'rejected', 'expired', 'failed'].includes(state)) return undefined;
  if (state !== 'active') return `${peering.id} is ${state}`;
  const unwanted = faultOfUnwanted(judge, peering, place, window);
  if (unwanted === undefined) {
    if (!losesReach(judge, peering, place) || judge.isTroubled(peering, window)) return undefined;
    judge.brake.count(peering);
    return faultOfNarrowing(judge, peering, call);
  }
  // Where nobody may delete the peering, its routes go instead.
  const cut = faultOfCut(judge, peering, call, ['quarantine', 'delete']);
  if (cut === undefined) judge.brake.count(peering);
  return cut === undefined ? undefined : `${unwanted}; ${cut}`;
}

/** Why a route may not go as one of ours that no rule wants. */
function faultOfUnwanted(
  judge: Judge,
  peering: PeeringRecord,
  place: { readonly tableId: string; readonly destination: string },
  window: Window,
): string | undefined {
  if (!mayTakeForOurs(judge, peering.id, place)) return 'it is not autopeer’s';
  const candidates = judge.candidates(peering, window);
  const someUnwanting = candidates.some(
    (candidate) =>
      candidate.decision.kind === 'accept' &&
      (judge.isTroubled(peering, window) || !isWantedRoute(judge, candidate, peering, place, window)),
  );
  return someUnwanting ? undefined : `the policy wants it (${said(candidates)})`;
}

/** Whether a rule wants the route, as far as the truth can say. */
function isWantedRoute(
  judge: Judge,
  candidate: Candidate,
  peering: PeeringRecord,
  { tableId, destination }: { readonly tableId: string; readonly destination: string },
  window: Window,
): boolean {
  const { rule } = candidate;
  const { truth } = judge.stage.world.aws.ec2;
  const table = truth.routeTables.get(tableId);
  const side = sidesOf(peering, candidate).find(({ mine }) => mine === table?.vpc);
  if (rule === undefined || side === undefined) return false;
  if (judge.isTroubled(peering, window)) return true;
  const { mine, other, isOtherGoverned, role } = side;
  const tables = wantedTables(mine, rule.connect, truth).map(({ id }) => id);
  const destinations = wantedDestinations({ mine, other, isOtherGoverned }, rule.connect, truth, judge.now);
  const cidr = cidrAround(cidrsOf(other, judge.now), destination);
  if (cidr === undefined || !tables.includes(tableId)) return false;
  if (!destinations.some((wanted) => wanted === destination)) return false;
  // What the same run was judged on may be lost by the time it is written.
  if (judge.hasForgottenClaims) return true;
  return isReachable(judge, peering, candidate, { owner: otherOf(role), cidr });
}
