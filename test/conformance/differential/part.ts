import fc from 'fast-check';
import { startMoto } from '../moto/server.ts';
import type { Part, Report, RunOptions } from '../part.ts';
import { KNOWN_DIFFERENCES } from './differences/all.ts';
import { placesOf, runSequence, type Sides, type Tally } from './sequence.ts';
import { motoSide, simulatedSide } from './sides.ts';
import { sequences } from './steps.ts';

/** As many as fit in the time on a small machine. */
const DEFAULT_RUNS = 200;
const TIME_LIMIT_MS = 40_000;
const SHRINK_LIMIT_MS = 60_000;
/** In so many sequences whatever is common is seen. */
const ENOUGH_SEQUENCES = 40;

/** Random calls to the simulated EC2 and to moto's: where they differ, one of them is wrong. */
export const differentialPart: Part = {
  name: 'differential',
  needs: ['moto_server'],
  run: async (options) => {
    const moto = await startMoto();
    try {
      return await compareSides({ sim: simulatedSide(options.seed), moto: motoSide(moto.url) }, options);
    } finally {
      await moto.stop();
    }
  },
};

async function compareSides(sides: Sides, options: RunOptions): Promise<Report> {
  const tally: Tally = { calls: 0, sequences: 0, endedEarly: 0, seen: new Map() };
  const property = fc.asyncProperty(sequences, (steps) =>
    runSequence(steps, placesOf(tally.sequences), sides, tally),
  );
  const { seed, runs = DEFAULT_RUNS, path } = options;
  const limited = { seed, numRuns: runs, markInterruptAsFailure: false, unbiased: true };
  const found = await fc.check(property, {
    ...limited,
    ...(path === undefined ? { interruptAfterTimeLimit: TIME_LIMIT_MS } : { path }),
    endOnFailure: true,
  });
  if (!found.failed) {
    assertCommonSeen(tally);
    return reportOf(tally, seed);
  }
  // Once more from where it failed, now for the shortest sequence that fails.
  const shrunk = await fc.check(property, {
    ...limited,
    path: found.counterexamplePath ?? '',
    interruptAfterTimeLimit: SHRINK_LIMIT_MS,
  });
  const { errorInstance: cause, counterexamplePath } = shrunk.failed ? shrunk : found;
  const again = `npm run test:conformance -- --only differential --seed ${seed} --path ${counterexamplePath}`;
  throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\nagain: ${again}`);
}

/** A known difference that is no longer there hides nothing, but it says that something has changed. */
function assertCommonSeen({ sequences: count, seen }: Tally): void {
  if (count < ENOUGH_SEQUENCES) return;
  const missing = KNOWN_DIFFERENCES.filter(({ id, isCommon }) => isCommon === true && !seen.has(id));
  if (missing.length === 0) return;
  const names = missing.map(({ id }) => id).join('; ');
  throw new Error(`known differences that are not there any more, in ${count} sequences: ${names}`);
}

function reportOf({ calls, sequences: count, endedEarly, seen }: Tally, seed: number): Report {
  const lines = KNOWN_DIFFERENCES.flatMap(({ id, right, source }) => {
    const times = seen.get(id);
    return times === undefined ? [] : [{ times, text: `${times} × ${id} (${RIGHT[right]}: ${source})` }];
  });
  return {
    checks: `${count} sequences, ${calls} calls`,
    notes: [
      `seed ${seed}; ${endedEarly} sequences ended where the sides no longer had the same`,
      ...lines.toSorted((one, other) => other.times - one.times).map(({ text }) => text),
    ],
  };
}

const RIGHT = { sim: 'moto is wrong', moto: 'the simulation is wrong', either: 'AWS does not say' } as const;
