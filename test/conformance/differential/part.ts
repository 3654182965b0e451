import fc from 'fast-check';
import { startMoto } from '../moto/server.ts';
import type { Part, Report, RunOptions } from '../part.ts';
import { KNOWN_DIFFERENCES } from './differences.ts';
import { placesOf, runSequence, type Sides, type Tally } from './sequence.ts';
import { motoSide, simulatedSide } from './sides.ts';
import { sequences } from './steps.ts';

/** As many as fit in the time on a small machine. */
const DEFAULT_RUNS = 200;
const TIME_LIMIT_MS = 40_000;

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

async function compareSides(sides: Sides, { runs = DEFAULT_RUNS, seed }: RunOptions): Promise<Report> {
  const tally: Tally = { calls: 0, sequences: 0, endedEarly: 0, seen: new Map() };
  const property = fc.asyncProperty(sequences, (steps) =>
    runSequence(steps, placesOf(tally.sequences), sides, tally),
  );
  const result = await fc.check(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: TIME_LIMIT_MS,
    markInterruptAsFailure: false,
  });
  if (result.failed) {
    const again = `npm run test:conformance -- --only differential --seed ${seed} --runs ${runs}`;
    const cause = result.errorInstance;
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\nagain: ${again}`);
  }
  return {
    checks: `${tally.sequences} sequences, ${tally.calls} calls`,
    notes: [
      `seed ${seed}; ${tally.endedEarly} sequences ended where the sides no longer had the same`,
      ...KNOWN_DIFFERENCES.filter(({ id }) => tally.seen.has(id)).map(
        ({ id, right, source }) => `${tally.seen.get(id)} × ${id} (right: ${right}; ${source})`,
      ),
    ],
  };
}
