import {
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
  type Route,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { ForwardRule, PlaceFacts, VpcLoad } from '../../analysis/doctor/facts.ts';
import { call, collectPages } from '../../shared/aws/calls.ts';
import type { AccountId, PeeringId, Region } from '../../shared/domain/facts/ids.ts';
import { parsePeeringId } from '../../shared/domain/facts/ids.ts';
import { using, type Config } from './clients.ts';
import { known, knownIfThere } from './known.ts';
import { readRole } from './read-account.ts';
import { messagesIn, sqsClient } from './read-hub.ts';
import { readLastEvent } from './read-metrics.ts';
import { readTrails } from './read-trails.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const PEERINGS_PER_VPC = 'L-7E9ECCDB';
const ROUTES_PER_TABLE = 'L-93826ACB';
const RULE_GONE = ['ResourceNotFoundException'];
/** What SQS says by its old protocol, and by JSON. */
const QUEUE_GONE = ['AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist'];

interface Asked {
  /** autopeer-prod, which every name begins with. */
  readonly name: string;
  readonly now: number;
  /** With the role for people, in the region. */
  readonly config: Config;
}

/** An account's region, and its peerings. Everything is read, whatever of it is refused. */
export async function readPlace(
  accountId: AccountId,
  region: Region,
  { name, now, config }: Asked,
): Promise<{ readonly facts: PlaceFacts; readonly peerings: readonly PeeringId[] }> {
  const ruleName = `${name}-forward-peering-events`;
  const [rule, forwardRole, undelivered, trails, lastEvent, network, quotas] = await Promise.all([
    knownIfThere(
      () => using(new EventBridgeClient(config), (client) => readRule(client, ruleName)),
      RULE_GONE,
    ),
    readRole(`${name}-forward-${region}`, 'forward', config),
    knownIfThere(
      () => using(sqsClient(config), (client) => messagesIn(client, `${name}-undelivered`)),
      QUEUE_GONE,
    ),
    known(() => readTrails(config)),
    known(() => readLastEvent(ruleName, now, config)),
    known(() => using(new EC2Client(config), readNetwork)),
    known(() => using(new ServiceQuotasClient(config), readQuotas)),
  ]);
  const vpcs = network.kind === 'known' ? { kind: 'known' as const, value: network.value.vpcs } : network;
  const facts = { accountId, region, rule, forwardRole, undelivered, trails, lastEvent, vpcs, quotas };
  return { facts, peerings: network.kind === 'known' ? network.value.peerings : [] };
}

async function readRule(client: EventBridgeClient, Name: string): Promise<ForwardRule> {
  const { State, EventPattern = '{}' } = await call('DescribeRule', Name, () =>
    client.send(new DescribeRuleCommand({ Name })),
  );
  const { Targets = [] } = await call('ListTargetsByRule', Name, () =>
    client.send(new ListTargetsByRuleCommand({ Rule: Name })),
  );
  return {
    isEnabled: State !== 'DISABLED',
    pattern: EventPattern,
    targets: Targets.map(({ Arn = '', RoleArn, DeadLetterConfig }) => ({
      arn: Arn,
      roleArn: RoleArn,
      deadLetterArn: DeadLetterConfig?.Arn,
    })),
  };
}

/** How many peerings each VPC has that is on one, and how many routes its tables. */
async function readNetwork(
  client: EC2Client,
): Promise<{ readonly vpcs: readonly VpcLoad[]; readonly peerings: readonly PeeringId[] }> {
  const peerings = await collectPages(async (NextToken) => {
    const command = new DescribeVpcPeeringConnectionsCommand({ NextToken });
    const answer = await call('DescribeVpcPeeringConnections', 'the account', () => client.send(command));
    return { items: answer.VpcPeeringConnections ?? [], nextToken: answer.NextToken };
  });
  const tables = await collectPages(async (NextToken) => {
    const command = new DescribeRouteTablesCommand({ NextToken });
    const answer = await call('DescribeRouteTables', 'the account', () => client.send(command));
    return { items: answer.RouteTables ?? [], nextToken: answer.NextToken };
  });
  const ends = peerings
    .filter(({ Status }) => Status?.Code === 'active')
    .flatMap(({ RequesterVpcInfo, AccepterVpcInfo }) => [RequesterVpcInfo?.VpcId, AccepterVpcInfo?.VpcId]);
  const byVpc = Map.groupBy(tables, ({ VpcId = '' }) => VpcId);
  return {
    // Each VPC has a main table, so none of this account is missing here; the other sides' are.
    vpcs: [...byVpc].map(([vpcId, own]) => ({
      vpcId,
      peerings: ends.filter((end) => end === vpcId).length,
      tables: own.map((table) => ({ id: table.RouteTableId ?? '', routes: routesOf(table) })),
    })),
    peerings: peerings.flatMap(({ VpcPeeringConnectionId: id = '' }) => parsePeeringId(id) ?? []),
  };
}

/** IPv4 and IPv6 have a quota each; local and propagated routes count against neither. */
function routesOf({ Routes = [] }: RouteTable): number {
  const counting = Routes.filter(
    ({ GatewayId, Origin }) => GatewayId !== 'local' && Origin !== 'EnableVgwRoutePropagation',
  );
  const isIpv6 = ({ DestinationIpv6CidrBlock }: Route): boolean => DestinationIpv6CidrBlock !== undefined;
  const ipv6 = counting.filter(isIpv6).length;
  return Math.max(ipv6, counting.length - ipv6);
}

async function readQuotas(client: ServiceQuotasClient) {
  const quota = async (QuotaCode: string): Promise<number> => {
    const command = new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode });
    const answer = await call('GetServiceQuota', QuotaCode, () => client.send(command));
    return answer.Quota?.Value ?? Infinity;
  };
  return {
    peeringsPerVpc: await quota(PEERINGS_PER_VPC),
    routesPerTable: await quota(ROUTES_PER_TABLE),
  };
}
