import type { Cancel, VirtualClock } from '../clock.ts';
import type { CredentialStore } from '../sts/credentials.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import type { SeededRandom } from '../random.ts';
import { AwsError } from '../types.ts';
import type { SdkTransport } from '../wire/sdk-transport.ts';
import { AsyncInvocations, type InvokeConfig } from './async-invocations.ts';
import { ExecutionEnvironment } from './environment.ts';
import type {
  Count,
  FunctionConfig,
  FunctionPackage,
  Invocation,
  InvocationResult,
  LogLine,
} from './function.ts';

const LAMBDA = 'lambda.amazonaws.com';
/** Lambda recycles environments after some hours at most; here after two, so that cold starts happen. */
const ENVIRONMENT_MAX_AGE_MS = 2 * 3600_000;
/** The credentials of an environment outlive it. */
const CREDENTIAL_SECONDS = 12 * 3600;

interface Deployed {
  readonly config: FunctionConfig;
  readonly code: FunctionPackage;
  readonly idle: ExecutionEnvironment[];
  /** ARNs of rules and topics that a Lambda permission lets in. */
  readonly invokers: Set<string>;
}

/** What may go wrong with environments. */
export interface EnvironmentFates {
  /** Whether the environment of a function dies at this moment of a call that it makes. */
  dies(functionName: string, moment: 'before-call' | 'after-call'): boolean;
  /** How far the clock of a new environment is ahead, in milliseconds. */
  skewMs(functionName: string): number;
}

/** Simulated Lambda: functions, their environments, synchronous and asynchronous invocations. */
export class SimulatedLambda {
  readonly invocations: Invocation[] = [];
  readonly logs: LogLine[] = [];
  readonly counts: Count[] = [];
  /** By counter, when it was counted without dimensions; whoever empties `counts` leaves these. */
  readonly #countedAt = new Map<string, number[]>();
  readonly async: AsyncInvocations;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #iam: SimulatedIam;
  readonly #credentials: CredentialStore;
  readonly #transport: () => SdkTransport;
  readonly #crashes: (calls: number) => boolean;
  readonly #functions = new Map<string, Deployed>();
  #fates: EnvironmentFates | undefined;
  #generation = 0;

  constructor(deps: {
    clock: VirtualClock;
    random: SeededRandom;
    iam: SimulatedIam;
    credentials: CredentialStore;
    transport: () => SdkTransport;
    sendMessage: (queueArn: string, body: string) => void;
    publish: (topicArn: string, message: string) => void;
    /** Whether an invocation dies now that it has made so many AWS calls. */
    crashes: (calls: number) => boolean;
  }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#iam = deps.iam;
    this.#credentials = deps.credentials;
    this.#transport = deps.transport;
    this.#crashes = deps.crashes;
    this.async = new AsyncInvocations({
      ...deps,
      lambda: this,
      mayUse: (functionArn, action, resource) => this.roleMay(functionArn, action, resource),
    });
  }

  /** Creates a function; Lambda must be able to assume its role. */
  createFunction(config: FunctionConfig, code: FunctionPackage): void {
    const request = {
      action: 'sts:AssumeRole',
      resource: config.roleArn,
      sourceArn: config.arn,
      region: config.region,
    };
    if (!this.#iam.allowsService(LAMBDA, request)) {
      throw new AwsError(
        'InvalidParameterValueException',
        'The role defined for the function cannot be assumed by Lambda.',
      );
    }
    this.#functions.set(config.arn, { config, code, idle: [], invokers: new Set() });
  }

