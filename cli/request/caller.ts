import { parseAccountId, type AccountId, type PeeringId, type VpcId } from '../../shared/domain/facts/ids.ts';
import type { Peering, Place, SideLocation } from '../../shared/domain/facts/peering.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import type { ReadPlatform } from '../member-reads.ts';

/** The SDK's own retries are the only ones. */
const MAX_ATTEMPTS = 5;

/** As whom a person asks AWS for something that it writes down. */
export interface CallerOptions {
  /** A profile of the AWS configuration; the SDK's own way to find credentials if left out. */
  readonly profile?: string;
  /** A role to assume in the account where the call is made. */
  readonly asRole?: string;
}

/** EC2 of one account and region, with the credentials of the person who runs the command. */
export interface CallersEc2 {
  /** The account in which the calls are made, as AWS says. */
  readonly accountId: AccountId | undefined;
  readonly arn: string;
  /** @returns the peering; EC2 answers with the one that is there where the same was asked before */
  request(vpcId: VpcId, accepter: SideLocation, tags: Readonly<Record<string, string>>): Promise<PeeringId>;
  /** @returns nothing while EC2 does not know it, or not yet */
  find(id: PeeringId): Promise<Peering | undefined>;
  delete(id: PeeringId): Promise<void>;
}

/** @param at where the calls are made */
export async function openCaller(
  { profile, asRole }: CallerOptions,
  at: Place,
  { transport, clock }: ReadPlatform,
): Promise<CallersEc2> {
  // Only here, so that the other commands do not load the SDK.
  const [ec2, { STSClient, GetCallerIdentityCommand }, { call }, { toPeering }, http, sessions] =
    await Promise.all([
      import('@aws-sdk/client-ec2'),
      import('@aws-sdk/client-sts'),
      import('../../shared/aws/calls.ts'),
      import('../../shared/aws/ec2-shapes.ts'),
      import('../../shared/aws/http.ts'),
      import('../../shared/aws/member-credentials.ts'),
    ]);
  const where = `account ${at.accountId}, ${at.region}`;
  const config = {
    ...transport,
    ...(profile === undefined ? {} : { profile }),
    requestHandler: new http.TimedHttp(transport.requestHandler),
    region: at.region,
    maxAttempts: MAX_ATTEMPTS,
  };
  const sts = new STSClient(config);
  const roles =
    asRole === undefined
      ? undefined
      : new sessions.MemberSessions(sts, asRole, clock, partitionOf(at.region)).provider(at.accountId);
  const client = new ec2.EC2Client({ ...config, ...(roles === undefined ? {} : { credentials: roles }) });
  const identity = await call('GetCallerIdentity', at.region, () =>
    sts.send(new GetCallerIdentityCommand({})),
  );
  const describe = async (id: PeeringId): Promise<Peering | undefined> => {
    const command = new ec2.DescribeVpcPeeringConnectionsCommand({
      Filters: [{ Name: 'vpc-peering-connection-id', Values: [id] }],
    });
    const answer = await call('DescribeVpcPeeringConnections', where, () => client.send(command));
    const [found] = answer.VpcPeeringConnections ?? [];
    return found && toPeering(found, at.region);
  };
  return {
    accountId: asRole === undefined ? parseAccountId(identity.Account) : at.accountId,
    arn: identity.Arn ?? '',
    request: async (vpcId, accepter, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const command = new ec2.CreateVpcPeeringConnectionCommand({
        VpcId: vpcId,
        PeerVpcId: accepter.vpcId,
        ...(accepter.accountId === at.accountId ? {} : { PeerOwnerId: accepter.accountId }),
        ...(accepter.region === at.region ? {} : { PeerRegion: accepter.region }),
        ...(Tags.length === 0
          ? {}
          : { TagSpecifications: [{ ResourceType: 'vpc-peering-connection', Tags }] }),
      });
      const answer = await call('CreateVpcPeeringConnection', where, () => client.send(command));
      return toPeering(answer.VpcPeeringConnection ?? {}, at.region).id;
    },
    find: describe,
    delete: async (id) => {
      const command = new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id });
      await call('DeleteVpcPeeringConnection', where, () => client.send(command));
    },
  };
}
