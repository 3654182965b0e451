import type { AwsTransport, CreateHandler, Platform } from '../../shared/platform.ts';
import type { Cancel, VirtualClock } from '../clock.ts';
import type { ClientCredentials } from '../sts/credentials.ts';
import type { SdkRequestHandler } from '../wire/sdk-handler.ts';
import type { SdkTransport } from '../wire/sdk-transport.ts';
import type { Count, FunctionConfig, FunctionPackage, LogLine } from './function.ts';

/** What an execution environment is made of. */
export interface EnvironmentDeps {
  readonly config: FunctionConfig;
  readonly code: FunctionPackage;
  readonly clock: VirtualClock;
  readonly transport: SdkTransport;
  /** The execution role's session. */
  readonly credentials: ClientCredentials;
  /** How far the environment's clock is ahead of the others', in milliseconds. */
  readonly skewMs: number;
  /** Whether the environment dies at this moment of a call, of which the invocation has had so many answered. */
  dies(moment: 'before-call' | 'after-call', calls: number): boolean;
  onLog(line: LogLine): void;
  onCount(count: Count): void;
}

type Handler = ReturnType<CreateHandler>;

/**
 * One execution environment: a cold start, then one invocation at a time. A real one is frozen or killed at a
 * timeout; code in this process cannot be, so a killed environment answers none of its calls any more.
 */
export class ExecutionEnvironment {
  readonly createdAtMs: number;
  readonly #deps: EnvironmentDeps;
  #handler: Handler | undefined;
  #requestId = '';
  #calls = 0;
  #alive = true;
  readonly #timers = new Set<Cancel>();
  #onDeath: () => void = () => undefined;

  constructor(deps: EnvironmentDeps) {
    this.#deps = deps;
    this.createdAtMs = deps.clock.now();
  }

  /** Runs the handler; the first time also the code that Lambda runs at a cold start. */
  async invoke(event: unknown, requestId: string, deadlineMs: number): Promise<unknown> {
    this.#requestId = requestId;
    this.#calls = 0;
    const handler = this.#handler ?? (await this.#coldStart());
    this.#handler = handler;
    return handler(event, this.#context(requestId, deadlineMs));
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    for (const cancel of this.#timers) cancel();
  }

  /** Resolves when the environment dies in the midst of its work. */
  death(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDeath = resolve;
    });
  }

  #mayDie(moment: 'before-call' | 'after-call'): Promise<void> {
    if (this.#alive && this.#deps.dies(moment, this.#calls)) {
      this.kill();
      this.#onDeath();
    }
    return this.#whileAlive();
  }

  #after(ms: number, run: () => void): Cancel {
    const cancel = this.#deps.clock.schedule(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  async #coldStart(): Promise<Handler> {
    const { code, config } = this.#deps;
    const loaded = await code.loadHandler(config.handlerPath);
    return loaded.createHandler(this.#platform());
  }

  #platform(): Platform {
    const { clock, code, config, skewMs } = this.#deps;
    const stamp = (): { atMs: number; functionName: string } => ({
      atMs: clock.now(),
      functionName: config.name,
    });
    return {
      env: environmentVariables(config),
      transport: this.#transport(),
      clock: {
        now: () => clock.now() + skewMs,
        sleep: async (ms) => {
          await clock.sleep(ms);
          await this.#whileAlive();
        },
      },
      after: (ms, run) => this.#after(ms, run),
      log: { write: (entry) => this.#deps.onLog({ ...stamp(), requestId: this.#requestId, entry }) },
      metrics: { count: (counter, dimensions) => this.#deps.onCount({ ...stamp(), counter, dimensions }) },
      readFile: code.readFile,
      fetch: code.fetch,
    };
  }

  /** Every client of the handler takes all of this into its configuration. */
  #transport(): AwsTransport & SdkTransport {
    const { credentials, transport } = this.#deps;
    const handle: SdkRequestHandler['handle'] = async (request, options) => {
      await this.#mayDie('before-call');
      // As the SDK on Lambda does. The simulation's own form: which invocation it is that calls.
      request.headers['x-amzn-trace-id'] = this.#requestId;
      try {
        return await transport.requestHandler.handle(request, options);
      } finally {
        this.#calls += 1;
        await this.#mayDie('after-call');
      }
    };
    return { ...transport, credentials, requestHandler: { handle } };
  }

  /** Never resolves in a killed environment. */
  #whileAlive(): Promise<void> {
    return this.#alive ? Promise.resolve() : new Promise(() => undefined);
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
  #context(requestId: string, deadlineMs: number): Readonly<Record<string, unknown>> {
    const { clock, config } = this.#deps;
    return {
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName: config.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: config.arn,
      memoryLimitInMB: String(config.memoryMb),
      logGroupName: `/aws/lambda/${config.name}`,
      logStreamName: `simulated/[$LATEST]${requestId}`,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.now()),
    };
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function environmentVariables(config: FunctionConfig): Readonly<Record<string, string>> {
  return {
    ...config.environment,
    AWS_REGION: config.region,
    AWS_DEFAULT_REGION: config.region,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
  };
}
