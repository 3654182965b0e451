import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { PowertoolsCounters, PowertoolsLog } from './aws/telemetry.ts';
import type { CreateHandler, Platform } from './platform.ts';
import { processEnv } from './settings.ts';

const NAME = 'autopeer';

/** The platform that Lambda is. */
export function lambdaPlatform(): Platform {
  return {
    env: processEnv(),
    transport: {},
    clock: { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    log: new PowertoolsLog(new Logger({ serviceName: NAME })),
    metrics: new PowertoolsCounters(new Metrics({ namespace: NAME, serviceName: NAME })),
    // Lambda starts a function in the folder of its package.
    readFile: (path) => readFileSync(path, 'utf8'),
    fetch: globalThis.fetch,
  };
}

/** A handler for Lambda: wired at the first call and kept while the function is warm. */
export function onLambda(create: CreateHandler): (event: unknown, context: unknown) => Promise<unknown> {
  let handler: ReturnType<CreateHandler> | undefined;
  return (event, context) => {
    handler ??= create(lambdaPlatform());
    return handler(event, context);
  };
}
