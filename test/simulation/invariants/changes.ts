import { ROLES } from '../../../shared/domain/facts/peering.ts';
import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import { hasWay } from './brake.ts';
import { faultOfCut } from './cuts.ts';
import { flagAsked } from './dns-flags.ts';
import { routeAsked, routeIn } from './journal.ts';
import { isRead, type Judge } from './judge.ts';
import { listAt } from './read.ts';
import { limitsHold } from './limits.ts';
import { overlappingAccept } from './overlaps.ts';
import { own, placeText, said, subject } from './own-calls.ts';
import { checkCreateRoute, checkDeleteRoute } from './route-changes.ts';

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
  const unapproved = accepting.map(({ rule }) =>
    rule === undefined ? undefined : judge.approvals.faultOfAccept(peering, rule, window),
  );
  if (unapproved.every((fault) => fault !== undefined)) {
    judge.report('accepted-without-approval', `${peering.id}: ${unapproved[0]}, ${said(candidates)}`);
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

/** A sweep an hour, and what it takes to go through the organization. */
const REMEMBERED_MS = 65 * 60 * 1000;

/**
 * A peering is deleted where it is active and the guardrails say so (see cuts.ts). A request that is denied for certain is
 * taken back on the requester's side, where nobody can reject it on the other: for a while, where its role is refused.
 */
function checkDeletePeering(judge: Judge, call: Call, input: object): void {
  const peering = subject(judge, input);
  if (peering === undefined) return;
  const window = judge.window(call);
  const states = judge.statesDuring(peering, window);
  // What a place denied is remembered until the next sweep, which comes within the hour.
  const remembered = { ...window, fromMs: window.fromMs - REMEMBERED_MS };
  const wasAway = judge
    .candidates(peering, remembered)
    .some(({ places }) => places.accepter !== 'governed' || judge.isHalfBlind);
  const isDenied =
    wasAway &&
    judge
      .candidates(peering, window)
      .some(({ decision }) => decision.kind === 'reject' && decision.rule !== undefined);
  const fault = states.includes('active') ? faultOfCut(judge, peering, call, ['delete']) : undefined;
  const mayGo = states.includes('active') ? fault === undefined : isDenied;
  if (!mayGo) judge.report('deleted-a-peering', `${peering.id}: ${fault ?? 'no deny rule is certain'}`);
  else if (states.includes('active') && hasWay(judge, peering, judge.window(call)))
    judge.brake.count(peering);
  own(judge, call, input, peering.id, `delete the peering from ${placeText(call)}`);
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
