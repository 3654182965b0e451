import { disagreement, mixOf } from '../../bench/policy/agreement.ts';
import type { Workload } from '../../bench/policy/engine.ts';
import { ENGINES, type EngineName, TRANSLATIONS } from '../../bench/policy/engines.ts';
import { goalsOf, type Result } from '../../bench/policy/report.ts';
import { OUTCOMES } from '../../bench/policy/rules.ts';
import { makeWorkload } from '../../bench/policy/workload.ts';

const SEEDS = [1, 2, 3];
/** A small organization: its VPCs meet many rules. */
const SMALL = { rules: 60, rulesMax: 60, requests: 300, accounts: 100 };
const workloadOf = (seed: number): Workload => makeWorkload(seed, SMALL);

/** The rank of the rule that decided each request, or -1. */
async function answersOf(engine: EngineName, workload: Workload): Promise<readonly number[]> {
  const library = await TRANSLATIONS[engine](workload).open();
  const { decide } = library.load();
  const answers: number[] = [];
  for (const index of workload.requests.keys()) {
    const { kind, rule } = await decide(index);
    const rank = workload.rules.findIndex(({ name }) => name === rule);
    const decider = workload.rules[rank];
    expect(kind).toBe(decider === undefined ? 'hold' : OUTCOMES[decider.effect]);
    answers.push(rank);
  }
  return answers;
}

it.each(SEEDS)('all three engines agree on each outcome and its rule: seed %d', async (seed) => {
  const workload = workloadOf(seed);
  const answered = [];
  for (const engine of ENGINES) answered.push({ engine, answers: await answersOf(engine, workload) });
  expect(disagreement(workload, answered)).toBeUndefined();
});

it.each(SEEDS)('every outcome comes about often, by many rules: seed %d', async (seed) => {
  const workload = workloadOf(seed);
  const mix = mixOf(workload, await answersOf('autopeer', workload));
  expect(Math.min(mix.accept, mix.reject, mix.hold, mix.unmatched)).toBeGreaterThanOrEqual(15);
  expect(mix.decidingRules).toBeGreaterThanOrEqual(20);
});

it('a smaller policy is the beginning of a larger one, and both answer the same requests', () => {
  const large = makeWorkload(7, { ...SMALL, rules: 60 });
  const small = makeWorkload(7, { ...SMALL, rules: 20 });
  expect(small.rules).toStrictEqual(large.rules.slice(0, 20));
  expect(small.requests).toStrictEqual(large.requests);
});

it('one answer that differs is found and told', () => {
  const workload = workloadOf(1);
  const answers = [-1, 3, 4];
  const told = disagreement(workload, [
    { engine: 'autopeer', answers },
    { engine: 'other', answers: [-1, 3] },
    { engine: 'wrong', answers: [-1, -1, 4] },
  ]);
  expect(told).toContain('request 1 ');
  expect(told).toContain('wrong: no rule matches');
});

describe('the goals', () => {
  const result = (
    engine: EngineName,
    rules: number,
    figures: Pick<Result, 'p50Us' | 'decisionsPerSecond'>,
  ): Result => ({
    engine,
    rules,
    loadMs: 1,
    memoryMib: 1,
    answered: 200,
    decisions: 200,
    p99Us: 1,
    clockUs: 0.1,
    ...figures,
  });
  const others = [
    result('cedar-wasm', 10_000, { p50Us: 900, decisionsPerSecond: 1000 }),
    result('json-rules-engine', 10_000, { p50Us: 5000, decisionsPerSecond: 200 }),
  ];
  const small = result('autopeer', 100, { p50Us: 5, decisionsPerSecond: 180_000 });
  const metOf = (large: Result): readonly boolean[] =>
    goalsOf([small, large, ...others]).map(({ met }) => met);

  it('are met by the median and by the rate, against the faster engine', () => {
    expect(metOf(result('autopeer', 10_000, { p50Us: 8, decisionsPerSecond: 110_000 }))).toStrictEqual([
      true,
      true,
      true,
    ]);
  });

  it('are not met when one of the two falls short', () => {
    expect(metOf(result('autopeer', 10_000, { p50Us: 11, decisionsPerSecond: 80_000 }))).toStrictEqual([
      false,
      false,
      false,
    ]);
  });
});
