import { desiredRoutes, governedSides, missingRoutes } from './desired.ts';
import type { Cidr } from './cidr.ts';
import type { PeeringId, RouteTableId } from './ids.ts';
import { routeKey, type Memory } from './memory.ts';
import type { GovernedSide, Observed, OpenPeering } from './observed.ts';
import { ROLES, type Place, type Role } from './peering.ts';
import type { ConnectOptions } from './policy/connect.ts';
import { saysAlready, saysWaiting, statusOf, tagsOf, type StatusTags } from './status.ts';
import type { Measure, Verdict } from './verdict.ts';

/** One thing to do, with the credentials of the account and in the region where it is done. */
export type Step = ChangeStep | TagStep;
export type TagStep = { readonly at: Place; readonly kind: 'tag'; readonly tags: StatusTags };
/** A step that changes who reaches whom, or waits until one can. */
export type ChangeStep = { readonly at: Place } & (
  | { readonly kind: 'accept' }
  | { readonly kind: 'reject' }
  | { readonly kind: 'delete-peering' }
  | { readonly kind: 'await-active' }
  | { readonly kind: 'create-route'; readonly routeTableId: RouteTableId; readonly destination: Cidr }
  | { readonly kind: 'delete-route'; readonly routeTableId: RouteTableId; readonly destination: Cidr }
  | { readonly kind: 'enable-dns'; readonly roles: readonly Role[] }
);

export type DeleteRoute = Extract<Step, { kind: 'delete-route' }>;

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

export const hasSteps = ({ stages, tags }: Plan): boolean => stages.length > 0 || tags.length > 0;

/**
 * Pure. A plan without steps means that all is as it should be.
 *
 * @param memory what the ledger knows: on a live peering only routes that it knows as ours are ever removed
 */
export function plan(observed: Observed, verdict: Verdict, memory: Memory): Plan {
  switch (observed.kind) {
    case 'not-governed':
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
  if (verdict.kind === 'reject') return [[{ kind: 'reject', at: placeOf(observed, 'accepter') }]];
  if (verdict.kind === 'unsanctioned') return guardrail(observed, verdict.measure);
  if (verdict.kind !== 'connect') return [];
  const connecting = [...routeSteps(observed, verdict.connect), ...dnsSteps(observed, verdict.connect)];
  if (observed.peering.state === 'active') {
    // The new way first, then the old one goes: a change of the rule costs no traffic.
    return [connecting, removeUnwanted(observed, verdict.connect, memory)];
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
  connect: ConnectOptions,
  memory: Memory,
): readonly DeleteRoute[] {
  const wanted = new Set(
    desiredRoutes(observed, connect).map(({ role, routeTableId, destination }) =>
      routeKey({ ...placeOf(observed, role), routeTableId, destination }),
    ),
  );
  const claimed = new Set(memory.routes.map(routeKey));
  return governedSides(observed)
    .flatMap(([role, side]) => routesTo(observed, role, side))
    .filter((step) => {
      const key = routeKey({ ...step.at, routeTableId: step.routeTableId, destination: step.destination });
      return claimed.has(key) && !wanted.has(key);
    });
}

/**
 * Quarantine takes away every route to the peering, whoever wrote it: the policy says that these two networks are not
 * to reach each other. The peering itself stays, so that a mistake in the policy is mended by mending the policy.
 */
function guardrail(observed: OpenPeering, measure: Measure): Plan['stages'] {
  const sides = governedSides(observed);
  switch (measure) {
    case 'report':
      return [];
    case 'quarantine':
      return [sides.flatMap(([role, side]) => routesTo(observed, role, side))];
    case 'delete': {
      // Either side may delete it. What routes are left is cleaned up once it is gone.
      const [first] = sides.toReversed();
      return first === undefined ? [] : [[{ kind: 'delete-peering', at: placeOf(observed, first[0]) }]];
    }
  }
}

const routesTo = (observed: OpenPeering, role: Role, side: GovernedSide): readonly DeleteRoute[] =>
  side.network.routeTables.flatMap((table) =>
    table.routes
      .filter(({ target }) => target.kind === 'peering' && target.peeringId === observed.peering.id)
      .map(({ destination }) => ({
        kind: 'delete-route',
        at: placeOf(observed, role),
        routeTableId: table.id,
        destination,
      })),
  );

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
    const says = side.kind === 'outside' ? undefined : side.peeringTags;
    return says !== undefined && !saysAlready(says, tags);
  });
  const places = new Map(outdated.map((role) => placeOf(observed, role)).map((at) => [placeKey(at), at]));
  return [...places.values()].map((at) => ({ kind: 'tag', at, tags }));
}

function routeSteps(observed: OpenPeering, connect: ConnectOptions): readonly ChangeStep[] {
  return missingRoutes(observed, connect).map(({ role, routeTableId, destination }) => ({
    kind: 'create-route',
    at: placeOf(observed, role),
    routeTableId,
    destination,
  }));
}

/** One step for each account and region: a peering within one of them takes both flags in one call. */
function dnsSteps(observed: OpenPeering, connect: ConnectOptions): readonly ChangeStep[] {
  if (!connect.dns) return [];
  const lacking = governedSides(observed).filter(([, side]) => side.dnsFromRemote !== true);
  const byPlace = Map.groupBy(lacking, ([role]) => placeKey(placeOf(observed, role)));
  return [...byPlace.values()].flatMap((sides) => {
    const roles = sides.map(([role]) => role);
    return roles[0] === undefined
      ? []
      : [{ kind: 'enable-dns', at: placeOf(observed, roles[0]), roles } as const];
  });
}

function placeOf(observed: OpenPeering, role: Role): Place {
  const { accountId, region } = observed.sides[role].location;
  return { accountId, region };
}

const placeKey = (place: Place): string => `${place.accountId}/${place.region}`;
