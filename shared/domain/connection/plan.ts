import { governedSides } from './choice.ts';
import { peeringRoutes, type PeeringRoute } from './compare.ts';
import { mayOverlap } from './only-way.ts';
import { isForeignCut } from './restore.ts';
import type { PeeringId, RouteTableId } from '../facts/ids.ts';
import type { Cidr } from '../facts/cidr.ts';
import { routeKey, type Memory } from '../memory/memory.ts';
import type { Observed, OpenPeering } from '../facts/observed.ts';
import { ROLES, type Place, type Role } from '../facts/peering.ts';
import { saysAlready, saysWaiting, statusOf, tagsOf } from '../words/status.ts';
import type { Step, TagStep, ChangeStep, DeleteRoute } from './step.ts';
import type { Measure, Verdict } from './verdict.ts';
import { isPrefixList, type Destination } from '../facts/vpc.ts';

/**
 * What to do, as data: a dry run prints exactly what `apply` would run. Stages run one after the other; the
 * steps of one stage do not depend on each other.
 */
export interface Plan {
  readonly peeringId: PeeringId;
  readonly stages: readonly (readonly ChangeStep[])[];
  /** The status tags, set when all else is done, so that nobody reads of a state that was not reached. */
  readonly tags: readonly TagStep[];
}

/** A plan without some of its steps. */
export const without = (steps: Plan, left: readonly ChangeStep[]): Plan => ({
  ...steps,
  stages: steps.stages
    .map((stage) => stage.filter((step) => !left.includes(step)))
    .filter((stage) => stage.length > 0),
});

export const hasSteps = ({ stages, tags }: Plan): boolean => stages.length > 0 || tags.length > 0;

/**
 * Pure. A plan without steps means that all is as it should be.
 *
 * @param memory what the ledger knows: on a live peering only routes that it knows as ours are ever removed
 */
export function plan(observed: Observed, verdict: Verdict, memory: Memory): Plan {
  switch (observed.kind) {
    case 'not-governed':
    case 'unseen':
      return { peeringId: observed.key.peeringId, stages: [], tags: [] };
    case 'not-found':
      return { peeringId: observed.key.peeringId, stages: stagesOf(cleanUp(observed, verdict)), tags: [] };
    case 'ended':
      return {
        peeringId: observed.peering.id,
        stages: stagesOf(cleanUp(observed, verdict)),
        tags: tagSteps(observed, verdict),
      };
    case 'in-transition':
      return { peeringId: observed.peering.id, stages: [], tags: [] };
    case 'open':
      return {
        peeringId: observed.peering.id,
        stages: stagesOf(...openStages(observed, verdict, memory)),
        tags: tagSteps(observed, verdict),
      };
  }
}

const stagesOf = (...stages: Plan['stages']): Plan['stages'] => stages.filter((stage) => stage.length > 0);

function cleanUp(
  observed: Extract<Observed, { kind: 'not-found' | 'ended' }>,
  verdict: Verdict,
): readonly DeleteRoute[] {
  if (verdict.kind !== 'clean-up') return [];
  return observed.leftovers.map(({ accountId, region, routeTableId, destination }) => ({
    kind: 'delete-route',
    at: { accountId, region },
    routeTableId,
    destination,
  }));
}

function openStages(observed: OpenPeering, verdict: Verdict, memory: Memory): Plan['stages'] {
  switch (verdict.kind) {
    case 'reject':
      return [[{ kind: 'reject', at: placeOf(observed, 'accepter') }]];
    case 'hold':
      return verdict.withdraw === undefined ? [] : deleteFrom(observed, ['requester'], memory);
    case 'unsanctioned':
      return verdict.withheld === undefined ? guardrail(observed, verdict.measure, memory) : [];
    case 'connect':
      return connectStages(observed, verdict, memory);
    case 'ignore':
    case 'clean-up':
    case 'wait':
      return [];
  }
}

function connectStages(
  observed: OpenPeering,
  verdict: Extract<Verdict, { kind: 'connect' }>,
  memory: Memory,
): Plan['stages'] {
  const connecting = [...routeSteps(observed, verdict, memory), ...dnsSteps(observed, verdict, memory)];
  if (observed.peering.state === 'active') {
    // The new way first, then the old one goes: a change of the rule costs no traffic.
    return [connecting, removeUnwanted(observed, verdict, memory)];
  }
  // Only an active peering takes DNS options, and routes to anything else would drop traffic.
  const at = placeOf(observed, 'accepter');
  return [[{ kind: 'accept', at }], [{ kind: 'await-active', at }], connecting];
}

/**
 * Routes of ours that the rule no longer wants: a CIDR that went, a table that is no longer chosen, a policy that was
 * narrowed. Ours are those that the ledger claims, and of these only what still leads to this peering.
 */
function removeUnwanted(
  observed: OpenPeering,
  { picture }: Extract<Verdict, { kind: 'connect' }>,
  memory: Memory,
): readonly DeleteRoute[] {
  const claimed = new Set(memory.routes.map(routeKey));
  // Where what is to take its place leads elsewhere already, a route of ours is the only way, and stays.
  const isOnlyWayThere = ({ routeTableId, destination }: PeeringRoute): boolean =>
    picture.conflicting.some(
      (wanted) => wanted.routeTableId === routeTableId && mayOverlap(wanted.destination, destination),
    );
  return picture.surplus
    .filter((route) => !isOnlyWayThere(route))
    .map((route) => deleteStep(observed, route))
    .filter((step) => claimed.has(stepKey(step)));
}

