import { readFileSync } from 'node:fs';
import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
  type Route,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SimulatedAws, type SimulatedAwsOptions } from '../aws.ts';
import type { LoadHandler } from '../lambda/function.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { parseTemplate } from '../cloudformation/cloudformation-parse.ts';
import { SimulatedSlack } from '../slack/slack.ts';
import { KeptLetters, type DeadLetter } from './kept-letters.ts';
import { readHubTemplate } from './packaged-template.ts';
import type { DeployedStack } from '../cloudformation/stack.ts';

/** The hub's account; a delegated administrator of the organization, as the guide asks for. */
export const HUB_ACCOUNT = '999988887777';
/** The hub's region, unless a world says another one. */
export const HUB_REGION = 'eu-west-1';
/** What the functions and roles of the hub and its members are called: their names start with it. */
export const NAME = 'autopeer-prod';
/** The trail of every world, which logs management events of all accounts and regions. */
export const ORGANIZATION_TRAIL = 'organization';
const SLACK_API = 'https://slack.com/api/';
const SLACK_URL = 'https://hooks.slack.example/services/T000/B000/simulated';

/** What is deployed; from the project's folder where it is left out. */
export interface DeployedCode {
  /** Where the functions' code comes from: the sources unless a test runs the bundles. */
  readonly loadHandler?: LoadHandler;
  /** The templates, where a test wants to see what a fault in them does. */
  readonly template?: string;
  readonly memberTemplate?: string;
}

/** The end of the name of the rule that looks for requests between two sweeps. */
const REQUESTS_RULE = '-requests';

export interface WorldOptions extends Omit<SimulatedAwsOptions, 'partition'>, DeployedCode {
  /** The text of the policy file that the hub is deployed with. */
  readonly policy: string;
  /** The regions that get the member stack. */
  readonly regions: readonly string[];
  /** Where the hub is, and with it in which partition everything is; {@link HUB_REGION} when absent. */
  readonly hubRegion?: string;
  /** Parameters of the member stack besides those that every world gives it. */
  readonly memberParameters?: Readonly<Record<string, string>>;
}

/** Where a VPC lives, and its route tables. */
export interface BuiltVpc {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly mainTableId: string;
  /** One table for each subnet that was asked for, explicitly associated. */
  readonly tableIds: readonly string[];
}

/**
 * A simulated organization with autopeer in it: the hub runs the packaged template, every member account runs
 * deploy/member.yaml, and people act through SDK clients.
 *
 * @example
 * const world = new World({ seed: 1, policy, regions: ['eu-west-1'] });
 * world.addMember('111111111111', world.aws.organization.addOrganizationalUnit('Apps').id);
 * const vpc = await world.buildVpc('111111111111', 'eu-west-1', '10.1.0.0/16');
 */
export class World {
  readonly aws: SimulatedAws;
  readonly hub: DeployedStack;
  /** The bodies of what was posted to Slack. */
  readonly slack: string[] = [];
  /** Where the hub's bot is, after {@link joinSlack}. */
  readonly slackApp: SimulatedSlack;
  /** Slack's own status, which a run may change; it never answers where there is none. */
  slackStatus: () => number | undefined = () => 200;
  readonly #keptLetters: KeptLetters;
  readonly hubRegion: string;
  readonly #regions: readonly string[];
  #policy: string;
  readonly #memberTemplate: unknown;
  readonly #memberParameters: Readonly<Record<string, string>>;
  readonly #clients = new Map<string, EC2Client>();

  constructor({
    policy,
    regions,
    hubRegion = HUB_REGION,
    loadHandler,
    template,
    memberTemplate,
    memberParameters,
    ...options
  }: WorldOptions) {
    this.hubRegion = hubRegion;
    this.aws = new SimulatedAws({ ...options, partition: partitionOf(hubRegion).id });
    this.slackApp = new SimulatedSlack(this.aws.clock);
    this.#keptLetters = new KeptLetters(this.aws);
    this.#memberParameters = memberParameters ?? {};
    this.#memberTemplate = parsed(memberTemplate ?? readOnce('deploy/member.yaml', readFile));
    this.#regions = regions;
    this.#policy = policy;
    const { organization, ssm } = this.aws;
    organization.addAccount(HUB_ACCOUNT, { name: 'network-hub' });
    organization.delegate(HUB_ACCOUNT);
    this.aws.trails.add({
      name: ORGANIZATION_TRAIL,
      accountId: organization.managementAccountId,
      homeRegion: hubRegion,
      isOrganizationTrail: true,
      isMultiRegion: true,
      isLogging: true,
    });
    const parameter = (name: string): readonly [string, string, string] => [
      HUB_ACCOUNT,
      hubRegion,
      `/${NAME}/${name}`,
    ];
    ssm.put(...parameter('organization-id'), organization.id);
    ssm.put(...parameter('slack-webhook-url'), SLACK_URL, 'SecureString');
    this.hub = this.aws.deployHub({
      template: parsed(template ?? readOnce('the template', () => readHubTemplate())),
      accountId: HUB_ACCOUNT,
      region: hubRegion,
      loadHandler: loadHandler ?? loadSource,
      readFile: (path) => {
        if (path !== 'policy.yaml') throw new Error(`the package has no ${path}`);
        return this.#policy;
      },
      fetch: async (url, request) => {
        const address = url instanceof Request ? url.url : new URL(url).href;
        if (address.startsWith(SLACK_API)) return this.slackApp.fetch(address, request);
        const status = this.slackStatus();
        if (status === undefined) return new Promise(() => undefined);
        if (status === 200 && typeof request?.body === 'string') this.slack.push(request.body);
        return new Response(status === 200 ? 'ok' : 'no', { status });
      },
    });
    this.#subscribeOnCall();
  }

