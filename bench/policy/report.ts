import type { Mix } from './agreement.ts';
import type { EngineName } from './engines.ts';
import type { Measured } from './measure.ts';

export interface Result extends Omit<Measured, 'answers'> {
  readonly engine: EngineName;
  readonly rules: number;
}

export interface Goal {
  readonly goal: string;
  readonly met: boolean;
  /** What was measured, in words. */
  readonly measured: string;
}

export interface Report {
  readonly node: string;
  readonly seed: number;
  readonly quick: boolean;
  /** Every answer that more than one engine gave was compared, and they agreed. */
  readonly comparedAnswers: number;
  readonly mixes: readonly (Mix & { readonly rules: number; readonly requests: number })[];
  readonly results: readonly Result[];
  readonly goals: readonly Goal[];
}

const P50_MAX_US = 10;
const TIMES_FASTER_MIN = 100;
/** "Nearly flat": a hundred times the rules cost at most twice as much. */
const FLAT_RATIO_MAX = 2;

export function goalsOf(results: readonly Result[]): readonly Goal[] {
  const sizes = results.map(({ rules }) => rules);
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const ownAt = (size: number): Result | undefined =>
    results.find(({ engine, rules }) => engine === 'autopeer' && rules === size);
  const [small, large] = [ownAt(fewest), ownAt(most)];
  const others = results.filter(({ engine, rules }) => engine !== 'autopeer' && rules === most);
  if (small === undefined || large === undefined || others.length === 0)
    throw new Error('results are missing');
  const timesP50 = Math.min(...others.map(({ p50Us }) => p50Us)) / large.p50Us;
  const timesRate = large.decisionsPerSecond / Math.max(...others.map((other) => other.decisionsPerSecond));
  const flatP50 = large.p50Us / small.p50Us;
  const flatMean = small.decisionsPerSecond / large.decisionsPerSecond;
  return [
    {
      goal: `p50 under ${P50_MAX_US} µs at ${count(most)} rules`,
      met: large.p50Us < P50_MAX_US,
      measured: `${figure(large.p50Us)} µs`,
    },
    {
      goal: `at least ${TIMES_FASTER_MIN} times the faster of the two at ${count(most)} rules`,
      met: Math.min(timesP50, timesRate) >= TIMES_FASTER_MIN,
      measured: `${count(timesP50)} times by p50, ${count(timesRate)} times by decisions per second`,
    },
    {
      goal: `cost per decision nearly flat from ${count(fewest)} to ${count(most)} rules (at most ${FLAT_RATIO_MAX} times)`,
      met: Math.max(flatP50, flatMean) <= FLAT_RATIO_MAX,
      measured: `${figure(flatP50)} times by p50, ${figure(flatMean)} times by the mean`,
    },
  ];
}

const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ['engine', -18],
  ['rules', 7],
  ['decisions/s', 12],
  ['p50 µs', 11],
  ['p99 µs', 11],
  ['load ms', 9],
  ['MiB', 7],
  ['answered', 9],
];

export function tableOf({ node, seed, comparedAnswers, mixes, results, goals }: Report): string {
  const lines = [line(COLUMNS.map(([title]) => title))];
  for (const result of results) {
    lines.push(
      line([
        result.engine,
        count(result.rules),
        count(result.decisionsPerSecond),
        figure(result.p50Us),
        figure(result.p99Us),
        count(result.loadMs),
        result.memoryMib.toFixed(1),
        count(result.answered),
      ]),
    );
  }
  const clockUs = Math.max(...results.map((result) => result.clockUs));
  lines.push(
    '',
    'load: from the rules’ text (autopeer, Cedar) or JSON (json-rules-engine) to ready, once, in a fresh process.',
    'MiB: heap and external memory, WebAssembly’s included, after a garbage collection at the end of the run, over',
    'what was held before the library was loaded. Requests stand ready in each engine’s own form before the clock runs.',
    `Each decision is timed alone, after a warm-up; the clock’s own cost, up to ${figure(clockUs)} µs, is part of it.`,
    '',
    `All engines agree on outcome and deciding rule: ${count(comparedAnswers)} answers compared with autopeer’s.`,
  );
  for (const { rules, requests, accept, reject, hold, unmatched, decidingRules } of mixes) {
    lines.push(
      `${count(rules)} rules, ${count(requests)} requests: ${count(accept)} accepted, ${count(reject)} rejected, ` +
        `${count(hold)} held for approval, ${count(unmatched)} held unmatched, by ${count(decidingRules)} rules`,
    );
  }
  lines.push('');
  for (const { goal, met, measured } of goals)
    lines.push(`${met ? 'met    ' : 'NOT MET'}  ${goal}: ${measured}`);
  lines.push('', `Node ${node}, seed ${seed}`);
  return `${lines.join('\n')}\n`;
}

const line = (cells: readonly string[]): string =>
  COLUMNS.map(([, width], index) => {
    const cell = cells[index] ?? '';
    return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
  }).join(' ');

/** The same on every machine, whatever its locale. */
const count = (number: number): string => Math.round(number).toLocaleString('en-US');

const figure = (number: number): string => (number < 100 ? number.toFixed(2) : count(number));