/** What a step is called in the ledger where AWS refuses it: the same step has the same name at each look. */
export function stepId(step: Step): string {
  const where = `${step.at.accountId}#${step.at.region}`;
  switch (step.kind) {
    case 'create-route':
    case 'delete-route':
      return `${step.kind}#${where}#${step.routeTableId}#${step.destination}`;
    case 'enable-dns':
    case 'disable-dns':
      return `${step.kind}#${where}#${step.roles.join('+')}`;
    case 'delete-peering':
      // Every side was asked.
      return step.kind;
    case 'accept':
    case 'reject':
    case 'await-active':
    case 'tag':
      return `${step.kind}#${where}`;
  }
}

/** What a step's route is called in the ledger. */
export const stepKey = ({
  at,
  routeTableId,
  destination,
}: Pick<DeleteRoute, 'at' | 'routeTableId' | 'destination'>): string =>
  routeKey({ ...at, routeTableId, destination });

/**
 * Quarantine takes away every route to the peering, whoever wrote it: the policy says that these two networks are not
 * to reach each other. The peering itself stays, so that a mistake in the policy is mended by mending the policy.
 */
function guardrail(observed: OpenPeering, measure: Measure, memory: Memory): Plan['stages'] {
  switch (measure) {
    case 'report':
      return [];
    case 'quarantine':
      return [peeringRoutes(observed).map((route) => deleteStep(observed, route))];
    case 'delete': {
      // What routes are left is cleaned up once it is gone. Where no side may delete it, its routes go.
      const roles = governedSides(observed).map(([role]) => role);
      const deleting = deleteFrom(observed, roles.toReversed(), memory);
      return deleting.length > 0 ? deleting : guardrail(observed, 'quarantine', memory);
    }
  }
}

/** Nothing where it was tried a short while ago, and AWS let no side of it. */
function deleteFrom(observed: OpenPeering, roles: readonly Role[], memory: Memory): Plan['stages'] {
  const [first, ...others] = roles.map((role) => placeOf(observed, role));
  if (first === undefined || memory.blocked.some(({ step }) => step === 'delete-peering')) return [];
  return [[{ kind: 'delete-peering', at: first, orElse: others }]];
}

const deleteStep = (
  observed: OpenPeering,
  { role, routeTableId, destination }: ReturnType<typeof peeringRoutes>[number],
): DeleteRoute => ({ kind: 'delete-route', at: placeOf(observed, role), routeTableId, destination });

/** One step for each account and region whose tags of the peering say something else. */
export function tagSteps(observed: Observed, verdict: Verdict): readonly TagStep[] {
  const status = statusOf(verdict);
  if (status === undefined) return [];
  const tags = tagsOf(status);
  if (observed.kind === 'ended') {
    return saysWaiting(observed.peering) ? [{ kind: 'tag', at: observed.seenFrom, tags }] : [];
  }
  if (observed.kind !== 'open') return [];
  const outdated = ROLES.filter((role) => {
    const side = observed.sides[role];
    const says = side.kind === 'outside' || side.kind === 'suspended' ? undefined : side.peeringTags;
    return says !== undefined && !saysAlready(says, tags);
  });
  const places = new Map(outdated.map((role) => placeOf(observed, role)).map((at) => [placeKey(at), at]));
  return [...places.values()].map((at) => ({ kind: 'tag', at, tags }));
}

function routeSteps(
  observed: OpenPeering,
  { picture, restoration }: Extract<Verdict, { kind: 'connect' }>,
  { cuts }: Memory,
): readonly ChangeStep[] {
  const create = (at: Place, routeTableId: RouteTableId, destination: Destination, isOurs: boolean) =>
    ({ kind: 'create-route', at, routeTableId, destination, isOurs }) as const;
  const wanted = picture.missing.map(({ role, routeTableId, destination }) => {
    const at = placeOf(observed, role);
    return create(at, routeTableId, destination, !isForeignCut({ ...at, routeTableId, destination }, cuts));
  });
  const restored = restoration.routes.map(({ accountId, region, routeTableId, destination }) =>
    create({ accountId, region }, routeTableId, destination, false),
  );
  return [...wanted, ...restored];
}

/** One step for each account and region: a peering within one of them takes both flags in one call. */
function dnsSteps(
  observed: OpenPeering,
  { connect: { dns } }: Extract<Verdict, { kind: 'connect' }>,
  memory: Memory,
): readonly ChangeStep[] {
  if (dns === 'leave') return [];
  const wrong = governedSides(observed).filter(([role, side]) =>
    dns ? side.dnsFromRemote !== true : side.dnsFromRemote === true && memory.dns.includes(role),
  );
  const byPlace = Map.groupBy(wrong, ([role]) => placeKey(placeOf(observed, role)));
  return [...byPlace.values()].flatMap((sides) => {
    const roles = sides.map(([role]) => role);
    if (roles[0] === undefined) return [];
    return [{ kind: dns ? 'enable-dns' : 'disable-dns', at: placeOf(observed, roles[0]), roles } as const];
  });
}

function placeOf(observed: OpenPeering, role: Role): Place {
  const { accountId, region } = observed.sides[role].location;
  return { accountId, region };
}

const placeKey = (place: Place): string => `${place.accountId}/${place.region}`;

/** The claim that a step makes on the route that it creates; none where the route stays somebody else's. */
export const claimedBy = (
  step: Step,
): readonly (Place & { routeTableId: RouteTableId; destination: Cidr })[] =>
  step.kind === 'create-route' && step.isOurs && !isPrefixList(step.destination)
    ? [{ ...step.at, routeTableId: step.routeTableId, destination: step.destination }]
    : [];
