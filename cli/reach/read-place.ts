import * as sdk from '@aws-sdk/client-ec2';
import type { FactKind, PlaceFacts } from '../../analysis/snapshot/network.ts';
import { call } from '../../shared/aws/calls.ts';
import { toEntries, toPeering, UnexpectedAnswer } from '../../shared/aws/ec2-shapes.ts';
import { encryptionOf } from '../../shared/domain/facts/encryption.ts';
import type { AccountId, Region } from '../../shared/domain/facts/ids.ts';
import type { Peering, PeeringSide } from '../../shared/domain/facts/peering.ts';
import { AwsFailure, RoleNotAssumable } from '../../shared/domain/work/failure.ts';
import { mapBounded } from '../../shared/reconcile/bounded.ts';
import {
  instanceFacts,
  interfaceFacts,
  networkAclFacts,
  routeTableFacts,
  securityGroupFacts,
  subnetFacts,
  vpcFacts,
} from './shapes.ts';

/** Calls for each VPC or prefix list, at once: far below what EC2 allows. */
const PARALLEL_CALLS = 4;

type Unread = PlaceFacts['unread'][number];

interface Reader {
  readonly client: sdk.EC2Client;
  readonly accountId: AccountId;
  readonly region: Region;
  readonly where: string;
  readonly unread: Unread[];
}

/**
 * What `check` needs of an account in a region. What is refused is listed as unread: each list by itself.
 *
 * @throws whatever is no answer of AWS
 */
export async function readPlaceFacts(
  client: sdk.EC2Client,
  accountId: AccountId,
  region: Region,
): Promise<PlaceFacts> {
  const reader: Reader = { client, accountId, region, where: `account ${accountId}, ${region}`, unread: [] };
  const config = { client, stopOnSameToken: true };
  const [vpcs, peerings, subnets, routeTables, networkAcls, securityGroups, interfaces, instances] =
    await Promise.all([
      listed(reader, 'vpcs', 'DescribeVpcs', async () => {
        const found = await collect(sdk.paginateDescribeVpcs(config, {}), ({ Vpcs }) => Vpcs);
        return mapAll(found, async (vpc) => vpcFacts(vpc, await attributesOf(reader, vpc)));
      }),
      listed(reader, 'peerings', 'DescribeVpcPeeringConnections', async () => {
        const pages = sdk.paginateDescribeVpcPeeringConnections(config, {});
        const found = await collect(pages, ({ VpcPeeringConnections }) => VpcPeeringConnections);
        return found.map((each) => peeringFacts(toPeering(each, region)));
      }),
      listed(reader, 'subnets', 'DescribeSubnets', async () => {
        const found = await collect(sdk.paginateDescribeSubnets(config, {}), ({ Subnets }) => Subnets);
        return found.map((each) => subnetFacts(each, accountId));
      }),
      listed(reader, 'route-tables', 'DescribeRouteTables', async () => {
        const pages = sdk.paginateDescribeRouteTables(config, {});
        const found = await collect(pages, ({ RouteTables }) => RouteTables);
        return found.map((each) => routeTableFacts(each, accountId));
      }),
      listed(reader, 'network-acls', 'DescribeNetworkAcls', async () => {
        const pages = sdk.paginateDescribeNetworkAcls(config, {});
        const found = await collect(pages, ({ NetworkAcls }) => NetworkAcls);
        return found.map((each) => networkAclFacts(each, accountId));
      }),
      listed(reader, 'security-groups', 'DescribeSecurityGroups', async () => {
        const pages = sdk.paginateDescribeSecurityGroups(config, {});
        const found = await collect(pages, ({ SecurityGroups }) => SecurityGroups);
        return found.map((each) => securityGroupFacts(each, accountId));
      }),
      listed(reader, 'interfaces', 'DescribeNetworkInterfaces', async () => {
        const pages = sdk.paginateDescribeNetworkInterfaces(config, {});
        const found = await collect(pages, ({ NetworkInterfaces }) => NetworkInterfaces);
        return found.map((each) => interfaceFacts(each, accountId));
      }),
      listed(reader, 'instances', 'DescribeInstances', async () => {
        const pages = sdk.paginateDescribeInstances(config, {});
        const found = await collect(pages, ({ Reservations }) => Reservations);
        return found.flatMap(({ Instances }) => Instances ?? []).map(instanceFacts);
      }),
    ]);
  const prefixLists = await readPrefixLists(reader, listsIn(routeTables, securityGroups));
  return {
    accountId,
    region,
    unread: reader.unread,
    vpcs,
    subnets,
    routeTables,
    networkAcls,
    securityGroups,
    interfaces,
    instances,
    prefixLists,
    peerings,
  };
}

