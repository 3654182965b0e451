import { contains, parseCidr } from '../../../shared/domain/cidr.ts';
import { ROLES } from '../../../shared/domain/peering.ts';
import type { PeeringRecord, RouteRecord, RouteTableRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Role } from '../plan/steps.ts';
import { losesReach } from './brake.ts';
import type { Candidate, Window } from './candidates.ts';
import { mayTakeForOurs } from './claims.ts';
import { otherOf } from './consented.ts';
import { faultOfCut } from './cuts.ts';
import { flagAsked } from './dns-flags.ts';
import { routeAsked, routeIn } from './journal.ts';
import { isRead, type Judge } from './judge.ts';
import { listAt } from './read.ts';
import { limitsHold, routesBefore, unboundedDiversion } from './limits.ts';
import { cidrAround, isReachable } from './newcomers.ts';
import { overlappingAccept } from './overlaps.ts';
import { sidesOf } from './sides.ts';
import { cidrsOf, wantedDestinations, wantedTables } from './wanted.ts';
import { entriesOf, waysOf, wayText, type Way } from './ways.ts';

type Checks = Readonly<Record<string, (judge: Judge, call: Call, input: object) => void>>;

/**
 * What must hold right before a change that autopeer makes to EC2, by the call's name. A call that is not here is one
 * that autopeer must never make.
 */
const CHECKS: Checks = {
  AcceptVpcPeeringConnection: checkAccept,
  RejectVpcPeeringConnection: checkReject,
  DeleteVpcPeeringConnection: checkDeletePeering,
  CreateRoute: checkCreateRoute,
  DeleteRoute: checkDeleteRoute,
  ModifyVpcPeeringConnectionOptions: checkOptions,
  CreateTags: checkTags,
};

/** Looks at every call that autopeer makes in member accounts, right before it takes effect. */
export function watchChanges(judge: Judge): void {
  judge.stage.world.aws.watch({
    before: (call, input) => {
      if (call.service !== 'ec2' || !judge.isOwn(call) || isRead(call)) return;
      const check = CHECKS[call.action];
      if (check === undefined) return judge.report('only-known-calls', `autopeer called ${call.action}`);
      const asked = typeof input === 'object' && input !== null ? input : {};
      checkDryRun(judge, call, asked);
      check(judge, call, asked);
    },
  });
}

/**
 * **A dry run changes nothing.** What is over is cleaned up by the policy as a whole, by no rule of it; and where something
 * stands in the way of what a rule would only tell, the request is held and tagged like others.
 */
function checkDryRun(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input) ?? targetOf(judge, input) ?? tagged(judge, input);
  if (peering === undefined) return;
  const isOfNoRule = call.action === 'CreateTags' || !OPEN_STATES.has(judge.state(peering));
  const candidates = judge.candidates(peering, judge.window(call));
  if (candidates.every(({ isDryRun, policy }) => (isOfNoRule ? policy.model.dryRun : isDryRun))) {
    judge.report('changed-in-a-dry-run', `${peering.id}: ${call.action}`);
  }
}

const OPEN_STATES: ReadonlySet<string> = new Set(['pending-acceptance', 'provisioning', 'active']);

/** The peering that the route leads to which a call is about to delete. */
function targetOf(judge: Judge, input: object): PeeringRecord | undefined {
  const { tableId, destination } = routeAsked(input);
  const table = judge.stage.world.aws.ec2.truth.routeTables.get(tableId);
  const route = table === undefined ? undefined : routeIn(table, destination);
  return route?.target.kind === 'peering' ? judge.peering(route.target.id) : undefined;
}

const tagged = (judge: Judge, input: object): PeeringRecord | undefined =>
  judge.peering(String(listAt(input, 'Resources')[0]));

/**
 * **No peering is accepted against the policy.** Right at the accept, the policy allowed it, without an approval that
 * nobody can have given, for some combination of facts that were true while the decision was made; and its limits,
 * and what would keep it from carrying traffic, allowed it as well.
 */
function checkAccept(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const window = judge.window(call);
  const candidates = judge.candidates(peering, window);
  const accepting = candidates.filter(({ decision }) => decision.kind === 'accept');
  if (accepting.length === 0) {
    judge.report('accepted-against-policy', `${peering.id}: the policy says ${said(candidates)}`);
    return;
  }
  if (accepting.some(({ rule }) => rule?.needsApproval === true)) {
    judge.report('accepted-without-approval', `${peering.id}: ${said(candidates)}`);
  }
  const beside = accepting.map((candidate) => overlappingAccept(judge, peering, candidate));
  if (beside.every((found) => found !== undefined)) {
    judge.report('accepted-beside-another', `${peering.id}: ${beside[0]}`);
  }
  limitsHold(judge, peering, accepting, window, call);
  own(judge, call, input, peering.id, `accept the peering in ${placeText(call)}`);
}

