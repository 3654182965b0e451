import { formatArn, type PartitionId } from '../arn.ts';

/** A member account, as Organizations tells of it. */
export interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  status: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE';
  /** The root's id or an organizational unit's. */
  parentId: string;
}

export interface OrganizationalUnit {
  readonly id: string;
  readonly name: string;
  readonly parentId: string;
}

/** Small, so that pagination always runs; AWS lists 20. */
const PAGE_SIZE = 5;

/** The management account, unless an option names another. */
export const MANAGEMENT_ACCOUNT = '999999999999';

/**
 * The organization: its tree of organizational units, its accounts, and who may ask about them.
 * Accounts outside it need no registration: every 12-digit id is an account.
 */
export class SimulatedOrganization {
  readonly id: string;
  readonly managementAccountId: string;
  readonly rootId: string;
  readonly accounts = new Map<string, OrganizationAccount>();
  readonly units = new Map<string, OrganizationalUnit>();
  /** Whether accounts and OUs bear their paths, as they do since March 2026. */
  tellsPaths = true;
  readonly #delegated = new Set<string>();
  /** Units ever made: no id comes twice. */
  #made = 0;
  /** What a list answers at most, as AWS may always answer fewer than it was asked for. */
  readonly pageSize: number;
  readonly #suffix: string;
  readonly #partition: PartitionId;

  /** @param suffix the four letters or digits that AWS puts into the ids of one organization's tree */
  constructor(
    options: {
      id?: string;
      managementAccountId?: string;
      suffix?: string;
      pageSize?: number;
      partition?: PartitionId;
    } = {},
  ) {
    this.#partition = options.partition ?? 'aws';
    this.pageSize = options.pageSize ?? PAGE_SIZE;
    this.id = options.id ?? 'o-a1b2c3d4e5';
    this.managementAccountId = options.managementAccountId ?? MANAGEMENT_ACCOUNT;
    this.#suffix = options.suffix ?? 'ab12';
    this.rootId = `r-${this.#suffix}`;
    this.addAccount(this.managementAccountId, { name: 'management' });
  }

  /**
   * @param parentId the root when absent
   * @param id `ou-<suffix>-<8 to 32 letters or digits>`; numbered when absent
   */
  addOrganizationalUnit(name: string, options: { parentId?: string; id?: string } = {}): OrganizationalUnit {
    const { parentId = this.rootId, id = `ou-${this.#suffix}-${String(this.#made + 1).padStart(8, '0')}` } =
      options;
    this.#assertParent(parentId);
    const unit = { id, name, parentId };
    this.units.set(id, unit);
    this.#made += 1;
    return unit;
  }

  renameUnit(unit: OrganizationalUnit, name: string): OrganizationalUnit {
    const renamed = { ...unit, name };
    this.units.set(unit.id, renamed);
    return renamed;
  }

  /** Nothing may be in it any more. */
  deleteUnit(id: string): void {
    this.units.delete(id);
  }

  /** Adds an account to the organization; to the root when no parent is given. */
  addAccount(id: string, options: { parentId?: string; name?: string } = {}): OrganizationAccount {
    const { parentId = this.rootId, name = `account-${id}` } = options;
    if (!/^\d{12}$/.test(id)) throw new Error(`not an account id: ${id}`);
    this.#assertParent(parentId);
    const account: OrganizationAccount = {
      id,
      name,
      email: `${name}@example.com`,
      status: 'ACTIVE',
      parentId,
    };
    this.accounts.set(id, account);
    return account;
  }

  moveAccount(id: string, parentId: string): void {
    this.#assertParent(parentId);
    this.#require(id).parentId = parentId;
  }

  /** The account leaves: from now on it is external. */
  removeAccount(id: string): void {
    this.accounts.delete(this.#require(id).id);
  }

  /** Its own people have closed it. */
  closeAccount(id: string): void {
    this.#require(id).status = 'PENDING_CLOSURE';
  }

  suspendAccount(id: string): void {
    this.#require(id).status = 'SUSPENDED';
  }

  /** Lets an account read the organization, as `RegisterDelegatedAdministrator` or a resource policy does. */
  delegate(accountId: string): void {
    this.#delegated.add(accountId);
  }

  mayRead(accountId: string): boolean {
    return accountId === this.managementAccountId || this.#delegated.has(accountId);
  }

  /** The organization's id if the account belongs to it. */
  idOf(accountId: string): string | undefined {
    return this.accounts.has(accountId) ? this.id : undefined;
  }

  /** The ARN of something in it: the management account's, whosever it is. */
  arn(resource: string): string {
    return formatArn('organizations', '', this.managementAccountId, resource, this.#partition);
  }

  /** `o-…/r-…/ou-…/`: where something under this parent is. */
  pathOf(parentId: string): string {
    const unit = this.units.get(parentId);
    return unit === undefined ? `${this.id}/${this.rootId}/` : `${this.pathOf(unit.parentId)}${unit.id}/`;
  }

  #require(id: string): OrganizationAccount {
    const account = this.accounts.get(id);
    if (account === undefined) throw new Error(`account ${id} is not in the organization`);
    return account;
  }

  #assertParent(id: string): void {
    if (id !== this.rootId && !this.units.has(id)) throw new Error(`there is no organizational unit ${id}`);
  }
}
