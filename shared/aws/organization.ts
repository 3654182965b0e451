import {
  DescribeAccountCommand,
  ListParentsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AgingCache } from '../domain/aging-cache.ts';
import { parseOuId, type AccountId, type OuId } from '../domain/ids.ts';
import type { Clock } from '../domain/log.ts';
import type { Membership } from '../domain/policy/side.ts';
import type { Organization, Standing } from '../reconcile/ports.ts';
import { isOpen } from './account-state.ts';
import { call, errorCode } from './calls.ts';

/** How long an answer is believed. An account that moves to another OU is decided anew after that. */
const MAX_AGE_MS = 5 * 60 * 1000;
/** Organizations nests OUs five deep; one more level tells a loop from a tree. */
const MAX_DEPTH = 6;

/** AWS Organizations, read as a delegated administrator or from the management account. */
export class SdkOrganization implements Organization {
  readonly #client: OrganizationsClient;
  readonly #standings: AgingCache<AccountId, Standing>;
  /** Accounts of one OU share what is above it. */
  readonly #parents: AgingCache<string, OuId | 'root'>;

  constructor(client: OrganizationsClient, clock: Clock) {
    this.#client = client;
    this.#standings = new AgingCache(clock, MAX_AGE_MS);
    this.#parents = new AgingCache(clock, MAX_AGE_MS);
  }

  standingOf(accountId: AccountId): Promise<Standing> {
    return this.#standings.get(accountId, () => this.#readStanding(accountId));
  }

  async find(accountId: AccountId): Promise<Membership | { readonly kind: 'suspended' }> {
    const [standing, ous] = await Promise.allSettled([
      this.standingOf(accountId),
      this.#ancestors(accountId),
    ]);
    if (standing.status === 'rejected') throw standing.reason;
    // What is not a member has no ancestors that could be read; of a suspended one nobody needs them.
    if (standing.value !== 'member') return { kind: standing.value };
    if (ous.status === 'rejected') throw ous.reason;
    return { kind: 'member', ous: ous.value };
  }

  renew(): void {
    this.#standings.clear();
    this.#parents.clear();
  }

  async #readStanding(accountId: AccountId): Promise<Standing> {
    try {
      const answer = await this.#client.send(new DescribeAccountCommand({ AccountId: accountId }));
      return isOpen(answer.Account ?? {}) ? 'member' : 'suspended';
    } catch (error) {
      if (errorCode(error) === 'AccountNotFoundException') return 'external';
      return call('DescribeAccount', 'the organization', () => Promise.reject(error));
    }
  }

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
