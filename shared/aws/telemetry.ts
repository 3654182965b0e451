import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, type Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Counter, Log, LogEntry, Metrics } from '../domain/log.ts';

/** Everything else is information: waiting and holding are no errors. */
const ERRORS: ReadonlySet<LogEntry['code']> = new Set([
  'reconcile.failed',
  'sweep.failed',
  'recheck.failed',
  'queue.malformed',
]);

/** Log entries through Powertools: one JSON line each. */
export class PowertoolsLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  write({ code, ...fields }: LogEntry): void {
    if (ERRORS.has(code)) this.#logger.error(code, fields);
    else this.#logger.info(code, fields);
  }
}

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