  /** How often a counter without dimensions was counted after one instant, until another one. */
  countedWithin(counter: string, afterMs: number, untilMs: number): number {
    return (this.#countedAt.get(counter) ?? []).filter((atMs) => atMs > afterMs && atMs <= untilMs).length;
  }

  config(functionArn: string): FunctionConfig {
    return this.#require(functionArn).config;
  }

  /** As `lambda:AddPermission`: `sourceArn` may invoke the function. */
  permit(functionArn: string, sourceArn: string): void {
    this.#require(functionArn).invokers.add(sourceArn);
  }

  mayInvoke(functionArn: string, sourceArn: string): boolean {
    return this.#functions.get(unqualified(functionArn))?.invokers.has(sourceArn) === true;
  }

  configureAsync(functionArn: string, config: InvokeConfig): void {
    this.async.configure(this.#require(functionArn).config.arn, config);
  }

  /** Whether the function's own role may do something. */
  roleMay(functionArn: string, action: string, resource: string): boolean {
    const { config } = this.#require(functionArn);
    const caller = { accountId: config.accountId, arn: config.roleArn, roleArn: config.roleArn };
    return this.#iam.decide({ caller, action, resource, region: config.region }).allowed;
  }

  /** Lets something decide when environments die, and how wrong their clocks are. */
  leaveTo(fates: EnvironmentFates | undefined): void {
    this.#fates = fates;
  }

  /** The next invocation of every function is a cold start. */
  recycle(): void {
    this.#generation++;
    for (const { idle } of this.#functions.values()) idle.length = 0;
  }

  /** Runs a function to its end, or to its timeout in virtual time. */
  async invoke(
    functionArn: string,
    event: unknown,
    requestId = this.#random.uuid(),
  ): Promise<InvocationResult> {
    const deployed = this.#require(functionArn);
    const { config } = deployed;
    const invocation: Invocation = {
      requestId,
      functionName: config.name,
      startedAtMs: this.#clock.now(),
      event: jsonCopy(event),
    };
    this.invocations.push(invocation);
    const environment = this.#environment(deployed);
    const generation = this.#generation;
    const result = await this.#run(environment, config, invocation);
    invocation.endedAtMs = this.#clock.now();
    invocation.result = result;
    // A timeout or a crash ends the environment; an error that the handler throws does not. One from before a
    // deployment gets nothing more to do.
    if (environment.isAlive && generation === this.#generation) deployed.idle.push(environment);
    return result;
  }

  async #run(
    environment: ExecutionEnvironment,
    config: FunctionConfig,
    invocation: Invocation,
  ): Promise<InvocationResult> {
    const timeoutMs = config.timeoutSeconds * 1000;
    const deadlineMs = this.#clock.now() + timeoutMs;
    let cancel: Cancel = () => undefined;
    const timeout = new Promise<InvocationResult>((resolve) => {
      cancel = this.#clock.schedule(timeoutMs, () => {
        environment.kill();
        const errorMessage = `RequestId: ${invocation.requestId} Error: Task timed out after ${config.timeoutSeconds.toFixed(2)} seconds`;
        resolve({ kind: 'failure', errorType: TIMEOUT, errorMessage });
      });
    });
    const death = environment.death().then((): InvocationResult => {
      const errorMessage = `RequestId: ${invocation.requestId} Error: Runtime exited with error: signal: killed`;
      return { kind: 'failure', errorType: DEATH, errorMessage };
    });
    const result = await Promise.race([outcome(environment, invocation, deadlineMs), timeout, death]);
    cancel();
    return result;
  }

  #environment(deployed: Deployed): ExecutionEnvironment {
    const oldest = this.#clock.now() - ENVIRONMENT_MAX_AGE_MS;
    const warm = deployed.idle.pop();
    if (warm !== undefined && warm.createdAtMs > oldest) return warm;
    const { config, code } = deployed;
    const role = this.#iam.role(config.roleArn);
    if (role === undefined) throw new Error(`${config.name}: the role ${config.roleArn} is gone`);
    const session = this.#credentials.startSession(role, config.name, CREDENTIAL_SECONDS);
    return new ExecutionEnvironment({
      config,
      code,
      clock: this.#clock,
      transport: this.#transport(),
      credentials: {
        accessKeyId: session.accessKeyId,
        secretAccessKey: session.secretAccessKey,
        sessionToken: session.sessionToken,
      },
      skewMs: this.#fates?.skewMs(config.name) ?? 0,
      dies: (moment, calls) =>
        this.#fates?.dies(config.name, moment) === true || (moment === 'after-call' && this.#crashes(calls)),
      onLog: (line) => this.logs.push(line),
      onCount: (count) => this.#take(count),
    });
  }

  #take(count: Count): void {
    this.counts.push(count);
    if (Object.keys(count.dimensions).length > 0) return;
    this.#countedAt.set(count.counter, [...(this.#countedAt.get(count.counter) ?? []), count.atMs]);
  }

  #require(functionArn: string): Deployed {
    const deployed = this.#functions.get(unqualified(functionArn));
    if (deployed === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404);
    }
    return deployed;
  }
}

const TIMEOUT = 'Sandbox.Timedout';
/** @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
const DEATH = 'Runtime.ExitError';

/** Versions and aliases all run the one version of the code that there is. */
const unqualified = (arn: string): string => arn.split(':').slice(0, 7).join(':');

async function outcome(
  environment: ExecutionEnvironment,
  { event, requestId }: Invocation,
  deadlineMs: number,
): Promise<InvocationResult> {
  try {
    const payload = await environment.invoke(jsonCopy(event), requestId, deadlineMs);
    return { kind: 'success', payload: jsonCopy(payload ?? null) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): InvocationResult {
  if (error instanceof Error) return { kind: 'failure', errorType: error.name, errorMessage: error.message };
  return { kind: 'failure', errorType: typeof error, errorMessage: String(error) };
}

/** Events and answers travel as JSON text. */
const jsonCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
