import {
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeManagedPrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEncryptionControlsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
  RejectVpcPeeringConnectionCommand,
  type EC2ClientConfig,
  type Filter,
} from '@aws-sdk/client-ec2';
import { familyOf } from '../domain/facts/cidr.ts';
import { encryptionOf, type Encryption } from '../domain/facts/encryption.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import type { AccountId, PeeringId, PrefixListId, Region, VpcId } from '../domain/facts/ids.ts';
import type { Peering, Role } from '../domain/facts/peering.ts';
import {
  isPrefixList,
  type Destination,
  type Inventory,
  type PrefixList,
  type PrefixLists,
  type RouteTable,
  type Subnet,
  type Vpc,
  type VpcNetwork,
} from '../domain/facts/vpc.ts';
import type { Ec2, Ec2Directory } from '../reconcile/ports.ts';
import { call, collectPages } from './calls.ts';
import { toEntries, toPeering, toRouteTable, toSubnet, toVpc, UnexpectedAnswer } from './ec2-shapes.ts';
import { mapBounded } from '../reconcile/bounded.ts';

/**
 * The largest page that DescribeVpcPeeringConnections gives. A page size is always asked for: calls with neither it
 * nor a filter have a smaller bucket of their own.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const PAGE_SIZE = 1000;
/** Few tables name more than one or two. */
const PREFIX_LISTS_AT_ONCE = 4;
/** A sweep of thousands of accounts must not keep a client of each: more than one batch of peerings touches. */
const MAX_CLIENTS = 64;

/** One client for each account and region, kept while the function is warm, as long as it is among the last used. */
export class SdkEc2Directory implements Ec2Directory {
  readonly #sessions: Sessions;
  readonly #configure: (region: Region) => EC2ClientConfig;
  readonly #onOdd: OnOdd;
  readonly #known = new Map<string, Ec2>();

  /**
   * @param sessions the credentials of each account's member role
   * @param configure the rest of a client's configuration
   * @param onOdd is told of each item of a list that cannot be read
   */
  constructor(sessions: Sessions, configure: (region: Region) => EC2ClientConfig, onOdd: OnOdd) {
    this.#sessions = sessions;
    this.#configure = configure;
    this.#onOdd = onOdd;
  }

  prepare(accountId: AccountId): void {
    this.#sessions.open(accountId);
  }

  in(accountId: AccountId, region: Region): Ec2 {
    const place = `${accountId}/${region}`;
    const known = this.#known.get(place);
    const ec2 = known ?? this.#connect(accountId, region);
    // The last used goes to the end; the one that was not used for longest is at the beginning.
    this.#known.delete(place);
    this.#known.set(place, ec2);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_CLIENTS && oldest !== undefined) this.#known.delete(oldest);
    return ec2;
  }

  #connect(accountId: AccountId, region: Region): Ec2 {
    const credentials = this.#sessions.provider(accountId);
    const { retryStrategy: _retries, ...config } = this.#configure(region);
    const clients = {
      client: new EC2Client({ ...this.#configure(region), credentials }),
      // The SDK waits before it tries again, and what was checked right before is then no longer right before.
      onceClient: new EC2Client({ ...config, credentials, maxAttempts: 1, retryMode: 'standard' }),
    };
    return new SdkEc2(clients, accountId, region, this.#onOdd);
  }
}

/** @param where for people: `account 111122223333, eu-west-1` */
export type OnOdd = (what: string, where: string) => void;

/** How an account's credentials are had. */
interface Sessions {
  provider(accountId: AccountId): NonNullable<EC2ClientConfig['credentials']>;
  /** Opens the account's session ahead of its first use; never fails. */
  open(accountId: AccountId): void;
}

class SdkEc2 implements Ec2 {
  readonly #client: EC2Client;
  /** Sends a call once, and never later than it is asked to. */
  readonly #onceClient: EC2Client;
  readonly #accountId: AccountId;
  readonly #region: Region;
  readonly #where: string;
  readonly #onOdd: OnOdd;

  constructor(
    { client, onceClient }: { readonly client: EC2Client; readonly onceClient: EC2Client },
    accountId: AccountId,
    region: Region,
    onOdd: OnOdd,
  ) {
    this.#onOdd = onOdd;
    this.#client = client;
    this.#onceClient = onceClient;
    this.#accountId = accountId;
    this.#region = region;
    this.#where = `account ${accountId}, ${region}`;
  }

  async findPeering(id: PeeringId): Promise<Peering | undefined> {
    const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] });
    const answer = await this.#find('DescribeVpcPeeringConnections', () => this.#client.send(command));
    const found = answer?.VpcPeeringConnections?.find((each) => each.VpcPeeringConnectionId === id);
    return found === undefined ? undefined : toPeering(found, this.#region);
  }