  /** Somebody hears the alarms, as Slack hears the notices. */
  #subscribeOnCall(): void {
    if (!this.hub.logicalIds('AWS::SNS::Topic').includes('AlarmTopic')) return;
    const onCall = { protocol: 'email', endpoint: 'on-call@example.com', ownerId: HUB_ACCOUNT };
    this.aws.sns.subscribeEndpoint(this.hub.arn('AlarmTopic'), onCall).confirmed = true;
  }

  /** Gives the hub what its bot in Slack needs, as people put it into Parameter Store. */
  joinSlack(): SimulatedSlack {
    const { token, channel, signingSecret, teamId } = this.slackApp;
    const put = (name: string, value: string, type: 'String' | 'SecureString'): void => {
      this.aws.ssm.put(HUB_ACCOUNT, this.hubRegion, `/${NAME}/${name}`, value, type);
    };
    put('slack-bot-token', token, 'SecureString');
    put('slack-channel', channel, 'String');
    put('slack-signing-secret', signingSecret, 'SecureString');
    put('slack-workspace', teamId, 'String');
    return this.slackApp;
  }

  /** Adds an account to the organization and deploys the member stack to it, in every region. */
  addMember(accountId: string, parentId: string, name = accountId): void {
    this.aws.organization.addAccount(accountId, { parentId, name });
    this.deployMember(accountId);
  }

  deployMember(accountId: string): void {
    for (const region of this.#regions) {
      this.aws.deployMember({
        template: this.#memberTemplate,
        accountId,
        region,
        parameters: {
          HubBusArn: this.hub.arn('HubBus'),
          HubAccountId: HUB_ACCOUNT,
          HomeRegion: this.#homeRegion,
          Name: NAME,
          ...this.#memberParameters,
        },
      });
    }
  }

  /** Where the member stack makes its roles: one of the regions that get it. */
  get #homeRegion(): string {
    const [first = this.hubRegion] = this.#regions;
    return this.#regions.includes(this.hubRegion) ? this.hubRegion : first;
  }

  /** An administrator's client. */
  ec2(accountId: string, region: string): EC2Client {
    const place = `${accountId}/${region}`;
    const client =
      this.#clients.get(place) ?? new EC2Client({ region, ...this.aws.client(accountId), maxAttempts: 1 });
    this.#clients.set(place, client);
    return client;
  }

  /** A VPC with DNS hostnames, and so many subnets, each with a route table of its own. */
  async buildVpc(accountId: string, region: string, cidr: string, subnets = 1): Promise<BuiltVpc> {
    return this.aws.clock.drive(this.#buildVpc(accountId, region, cidr, subnets));
  }

  async #buildVpc(accountId: string, region: string, cidr: string, subnets: number): Promise<BuiltVpc> {
    const ec2 = this.ec2(accountId, region);
    const vpcId = given((await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }))).Vpc?.VpcId);
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
    const [main] = await this.#tables(ec2, vpcId);
    const tableIds: string[] = [];
    for (const block of subnetBlocks(cidr, subnets)) {
      const subnet = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: block }));
      const table = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
      const RouteTableId = given(table.RouteTable?.RouteTableId);
      const SubnetId = given(subnet.Subnet?.SubnetId);
      await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
      tableIds.push(RouteTableId);
    }
    return { accountId, region, vpcId, cidr, mainTableId: given(main?.RouteTableId), tableIds };
  }

  /** The requester asks; answers the peering's id. Nothing else happens until the clock runs. */
  async requestPeering(requester: BuiltVpc, accepter: BuiltVpc): Promise<string> {
    const command = new CreateVpcPeeringConnectionCommand({
      VpcId: requester.vpcId,
      PeerVpcId: accepter.vpcId,
      PeerOwnerId: accepter.accountId,
      PeerRegion: accepter.region,
    });
    const answer = await this.aws.clock.drive(this.ec2(requester.accountId, requester.region).send(command));
    return given(answer.VpcPeeringConnection?.VpcPeeringConnectionId);
  }

  async deletePeering(by: BuiltVpc, peeringId: string): Promise<void> {
    const command = new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
    await this.aws.clock.drive(this.ec2(by.accountId, by.region).send(command));
  }

  /** The peering as the owner of this VPC sees it. */
  async peering(seenBy: BuiltVpc, peeringId: string): Promise<VpcPeeringConnection | undefined> {
    const command = new DescribeVpcPeeringConnectionsCommand({
      Filters: [{ Name: 'vpc-peering-connection-id', Values: [peeringId] }],
    });
    const answer = await this.aws.clock.drive(this.ec2(seenBy.accountId, seenBy.region).send(command));
    return answer.VpcPeeringConnections?.[0];
  }

  /** Every route of the VPC that is not local: `rtb-… 10.2.0.0/16 pcx-… active`. */
  async routes(vpc: BuiltVpc): Promise<readonly string[]> {
    const tables = await this.aws.clock.drive(this.#tables(this.ec2(vpc.accountId, vpc.region), vpc.vpcId));
    return tables
      .flatMap(({ RouteTableId, Routes }) =>
        (Routes ?? [])
          .filter(({ GatewayId }) => GatewayId !== 'local')
          .map((route) => `${RouteTableId} ${describeRoute(route)}`),
      )
      .toSorted();
  }

  /** Puts a hint about a peering into the hub's queue, as the sweep does. */
  async hint(vpc: BuiltVpc, peeringId: string): Promise<void> {
    const sqs = new SQSClient({ region: this.hubRegion, ...this.aws.client(HUB_ACCOUNT), maxAttempts: 1 });
    const hintId = this.aws.random.uuid();
    const { accountId, region } = vpc;
    const command = new SendMessageCommand({
      QueueUrl: this.hub.ref('WorkQueue'),
      MessageBody: JSON.stringify({ version: 1, peeringId, accountId, region, hintId, looks: 0 }),
      MessageGroupId: peeringId,
      MessageDeduplicationId: hintId,
    });
    await this.aws.clock.drive(sqs.send(command));
  }

  /** The bodies of what failed for good: see {@link letters}. */
  deadLetters(): readonly string[] {
    return this.letters().map(({ body }) => body);
  }

  /**
   * What failed for good: the letters that the hub keeps in its ledger, and what lies in its dead-letter queues and is not
   * kept yet. A message keeps its id there.
   */
  letters(): readonly DeadLetter[] {
    const queued = this.hub
      .logicalIds('AWS::SQS::Queue')
      .filter((logicalId) => logicalId.endsWith('DeadLetters'))
      .flatMap((logicalId) => this.aws.sqs.queue(this.hub.arn(logicalId))?.peek() ?? []);
    const kept = this.#keptLetters.list();
    const ids = new Set(kept.map(({ messageId }) => messageId));
    const others = queued.filter(({ messageId }) => !ids.has(messageId));
    return [...kept, ...others.map(({ messageId, body }) => ({ messageId, body }))];
  }

  /** Deploys the hub with another policy file: every function starts anew. */
  changePolicy(policy: string): void {
    this.#policy = policy;
    this.aws.lambda.recycle();
  }

  /** Lets the hub's schedule start a sweep, and everything happen that comes of it. */
  async sweep(): Promise<void> {
    this.startSweep();
    await this.settle();
  }

  /** Fires the schedule of the sweep, and waits for nothing. */
  startSweep(): void {
    this.hub.fireSchedules((name) => !name.endsWith(REQUESTS_RULE));
  }

  /** Lets the hub look for requests from outside the organization, as it does between two sweeps. */
  async lookForRequests(): Promise<void> {
    this.hub.fireSchedules((name) => name.endsWith(REQUESTS_RULE));
    await this.settle();
  }

  /** Lets everything happen that is under way: events, queues, functions, retries. */
  async settle(): Promise<void> {
    await this.aws.clock.run();
  }

  async #tables(ec2: EC2Client, vpcId: string) {
    const tables = [];
    let NextToken: string | undefined;
    do {
      const command = new DescribeRouteTablesCommand({
        Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
        NextToken,
      });
      const answer = await ec2.send(command);
      tables.push(...(answer.RouteTables ?? []));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    return tables;
  }
}

/** Templates by their text: a process makes many worlds of the same ones. Deploying does not change them. */
const parsedTemplates = new Map<string, unknown>();

function parsed(text: string): unknown {
  const known = parsedTemplates.get(text) ?? parseTemplate(text);
  parsedTemplates.set(text, known);
  return known;
}

const texts = new Map<string, string>();

function readOnce(name: string, read: (name: string) => string): string {
  const known = texts.get(name) ?? read(name);
  texts.set(name, known);
  return known;
}

const readFile = (path: string): string => readFileSync(path, 'utf8');

const loadSource: LoadHandler = (path) => {
  // Not within the call: a bundler would take it for a pattern, and bundle whatever fits.
  const source = `../../${path}.ts`;
  return import(source);
};

function describeRoute(route: Route): string {
  const destination =
    route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
  const target = route.VpcPeeringConnectionId ?? route.GatewayId ?? 'another target';
  return `${destination} ${target} ${route.State}`;
}

/** The first /24s of a /16. */
function subnetBlocks(cidr: string, count: number): readonly string[] {
  const [first, second] = cidr.split('.');
  return Array.from({ length: count }, (_, index) => `${first}.${second}.${index}.0/24`);
}

function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the simulation answered without what was asked for');
  return value;
}
