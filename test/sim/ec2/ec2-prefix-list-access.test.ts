import { EC2 } from '@aws-sdk/client-ec2';
import { STS } from '@aws-sdk/client-sts';
import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, failureOf, HUB, MEMBER, newAws } from '../world/services-support.ts';

const CHANGED_MS = 5000;
/** Longer than CloudTrail takes. */
const DELIVERED_MS = 60_000;
const TRUST = {
  Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HUB}:root` }, Action: 'sts:AssumeRole' },
};

/** A list of the member's, and the hub's role in that account with one permission. */
async function setUp(aws: SimulatedAws, Action: string) {
  const owner = new EC2(as(aws, MEMBER));
  const created = owner.createManagedPrefixList({
    PrefixListName: 'sites',
    AddressFamily: 'IPv4',
    MaxEntries: 5,
    Entries: [{ Cidr: '10.20.0.0/16', Description: 'Dublin' }],
  });
  const PrefixListId = (await aws.clock.drive(created)).PrefixList?.PrefixListId ?? '';
  await aws.clock.run(aws.clock.now() + CHANGED_MS);
  const { arn } = aws.iam.createRole(MEMBER, 'reader', TRUST);
  aws.iam.putRolePolicy(arn, 'inline', { Statement: { Effect: 'Allow', Action, Resource: '*' } });
  const assumed = new STS(as(aws, HUB)).assumeRole({ RoleArn: arn, RoleSessionName: 'test' });
  const { Credentials } = await aws.clock.drive(assumed);
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return { PrefixListId, role: new EC2({ ...as(aws, HUB), credentials, maxAttempts: 1 }) };
}

describe('prefix lists', () => {
  it.each(['http', 'direct'] as const)('are read by a role that may, over %s', async (wire) => {
    const aws = newAws({ wire });
    const { PrefixListId, role } = await setUp(aws, 'ec2:GetManagedPrefixListEntries');
    const { Entries } = await aws.clock.drive(role.getManagedPrefixListEntries({ PrefixListId }));
    expect(Entries).toEqual([{ Cidr: '10.20.0.0/16', Description: 'Dublin' }]);
  });

  it.each([
    ['ec2:GetManagedPrefixListEntries', (ec2: EC2) => ec2.describeManagedPrefixLists({})],
    [
      'ec2:DescribeManagedPrefixLists',
      (ec2: EC2, PrefixListId: string) => ec2.getManagedPrefixListEntries({ PrefixListId }),
    ],
    [
      'ec2:GetManagedPrefixListEntries',
      (ec2: EC2, PrefixListId: string) => ec2.deleteManagedPrefixList({ PrefixListId }),
    ],
  ])('are closed to a role that may only %s', async (action, call) => {
    const aws = newAws();
    const { PrefixListId, role } = await setUp(aws, action);
    expect((await failureOf(aws, call(role, PrefixListId))).name).toBe('UnauthorizedOperation');
  });

  it('send an event of each change, in the wrapped shape', async () => {
    const aws = newAws();
    const { PrefixListId } = await setUp(aws, 'ec2:*');
    const owner = new EC2(as(aws, MEMBER));
    await aws.clock.drive(
      owner.modifyManagedPrefixList({
        PrefixListId,
        CurrentVersion: 1,
        AddEntries: [{ Cidr: '10.30.0.0/16' }],
      }),
    );
    await aws.clock.run(aws.clock.now() + DELIVERED_MS);
    const details = aws.trail.delivered.map(({ event }) => event.detail);
    expect(details).toMatchObject([
      {
        eventName: 'CreateManagedPrefixList',
        responseElements: {
          CreateManagedPrefixListResponse: {
            prefixList: { prefixListId: PrefixListId, state: 'create-in-progress', version: 1 },
          },
        },
      },
      {
        eventName: 'ModifyManagedPrefixList',
        requestParameters: {
          ModifyManagedPrefixListRequest: {
            PrefixListId,
            CurrentVersion: 1,
            AddEntry: { tag: 1, Cidr: '10.30.0.0/16' },
          },
        },
      },
    ]);
  });

  it('send no event when they are only read', async () => {
    const aws = newAws();
    const { PrefixListId, role } = await setUp(aws, 'ec2:*');
    await aws.clock.drive(role.getManagedPrefixListEntries({ PrefixListId }));
    await aws.clock.run(aws.clock.now() + DELIVERED_MS);
    expect(aws.trail.delivered).toHaveLength(1);
  });
});