/** A request is rejected only where a deny rule, or `unmatched: reject`, says so. */
function checkReject(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const candidates = judge.candidates(peering, judge.window(call));
  if (!candidates.some(({ decision }) => decision.kind === 'reject')) {
    judge.report('rejected-against-policy', `${peering.id}: the policy says ${said(candidates)}`);
  }
  own(judge, call, input, peering.id, `reject the peering in ${placeText(call)}`);
}

/**
 * A peering is deleted where it is active and the guardrails say so (see cuts.ts). A request that is denied for certain is
 * taken back on the requester's side, where nobody can reject it on the other.
 */
function checkDeletePeering(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const states = judge.statesDuring(peering, judge.window(call));
  const isDenied = judge
    .candidates(peering, judge.window(call))
    .some(
      ({ decision, places }) =>
        decision.kind === 'reject' && decision.rule !== undefined && places.accepter !== 'governed',
    );
  const fault = states.includes('active') ? faultOfCut(judge, peering, call, ['delete']) : undefined;
  const mayGo = states.includes('active') ? fault === undefined : isDenied;
  if (!mayGo) judge.report('deleted-a-peering', `${peering.id}: ${fault ?? 'no deny rule is certain'}`);
  else if (states.includes('active')) judge.brake.count(peering);
  own(judge, call, input, peering.id, `delete the peering from ${placeText(call)}`);
}

/**
 * A route is written only to the live peering of an allowed pair, from a VPC of it, to what the rule wants to be
 * reached and what was judged, and takes nothing of what leads elsewhere unless the rule's author said so. Or it was there
 * before, a guardrail took it away, and the peering is in order again. Which of the VPC's tables are wanted is judged where
 * nobody changed them since the window began.
 */
function checkCreateRoute(judge: Judge, call: Call, input: object): void {
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
function checkDeleteRoute(judge: Judge, call: Call, input: object): void {
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
    if (losesReach(judge, peering, place)) judge.brake.count(peering);
    return undefined;
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

/**
 * DNS resolution is turned on only where a rule wants it, and off only where a rule does not and it was autopeer that
 * turned it on.
 */
function checkOptions(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const roles = ROLES.filter((role) => flagAsked(input, role) !== undefined);
  const isOn = roles.some((role) => flagAsked(input, role) === true);
  const candidates = judge.candidates(peering, judge.window(call));
  if (!candidates.some(({ rule }) => rule?.connect.dns === isOn)) {
    judge.report('unwanted-dns', `${peering.id}: no rule wants DNS ${isOn ? 'on' : 'off'}`);
  }
  const foreign = isOn ? undefined : roles.find((role) => !judge.flags.wasEverOurs(peering.id, role));
  if (foreign !== undefined) judge.report('turned-foreign-dns-off', `${peering.id}: the ${foreign}'s`);
  const what = isOn ? 'enable' : 'disable';
  own(
    judge,
    call,
    input,
    peering.id,
    `${what} DNS resolution for the ${roles.join(' and ')} in ${placeText(call)}`,
  );
}

/** Only status tags, and only of peerings. */
function checkTags(judge: Judge, call: Call, input: object): void {
  const { Resources, Tags } = input as {
    Resources?: readonly string[];
    Tags?: readonly { Key?: string; Value?: string }[];
  };
  const [peeringId = ''] = Resources ?? [];
  const isStatus = Tags?.every(({ Key }) => Key?.startsWith('autopeer:')) === true;
  if (!isStatus || Resources?.every((id) => id.startsWith('pcx-')) !== true) {
    judge.report('only-status-tags', `${peeringId}: ${JSON.stringify(Tags)}`);
  }
  const status = Tags?.find(({ Key }) => Key === 'autopeer:status')?.Value ?? '';
  own(judge, call, input, peeringId, `tag the peering ${status} in ${placeText(call)}`);
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
  const destinations = wantedDestinations(other, rule.connect, truth, judge.now, isOtherGoverned);
  const cidr = cidrAround(cidrsOf(other, judge.now), destination);
  if (cidr === undefined || !tables.includes(tableId)) return false;
  if (!destinations.some((wanted) => wanted === destination)) return false;
  return isReachable(judge, peering, candidate, { owner: otherOf(role), cidr });
}

function subject(judge: Judge, input: object): PeeringRecord | undefined {
  const id: unknown = Reflect.get(input, 'VpcPeeringConnectionId');
  return typeof id === 'string' ? judge.peering(id) : undefined;
}

function own(judge: Judge, call: Call, input: object, peeringId: string, sentence: string): void {
  judge.intended = { atMs: judge.now, call, input, peeringId, sentence };
}

const placeText = ({ caller, region }: Call): string => `${caller.accountId} ${region}`;

const said = (candidates: readonly Candidate[]): string =>
  [
    ...new Set(
      candidates.map(({ decision }) => `${decision.kind} (${decision.code} ${decision.rule ?? ''})`),
    ),
  ].join(' or ');
