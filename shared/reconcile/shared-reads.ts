import { AgingCache } from '../domain/aging-cache.ts';
import type { AccountId, Region } from '../domain/ids.ts';
import type { Clock } from '../domain/log.ts';
import type { Peering } from '../domain/peering.ts';
import type { VpcNetwork } from '../domain/vpc.ts';
import type { Ec2, Ec2Directory } from './ports.ts';

/** How long a read serves the next peering of the batch: looking at all of them takes some seconds. */
const MAX_AGE_MS = 10_000;

/**
 * Lets the peerings of one batch share what they read: five hints from one account are one list of its peerings, and
 * a VPC at the centre of many peerings is read once.
 *
 * Who finds something to do reads again first ({@link renew}): nothing is written on what was read for another peering.
 * Any write forgets every read, of all accounts: an accepted peering is seen from both sides, and the next request
 * must not be decided as if it were still pending.
 */
export class SharedReads implements Ec2Directory {
  readonly #directory: Ec2Directory;
  readonly #peerings: AgingCache<string, readonly Peering[]>;
  readonly #networks: AgingCache<string, VpcNetwork | undefined>;
  /** What was read since {@link next}. */
  readonly #own = new Set<string>();
  #isOldUsed = false;

  constructor(directory: Ec2Directory, clock: Clock) {
    this.#directory = directory;
    this.#peerings = new AgingCache(clock, MAX_AGE_MS);
    this.#networks = new AgingCache(clock, MAX_AGE_MS);
  }

  prepare(accountId: AccountId): void {
    this.#directory.prepare(accountId);
  }

  /** Another peering's turn: what was read up to now was read for others. */
  next(): void {
    this.#own.clear();
    this.#isOldUsed = false;
  }

  renew(): boolean {
    const isOldUsed = this.#isOldUsed;
    if (isOldUsed) this.#clear();
    this.next();
    return isOldUsed;
  }

  in(accountId: AccountId, region: Region): Ec2 {
    const ec2 = this.#directory.in(accountId, region);
    const place = `${accountId}/${region}`;
    return {
      findPeering: (id) => ec2.findPeering(id),
      listPeerings: () => this.#share(this.#peerings, place, () => ec2.listPeerings()),
      findNetwork: (vpcId) => this.#share(this.#networks, `${place}/${vpcId}`, () => ec2.findNetwork(vpcId)),
      readInventory: () => ec2.readInventory(),
      readPrefixLists: (ids) => ec2.readPrefixLists(ids),
      listRouteTablesTo: (id) => ec2.listRouteTablesTo(id),
      acceptPeering: (id) => this.#write(ec2.acceptPeering(id)),
      rejectPeering: (id) => this.#write(ec2.rejectPeering(id)),
      deletePeering: (id) => this.#write(ec2.deletePeering(id)),
      createRoute: (route) => this.#write(ec2.createRoute(route)),
      deleteRoute: (route) => this.#write(ec2.deleteRoute(route)),
      tagPeering: (id, tags) => this.#write(ec2.tagPeering(id, tags)),
      setDns: (id, roles, isOn) => this.#write(ec2.setDns(id, roles, isOn)),
    };
  }

  /** A call that failed may have taken effect all the same. */
  #write(call: Promise<void>): Promise<void> {
    return call.finally(() => this.#clear());
  }

  #share<Answer>(
    cache: AgingCache<string, Answer>,
    key: string,
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const answer = cache.get(key, () => {
      this.#own.add(key);
      return read();
    });
    if (!this.#own.has(key)) this.#isOldUsed = true;
    return answer;
  }

  #clear(): void {
    this.#peerings.clear();
    this.#networks.clear();
  }
}
