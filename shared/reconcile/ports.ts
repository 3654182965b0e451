import type { Encryption } from '../domain/facts/encryption.ts';
import type { AccountId, PeeringId, PrefixListId, Region, RouteTableId, VpcId } from '../domain/facts/ids.ts';
import type { Clock, Log, Metrics } from '../domain/work/log.ts';
import type { DomainEvent } from '../domain/words/notice.ts';
import type { Membership } from '../domain/policy/decision/side.ts';
import type { Peering, Role } from '../domain/facts/peering.ts';
import type { Ledger } from './ledger.ts';
import type { Destination, Inventory, PrefixLists, RouteTable, VpcNetwork } from '../domain/facts/vpc.ts';
import type { Approvals } from './approvals.ts';
import type { Brake } from './brake.ts';
import type { Contests } from './contests.ts';
import type { KnownPlaces } from './places.ts';
import type { Reservations } from './reservations.ts';
import type { Suspensions } from './suspensions.ts';
import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import type { WorkItem } from '../domain/work/work-item.ts';

/**
 * EC2 in one account and region, with that account's own credentials. Reads answer `undefined` for what is not
 * there. Everything else that EC2 refuses is thrown as an `AwsFailure`, classified by its code.
 */
export interface Ec2 {
  findPeering(id: PeeringId): Promise<Peering | undefined>;
  /** Every peering that the account sees in the region, in every state, as itself sees it: one call a page. */
  listPeerings(): Promise<readonly Peering[]>;
  /** The requests that wait for this account to answer. */
  listRequests(): Promise<readonly Peering[]>;
  /** The VPC with its subnets and route tables; `undefined` when the VPC is not there. */
  findNetwork(vpcId: VpcId): Promise<VpcNetwork | undefined>;
  /** All peerings, VPCs, subnets and route tables of the account and region: four calls, and one more a page. */
  readInventory(): Promise<Inventory>;
  /** What the lists hold; one that may not be read, or is not there, is left out. */
  readPrefixLists(ids: readonly PrefixListId[]): Promise<PrefixLists>;
  /** Whether the VPC enforces encryption on its peerings. What may not be read is `not-known`. */
  readEncryption(vpcId: VpcId): Promise<Encryption>;
  /** Every table of the account and region with a route to the peering, whatever VPC it belongs to. */
  listRouteTablesTo(peeringId: PeeringId): Promise<readonly RouteTable[]>;
  acceptPeering(id: PeeringId): Promise<void>;
  rejectPeering(id: PeeringId): Promise<void>;
  deletePeering(id: PeeringId): Promise<void>;
  createRoute(route: {
    routeTableId: RouteTableId;
    destination: Destination;
    peeringId: PeeringId;
  }): Promise<void>;
  /** Sent once: whoever checked the route's target right before knows when. */
  deleteRoute(route: { routeTableId: RouteTableId; destination: Destination }): Promise<void>;
  /** Sets this account's and region's tags of the peering. */
  tagPeering(id: PeeringId, tags: Readonly<Record<string, string>>): Promise<void>;
  /** Turns `AllowDnsResolutionFromRemoteVpc` on or off for the given sides, which this account and region must own. */
  setDns(id: PeeringId, roles: readonly Role[], isOn: boolean): Promise<void>;
}

/** EC2 of any account of the organization. */
export interface Ec2Directory {
  in(accountId: AccountId, region: Region): Ec2;
  /**
   * Opens the session with the account's member role, so that the first call need not wait for it. Never fails: what
   * is wrong shows at that call.
   */
  prepare(accountId: AccountId): void;
  /**
   * Forgets what was read for other peerings; absent where nothing is shared.
   *
   * @returns whether any of that was used since the last time
   */
  renew?(): boolean;
}

/** Where an account stands. A suspended or closed one belongs to the organization still, and is no stranger. */
export type Standing = Membership['kind'] | 'suspended';

export interface Organization {
  /** Whether it is an active account of the organization, a suspended or closed one of it, or somebody else's. */
  standingOf(accountId: AccountId): Promise<Standing>;
  /** The same, and the OUs above an active account. */
  find(accountId: AccountId): Promise<Membership | { readonly kind: 'suspended' }>;
  /** What the organization calls the account; nothing for somebody else's. Only people read it. */
  nameOf?(accountId: AccountId): Promise<string | undefined>;
  /** Forgets what it knows, before something rests on it that cannot be undone; absent where nothing is kept. */
  renew?(): void;
}

/** The hub's event bus. */
export interface EventBus {
  publish(events: readonly DomainEvent[]): Promise<void>;
}

/** What reconciling one peering needs. */
export interface ReconcileDeps {
  readonly policy: CompiledPolicy;
  readonly ec2: Ec2Directory;
  readonly organization: Organization;
  readonly bus: EventBus;
  readonly ledger: Ledger;
  readonly brake: Brake;
  readonly reservations: Reservations;
  readonly suspensions: Pick<Suspensions, 'current'>;
  readonly contests: Pick<Contests, 'releaseOf'>;
  readonly approvals: Approvals;
  readonly places: KnownPlaces;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Holds an item back for a while; `handlers/recheck.ts` then sends it to the work queue. */
export interface RecheckQueue {
  send(item: WorkItem, delaySeconds: number): Promise<void>;
}
