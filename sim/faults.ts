import { denialOf } from './iam/iam.ts';
import type { SeededRandom } from './random.ts';
import { AwsError, type Call } from './types.ts';

/** Which calls a fault is for; what is absent is any. */
export interface CallFilter {
  readonly service?: string;
  readonly action?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** The name of the role behind the caller's session. */
  readonly roleName?: string;
}

interface Fault extends CallFilter {
  readonly fateOf: (call: Call) => Fate;
  /** Chance that the fault hits a call, in [0, 1]. */
  readonly rate: number;
  remaining: number;
}

/**
 * What becomes of one call.
 * - `fail`: it is refused, and nothing is done;
 * - `lose-answer`: it is done, and the caller gets the error all the same;
 * - `pretend`: it is not done, and the caller gets this answer: a write that is lost, a read that lags behind;
 * - `distort`: it is done, and the caller gets an answer made of the true one;
 * - `hang`: it is not done, and nothing ever answers: the caller waits for as long as he likes.
 */
export type Fate =
  | { readonly kind: 'fail' | 'lose-answer'; readonly error: AwsError }
  | { readonly kind: 'pretend'; readonly output: unknown }
  | { readonly kind: 'distort'; readonly distort: (output: unknown) => unknown }
  | { readonly kind: 'hang' };

/** Decides over every call that reaches the simulation. */
export interface Fates {
  /** How long the call takes, in virtual milliseconds, where it differs from the others. */
  latencyMs?(call: Call): number | undefined;
  /** What goes wrong with it. */
  of(call: Call, input: unknown): Fate | undefined;
}

/** Failures that a test asks for. They happen where AWS's would: behind the wire, before or after the action. */
export class Faults {
  readonly #random: SeededRandom;
  #faults: Fault[] = [];
  #fates: Fates | undefined;
  #latencies: { readonly filter: CallFilter; readonly ms: number }[] = [];
  #crashAfterCalls: number | undefined;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The next `times` calls of an action fail. */
  failNext(service: string, action: string, error: AwsError, times = 1): void {
    this.#add({ service, action, fateOf: () => ({ kind: 'fail', error }), rate: 1, remaining: times });
  }

  /** The next `times` calls of an action are done, but their answer is lost: the caller gets an error 503. */
  loseAnswer(service: string, action: string, times = 1): void {
    const fateOf = (): Fate => ({
      kind: 'lose-answer',
      error: new AwsError('ServiceUnavailable', 'The service is unavailable.', 503),
    });
    this.#add({ service, action, fateOf, rate: 1, remaining: times });
  }

  /** Calls fail by chance until the returned function is called. */
  failSome(filter: CallFilter, rate: number, error: AwsError | ((call: Call) => AwsError)): () => void {
    const errorOf = error instanceof AwsError ? () => error : error;
    const fateOf = (call: Call): Fate => ({ kind: 'fail', error: errorOf(call) });
    return this.#add({ ...filter, fateOf, rate, remaining: Infinity });
  }

  /**
   * Calls are never answered, until the returned function is called; nor are those that wait then. A client without a
   * time-out waits for ever, and `clock.drive` with it: give a filter that leaves people out.
   */
  hang(filter: CallFilter): () => void {
    return this.#add({ ...filter, fateOf: () => ({ kind: 'hang' }), rate: 1, remaining: Infinity });
  }

  /** IAM refuses until the returned function is called, as a service control policy would. */
  deny(service: string, action: string, accountId?: string): () => void {
    return this.#deny({ service, action, ...(accountId === undefined ? {} : { accountId }) });
  }

  /** A service control policy refuses everything to a role of an account, until the returned function is called. */
  denyRole(accountId: string, roleName: string): () => void {
    return this.#deny({ accountId, roleName });
  }

  /**
   * The next invocation of a function that makes so many AWS calls dies after the last of them: the call is done, and
   * the function never sees its answer.
   */
  crashAfterCall(calls: number): void {
    this.#crashAfterCalls = calls;
  }

  /** What {@link crashAfterCall} asked for and no invocation has come to yet. */
  get crashAfterCalls(): number | undefined {
    return this.#crashAfterCalls;
  }

  /** Whether an invocation dies now that it has made so many calls; if so it is the only one. */
  takeCrash(calls: number): boolean {
    if (calls !== this.#crashAfterCalls) return false;
    this.#crashAfterCalls = undefined;
    return true;
  }

  /** Calls take so long, in virtual time, until the returned function is called. */
  latency(filter: CallFilter, ms: number): () => void {
    const entry = { filter, ms };
    this.#latencies.push(entry);
    return () => {
      this.#latencies = this.#latencies.filter((other) => other !== entry);
    };
  }

  /** Ends every fault. */
  clear(): void {
    this.#faults = [];
    this.#latencies = [];
    this.#crashAfterCalls = undefined;
  }

  /** Lets something decide over every call, before the faults that are asked for one by one. */
  leaveTo(fates: Fates | undefined): void {
    this.#fates = fates;
  }

  latencyOf(call: Call): number | undefined {
    const latencyMs = this.#fates?.latencyMs?.(call);
    if (latencyMs !== undefined) return latencyMs;
    return this.#latencies.findLast(({ filter }) => fits(filter, call))?.ms;
  }

  /** What goes wrong with this call, if anything; a fault that hits it counts as used. */
  take(call: Call, input: unknown): Fate | undefined {
    const fate = this.#fates?.of(call, input);
    if (fate !== undefined) return fate;
    const fault = this.#faults.find(
      (candidate) => fits(candidate, call) && (candidate.rate >= 1 || this.#random.next() < candidate.rate),
    );
    if (fault === undefined) return undefined;
    fault.remaining--;
    if (fault.remaining <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault.fateOf(call);
  }

  #deny(filter: CallFilter): () => void {
    return this.failSome(filter, 1, (call) =>
      denialOf(call, '*', 'with an explicit deny in a service control policy'),
    );
  }

  #add(fault: Fault): () => void {
    this.#faults.push(fault);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== fault);
    };
  }
}

function fits(filter: CallFilter, call: Call): boolean {
  const is = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted === '*' || wanted === actual;
  return (
    is(filter.service, call.service) &&
    is(filter.action, call.action) &&
    is(filter.accountId, call.caller.accountId) &&
    is(filter.region, call.region) &&
    is(filter.roleName, call.caller.roleArn?.split('/').at(-1) ?? '')
  );
}
