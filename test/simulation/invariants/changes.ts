import type { PeeringRecord, RouteRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Candidate, Window } from './candidates.ts';
import { routeAsked, routeIn } from './journal.ts';
import type { Judge } from './judge.ts';
import { listAt } from './read.ts';
import { divertedBy, limitsHold, routesBefore } from './limits.ts';
import { wantedDestinations, wantedTables } from './wanted.ts';

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
      if (call.service !== 'ec2' || !judge.isOwn(call) || call.action.startsWith('Describe')) return;
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

/** A peering is deleted only where no rule speaks of it and the guardrails say `delete`. */
function checkDeletePeering(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  if (!judge.candidates(peering, judge.window(call)).some((each) => isUnsanctioned(each, 'delete'))) {
    judge.report('deleted-a-peering', `${peering.id} is deleted and no guardrail says so`);
  }
  own(judge, call, input, peering.id, `delete the peering from ${placeText(call)}`);
}

/**
 * A route is written only to the live peering of an allowed pair, from a VPC of it, to what the rule wants to be
 * reached, and takes no part of what another live peering is reached by. Which of the VPC's tables are wanted is judged
 * where nobody changed them since the window began.
 */
function checkCreateRoute(judge: Judge, call: Call, input: object): void {
  const { tableId, destination } = routeAsked(input);
  const peering = subject(judge, input);
  const table = judge.stage.world.aws.ec2.truth.routeTables.get(tableId);
  // EC2 refuses what is about something that is not there.
  if (peering === undefined || table === undefined) return;
  const window = judge.window(call);
  const isWanted = judge
    .candidates(peering, window)
    .some((candidate) => isWantedRoute(judge, candidate, peering, { tableId, destination }, window));
  if (!judge.statesDuring(peering, window).includes('active')) {
    judge.report(
      'route-before-active',
      `${tableId} ${destination}: ${peering.id} is ${judge.state(peering)}`,
    );
  }
  if (!isWanted)
    judge.report(
      'unwanted-route',
      `${tableId} ${destination} to ${peering.id} is written and no rule wants it`,
    );
  const before = routesBefore(judge, table, window.fromMs, judge.doneBy(call));
  const diverted = divertedBy(judge, before, destination, peering.id);
  if (diverted !== undefined) {
    judge.report(
      'diverting-route',
      `${tableId} ${destination} takes a part of what leads to ${diverted.target.id}`,
    );
  }
  own(
    judge,
    call,
    input,
    peering.id,
    `route ${destination} to the peering in ${tableId}, ${placeText(call)}`,
  );
}

/**
 * **No route to another target is touched, none of ours that is still wanted is deleted, nothing is deleted that is
 * not ours.** A route may go when
 * - the peering that it leads to is over or forgotten;
 * - the policy quarantines that peering;
 * - it is one that autopeer wrote, and some combination of facts does not want it.
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
  const fault = faultOfDelete(judge, route, { tableId, destination }, window);
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
  window: Window,
): string | undefined {
  if (route.target.kind !== 'peering') return `it leads to ${route.target.id}`;
  const peering = judge.peering(route.target.id);
  if (peering === undefined) return undefined;
  const state = judge.state(peering);
  if (['deleted', 'rejected', 'expired', 'failed'].includes(state)) return undefined;
  if (state !== 'active') return `${peering.id} is ${state}`;
  const candidates = judge.candidates(peering, window);
  if (candidates.some((candidate) => isUnsanctioned(candidate, 'quarantine'))) return undefined;
  if (!judge.hasWritten(place.tableId, place.destination, peering.id)) return 'autopeer has never written it';
  const someUnwanting = candidates.some(
    (candidate) =>
      candidate.decision.kind === 'accept' &&
      (judge.isTroubled(peering, window) || !isWantedRoute(judge, candidate, peering, place, window)),
  );
  return someUnwanting ? undefined : `the policy wants it (${said(candidates)})`;
}

/** DNS resolution is only ever turned on, and only where a rule wants it. */
function checkOptions(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const text = JSON.stringify(input);
  const roles = ['Requester', 'Accepter'].filter((role) => text.includes(`${role}PeeringConnectionOptions`));
  if (text.includes('false')) judge.report('turned-dns-off', `${peering.id}: ${text}`);
  const isWanted = judge
    .candidates(peering, judge.window(call))
    .some(({ rule }) => rule?.connect.dns === true);
  if (!isWanted) judge.report('unwanted-dns', `${peering.id}: no rule wants DNS`);
  const who = roles.map((role) => role.toLowerCase()).join(' and ');
  own(judge, call, input, peering.id, `enable DNS resolution for the ${who} in ${placeText(call)}`);
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
export function isWantedRoute(
  judge: Judge,
  { rule, request, policy }: Candidate,
  peering: PeeringRecord,
  { tableId, destination }: { readonly tableId: string; readonly destination: string },
  window: Window,
): boolean {
  if (rule === undefined) return false;
  const { truth } = judge.stage.world.aws.ec2;
  const table = truth.routeTables.get(tableId);
  const side = peering.requester.vpc === table?.vpc ? 'requester' : 'accepter';
  const [mine, other]: readonly (VpcRecord | undefined)[] =
    side === 'requester'
      ? [peering.requester.vpc, peering.accepter.vpc]
      : [peering.accepter.vpc, peering.requester.vpc];
  if (mine === undefined || other === undefined || table?.vpc !== mine) return false;
  const tables = wantedTables(mine, rule.connect, truth).map(({ id }) => id);
  const otherSide = request[side === 'requester' ? 'accepter' : 'requester'];
  const isReadable =
    otherSide.membership.kind === 'member' && policy.model.regions.includes(otherSide.region);
  const destinations: readonly string[] = wantedDestinations(
    other,
    rule.connect,
    truth,
    judge.now,
    isReadable,
  );
  if (judge.isTroubled(peering, window)) return true;
  return tables.includes(tableId) && destinations.includes(destination);
}

function isUnsanctioned({ policy, decision }: Candidate, measure: 'quarantine' | 'delete'): boolean {
  if (policy.model.guardrails.unsanctioned !== measure) return false;
  return decision.kind === 'reject' || decision.code === 'no-rule-matches';
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
