import type { PartitionId } from './arn.ts';
import { VirtualClock } from './clock.ts';
import { SimulatedTrails } from './cloudtrail/trails.ts';
import { SimulatedCloudWatch } from './cloudwatch/cloudwatch.ts';
import { metricSamples } from './cloudwatch/metric-samples.ts';
import { CredentialStore, type ClientCredentials } from './sts/credentials.ts';
import { SimulatedEc2 } from './ec2/ec2.ts';
import { Faults } from './faults.ts';
import { deployHub, type HubDeployment } from './world/hub.ts';
import { iamActions } from './iam/iam-actions.ts';
import { SimulatedIam } from './iam/iam.ts';
import { FunctionUrls } from './lambda/function-urls.ts';
import { SimulatedLambda } from './lambda/lambda.ts';
import type { SdkTransport } from './wire/sdk-transport.ts';
import { deployMember, type MemberDeployment } from './world/member.ts';
import { SimulatedOrganization } from './organizations/organization.ts';
import { SeededRandom } from './random.ts';
import type { StackServices } from './cloudformation/resources/context.ts';
import { deadLetterRuleEvent } from './eventbridge/event-dead-letters.ts';
import { DynamoDbMemory } from './dynamodb/dynamodb-memory.ts';
import { SimulatedDynamoDb } from './dynamodb/dynamodb.ts';
import { SimulatedEventBridge } from './eventbridge/eventbridge.ts';
import { allEventBridgeActions } from './eventbridge/actions.ts';
import { organizationsActions } from './organizations/organizations.ts';
import { SimulatedServiceQuotas } from './service-quotas/service-quotas.ts';
import { deliverToService } from './sns/sns-delivery.ts';
import type { SendHttp } from './sns/sns-http.ts';
import { SimulatedSns } from './sns/sns.ts';
import { snsActions } from './sns/sns-actions.ts';
import { SimulatedSqs } from './sqs/sqs.ts';
import { queueActions } from './sqs/sqs-admin.ts';
import { moveActions } from './sqs/sqs-moves.ts';
import { SimulatedSsm } from './ssm/ssm.ts';
import { ssmActions } from './ssm/ssm-actions.ts';
import { stsActions } from './sts/sts.ts';
import type { DeployedStack } from './cloudformation/stack.ts';
import { Trail, type TrailOptions } from './cloudtrail/trail.ts';
import { AwsError, type Action, type ActionTable, type Call } from './types.ts';
import { warmUpSdk } from './world/warm-up.ts';
import { createAnswer, type AnswerDeps } from './wire/answer.ts';
import { DIRECT_SETTINGS, directRequestHandler } from './wire/direct.ts';
import type { Answer } from './wire/http.ts';
import { sdkRequestHandler, type SdkRequestHandler } from './wire/sdk-handler.ts';
import { WIRE_SERVICES } from './wire/services.ts';
import { VirtualRetries } from './wire/virtual-retries.ts';

/** 1 January 2026, in epoch milliseconds: any fixed instant would do. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 1);

export interface SimulatedAwsOptions {
  readonly seed: number;
  readonly startMs?: number;
  /** How long each API call takes, in virtual milliseconds. */
  readonly latencyMs?: number;
  readonly ec2?: ConstructorParameters<typeof SimulatedEc2>[0]['options'];
  readonly events?: Partial<TrailOptions>;
  readonly organization?: ConstructorParameters<typeof SimulatedOrganization>[0];
  /** The one that all its accounts are in; `aws` unless something else is said. */
  readonly partition?: PartitionId;
  /** How SDK clients speak: over HTTP's bytes, or in a sixth of the time with copies of values (wire/direct.ts). */
  readonly wire?: 'http' | 'direct';
  /** The account of access keys that nobody knows; they are refused when it is absent. */
  readonly defaultAccountId?: string;
  /** Is told of each call before it is looked at. */
  readonly beforeCall?: (call: Call, input: unknown) => void;
  /** How SNS sends to subscribed web sites; without it they get nothing. */
  readonly sendHttp?: SendHttp;
  /** Where clients reach this AWS; addresses in SNS's messages, and of functions, are AWS's own without it. */
  readonly publicUrl?: () => string | undefined;
}

