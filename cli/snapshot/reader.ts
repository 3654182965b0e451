import {
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AwsFailure, RoleNotAssumable } from '../../shared/domain/work/failure.ts';
import type { AccountId, PeeringId, Region } from '../../shared/domain/facts/ids.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import type { Peering, PeeringSide } from '../../shared/domain/facts/peering.ts';
import { compareText } from '../../shared/domain/policy/language/canonical.ts';
import type { Snapshot } from '../../analysis/snapshot/snapshot.ts';
import type { PlaceFacts } from '../../analysis/snapshot/network.ts';
import { readPlaceFacts } from '../reach/read-place.ts';
import { mapBounded } from '../../shared/reconcile/bounded.ts';
import { call, collectPages } from '../../shared/aws/calls.ts';
import { toPeering, toVpc, UnexpectedAnswer } from '../../shared/aws/ec2-shapes.ts';
import { readTree } from '../../shared/aws/organization-tree.ts';

/** Accounts read at once: each takes a session and two calls a region, far below what STS and EC2 allow. */
const PARALLEL_ACCOUNTS = 8;

export interface SnapshotReaderDeps {
  /** As a delegated administrator or as the management account: no other may list the organization. */
  readonly organizations: OrganizationsClient;
  /** The configuration of an EC2 client that may read this account. */
  readonly configureEc2: (accountId: AccountId, region: Region) => EC2ClientConfig;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether what `check` needs is read too. */
  readonly network: boolean;
}

type Unread = NonNullable<Snapshot['unread']>[number];

/**
 * Takes a snapshot: the organization's tree, and the VPCs and peerings of every active account in these regions.
 * What of an account cannot be read is listed as unread; a failure of Organizations fails the whole.
 */
export async function readSnapshot(
  { organizations, configureEc2, clock, network }: SnapshotReaderDeps,
  regions: readonly Region[],
): Promise<Snapshot> {
  const takenAt = new Date(clock.now()).toISOString();
  const { ous, accounts } = await readTree(organizations);
  const settled = await mapBounded(accounts, PARALLEL_ACCOUNTS, ({ id }) =>
    readAccount(id, regions, { configureEc2, network }),
  );
  const parts = settled.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    version: 1,
    takenAt,
    regions: regions.toSorted(compareText),
    unread: parts.flatMap(({ unread }) => unread),
    ous: ous.toSorted(byId),
    accounts: accounts.toSorted(byId),
    vpcs: parts.flatMap(({ vpcs }) => vpcs).toSorted(byId),
    peerings: mergePeerings(parts.flatMap(({ peerings }) => peerings)),
    ...(network && { network: parts.flatMap((part) => part.network ?? []) }),
  };
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  compareText(one.id, other.id);

interface Part {
  readonly vpcs: Snapshot['vpcs'];
  readonly peerings: readonly Peering[];
  readonly unread: readonly Unread[];
  readonly network?: PlaceFacts;
}

async function readAccount(
  accountId: AccountId,
  regions: readonly Region[],
  { configureEc2, network }: Pick<SnapshotReaderDeps, 'configureEc2' | 'network'>,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const region of regions) {
    const client = new EC2Client(configureEc2(accountId, region));
    try {
      const part = await readPlace(client, accountId, region);
      const facts = network ? { network: await readPlaceFacts(client, accountId, region) } : {};
      parts.push({ ...part, ...facts });
    } catch (error) {
      const unread = unreadFor(error, accountId, region);
      parts.push({ vpcs: [], peerings: [], unread: [unread] });
      // Without the role no region can be read: one line says it all.
      if (unread.region === undefined) return parts.slice(-1);
    } finally {
      client.destroy();
    }
  }
  return parts;
}

/** @throws whatever is no answer of AWS: a bug must not pass for an account that cannot be read */
function unreadFor(error: unknown, accountId: AccountId, region: Region): Unread {
  if (error instanceof RoleNotAssumable) return { accountId, reason: error.message };
  if (error instanceof AwsFailure || error instanceof UnexpectedAnswer) {
    return { accountId, region, reason: error.message };
  }
  throw error;
}

async function readPlace(client: EC2Client, accountId: AccountId, region: Region): Promise<Part> {
  const where = `account ${accountId}, ${region}`;
  const vpcs = await collectPages(async (NextToken) => {
    const command = new DescribeVpcsCommand({ NextToken });
    const answer = await call('DescribeVpcs', where, () => client.send(command));
    return { items: answer.Vpcs ?? [], nextToken: answer.NextToken };
  });
  const peerings = await collectPages(async (NextToken) => {
    const command = new DescribeVpcPeeringConnectionsCommand({ NextToken });
    const answer = await call('DescribeVpcPeeringConnections', where, () => client.send(command));
    return { items: answer.VpcPeeringConnections ?? [], nextToken: answer.NextToken };
  });
  return {
    // A VPC whose subnets are shared with this account shows here too, and belongs to its owner.
    vpcs: vpcs
      .map(toVpc)
      .filter(({ ownerId }) => ownerId === accountId)
      .map(({ id, cidrs, isDefault, tags }) => ({
        id,
        accountId,
        region,
        cidrs: [...cidrs],
        ...(isDefault === undefined ? {} : { isDefault }),
        tags: { ...tags },
      })),
    peerings: peerings.map((peering) => toPeering(peering, region)),
    unread: [],
  };
}

/**
 * Each peering once. Both sides' accounts tell of it, read at different moments: the view with the most CIDRs is
 * taken whole, for a request shows nothing of its accepter's VPC before it is accepted.
 */
export function mergePeerings(peerings: readonly Peering[]): Snapshot['peerings'] {
  const fullest = new Map<PeeringId, Peering>();
  for (const view of peerings) {
    const other = fullest.get(view.id);
    if (other === undefined || cidrCount(view) > cidrCount(other)) fullest.set(view.id, view);
  }
  return [...fullest.values()]
    .map(({ id, state, requester, accepter }) => ({
      id,
      state,
      requester: toSide(requester),
      accepter: toSide(accepter),
    }))
    .toSorted(byId);
}

const cidrCount = ({ requester, accepter }: Peering): number =>
  requester.cidrs.length + accepter.cidrs.length;

const toSide = ({
  accountId,
  region,
  vpcId,
  cidrs,
}: PeeringSide): Snapshot['peerings'][number]['requester'] => ({
  accountId,
  region,
  vpcId,
  ...(cidrs.length > 0 ? { cidrs: [...cidrs] } : {}),
});
