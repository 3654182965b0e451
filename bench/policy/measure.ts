import * as z from 'zod';
import { at, type Decider, type Translated, type Workload } from './engine.ts';
import { type Answer, OUTCOMES, UNMATCHED } from './rules.ts';

/** How long an engine may take. */
export interface Effort {
  /** Answers at least so many requests, however slow it is. */
  readonly requestsMin: number;
  /** Then goes on until it has spent this time on decisions. */
  readonly budgetMs: number;
  readonly warmUpMs: number;
}

/** What one engine did with one policy; crosses from the child process as JSON. */
export const measuredSchema = z.object({
  /** From the rules' text or JSON to ready to decide; once, in a fresh process. */
  loadMs: z.number(),
  /**
   * What the engine and its rules hold after a garbage collection, decisions made: heap and external memory, which
   * includes that of WebAssembly, over what was held before the library was loaded.
   */
  memoryMib: z.number(),
  /** How many of the requests it answered. */
  answered: z.int(),
  /** How many decisions the clock has seen: a fast engine answers each request several times. */
  decisions: z.int(),
  decisionsPerSecond: z.number(),
  p50Us: z.number(),
  p99Us: z.number(),
  /** What two looks at the clock cost: part of each decision's time. */
  clockUs: z.number(),
  /** One for each answered request: the rule that decided, or -1 where none matches. */
  answers: z.array(z.int()),
});
export type Measured = z.output<typeof measuredSchema>;

const WARM_UPS_MIN = 3;
const PASSES_MAX = 5;
const BYTES_PER_MIB = 2 ** 20;

/** Measures in this process, which should be a fresh one: neither memory nor compiled code of another engine. */
export async function measure(workload: Workload, translated: Translated, effort: Effort): Promise<Measured> {
  const ranks = new Map(workload.rules.map(({ name }, rank) => [name, rank]));
  const record = new Recorder(workload.requests.length, ({ kind, rule }) => {
    if (rule === undefined) return kind === UNMATCHED.kind ? -1 : Number.NaN;
    const rank = ranks.get(rule) ?? Number.NaN;
    return kind === OUTCOMES[at(workload.rules, rank).effect] ? rank : Number.NaN;
  });
  const clockUs = clockCostUs();
  const before = heldBytes();
  const library = await translated.open();
  const start = performance.now();
  const decider = library.load();
  const loadMs = performance.now() - start;
  await (decider.kind === 'sync' ? runSync(decider, effort, record) : runAsync(decider, effort, record));
  const memoryMib = (heldBytes() - before) / BYTES_PER_MIB;
  keepAlive(translated, library, decider);
  return { loadMs, memoryMib, clockUs, ...record.summary() };
}

/** What is named here is not collected before: neither the engine nor what was held before it was loaded. */
function keepAlive(..._held: readonly object[]): void {}

/** All memory that decisions need is taken beforehand. */
class Recorder {
  readonly #requests: number;
  readonly #encode: (answer: Answer) => number;
  readonly #latenciesMs: Float64Array;
  readonly #answers: Int32Array;
  #decisions = 0;
  #spentMs = 0;

  constructor(requests: number, encode: (answer: Answer) => number) {
    this.#requests = requests;
    this.#encode = encode;
    this.#latenciesMs = new Float64Array(PASSES_MAX * requests);
    this.#answers = new Int32Array(requests);
  }

  /** Warming up goes from the last request backwards: a slow engine does not meet the same ones again at once. */
  warmUp(count: number): number {
    return this.#requests - 1 - (count % this.#requests);
  }

  /** The next request, or `undefined` when the engine has done enough. */
  next({ requestsMin, budgetMs }: Effort): number | undefined {
    if (this.#decisions === this.#latenciesMs.length) return undefined;
    const isEnough = this.#decisions >= Math.min(requestsMin, this.#requests);
    return isEnough && this.#spentMs >= budgetMs ? undefined : this.#decisions % this.#requests;
  }

  add(answer: Answer, elapsedMs: number): void {
    const request = this.#decisions % this.#requests;
    const code = this.#encode(answer);
    if (Number.isNaN(code)) throw new Error(`request ${request}: ${answer.kind} by ${answer.rule} cannot be`);
    if (this.#decisions < this.#requests) this.#answers[request] = code;
    else if (this.#answers[request] !== code) throw new Error(`request ${request} is answered in two ways`);
    this.#latenciesMs[this.#decisions] = elapsedMs;
    this.#decisions += 1;
    this.#spentMs += elapsedMs;
  }

  summary(): Omit<Measured, 'loadMs' | 'memoryMib' | 'clockUs'> {
    const sorted = this.#latenciesMs.slice(0, this.#decisions).toSorted();
    const answered = Math.min(this.#decisions, this.#requests);
    return {
      answered,
      decisions: this.#decisions,
      decisionsPerSecond: (this.#decisions * 1000) / this.#spentMs,
      p50Us: percentile(sorted, 0.5) * 1000,
      p99Us: percentile(sorted, 0.99) * 1000,
      answers: Array.from(this.#answers.subarray(0, answered)),
    };
  }
}

/** The smallest value that is not below so great a share of all. */
export function percentile(sorted: Float64Array, share: number): number {
  const rank = Math.max(Math.ceil(sorted.length * share), 1);
  return sorted[rank - 1] ?? Number.NaN;
}

// Two loops that look alike: an `await` in the loop of an engine that needs none would be counted against it.

function runSync({ decide }: Decider & { kind: 'sync' }, effort: Effort, record: Recorder): void {
  const end = performance.now() + effort.warmUpMs;
  for (let count = 0; count < WARM_UPS_MIN || performance.now() < end; count += 1)
    decide(record.warmUp(count));
  for (let request = record.next(effort); request !== undefined; request = record.next(effort)) {
    const start = performance.now();
    const answer = decide(request);
    record.add(answer, performance.now() - start);
  }
}

async function runAsync(
  { decide }: Decider & { kind: 'async' },
  effort: Effort,
  record: Recorder,
): Promise<void> {
  const end = performance.now() + effort.warmUpMs;
  for (let count = 0; count < WARM_UPS_MIN || performance.now() < end; count += 1) {
    await decide(record.warmUp(count));
  }
  for (let request = record.next(effort); request !== undefined; request = record.next(effort)) {
    const start = performance.now();
    const answer = await decide(request);
    record.add(answer, performance.now() - start);
  }
}

function clockCostUs(): number {
  const costs = new Float64Array(10_000);
  for (let index = 0; index < costs.length; index += 1) {
    const start = performance.now();
    costs[index] = performance.now() - start;
  }
  return percentile(costs.toSorted(), 0.5) * 1000;
}

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('memory is measured with node --expose-gc');
  // What the first run frees may hold more that only the second one finds.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