  async findNetwork(vpcId: VpcId): Promise<VpcNetwork | undefined> {
    const [vpc, subnets, routeTables] = await Promise.all([
      this.#findVpc(vpcId),
      this.#listSubnets(ofVpc(vpcId)),
      this.#listRouteTables(ofVpc(vpcId)),
    ]);
    if (vpc === undefined) return undefined;
    return { vpc, subnets, routeTables, prefixLists: await this.readPrefixLists(listsIn(routeTables)) };
  }

  listPeerings(): Promise<readonly Peering[]> {
    return this.#listPeerings();
  }

  listRequests(): Promise<readonly Peering[]> {
    return this.#listPeerings([
      { Name: 'status-code', Values: ['pending-acceptance'] },
      { Name: 'accepter-vpc-info.owner-id', Values: [this.#accountId] },
    ]);
  }

  async #listPeerings(Filters?: Filter[]): Promise<readonly Peering[]> {
    const peerings = await collectPages(async (NextToken) => {
      const command = new DescribeVpcPeeringConnectionsCommand({ MaxResults: PAGE_SIZE, NextToken, Filters });
      const answer = await this.#call('DescribeVpcPeeringConnections', () => this.#client.send(command));
      return { items: answer.VpcPeeringConnections ?? [], nextToken: answer.NextToken };
    });
    return this.#readable(peerings, (peering) => toPeering(peering, this.#region));
  }

  async readInventory(): Promise<Inventory> {
    const listing = this.listPeerings();
    const rest = Promise.all([this.#listVpcs(), this.#listSubnets([]), this.#listRouteTables([])]);
    rest.catch(() => undefined);
    // Where all are denied, it is always this one that says so: it tells more than any other would.
    const peerings = await listing;
    const [vpcs, subnets, routeTables] = await rest;
    return {
      peerings,
      vpcs,
      subnets,
      routeTables,
      prefixLists: await this.readPrefixLists(listsIn(routeTables)),
    };
  }

  listRouteTablesTo(peeringId: PeeringId): Promise<readonly RouteTable[]> {
    return this.#listRouteTables([{ Name: 'route.vpc-peering-connection-id', Values: [peeringId] }]);
  }

  async acceptPeering(id: PeeringId): Promise<void> {
    const command = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
    await this.#call('AcceptVpcPeeringConnection', () => this.#client.send(command));
  }

  async rejectPeering(id: PeeringId): Promise<void> {
    const command = new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
    await this.#call('RejectVpcPeeringConnection', () => this.#client.send(command));
  }

  async deletePeering(id: PeeringId): Promise<void> {
    const command = new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
    await this.#call('DeleteVpcPeeringConnection', () => this.#client.send(command));
  }

  async createRoute({
    routeTableId,
    destination,
    peeringId,
  }: Parameters<Ec2['createRoute']>[0]): Promise<void> {
    const command = new CreateRouteCommand({
      RouteTableId: routeTableId,
      ...destinationInput(destination),
      VpcPeeringConnectionId: peeringId,
    });
    await this.#call('CreateRoute', () => this.#client.send(command));
  }

  async deleteRoute({ routeTableId, destination }: Parameters<Ec2['deleteRoute']>[0]): Promise<void> {
    const command = new DeleteRouteCommand({ RouteTableId: routeTableId, ...destinationInput(destination) });
    await this.#call('DeleteRoute', () => this.#onceClient.send(command));
  }

  async setDns(id: PeeringId, roles: readonly Role[], isOn: boolean): Promise<void> {
    const option = { AllowDnsResolutionFromRemoteVpc: isOn };
    const command = new ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: id,
      ...(roles.includes('requester') ? { RequesterPeeringConnectionOptions: option } : {}),
      ...(roles.includes('accepter') ? { AccepterPeeringConnectionOptions: option } : {}),
    });
    await this.#call('ModifyVpcPeeringConnectionOptions', () => this.#client.send(command));
  }

  async tagPeering(id: PeeringId, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const command = new CreateTagsCommand({ Resources: [id], Tags });
    await this.#call('CreateTags', () => this.#client.send(command));
  }

  async #findVpc(vpcId: VpcId) {
    const command = new DescribeVpcsCommand({ VpcIds: [vpcId] });
    const answer = await this.#find('DescribeVpcs', () => this.#client.send(command));
    const found = answer?.Vpcs?.find((each) => each.VpcId === vpcId);
    return found === undefined ? undefined : toVpc(found);
  }

  async #listVpcs(): Promise<readonly Vpc[]> {
    const vpcs = await collectPages(async (NextToken) => {
      const answer = await this.#call('DescribeVpcs', () =>
        this.#client.send(new DescribeVpcsCommand({ NextToken })),
      );
      return { items: answer.Vpcs ?? [], nextToken: answer.NextToken };
    });
    return this.#readable(vpcs, toVpc);
  }

  async #listSubnets(filters: Filter[]): Promise<readonly Subnet[]> {
    const subnets = await collectPages(async (NextToken) => {
      const command = new DescribeSubnetsCommand({ Filters: filters, NextToken });
      const answer = await this.#call('DescribeSubnets', () => this.#client.send(command));
      return { items: answer.Subnets ?? [], nextToken: answer.NextToken };
    });
    return this.#readable(subnets, toSubnet);
  }

  /**
   * Those of the account itself: it may also see tables of subnets that are shared with it, which are their owner's, and
   * whose peerings it does not see.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
   */
  async #listRouteTables(filters: Filter[]): Promise<readonly RouteTable[]> {
    const tables = await collectPages(async (NextToken) => {
      const command = new DescribeRouteTablesCommand({ Filters: filters, NextToken });
      const answer = await this.#call('DescribeRouteTables', () => this.#client.send(command));
      return { items: answer.RouteTables ?? [], nextToken: answer.NextToken };
    });
    const own = tables.filter(({ OwnerId = this.#accountId }) => OwnerId === this.#accountId);
    return own.map(toRouteTable);
  }

  async readPrefixLists(ids: readonly PrefixListId[]): Promise<PrefixLists> {
    const read = await mapBounded(ids, PREFIX_LISTS_AT_ONCE, (id) => this.#readPrefixList(id));
    return new Map(
      read.flatMap((result): [PrefixListId, PrefixList][] => {
        if (result.status === 'rejected') throw result.reason;
        return result.value === undefined ? [] : [result.value];
      }),
    );
  }

  async readEncryption(vpcId: VpcId): Promise<Encryption> {
    const command = new DescribeVpcEncryptionControlsCommand({ VpcIds: [vpcId] });
    try {
      const answer = await this.#call('DescribeVpcEncryptionControls', () => this.#client.send(command));
      return encryptionOf(answer.VpcEncryptionControls?.find((control) => control.VpcId === vpcId));
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (NO_SUCH_FEATURE.has(error.code)) return 'none';
      // Trying again may help. Of anything else, an older member stack for one, no request is to wait.
      if (error.failureClass === 'throttled' || error.failureClass === 'transient') throw error;
      return 'not-known';
    }
  }

  async #readPrefixList(id: PrefixListId): Promise<[PrefixListId, PrefixList] | undefined> {
    if (isOfAws(id)) return [id, OF_AWS];
    try {
      const [entries, described] = await Promise.all([
        collectPages(async (NextToken) => {
          const command = new GetManagedPrefixListEntriesCommand({ PrefixListId: id, NextToken });
          const answer = await this.#call('GetManagedPrefixListEntries', () => this.#client.send(command));
          return { items: answer.Entries ?? [], nextToken: answer.NextToken };
        }),
        this.#call('DescribeManagedPrefixLists', () =>
          this.#client.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] })),
        ),
      ]);
      const list = described.PrefixLists?.find(({ PrefixListId }) => PrefixListId === id);
      const cidrs = toEntries(entries.map(({ Cidr }) => Cidr));
      return [id, { entries: cidrs, maxEntries: list?.MaxEntries ?? cidrs.length }];
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (error.failureClass === 'denied' || error.failureClass === 'not-found') return undefined;
      throw error;
    }
  }

  /**
   * What can be read of a list. One odd item, such as a peering without a VPC, is counted and left out: it must not keep
   * all others from being looked at.
   */
  #readable<Answer, Item>(answers: readonly Answer[], read: (answer: Answer) => Item): readonly Item[] {
    return answers.flatMap((answer) => {
      try {
        return [read(answer)];
      } catch (error) {
        if (!(error instanceof UnexpectedAnswer)) throw error;
        this.#onOdd(error.message, this.#where);
        return [];
      }
    });
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, this.#where, send);
  }

  async #find<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await this.#call(name, send);
    } catch (error) {
      if (error instanceof AwsFailure && error.failureClass === 'not-found') return undefined;
      throw error;
    }
  }
}

