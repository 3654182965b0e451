import {
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { parseAccountId, parseOuId, type OuId } from '../domain/ids.ts';
import type { OrganizationTree } from '../domain/organization-chart.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { isOpen } from './account-state.ts';
import { call, collectPages } from './calls.ts';
import { UnexpectedAnswer } from './ec2-shapes.ts';

/**
 * The organization's OUs and its active accounts: one call a page of 20, and at least two calls an OU.
 *
 * @param client of a delegated administrator or of the management account: no other may list the organization
 */
export async function readTree(client: OrganizationsClient): Promise<OrganizationTree> {
  const roots = await collectPages(async (NextToken) => {
    const command = new ListRootsCommand({ NextToken });
    const answer = await call('ListRoots', 'the organization', () => client.send(command));
    return { items: answer.Roots ?? [], nextToken: answer.NextToken };
  });
  const tree: OrganizationTree = { ous: [], accounts: [] };
  // The list of those to visit grows while it is walked. One after another: Organizations allows few calls a second.
  const parents: { readonly id: string; readonly ou: OuId | null }[] = roots.map(({ Id = '' }) => ({
    id: Id,
    ou: null,
  }));
  for (const parent of parents) {
    tree.accounts.push(...(await readAccounts(client, parent)));
    const units = await readUnits(client, parent);
    tree.ous.push(...units);
    parents.push(...units.map(({ id }) => ({ id, ou: id })));
  }
  return tree;
}

interface Parent {
  readonly id: string;
  /** `null` for the root. */
  readonly ou: OuId | null;
}

/** The open ones. */
async function readAccounts(client: OrganizationsClient, parent: Parent): Promise<Snapshot['accounts']> {
  const accounts = await collectPages(async (NextToken) => {
    const command = new ListAccountsForParentCommand({ ParentId: parent.id, NextToken });
    const answer = await call('ListAccountsForParent', 'the organization', () => client.send(command));
    return { items: answer.Accounts ?? [], nextToken: answer.NextToken };
  });
  return accounts.flatMap((account) => {
    const id = parseAccountId(account.Id);
    if (id === undefined) throw new UnexpectedAnswer(`an account id ${String(account.Id)}`);
    return isOpen(account) ? [{ id, name: account.Name ?? '', ou: parent.ou }] : [];
  });
}

async function readUnits(client: OrganizationsClient, parent: Parent): Promise<Snapshot['ous']> {
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
