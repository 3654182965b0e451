import { Ec2Clients } from './ec2-client.ts';
import { as, STRANGER, MEMBER } from '../world/services-support.ts';
import { EC2 } from '@aws-sdk/client-ec2';

const SECOND_MS = 1000;

/** How many of `count` calls at one instant are let through. */
async function letThrough(ec2: Ec2Clients, count: number, call: () => Promise<unknown>): Promise<number> {
  const results = await ec2.get(Promise.allSettled(Array.from({ length: count }, call)));
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('the token buckets of the EC2 API', () => {
  const describeVpcs = (ec2: Ec2Clients) => () => ec2.owner.describeVpcs({});

  it('let a hundred reads through at once, and twenty more each second', async () => {
    const ec2 = new Ec2Clients({ throttling: true });
    expect(await letThrough(ec2, 120, describeVpcs(ec2))).toBe(100);
    await ec2.pass(SECOND_MS);
    expect(await letThrough(ec2, 50, describeVpcs(ec2))).toBe(20);
    await ec2.pass(60 * SECOND_MS);
    expect(await letThrough(ec2, 120, describeVpcs(ec2))).toBe(100);
  });

  it.each([
    ['writes', 50, 5, (ec2: Ec2Clients) => ec2.owner.createVpc({ CidrBlock: '10.0.0.0/16' })],
    ['unfiltered lists of groups', 50, 10, (ec2: Ec2Clients) => ec2.owner.describeSecurityGroups({})],
    [
      'lists of groups in pages',
      100,
      20,
      (ec2: Ec2Clients) => ec2.owner.describeSecurityGroups({ MaxResults: 5 }),
    ],
  ] as const)('hold %s: %d at once, %d each second', async (_, size, perSecond, call) => {
    const ec2 = new Ec2Clients({ throttling: true });
    expect(await letThrough(ec2, 120, () => call(ec2))).toBe(size);
    await ec2.pass(SECOND_MS);
    expect(await letThrough(ec2, 120, () => call(ec2))).toBe(perSecond);
  });

  it('hold tags and stale groups by sizes of their own', async () => {
    const ec2 = new Ec2Clients({ throttling: true });
    const vpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    const tag = () => ec2.owner.createTags({ Resources: [vpcId], Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await letThrough(ec2, 120, tag)).toBe(100);
    const stale = () => ec2.owner.describeStaleSecurityGroups({ VpcId: vpcId });
    expect(await letThrough(ec2, 30, stale)).toBe(20);
  });

  it('are one for each account, region and action', async () => {
    const ec2 = new Ec2Clients({ throttling: true });
    await letThrough(ec2, 120, describeVpcs(ec2));
    expect(await letThrough(ec2, 1, () => ec2.other.describeVpcs({}))).toBe(1);
    expect(await letThrough(ec2, 1, () => ec2.client(MEMBER, 'us-east-1').describeVpcs({}))).toBe(1);
    expect(await letThrough(ec2, 1, () => ec2.owner.describeSubnets({}))).toBe(1);
  });

  it('refuse as EC2 does, and the SDK tries again later', async () => {
    const ec2 = new Ec2Clients({ throttling: true });
    await letThrough(ec2, 100, describeVpcs(ec2));
    expect(await ec2.codeOf(ec2.owner.describeVpcs({}))).toBe('RequestLimitExceeded');
    const patient = new EC2({ ...as(ec2.aws, MEMBER), maxAttempts: 5 });
    expect((await ec2.get(patient.describeVpcs({}))).Vpcs).toEqual([]);
  });

  it('are away unless asked for', async () => {
    const ec2 = new Ec2Clients();
    expect(await letThrough(ec2, 120, () => ec2.client(STRANGER).describeVpcs({}))).toBe(120);
  });
});
