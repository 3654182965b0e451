import { Comparison, outcomeOf, type Difference } from './compare.ts';
import { KNOWN_DIFFERENCES } from './differences/all.ts';
import type { KnownDifference } from './differences/known.ts';
import { Names, type SideName } from './names.ts';
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
  sides: Sides,
  tally: Tally,
): Promise<void> {
  const sequence = new Sequence(places, sides, tally);
  tally.sequences++;
  for (const step of steps) {
    if (!(await sequence.call(sequence.plan(step)))) {
      tally.endedEarly++;
      return;
    }
  }
  for (const place of sequence.visited) {
    for (const action of LISTS) await sequence.call({ place, action, input: {} });
  }
}

class Sequence {
  /** Where calls were made. */
  readonly visited = new Set<Place>();
  readonly #sides: Sides;
  readonly #tally: Tally;
  readonly #world: SequenceWorld;
  readonly #names = new Names();
  readonly #ignored = new Set<string>();
  readonly #trace: string[] = [];

  constructor(places: readonly Place[], sides: Sides, tally: Tally) {
    this.#sides = sides;
    this.#tally = tally;
    this.#world = new SequenceWorld(places);
  }

  plan(step: Step): PlannedCall {
    return planCall(step, this.#world);
  }

  /** @returns whether both sides still have the same */
  async call(call: PlannedCall): Promise<boolean> {
    await this.#visit(call.place);
    const [sim, moto] = await Promise.all([this.#ask('sim', call), this.#ask('moto', call)]);
    this.#tally.calls++;
    this.#trace.push(`${describeCall(call)} → ${outcomeOf(sim)}`);
    const differences = new Comparison(this.#names, this.#ignored).answers(sim, moto);
    const situation = new Situation(call, this.#world, this.#names);
    const known = differences.map((difference) => this.#explain(difference, situation));
    if (sim.kind === 'output' && moto.kind === 'output') {
      recordCall(call, sim.output, this.#names, this.#world);
    }
    if (known.some(({ diverges }) => diverges === true)) return false;
    return sim.kind === moto.kind || call.action.startsWith('Describe');
  }

  async #visit(place: Place): Promise<void> {
    if (this.visited.has(place)) return;
    this.visited.add(place);
    for (const side of [this.#sides.sim, this.#sides.moto]) {
      for (const id of await side.defaultVpcs(place)) this.#ignored.add(id);
    }
  }

  #ask(side: SideName, { place, action, input }: PlannedCall): Promise<Answer> {
    return this.#sides[side].send(place, action, this.#names.toIds(side, input));
  }

  #explain(difference: Difference, situation: Situation): KnownDifference {
    const known = KNOWN_DIFFERENCES.find(({ fits }) => fits(difference, situation));
    if (known === undefined) {
      const { path, sim, moto } = difference;
      const what = `${situation.action} ${path}: sim ${show(sim)}, moto ${show(moto)}`;
      throw new Error(`a difference that is not known\n  ${what}\nafter\n  ${this.#trace.join('\n  ')}`);
    }
    const { seen } = this.#tally;
    seen.set(known.id, (seen.get(known.id) ?? 0) + 1);
    return known;
  }
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

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
