import { routeKey, type Memory, type MissingRoute } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { stepKey, type Plan } from './plan.ts';
import type { ChangeStep } from './step.ts';
import type { Verdict } from './verdict.ts';
import { isPrefixList } from '../facts/vpc.ts';

const MS_PER_SECOND = 1000;

/** What is left to others for a while, and what the ledger is to know of it. */
export interface Settling {
  /** Routes that are seen to be missing for the first time. */
  readonly missing: readonly MissingRoute[];
  /** Routes that were missing, and are not any more. */
  readonly unmissing: readonly MissingRoute[];
  /** How long until the first of those that are left to others is due, in seconds; `undefined` where none is left. */
  readonly dueInSeconds: number | undefined;
}

export const NOTHING_SETTLES: Settling = { missing: [], unmissing: [], dueInSeconds: undefined };

type Connect = Extract<Verdict, { kind: 'connect' }>;

/**
 * Takes out of a plan the routes that somebody else may still write: those of sides whose rule says `settle`, until they
 * have been missing for so long. A table that waits for a route keeps its old ones too, which may be its only way.
 *
 * What a guardrail took from somebody else is not waited for: nobody else knows that it is gone.
 *
 * @param now epoch milliseconds
 */
export function leaveToOthers(
  observed: OpenPeering,
  { picture }: Connect,
  steps: Plan,
  { missing: remembered, cuts }: Pick<Memory, 'missing' | 'cuts'>,
  now: number,
): Settling & { readonly plan: Plan } {
  const since = new Map(remembered.map((route) => [routeKey(route), route.since]));
  const cut = new Set(cuts.map(routeKey));
  const open = picture.missing.flatMap(({ role, routeTableId, destination }) => {
    const writing = picture.writing[role];
    const { accountId, region } = observed.sides[role].location;
    const route = { accountId, region, routeTableId, destination };
    if (writing?.kind !== 'settle' || cut.has(routeKey(route))) return [];
    const first = since.get(routeKey(route)) ?? now;
    const dueAt = first + writing.seconds * MS_PER_SECOND;
    return [{ route: { ...route, since: first }, key: routeKey(route), dueAt }];
  });
  const missing = new Set(open.map(({ key }) => key));
  const early = open.filter(({ dueAt }) => dueAt > now);
  return {
    plan: withoutRoutes(steps, new Set(early.map(({ key }) => key))),
    missing: open.flatMap(({ route, key }) => (since.has(key) ? [] : [route])),
    unmissing: remembered.filter((route) => !missing.has(routeKey(route))),
    dueInSeconds:
      early.length === 0
        ? undefined
        : Math.ceil((Math.min(...early.map(({ dueAt }) => dueAt)) - now) / MS_PER_SECOND),
  };
}

function withoutRoutes({ stages, ...rest }: Plan, early: ReadonlySet<string>): Plan {
  const isEarly = (step: ChangeStep): boolean =>
    step.kind === 'create-route' && !isPrefixList(step.destination) && early.has(stepKey(step));
  const waiting = new Set(
    stages
      .flat()
      .flatMap((step) => (step.kind === 'create-route' && isEarly(step) ? [step.routeTableId] : [])),
  );
  const isLeft = (step: ChangeStep): boolean =>
    isEarly(step) || (step.kind === 'delete-route' && waiting.has(step.routeTableId));
  return {
    ...rest,
    stages: stages.map((stage) => stage.filter((step) => !isLeft(step))).filter((stage) => stage.length > 0),
  };
}

/** While routes are left to others, a peering that nobody was told is connected is told as accepted. */
export function standingWhile(
  verdict: Connect,
  { dueInSeconds }: Pick<Settling, 'dueInSeconds'>,
  { told }: Pick<Memory, 'told'>,
): Connect {
  const isTold = told?.startsWith('connected|') === true || told?.startsWith('incomplete|') === true;
  return dueInSeconds === undefined || isTold ? verdict : { ...verdict, standing: 'accepted' };
}
