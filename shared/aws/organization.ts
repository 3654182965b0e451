import {
  DescribeAccountCommand,
  ListParentsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AgingCache } from '../domain/work/aging-cache.ts';
import { parseOuId, type AccountId, type OuId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Membership } from '../domain/policy/decision/side.ts';
import type { Organization, Standing } from '../reconcile/ports.ts';
import { isOpen } from './account-state.ts';
import { call, errorCode } from './calls.ts';
import { ousAbove } from './organization-path.ts';

/** How long an answer is believed. An account that moves to another OU is decided anew after that. */
const MAX_AGE_MS = 5 * 60 * 1000;
/** Organizations nests OUs five deep; one more level tells a loop from a tree. */
const MAX_DEPTH = 6;

/** What one call tells of an account. */
type Described = { readonly name: string | undefined } & (
  | { readonly standing: Exclude<Standing, 'member'> }
  /** `ous` is `undefined` where Organizations does not tell the path. */
  | { readonly standing: 'member'; readonly ous: readonly OuId[] | undefined }
);

/** AWS Organizations, read as a delegated administrator or from the management account. */
export class SdkOrganization implements Organization {
  readonly #client: OrganizationsClient;
  readonly #accounts: AgingCache<AccountId, Described>;
  /** Accounts of one OU share what is above it. */
  readonly #parents: AgingCache<string, OuId | 'root'>;

  constructor(client: OrganizationsClient, clock: Clock) {
    this.#client = client;
    this.#accounts = new AgingCache(clock, MAX_AGE_MS);
    this.#parents = new AgingCache(clock, MAX_AGE_MS);
  }

  async standingOf(accountId: AccountId): Promise<Standing> {
    return (await this.#describe(accountId)).standing;
  }

  async find(accountId: AccountId): Promise<Membership | { readonly kind: 'suspended' }> {
    const described = await this.#describe(accountId);
    if (described.standing !== 'member') return { kind: described.standing };
    return { kind: 'member', ous: described.ous ?? (await this.#ancestors(accountId)) };
  }

  async nameOf(accountId: AccountId): Promise<string | undefined> {
    return (await this.#describe(accountId)).name;
  }

  renew(): void {
    this.#accounts.clear();
    this.#parents.clear();
  }

  #describe(accountId: AccountId): Promise<Described> {
    return this.#accounts.get(accountId, async () => {
      try {
        const answer = await this.#client.send(new DescribeAccountCommand({ AccountId: accountId }));
        const account = answer.Account ?? {};
        const name = account.Name;
        return isOpen(account)
          ? { standing: 'member', ous: ousAbove(account), name }
          : { standing: 'suspended', name };
      } catch (error) {
        if (errorCode(error) === 'AccountNotFoundException') return { standing: 'external', name: undefined };
        return call('DescribeAccount', 'the organization', () => Promise.reject(error));
      }
    });
  }

  /** Where Organizations does not tell the path with the account: one call a level. */
  async #ancestors(accountId: AccountId): Promise<readonly OuId[]> {
    const ous: OuId[] = [];
    let child: string = accountId;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const parent = await this.#parentOf(child);
      if (parent === 'root') return ous;
      ous.push(parent);
      child = parent;
    }
    throw new Error(`account ${accountId} is nested deeper than Organizations allows`);
  }

  #parentOf(child: string): Promise<OuId | 'root'> {
    return this.#parents.get(child, async () => {
      const command = new ListParentsCommand({ ChildId: child });
      const answer = await call('ListParents', 'the organization', () => this.#client.send(command));
      // "Currently, an account or OU can have only a single parent."
      const parent = answer.Parents?.[0];
      if (parent?.Type === 'ROOT') return 'root';
      const ou = parseOuId(parent?.Id);
      if (ou === undefined) throw new Error(`Organizations answered no parent of ${child}`);
      return ou;
    });
  }
}
