import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, type Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { plainWords } from '../domain/words/foreign-text.ts';
import type { Counter, Log, LogEntry, Metrics } from '../domain/work/log.ts';

/** Everything else is information: waiting and holding are no errors. */
const ERRORS: ReadonlySet<LogEntry['code']> = new Set([
  'reconcile.failed',
  'sweep.failed',
  'recheck.failed',
  'letter.failed',
  'failure.unnoted',
  'queue.malformed',
]);

/** Enough for an error's message with what it is about. */
const FIELD_CHARACTERS = 1000;

/** Log entries through Powertools: one JSON line each. */
export class PowertoolsLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  write({ code, ...fields }: LogEntry): void {
    const plain = inPlainWords(fields);
    if (ERRORS.has(code)) this.#logger.error(code, plain);
    else this.#logger.info(code, plain);
  }
}

/** Errors may quote what somebody wrote. Logs are read on terminals, and cost by the byte. */
const inPlainWords = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? plainWords(value, FIELD_CHARACTERS) : value,
    ]),
  );

/** Counts through Powertools: CloudWatch's embedded metric format, one line a count, no call to AWS. */
export class PowertoolsCounters implements Metrics {
  readonly #metrics: PowertoolsMetrics;

  constructor(metrics: PowertoolsMetrics) {
    this.#metrics = metrics;
  }

  count(counter: Counter, dimensions: Readonly<Record<string, string>>): void {
    const single = this.#metrics.singleMetric();
    single.addDimensions({ ...dimensions });
    single.addMetric(counter, MetricUnit.Count, 1);
  }
}