async function listed<Item>(
  { unread, where }: Reader,
  what: FactKind,
  action: string,
  read: () => Promise<Item[]>,
): Promise<Item[]> {
  try {
    return await call(action, where, read);
  } catch (error) {
    unread.push({ what, reason: reasonOf(error) });
    return [];
  }
}

/** @throws whatever is no answer of AWS: a bug must not pass for something that may not be read */
function reasonOf(error: unknown): string {
  const isKnown =
    error instanceof AwsFailure || error instanceof UnexpectedAnswer || error instanceof RoleNotAssumable;
  if (isKnown) return error.message;
  throw error;
}

async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}

async function mapAll<Item, Found>(
  items: readonly Item[],
  read: (item: Item) => Promise<Found>,
): Promise<Found[]> {
  const settled = await mapBounded(items, PARALLEL_CALLS, read);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Of a VPC whose subnets are shared with the account its attributes may not be read: they stay unknown. */
async function attributesOf(
  { client, where, accountId }: Reader,
  { VpcId, OwnerId }: sdk.Vpc,
): Promise<Parameters<typeof vpcFacts>[1]> {
  if (OwnerId !== undefined && OwnerId !== accountId) return { encryption: 'not-known' };
  const attribute = (Attribute: sdk.VpcAttributeName) =>
    known(() =>
      call('DescribeVpcAttribute', where, () =>
        client.send(new sdk.DescribeVpcAttributeCommand({ VpcId, Attribute })),
      ),
    );
  const support = (await attribute('enableDnsSupport'))?.EnableDnsSupport?.Value;
  const hostnames = (await attribute('enableDnsHostnames'))?.EnableDnsHostnames?.Value;
  const controls = await known(() =>
    call('DescribeVpcEncryptionControls', where, () =>
      client.send(new sdk.DescribeVpcEncryptionControlsCommand({ VpcIds: [VpcId ?? ''] })),
    ),
  );
  return {
    ...(support !== undefined && { dnsSupport: support }),
    ...(hostnames !== undefined && { dnsHostnames: hostnames }),
    encryption: controls === undefined ? 'not-known' : encryptionOf(controls.VpcEncryptionControls?.[0]),
  };
}

/** `undefined` for what AWS refuses. */
async function known<Answer>(read: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await read();
  } catch (error) {
    reasonOf(error);
    return undefined;
  }
}

type Lists = PlaceFacts['prefixLists'];

/** One that may not be read is left out: what it holds is not known. */
async function readPrefixLists({ client, where }: Reader, ids: readonly string[]): Promise<Lists> {
  const read = await mapAll(ids, async (id): Promise<Lists> => {
    // AWS's own lists have short ids, and hold public addresses of its services.
    if (id.length === 'pl-'.length + 8) return [{ id, entries: [] }];
    const entries = await known(() =>
      call('GetManagedPrefixListEntries', where, () =>
        collect(
          sdk.paginateGetManagedPrefixListEntries({ client, stopOnSameToken: true }, { PrefixListId: id }),
          ({ Entries }) => Entries,
        ),
      ),
    );
    return entries === undefined ? [] : [{ id, entries: [...toEntries(entries.map(({ Cidr }) => Cidr))] }];
  });
  return read.flat();
}

/** Those that routes and rules name, each once. */
const listsIn = (
  tables: PlaceFacts['routeTables'],
  groups: PlaceFacts['securityGroups'],
): readonly string[] => [
  ...new Set([
    ...tables.flatMap(({ routes }) =>
      routes.flatMap(({ destination }) => (destination.startsWith('pl-') ? [destination] : [])),
    ),
    ...groups.flatMap(({ rules }) =>
      rules.flatMap(({ peer }) => (peer.kind === 'prefix-list' ? [peer.id] : [])),
    ),
  ]),
];

function peeringFacts({ id, state, requester, accepter }: Peering): PlaceFacts['peerings'][number] {
  const side = ({ accountId, region, vpcId, cidrs, dnsFromRemote }: PeeringSide) => ({
    accountId,
    region,
    vpcId,
    cidrs: [...cidrs],
    ...(dnsFromRemote !== undefined && { dnsFromRemote }),
  });
  return { id, state, requester: side(requester), accepter: side(accepter) };
}
