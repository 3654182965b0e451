import type { Organization } from '../../analysis/snapshot/organization.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { openReads, type ReadPlatform } from '../member-reads.ts';
import type { FoundVpc, Whereabouts } from './find-vpc.ts';

/** The organization as it is now, read with the role for people. */
export async function liveWhereabouts(
  roleName: string,
  home: Region,
  platform: ReadPlatform,
): Promise<Whereabouts> {
  // Only here, so that the other commands do not load the SDK.
  const [reads, { EC2Client, DescribeVpcsCommand }, { OrganizationsClient }, tree, calls, shapes] =
    await Promise.all([
      openReads(roleName, home, platform),
      import('@aws-sdk/client-ec2'),
      import('@aws-sdk/client-organizations'),
      import('../../shared/aws/organization-tree.ts'),
      import('../../shared/aws/calls.ts'),
      import('../../shared/aws/ec2-shapes.ts'),
    ]);
  const organizations = new OrganizationsClient(reads.own(home));
  let accounts: ReturnType<Whereabouts['accounts']> | undefined;
  return {
    accounts: () => (accounts ??= tree.readTree(organizations).then((read) => read.accounts)),
    vpcsAt: async (accountId, region) => {
      const client = new EC2Client(reads.configureEc2(accountId, region));
      try {
        const vpcs = await calls.collectPages(async (NextToken) => {
          const send = () => client.send(new DescribeVpcsCommand({ NextToken }));
          const answer = await calls.call('DescribeVpcs', `account ${accountId}, ${region}`, send);
          return { items: answer.Vpcs ?? [], nextToken: answer.NextToken };
        });
        return vpcs
          .map(shapes.toVpc)
          .filter(({ ownerId }) => ownerId === accountId)
          .map(({ id, cidrs, tags }) => ({ accountId, region, vpcId: id, cidrs, name: tags['Name'] }));
      } finally {
        client.destroy();
      }
    },
  };
}

/** The organization of a snapshot. */
export function snapshotWhereabouts({ snapshot }: Organization): Whereabouts {
  const vpcs = snapshot.vpcs.map(({ id, accountId, region, cidrs, tags }): FoundVpc => ({
    accountId,
    region,
    vpcId: id,
    cidrs,
    name: tags['Name'],
  }));
  return {
    accounts: () => Promise.resolve(snapshot.accounts),
    vpcsAt: (accountId, region) =>
      Promise.resolve(vpcs.filter((vpc) => vpc.accountId === accountId && vpc.region === region)),
  };
}
