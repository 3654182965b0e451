import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { isOpen } from '../../shared/aws/account-state.ts';
import { SdkOrganization } from '../../shared/aws/organization.ts';
import { SimulatedAws } from '../../sim/aws.ts';
import { AwsError } from '../../sim/types.ts';
import { accountId } from '../support/ids.ts';

const MEMBER = accountId('111111111111');
const MINUTE_MS = 60_000;

function anOrganization() {
  const aws = new SimulatedAws({ seed: 1 });
  const { organization } = aws;
  const workloads = organization.addOrganizationalUnit('Workloads', { id: 'ou-ab12-workload' });
  const prod = organization.addOrganizationalUnit('Prod', { id: 'ou-ab12-prod0001', parentId: workloads.id });
  organization.addAccount(MEMBER, { parentId: prod.id });
  const client = new OrganizationsClient({
    region: 'us-east-1',
    maxAttempts: 1,
    ...aws.client(organization.managementAccountId),
  });
  const adapter = new SdkOrganization(client, aws.clock);
  return { aws, find: (id = MEMBER) => aws.clock.drive(adapter.find(id)) };
}

it('a member’s OUs are all of its ancestors, nearest first', async () => {
  const { find } = anOrganization();
  expect(await find()).toEqual({ kind: 'member', ous: ['ou-ab12-prod0001', 'ou-ab12-workload'] });
});

it('an account right under the root is a member without OU', async () => {
  const { aws, find } = anOrganization();
  aws.organization.addAccount('222222222222');
  expect(await find(accountId('222222222222'))).toEqual({ kind: 'member', ous: [] });
});

it('an account that the organization does not have is external', async () => {
  const { find } = anOrganization();
  expect(await find(accountId('999900001111'))).toEqual({ kind: 'external' });
});

it('an account that is suspended is no stranger', async () => {
  const { aws, find } = anOrganization();
  aws.organization.suspendAccount(MEMBER);
  expect(await find()).toEqual({ kind: 'suspended' });
});

it('an answer is kept for some minutes, and read again after that', async () => {
  const { aws, find } = anOrganization();
  await find();
  const calls = aws.calls.length;
  await find();
  expect(aws.calls).toHaveLength(calls);
  aws.organization.moveAccount(MEMBER, aws.organization.rootId);
  await aws.clock.run(aws.clock.now() + 6 * MINUTE_MS);
  expect(await find()).toEqual({ kind: 'member', ous: [] });
});

it('a failure is thrown with the call’s name, and not kept', async () => {
  const { aws, find } = anOrganization();
  aws.faults.failNext('organizations', 'ListParents', new AwsError('AccessDeniedException', 'no', 400));
  await expect(find()).rejects.toThrow('ListParents in the organization failed: AccessDeniedException');
  expect(await find()).toMatchObject({ kind: 'member' });
});

it('a failure of the first call is no proof that the account is external', async () => {
  const { aws, find } = anOrganization();
  aws.faults.failNext('organizations', 'DescribeAccount', new AwsError('ServiceException', 'no', 500));
  await expect(find()).rejects.toThrow('DescribeAccount');
});

describe('the state of an account', () => {
  const isOpenIn = (account: Parameters<typeof isOpen>[0]): boolean => isOpen({ Id: MEMBER, ...account });

  it.each(['PENDING_ACTIVATION', 'SUSPENDED', 'PENDING_CLOSURE', 'CLOSED'] as const)(
    '%s is not open',
    (State) => {
      expect(isOpenIn({ State })).toBe(false);
      expect(isOpenIn({ State: 'ACTIVE' })).toBe(true);
    },
  );

  it('is read where Organizations says it in the old way', () => {
    expect(isOpenIn({ Status: 'ACTIVE' })).toBe(true);
    expect(isOpenIn({ Status: 'SUSPENDED' })).toBe(false);
  });

  it('is never guessed: a member without one is no stranger', () => {
    expect(() => isOpenIn({})).toThrow(`account ${MEMBER} without its state`);
  });
});
