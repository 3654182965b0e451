import Table from 'cli-table3';

import type { Tally } from './summary.ts';

const HOUR_MS = 3_600_000;
const PLAIN = { style: { head: [], border: [] } };

/** The tables that `npm run simulate` prints, and docs/reliability.md shows. */
export function reportText(tally: Tally, seconds: number, workers: number): string {
  const hours = tally.virtualMs / HOUR_MS;
  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const some = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  const sums = new Table(PLAIN);
  sums.push(
    ['runs', whole.format(tally.runs)],
    ['runs with a violation', whole.format(tally.broken.length)],
    [`runs a second (${workers} threads)`, some.format(tally.runs / seconds)],
    ['virtual hours', whole.format(hours)],
    ['virtual hours a second', whole.format(hours / seconds)],
    ['AWS calls', whole.format(tally.calls)],
    ['changes that autopeer made to EC2', whole.format(tally.ownChanges)],
    ['races that EC2 gives nobody a way to win', whole.format(tally.races)],
    ['slowest convergence', slowest(tally)],
  );
  const faults = new Table({ ...PLAIN, head: ['fault', 'times'] });
  for (const [kind, times] of tally.troubles) faults.push([kind, whole.format(times)]);
  const sweeps = new Table({ ...PLAIN, head: ['sweeps until all was well', 'runs'] });
  for (const [count, runs] of [...tally.sweeps].toSorted(([one], [other]) => one - other)) {
    sweeps.push([Number.isFinite(count) ? String(count) : 'never', whole.format(runs)]);
  }
  return [sums, faults, sweeps].map((table) => table.toString()).join('\n\n');
}

const slowest = ({ slowest: run }: Tally): string =>
  run === undefined ? 'none' : `${run.sweeps} sweeps (seed ${run.seed})`;