/** From a region in which VPCs have no encryption controls yet. */
const NO_SUCH_FEATURE: ReadonlySet<string> = new Set(['InvalidAction', 'UnsupportedOperation']);

const ofVpc = (vpcId: VpcId): Filter[] => [{ Name: 'vpc-id', Values: [vpcId] }];

/** Those that the tables name, each once. */
const listsIn = (tables: readonly RouteTable[]): readonly PrefixListId[] => [
  ...new Set(
    tables.flatMap(({ prefixListRoutes }) => prefixListRoutes.map(({ prefixListId }) => prefixListId)),
  ),
];

function destinationInput(destination: Destination) {
  if (isPrefixList(destination)) return { DestinationPrefixListId: destination };
  return familyOf(destination) === 'ipv4'
    ? { DestinationCidrBlock: destination }
    : { DestinationIpv6CidrBlock: destination };
}

/**
 * AWS's own lists have the short ids of the time before customers could make lists, which have long ones. They hold
 * public addresses of AWS's services, whose gateway endpoints most route tables have; nobody needs to read them.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
const isOfAws = (id: PrefixListId): boolean => id.length === 'pl-'.length + 8;

/** The weight of the lists of S3 and DynamoDB. */
const OF_AWS: PrefixList = { entries: [], maxEntries: 1 };
