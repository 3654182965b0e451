import {
  DescribeAccountCommand,
  ListAccountsCommand,
  ListParentsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { parseAccountId, parseOuId, type AccountId, type OuId } from '../domain/ids.ts';
import type { Clock } from '../domain/log.ts';
import type { Membership } from '../domain/policy/side.ts';
import type { Organization } from '../reconcile/ports.ts';
import type { Members } from '../reconcile/start-sweep.ts';
import { call, collectPages, errorCode } from './calls.ts';

/** How long an answer is believed. An account that moves to another OU is decided anew after that. */
const MAX_AGE_MS = 5 * 60 * 1000;
/** Organizations nests OUs five deep; one more level tells a loop from a tree. */
const MAX_DEPTH = 6;

/** The organization's accounts, in as many calls as there are pages. */
export class SdkMembers implements Members {
  readonly #client: OrganizationsClient;

  constructor(client: OrganizationsClient) {
    this.#client = client;
  }

  async list(): Promise<readonly AccountId[]> {
    const accounts = await collectPages(async (NextToken) => {
      const command = new ListAccountsCommand({ NextToken });
      const answer = await call('ListAccounts', 'the organization', () => this.#client.send(command));
      return { items: answer.Accounts ?? [], nextToken: answer.NextToken };
    });
    return accounts.flatMap(({ Id, Status }) => {
      const id = parseAccountId(Id);
      return id !== undefined && Status === 'ACTIVE' ? [id] : [];
    });
  }
}

/** AWS Organizations, read as a delegated administrator or from the management account. */
export class SdkOrganization implements Organization {
  readonly #client: OrganizationsClient;
  readonly #clock: Clock;
  readonly #known = new Map<AccountId, { readAt: number; membership: Promise<Membership> }>();

  constructor(client: OrganizationsClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  find(accountId: AccountId): Promise<Membership> {
    const known = this.#known.get(accountId);
    if (known !== undefined && this.#clock.now() - known.readAt < MAX_AGE_MS) return known.membership;
    const membership = this.#read(accountId);
    this.#known.set(accountId, { readAt: this.#clock.now(), membership });
    membership.catch(() => this.#known.delete(accountId));
    return membership;
  }

  async #read(accountId: AccountId): Promise<Membership> {
    try {
      const answer = await this.#client.send(new DescribeAccountCommand({ AccountId: accountId }));
      // A closed or suspended account is no member that autopeer may act in.
      if (answer.Account?.Status !== 'ACTIVE') return { kind: 'external' };
    } catch (error) {
      if (errorCode(error) === 'AccountNotFoundException') return { kind: 'external' };
      return call('DescribeAccount', 'the organization', () => Promise.reject(error));
    }
    return { kind: 'member', ous: await this.#ancestors(accountId) };
  }

  async #ancestors(accountId: AccountId): Promise<readonly OuId[]> {
    const ous: OuId[] = [];
    let child: string = accountId;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const command = new ListParentsCommand({ ChildId: child });
      const answer = await call('ListParents', 'the organization', () => this.#client.send(command));
      // "Currently, an account or OU can have only a single parent."
      const parent = answer.Parents?.[0];
      if (parent?.Type === 'ROOT') return ous;
      const ou = parseOuId(parent?.Id);
      if (ou === undefined) throw new Error(`Organizations answered no parent of ${child}`);
      ous.push(ou);
      child = ou;
    }
    throw new Error(`account ${accountId} is nested deeper than Organizations allows`);
  }
}