/** One API call that reached the simulation. */
export interface RecordedCall extends Call {
  readonly atMs: number;
  readonly input: unknown;
  /** The code of the error that it was answered with. */
  errorCode?: string;
  /** Absent while it is under way. */
  endedAtMs?: number;
}

/** Sees every call that is done, whatever the caller hears of it, right before and right after. */
export interface CallWatcher {
  before?(call: Call, input: unknown): void;
  after?(call: Call, input: unknown, output: unknown): void;
}

/**
 * A simulated AWS: every account, region and service in this process, on one virtual clock.
 *
 * @example
 * const aws = new SimulatedAws({ seed: 1 });
 * const ec2 = new EC2Client({ region: 'eu-west-1', ...aws.client('111122223333') });
 * const { Vpc } = await aws.clock.drive(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })));
 */
export class SimulatedAws {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly organization: SimulatedOrganization;
  readonly ec2: SimulatedEc2;
  readonly iam: SimulatedIam;
  readonly sqs: SimulatedSqs;
  readonly sns: SimulatedSns;
  readonly ssm: SimulatedSsm;
  readonly dynamodb: SimulatedDynamoDb;
  readonly events: SimulatedEventBridge;
  readonly lambda: SimulatedLambda;
  readonly serviceQuotas: SimulatedServiceQuotas;
  readonly cloudwatch: SimulatedCloudWatch;
  readonly trail: Trail;
  /** The trails that people made, as CloudTrail tells of them. */
  readonly trails: SimulatedTrails;
  readonly faults: Faults;
  /** Every API call, in the order of arrival. */
  readonly calls: RecordedCall[] = [];
  /** What SDK clients take in the place of HTTP; {@link client} also brings retries in virtual time. */
  readonly requestHandler: SdkRequestHandler;
  /** The same front door for requests that come by real HTTP, and the URLs of functions. */
  readonly answer: Answer;
  readonly #retries: VirtualRetries;
  readonly #credentials: CredentialStore;
  readonly #services: StackServices;
  readonly #tables: ReadonlyMap<string, ActionTable>;
  readonly #latencyMs: number;
  readonly #wire: 'http' | 'direct';
  readonly #watchers: CallWatcher[] = [];
  readonly #beforeCall: SimulatedAwsOptions['beforeCall'];

