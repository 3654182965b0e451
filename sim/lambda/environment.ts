import type { AwsTransport, CreateHandler, Platform } from '../../shared/platform.ts';
import type { VirtualClock } from '../clock.ts';
import type { ClientCredentials } from '../credentials.ts';
import type { SdkRequestHandler } from '../wire/sdk-handler.ts';
import type { SdkRetryStrategy } from '../wire/virtual-retries.ts';
import type { Count, FunctionConfig, FunctionPackage, LogLine } from './function.ts';

/** What an execution environment is made of. */
export interface EnvironmentDeps {
  readonly config: FunctionConfig;
  readonly code: FunctionPackage;
  readonly clock: VirtualClock;
  readonly requestHandler: SdkRequestHandler;
  readonly retryStrategy: SdkRetryStrategy;
  /** The execution role's session. */
  readonly credentials: ClientCredentials;
  onLog(line: LogLine): void;
  onCount(count: Count): void;
  /** Whether the invocation dies now that it has made so many AWS calls. */
  crashes(calls: number): boolean;
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
  #die: (error: Error) => void = () => undefined;

  constructor(deps: EnvironmentDeps) {
    this.#deps = deps;
    this.createdAtMs = deps.clock.now();
  }

  /** Runs the handler; the first time also the code that Lambda runs at a cold start. */
  async invoke(event: unknown, requestId: string, deadlineMs: number): Promise<unknown> {
    this.#requestId = requestId;
    this.#calls = 0;
    const death = new Promise<never>((_resolve, reject) => (this.#die = reject));
    const handler = this.#handler ?? (await this.#coldStart());
    this.#handler = handler;
    return Promise.race([handler(event, this.#context(requestId, deadlineMs)), death]);
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
  }

  async #coldStart(): Promise<Handler> {
    const { code, config } = this.#deps;
    const loaded = await code.loadHandler(config.handlerPath);
    return loaded.createHandler(this.#platform());
  }

  #platform(): Platform {
    const { clock, code, config } = this.#deps;
    const stamp = (): { atMs: number; functionName: string } => ({
      atMs: clock.now(),
      functionName: config.name,
    });
    return {
      env: environmentVariables(config),
      transport: this.#transport(),
      clock: {
        now: () => clock.now(),
        sleep: async (ms) => {
          await clock.sleep(ms);
          await this.#whileAlive();
        },
      },
      log: { write: (entry) => this.#deps.onLog({ ...stamp(), requestId: this.#requestId, entry }) },
      metrics: { count: (counter, dimensions) => this.#deps.onCount({ ...stamp(), counter, dimensions }) },
      readFile: code.readFile,
      fetch: code.fetch,
    };
  }

  /** Every client of the handler takes all of this into its configuration. */
  #transport(): AwsTransport & { retryStrategy: SdkRetryStrategy } {
    const { credentials, requestHandler, retryStrategy } = this.#deps;
    const handle: SdkRequestHandler['handle'] = async (request, options) => {
      await this.#whileAlive();
      const response = await requestHandler.handle(request, options);
      if (this.#alive && this.#deps.crashes(++this.#calls)) this.#crash();
      await this.#whileAlive();
      return response;
    };
    return { credentials, requestHandler: { handle }, retryStrategy };
  }

  #crash(): void {
    this.kill();
    this.#die(new RuntimeExitError(this.#requestId));
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

/**
 * The process of a function ended in the middle of an invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
class RuntimeExitError extends Error {
  override readonly name = 'Runtime.ExitError';

  constructor(requestId: string) {
    super(`RequestId: ${requestId} Error: Runtime exited with error: signal: killed`);
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
