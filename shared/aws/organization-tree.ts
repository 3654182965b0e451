import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AwsFailure } from '../domain/work/failure.ts';
import { parseAccountId, parseOuId, type AccountId, type OuId } from '../domain/facts/ids.ts';
import {
  chartOf,
  type OrganizationChart,
  type OrganizationTree,
  type PlacedAccount,
  type Unit,
} from '../domain/facts/organization-chart.ts';
import { isOpen } from './account-state.ts';
import { call, collectPages } from './calls.ts';
import { UnexpectedAnswer } from './ec2-shapes.ts';
import { ousAbove } from './organization-path.ts';

/**
 * Where the open accounts are, for a sweep: one call a page of 20 accounts, however many OUs there are. The tree is
 * walked where that does not tell it. An account without its state is left out: it must not keep all others from being
 * swept.
 *
 * @param client of a delegated administrator or of the management account: no other may list the organization
 * @param readAt epoch milliseconds from before this call: what the chart's age is counted from
 * @param onOdd is told of each account that is left out
 */
export async function readChart(
  client: OrganizationsClient,
  readAt: number,
  onOdd: (reason: string) => void,
): Promise<OrganizationChart> {
  const isSwept = (account: Account): boolean => {
    try {
      return isOpen(account);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      onOdd(error.message);
      return false;
    }
  };
  const accounts = await listPlaced(client, isSwept);
  if (accounts === undefined) return chartOf(await walk(client, accountsThatAre(isSwept)), readAt);
  return { readAt, accounts: new Map(accounts.map(({ id, ous }) => [id, ous])) };
}

/**
 * The organization's OUs with their names, and its open accounts: one call an OU, and one a page of 20 accounts. Where
 * that does not tell where the accounts are, they are asked for OU by OU.
 *
 * @param client of a delegated administrator or of the management account: no other may list the organization
 */
export async function readTree(client: OrganizationsClient): Promise<OrganizationTree> {
  // Before the OUs: one that is made meanwhile has none of these accounts.
  const accounts = await listPlaced(client, isOpen);
  if (accounts === undefined) return walk(client, accountsThatAre(isOpen));
  const { ous } = await walk(client, () => Promise.resolve([]));
  return { ous, accounts: accounts.map(({ id, name, ous: [ou = null] }) => ({ id, name, ou })) };
}

interface AccountWithPath {
  readonly id: AccountId;
  readonly name: string;
  /** Nearest first. */
  readonly ous: readonly OuId[];
}

/**
 * Those that count. `undefined` where Organizations does not tell the path of each of them, and where this list is not
 * allowed: a delegation from before it was needed allows the walk only.
 */
async function listPlaced(
  client: OrganizationsClient,
  counts: (account: Account) => boolean,
): Promise<readonly AccountWithPath[] | undefined> {
  const listed = await collectPages(async (NextToken) => {
    const command = new ListAccountsCommand({ NextToken });
    const answer = await call('ListAccounts', 'the organization', () => client.send(command));
    return { items: answer.Accounts ?? [], nextToken: answer.NextToken };
  }).catch(nothingWhereDenied);
  const placed: AccountWithPath[] = [];
  for (const account of listed?.filter(counts) ?? []) {
    const ous = ousAbove(account);
    if (ous === undefined) return undefined;
    placed.push({ ...named(account), ous });
  }
  return listed && placed;
}

function nothingWhereDenied(error: unknown): undefined {
  if (error instanceof AwsFailure && error.failureClass === 'denied') return undefined;
  throw error;
}

function named({ Id, Name = '' }: Account): { readonly id: AccountId; readonly name: string } {
  const id = parseAccountId(Id);
  if (id === undefined) throw new UnexpectedAnswer(`an account id ${String(Id)}`);
  return { id, name: Name };
}

type ReadAccounts = (client: OrganizationsClient, parent: Parent) => Promise<OrganizationTree['accounts']>;

/** From the root down, one after another: Organizations allows few calls a second. */
async function walk(client: OrganizationsClient, accountsOf: ReadAccounts): Promise<OrganizationTree> {
  const roots = await collectPages(async (NextToken) => {
    const command = new ListRootsCommand({ NextToken });
    const answer = await call('ListRoots', 'the organization', () => client.send(command));
    return { items: answer.Roots ?? [], nextToken: answer.NextToken };
  });
  const ous: Unit[] = [];
  const accounts: PlacedAccount[] = [];
  // This list grows while it is walked.
  const parents: { readonly id: string; readonly ou: OuId | null }[] = roots.map(({ Id = '' }) => ({
    id: Id,
    ou: null,
  }));
  for (const parent of parents) {
    accounts.push(...(await accountsOf(client, parent)));
    const units = await readUnits(client, parent);
    ous.push(...units);
    parents.push(...units.map(({ id }) => ({ id, ou: id })));
  }
  return { ous, accounts };
}

interface Parent {
  readonly id: string;
  /** `null` for the root. */
  readonly ou: OuId | null;
}

const accountsThatAre =
  (counted: (account: Account) => boolean): ReadAccounts =>
  async (client, parent) => {
    const accounts = await collectPages(async (NextToken) => {
      const command = new ListAccountsForParentCommand({ ParentId: parent.id, NextToken });
      const answer = await call('ListAccountsForParent', 'the organization', () => client.send(command));
      return { items: answer.Accounts ?? [], nextToken: answer.NextToken };
    });
    return accounts.filter(counted).map((account) => ({ ...named(account), ou: parent.ou }));
  };

async function readUnits(client: OrganizationsClient, parent: Parent): Promise<OrganizationTree['ous']> {
  const units = await collectPages(async (NextToken) => {
    const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parent.id, NextToken });
    const answer = await call('ListOrganizationalUnitsForParent', 'the organization', () =>
      client.send(command),
    );
    return { items: answer.OrganizationalUnits ?? [], nextToken: answer.NextToken };
  });
  return units.map(({ Id, Name = '' }) => {
    const id = parseOuId(Id);
    if (id === undefined) throw new UnexpectedAnswer(`an OU id ${String(Id)}`);
    return { id, name: Name, parent: parent.ou };
  });
}