  constructor(options: SimulatedAwsOptions) {
    const isDirect = options.wire === 'direct';
    const clock = new VirtualClock(options.startMs ?? DEFAULT_START_MS, isDirect ? { quietTurns: 1 } : {});
    const random = new SeededRandom(options.seed);
    const deps = { clock, random };
    this.clock = clock;
    this.random = random;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#beforeCall = options.beforeCall;
    const { partition = 'aws', defaultAccountId } = options;
    this.organization = new SimulatedOrganization({ ...options.organization, partition });
    this.iam = new SimulatedIam((accountId) => this.organization.idOf(accountId), partition);
    this.#credentials = new CredentialStore({ ...deps, partition, defaultAccountId });
    this.faults = new Faults(random);
    this.ec2 = new SimulatedEc2({ ...deps, ...(options.ec2 === undefined ? {} : { options: options.ec2 }) });
    this.serviceQuotas = new SimulatedServiceQuotas({ ...deps, ec2: this.ec2 });
    this.sqs = new SimulatedSqs(deps);
    this.sns = new SimulatedSns({
      ...deps,
      deliver: (subscription, publication) => deliverToService(this, subscription, publication),
      sendHttp: options.sendHttp,
      publicUrl: options.publicUrl,
    });
    this.ssm = new SimulatedSsm(clock);
    this.dynamodb = new SimulatedDynamoDb(clock, isDirect ? () => new DynamoDbMemory() : undefined);
    this.lambda = this.#createLambda();
    this.events = this.#createEventBridge();
    this.cloudwatch = new SimulatedCloudWatch(metricSamples(this.events, this.lambda));
    this.trails = new SimulatedTrails((accountId) => this.organization.idOf(accountId) !== undefined);
    this.trail = new Trail({
      ...deps,
      events: this.events,
      ...(options.events === undefined ? {} : { options: options.events }),
    });
    this.#tables = this.#createTables();
    const answering: AnswerDeps = {
      services: WIRE_SERVICES,
      newRequestId: () => random.uuid(),
      identify: (accessKeyId) => this.#credentials.identify(accessKeyId),
      dispatch: (call, input) => this.#dispatch(call, input),
    };
    const functionUrls = new FunctionUrls({
      ...answering,
      clock,
      iam: this.iam,
      invoke: (functionArn, event) => this.lambda.invoke(functionArn, event),
      publicUrl: () => options.publicUrl?.(),
    });
    const answerApi = createAnswer(answering);
    this.answer = async (request) => (await functionUrls.answer(request)) ?? answerApi(request);
    this.#retries = new VirtualRetries(clock, random);
    this.#wire = options.wire ?? 'http';
    this.requestHandler =
      this.#wire === 'http'
        ? sdkRequestHandler(this.answer, clock, this.#retries)
        : directRequestHandler(
            answering,
            clock,
            this.#retries,
            sdkRequestHandler(this.answer, clock, this.#retries),
          );
    const { iam, sqs, sns, ssm, dynamodb, events, lambda, cloudwatch } = this;
    this.#services = { clock, iam, sqs, sns, ssm, dynamodb, events, lambda, cloudwatch, functionUrls };
    warmUpSdk(clock);
  }

  /** The credentials of an account's administrator, who may do everything in the account. */
  credentials(accountId: string): ClientCredentials {
    return this.#credentials.administrator(accountId);
  }

  /** What makes an SDK client one of this AWS: `new EC2Client({ region, ...aws.client(accountId) })`. */
  client(accountId: string): SdkTransport & { credentials: ClientCredentials } {
    return { ...this.#transport(), credentials: this.credentials(accountId) };
  }

  /** Lets something see every call that is done. */
  watch(watcher: CallWatcher): void {
    this.#watchers.push(watcher);
  }

  /**
   * A call of an account's administrator, without an SDK client: for the many calls of people in long simulations.
   * @throws AwsError
   */
  async act(accountId: string, region: string, action: string, input: object): Promise<unknown> {
    const caller = this.#credentials.identify(accountId);
    if (typeof caller === 'string') throw new Error(`${accountId} is no account`);
    const call = {
      service: 'ec2',
      action,
      region,
      caller,
      requestId: this.random.uuid(),
      userAgent: 'person',
    };
    return this.#dispatch(call, input);
  }

  /** Deploys a template with functions. Deploying runs nothing and takes no time. */
  deployHub(deployment: HubDeployment): DeployedStack {
    return deployHub(this.#services, deployment);
  }

  /** Deploys a template without functions to one account and region. */
  deployMember(deployment: MemberDeployment): DeployedStack {
    return deployMember(this.#services, deployment);
  }

  async #dispatch(call: Call, input: unknown): Promise<unknown> {
    const recorded: RecordedCall = { ...call, atMs: this.clock.now(), input };
    this.calls.push(recorded);
    this.#beforeCall?.(call, input);
    const latencyMs = this.faults.latencyOf(call) ?? this.#latencyMs;
    if (latencyMs > 0) await this.clock.sleep(latencyMs);
    const isLogged = call.service === 'ec2' && this.#tables.get('ec2')?.[call.action]?.mutates === true;
    try {
      const { output, lost } = await this.#run(call, input);
      if (isLogged) this.trail.log(call, input, { output });
      if (lost === undefined) return output;
      recorded.errorCode = lost.code;
      throw lost;
    } catch (error) {
      if (!(error instanceof AwsError) || recorded.errorCode !== undefined) throw error;
      recorded.errorCode = error.code;
      if (isLogged) this.trail.log(call, input, { error });
      throw error;
    } finally {
      recorded.endedAtMs = this.clock.now();
    }
  }

  /** `lost` is the error that the caller gets although the call was done. */
  async #run(call: Call, input: unknown): Promise<{ output: unknown; lost?: AwsError }> {
    const fate = this.faults.take(call, input);
    if (fate?.kind === 'fail') throw fate.error;
    if (fate?.kind === 'pretend') return { output: fate.output };
    if (fate?.kind === 'hang') return new Promise(() => undefined);
    const action = this.#tables.get(call.service)?.[call.action];
    if (action === undefined) {
      // AWS's own code for an action that a service does not have, with words that tell the two cases apart.
      const code = ['ec2', 'sts', 'sns', 'iam'].includes(call.service)
        ? 'InvalidAction'
        : 'UnknownOperationException';
      throw new AwsError(code, `The simulation does not model ${call.service}:${call.action}.`);
    }
    if (call.service === 'ec2') this.ec2.admit(call, input);
    this.#authorize(call, action, input);
    for (const watcher of this.#watchers) watcher.before?.(call, input);
    const output = await action.run(call, input);
    for (const watcher of this.#watchers) watcher.after?.(call, input, output);
    if (fate?.kind === 'distort') return { output: fate.distort(output) };
    return fate === undefined ? { output } : { output, lost: fate.error };
  }

  #authorize(call: Call, action: Action, input: unknown): void {
    const permissions = action.permissions?.(call, input);
    if (permissions === undefined) this.iam.authorize(call, action.resources(call, input), input);
    for (const needed of permissions ?? []) {
      this.iam.authorize({ ...call, action: needed.action }, [needed.resource], needed.input);
    }
  }

  #transport(): SdkTransport {
    return {
      requestHandler: this.requestHandler,
      retryStrategy: this.#retries,
      ...(this.#wire === 'http' ? {} : DIRECT_SETTINGS),
    };
  }

  #sqsActions(): ActionTable {
    const { sqs, iam, clock, random } = this;
    return { ...sqs.actions, ...queueActions(sqs, iam), ...moveActions({ sqs, clock, random }) };
  }

  #createLambda(): SimulatedLambda {
    return new SimulatedLambda({
      clock: this.clock,
      random: this.random,
      iam: this.iam,
      credentials: this.#credentials,
      transport: () => this.#transport(),
      sendMessage: (queueArn, body) => {
        this.sqs.queue(queueArn)?.send({ body, senderId: 'lambda.amazonaws.com' });
      },
      publish: (topicArn, message) => this.sns.publish(topicArn, message),
      crashes: (calls) => this.faults.takeCrash(calls),
    });
  }

  /** By signing name. */
  #createTables(): ReadonlyMap<string, ActionTable> {
    return new Map<string, ActionTable>([
      ['ec2', this.ec2.actions],
      ['sts', stsActions({ iam: this.iam, credentials: this.#credentials })],
      ['organizations', organizationsActions(this.organization)],
      ['sqs', this.#sqsActions()],
      ['sns', snsActions(this.sns)],
      ['ssm', ssmActions(this.ssm)],
      ['dynamodb', this.dynamodb.actions],
      ['events', allEventBridgeActions(this.events)],
      ['servicequotas', this.serviceQuotas.actions],
      ['monitoring', this.cloudwatch.actions],
      ['cloudtrail', this.trails.actions],
      ['iam', iamActions(this.iam)],
    ]);
  }

  #createEventBridge(): SimulatedEventBridge {
    const { clock, random, iam } = this;
    return new SimulatedEventBridge({
      clock,
      random,
      iam,
      targets: {
        mayInvoke: (functionArn, ruleArn) => this.lambda.mayInvoke(functionArn, ruleArn),
        invoke: (functionArn, event) => this.lambda.async.accept(functionArn, event),
        sendMessage: (queueArn, body, groupId) => {
          const queue = this.sqs.queue(queueArn);
          if (queue === undefined)
            throw new AwsError('SQS_RESOURCE_NOT_FOUND', `There is no queue ${queueArn}`);
          queue.send({
            body,
            senderId: 'events.amazonaws.com',
            ...(groupId === undefined ? {} : { groupId }),
          });
        },
        publish: (topicArn, message) => this.sns.publish(topicArn, message),
        deadLetter: (rule, target, failure) =>
          deadLetterRuleEvent({ iam, sqs: this.sqs }, rule, target, failure),
      },
    });
  }
}
