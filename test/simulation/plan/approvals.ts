import { HUB_ACCOUNT } from '../../../sim/world/world.ts';
import type { Draw } from './draw.ts';
import type { PlannedAccount } from './plan.ts';
import type { Deed, Person, Step } from './steps.ts';

/** The roles of those who answer, all of the hub's account. */
export const PEOPLE: readonly Person[] = ['Net1', 'Net2', 'Owner', 'Nobody'];

const MINUTE_MS = 60_000;

interface PolicyFile {
  readonly allow: readonly { readonly approval?: unknown }[];
}

const role = (name: string): string => `arn:aws:iam::${HUB_ACCOUNT}:role/${name}`;

/** Some rules that ask for an approval say who is to give it, and how many. */
export function withApprovers(
  draw: Draw,
  policies: readonly string[],
  accounts: readonly PlannedAccount[],
): readonly string[] {
  return policies.map((text) => {
    // The simulation drew it.
    const file: PolicyFile = JSON.parse(text);
    const isNamed = file.allow.some(({ approval }) => approval !== undefined) && draw.chance(0.7);
    if (!isNamed) return text;
    const own = accounts.slice(0, draw.integer(1, 2)).map(({ id }) => id);
    const approvers = {
      net: { iam: [role('Net*')] },
      owner: { iam: [role('Owner')], accounts: own },
    };
    const isForAll = draw.chance(0.5);
    const allow = file.allow.map((rule) => {
      if (rule.approval === undefined && !isForAll) return rule;
      const by = draw.chance(0.5) ? ['net'] : ['net', 'owner'];
      const count = draw.chance(0.4) ? 2 : 1;
      return { ...rule, approval: { by, count, ...(draw.chance(0.2) ? { notRequester: false } : {}) } };
    });
    return JSON.stringify({ ...file, approvers, allow });
  });
}

/**
 * People look at what waits for them and answer at once or much later, twice, together, after somebody took a yes back, or
 * without the right to.
 */
export function drawAnswers(
  draw: Draw,
  {
    policies,
    steps,
    stormMs,
  }: { readonly policies: readonly string[]; readonly steps: readonly Step[]; readonly stormMs: number },
  firstId: number,
): readonly Step[] {
  if (!policies.some((text) => text.includes('"approval"')) || !draw.chance(0.7)) return [];
  const deeds = steps
    .filter(({ kind }) => kind === 'request')
    .flatMap(({ id: peering, atMs }) => drawAnswersTo(draw, peering, atMs));
  return deeds
    .filter(({ atMs }) => atMs < stormMs)
    .map(({ atMs, deed }, nth): Step => ({ id: firstId + nth, atMs, ...deed }));
}

interface Timed {
  readonly atMs: number;
  readonly deed: Deed;
}

function drawAnswersTo(draw: Draw, peering: number, askedMs: number): readonly Timed[] {
  const timed: Timed[] = [];
  // The request is told first.
  let atMs = askedMs + draw.integer(15_000, 4 * MINUTE_MS);
  for (let left = draw.integer(1, 5); left > 0; left--) {
    const who = draw.weighted({ Net1: 5, Net2: 4, Owner: 3, Nobody: 2 });
    if (draw.chance(0.8)) timed.push({ atMs, deed: { kind: 'look-at-pending', who } });
    if (draw.chance(0.3)) atMs += draw.integer(1, 40) * MINUTE_MS;
    const verb = draw.weighted({ approve: 8, reject: 1, revoke: 2 });
    const deed: Deed = { kind: 'answer', who, verb, peering };
    timed.push({ atMs: atMs + 1, deed });
    if (draw.chance(0.15)) timed.push({ atMs: atMs + 1, deed });
    // Often at the same time as the next.
    if (draw.chance(0.6)) atMs += draw.integer(0, 3 * MINUTE_MS);
  }
  return timed;
}
