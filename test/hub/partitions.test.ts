import { ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected } from '../support/world.ts';

const GOV = ['us-gov-east-1', 'us-gov-west-1'] as const;
const CHINA = ['cn-north-1', 'cn-northwest-1'] as const;

const policyFor = (regions: readonly string[]): string =>
  APPS_TO_SHARED.replace('[eu-west-1, us-east-1]', `[${regions.join(', ')}]`);

describe('pain 33: the main job in a partition', () => {
  it.each([
    { id: 'aws', regions: ['eu-west-1', 'us-east-1'], organizations: 'us-east-1' },
    { id: 'aws-us-gov', regions: GOV, organizations: 'us-gov-west-1' },
    { id: 'aws-cn', regions: CHINA, organizations: 'cn-northwest-1' },
  ] as const)('$id', async ({ id, regions, organizations }) => {
    const [hubRegion, other] = regions;
    const world = aWorld({ policy: policyFor(regions), regions, hubRegion, wire: 'http' });
    const { requester, accepter } = await aPair(world, hubRegion, other);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(await world.routes(accepter)).toEqual([]);
    await world.sweep();
    expect(world.deadLetters()).toEqual([]);
    expect(world.hub.ringing()).toEqual([]);

    const { calls } = world.aws;
    const partitions = new Set(calls.map(({ caller }) => caller.arn.split(':')[1]));
    expect(partitions).toEqual(new Set([id]));
    const roles = calls.filter(({ caller }) => caller.accountId === APPS).map(({ caller }) => caller.roleArn);
    expect(roles).toContain(`arn:${id}:iam::${APPS}:role/autopeer-prod-member`);
    const asked = calls.filter(({ service }) => service === 'organizations').map(({ region }) => region);
    expect(new Set(asked)).toEqual(new Set([organizations]));
  });

  it.each([
    ['eu-west-1', 'organizations.us-east-1.amazonaws.com'],
    ['us-gov-east-1', 'organizations.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'organizations.cn-northwest-1.amazonaws.com.cn'],
  ])('the SDK knows where Organizations is from a client of %s', async (region, host) => {
    const hosts: string[] = [];
    const client = new OrganizationsClient({
      region,
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: {
        handle: ({ hostname }: { readonly hostname: string }) => {
          hosts.push(hostname);
          return Promise.reject(new Error('seen'));
        },
      },
    });
    await expect(client.send(new ListRootsCommand({}))).rejects.toThrow('seen');
    expect(hosts).toEqual([host]);
  });

  it('a member’s stack names nothing of another partition', () => {
    const [hubRegion] = GOV;
    const world = aWorld({ policy: policyFor(GOV), regions: GOV, hubRegion, wire: 'http' });
    const role = world.aws.iam.roleNamed(APPS, 'autopeer-prod-member');
    expect(JSON.stringify(role?.trust)).toContain('arn:aws-us-gov:iam::999988887777:root');
    const policies = JSON.stringify([role?.trust, ...(role?.policies.values() ?? [])]);
    expect(policies).not.toContain('arn:aws:');
  });
});

it.each([
  ['eu-west-1', 'aws', 'console.aws.amazon.com'],
  ['us-west-2', 'aws', 'console.aws.amazon.com'],
  ['us-gov-west-1', 'aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['cn-north-1', 'aws-cn', 'console.amazonaws.cn'],
])('%s is in %s, with the console at %s', (region, id, consoleHost) => {
  expect(partitionOf(region)).toEqual({ id, consoleHost });
});

it('a world in which the hub’s region has no members works', async () => {
  const world = aWorld({ policy: policyFor(['us-east-1']), regions: ['us-east-1'] });
  const { requester, accepter } = await aPair(world, 'us-east-1');
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
});
