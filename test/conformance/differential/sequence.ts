import { Comparison, outcomeOf, type Difference } from './compare.ts';
import { KNOWN_DIFFERENCES } from './differences/all.ts';
import type { KnownDifference } from './differences/known.ts';
import { Names } from './names.ts';
import { planCall } from './plan/plan-call.ts';
import { recordCall } from './record.ts';
import type { Answer, Side } from './sides.ts';
import { Situation } from './situation.ts';
import type { Step } from './steps.ts';
import { SequenceWorld, type Place, type PlannedCall } from './world.ts';

/** What the sequences of a run come to. */
export interface Tally {
  calls: number;
  sequences: number;
  /** Sequences that ended before their last step, because the sides no longer had the same. */
  endedEarly: number;
  /** How often each known difference was seen, by its id. */
  readonly seen: Map<string, number>;
}

export interface Sides {
  readonly sim: Side;
  readonly moto: Side;
}

const REGIONS = ['eu-west-1', 'us-east-1'];
/** Accounts of sequence n are 1000000000n0 and …n1: no sequence sees what another has made. */
const FIRST_ACCOUNT = 100_000_000_000;

export function placesOf(sequence: number): readonly Place[] {
  const accounts = [0, 1].map((index) => String(FIRST_ACCOUNT + sequence * 10 + index));
  return accounts.flatMap((accountId) => REGIONS.map((region) => ({ accountId, region })));
}

/**
 * Runs one sequence on both sides, then lists all that there is.
 *
 * @throws Error with the calls of the sequence, at the first difference that is not known
 */
export async function runSequence(
  steps: readonly Step[],
  places: readonly Place[],
  { sim, moto }: Sides,
  tally: Tally,
): Promise<void> {
  const names = new Names();
  const world = new SequenceWorld(places);
  const ignored = new Set<string>();
  const visited = new Set<Place>();
  const trace: string[] = [];
  tally.sequences++;

  const both = async (call: PlannedCall): Promise<boolean> => {
    if (!visited.has(call.place)) {
      visited.add(call.place);
      for (const side of [sim, moto]) for (const id of await side.defaultVpcs(call.place)) ignored.add(id);
    }
    const ask = (side: 'sim' | 'moto'): Promise<Answer> => {
      const input = names.toIds(side, call.input);
      return { sim, moto }[side].send(
        call.place,
        call.action,
        typeof input === 'object' ? (input ?? {}) : {},
      );
    };
    const [ours, theirs] = await Promise.all([ask('sim'), ask('moto')]);
    tally.calls++;
    trace.push(`${describeCall(call)} → ${outcomeOf(ours)}`);
    const differences = new Comparison(names, ignored).answers(ours, theirs);
    const situation = new Situation(call, world, names);
    const known = differences.map((difference) => noteDifference(difference, situation, trace, tally));
    if (ours.kind === 'output' && theirs.kind === 'output') recordCall(call, ours.output, names, world);
    if (known.some(({ diverges }) => diverges === true)) return false;
    return ours.kind === theirs.kind || call.action.startsWith('Describe');
  };

  for (const step of steps) {
    if (!(await both(planCall(step, world)))) {
      tally.endedEarly++;
      return;
    }
  }
  for (const place of visited) for (const action of LISTS) await both({ place, action, input: {} });
}

const LISTS = [
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeRouteTables',
  'DescribeVpcPeeringConnections',
  'DescribeSecurityGroups',
  'DescribeTags',
];

const describeCall = ({ place, action, input }: PlannedCall): string =>
  `${place.accountId} ${place.region} ${action} ${JSON.stringify(input)}`;

function noteDifference(
  difference: Difference,
  situation: Situation,
  trace: readonly string[],
  { seen }: Tally,
): KnownDifference {
  const known = KNOWN_DIFFERENCES.find(({ fits }) => fits(difference, situation));
  if (known === undefined) {
    const { path, sim, moto } = difference;
    const what = `${situation.action} ${path}: sim ${show(sim)}, moto ${show(moto)}`;
    throw new Error(`a difference that is not known\n  ${what}\nafter\n  ${trace.join('\n  ')}`);
  }
  seen.set(known.id, (seen.get(known.id) ?? 0) + 1);
  return known;
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
