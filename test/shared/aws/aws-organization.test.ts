import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { isOpen } from '../../../shared/aws/account-state.ts';
import { ousAbove } from '../../../shared/aws/organization-path.ts';
import { lastingFate } from '../../simulation/lasting-fates.ts';
import { readChart, readTree } from '../../../shared/aws/organization-tree.ts';
import { SdkOrganization } from '../../../shared/aws/organization.ts';
import { SimulatedAws } from '../../../sim/aws.ts';
import { AwsError } from '../../../sim/types.ts';
import { accountId } from '../../support/ids.ts';

const MEMBER = accountId('111111111111');
const MINUTE_MS = 60_000;
const UNITS = 'ListOrganizationalUnitsForParent';

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
  const actions = () => aws.calls.map(({ action }) => action);
  return { aws, client, actions, find: (id = MEMBER) => aws.clock.drive(adapter.find(id)) };
}

describe('where Organizations tells the path with the account', () => {
  it('one call is enough for an account', async () => {
    const { aws, actions, find } = anOrganization();
    expect(await find()).toEqual({ kind: 'member', ous: ['ou-ab12-prod0001', 'ou-ab12-workload'] });
    expect(await find()).toMatchObject({ kind: 'member' });
    expect(actions()).toEqual(['DescribeAccount']);
    aws.organization.addAccount('222222222222');
    expect(await find(accountId('222222222222'))).toEqual({ kind: 'member', ous: [] });
    expect(actions()).toEqual(['DescribeAccount', 'DescribeAccount']);
  });

  it('a chart takes one call a page of accounts, whatever the OUs are', async () => {
    const { aws, client, actions } = anOrganization();
    const chart = await aws.clock.drive(readChart(client, 7, () => undefined));
    expect(chart.readAt).toBe(7);
    expect(chart.accounts.get(MEMBER)).toEqual(['ou-ab12-prod0001', 'ou-ab12-workload']);
    expect(chart.accounts.get(accountId(aws.organization.managementAccountId))).toEqual([]);
    expect(actions()).toEqual(['ListAccounts']);
  });

  it('an account without its state is left out and told, and the others are there', async () => {
    const { aws, client } = anOrganization();
    const odd: string[] = [];
    aws.faults.leaveTo({ of: (call) => lastingFate([{ id: 0, fromMs: 0, kind: 'odd-account' }], call) });
    const chart = await aws.clock.drive(readChart(client, 0, (reason) => odd.push(reason)));
    expect(odd).toEqual([expect.stringContaining('100000009999')]);
    expect(chart.accounts.has(MEMBER)).toBe(true);
    expect(chart.accounts.size).toBe(2);
  });

  it('a tree takes one call an OU more', async () => {
    const { aws, client, actions } = anOrganization();
    await aws.clock.drive(readTree(client));
    expect(actions()).toEqual(['ListAccounts', 'ListRoots', ...Array.from({ length: 3 }, () => UNITS)]);
  });
});

describe('where it does not, the tree says the same', () => {
  const withoutPaths = (): ReturnType<typeof anOrganization> => {
    const organization = anOrganization();
    organization.aws.organization.tellsPaths = false;
    return organization;
  };

  it('of one account', async () => {
    expect(await withoutPaths().find()).toEqual(await anOrganization().find());
  });

  it('of the organization', async () => {
    const [told, untold] = [anOrganization(), withoutPaths()];
    const chartOf = ({ aws, client }: typeof told) => aws.clock.drive(readChart(client, 0, () => undefined));
    const treeOf = ({ aws, client }: typeof told) => aws.clock.drive(readTree(client));
    const chart = await chartOf(told);
    expect(chart.accounts.size).toBe(2);
    expect(await chartOf(untold)).toEqual(chart);
    const sorted = ({ ous, accounts }: Awaited<ReturnType<typeof treeOf>>) => ({
      ous: ous.toSorted((one, other) => one.id.localeCompare(other.id)),
      accounts: accounts.toSorted((one, other) => one.id.localeCompare(other.id)),
    });
    expect(sorted(await treeOf(untold))).toEqual(sorted(await treeOf(told)));
  });

  it('of an organization whose delegation does not allow the list', async () => {
    const { aws, client } = anOrganization();
    aws.faults.deny('organizations', 'ListAccounts', aws.organization.managementAccountId);
    const chart = await aws.clock.drive(readChart(client, 0, () => undefined));
    expect(chart.accounts.get(MEMBER)).toEqual(['ou-ab12-prod0001', 'ou-ab12-workload']);
  });

  it('but a list that fails for another reason fails the chart', async () => {
    const { aws, client } = anOrganization();
    aws.faults.failNext('organizations', 'ListAccounts', new AwsError('ServiceException', 'no', 500));
    await expect(aws.clock.drive(readChart(client, 0, () => undefined))).rejects.toThrow('ListAccounts');
  });
});

describe('the OUs in a path', () => {
  const ROOT = 'o-a1b2c3d4e5/r-ab12';
  const ousIn = (...Paths: readonly string[]) => ousAbove({ Id: MEMBER, Paths: [...Paths] });

  it.each([
    [`${ROOT}/${MEMBER}/`, []],
    [`${ROOT}/ou-ab12-workload/${MEMBER}/`, ['ou-ab12-workload']],
    [`${ROOT}/ou-ab12-workload/ou-ab12-prod0001/${MEMBER}/`, ['ou-ab12-prod0001', 'ou-ab12-workload']],
    [`${ROOT}/ou-ab12-workload/${MEMBER}`, ['ou-ab12-workload']],
  ])('%s', (path, ous) => {
    expect(ousIn(path)).toEqual(ous);
  });

  it.each([
    [],
    [''],
    [`${ROOT}/ou-ab12-workload/`],
    [`${ROOT}/222222222222/`],
    [`${ROOT}/ou-ab12-workload/222222222222/`],
    [`${ROOT}/workload/${MEMBER}/`],
    [`r-ab12/ou-ab12-workload/${MEMBER}/`],
    [`${ROOT}/ou-ab12-workload${MEMBER}/`],
    [`${ROOT}/ou-ab12-workload/${MEMBER}/`, `${ROOT}/ou-ab12-sandbox1/${MEMBER}/`],
  ])('are not guessed from %j', (...paths) => {
    expect(ousIn(...paths)).toBeUndefined();
  });
});

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
  aws.organization.tellsPaths = false;
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
