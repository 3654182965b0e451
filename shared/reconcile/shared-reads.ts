import { AgingCache } from '../domain/work/aging-cache.ts';
import type { Encryption } from '../domain/facts/encryption.ts';
import type { AccountId, Region } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Peering } from '../domain/facts/peering.ts';
import type { VpcNetwork } from '../domain/facts/vpc.ts';
import type { Ec2, Ec2Directory } from './ports.ts';

/** How long a read serves the next peering of the batch: looking at all of them takes some seconds. */
const MAX_AGE_MS = 10_000;

/** What was read, and when that began. */
interface Read<Answer> {
  readonly beganAt: number;
  readonly answer: Answer;
}

/**
 * Lets the peerings of one batch share what they read: five hints from one account are one list of its peerings, and
 * a VPC at the centre of many peerings is read once. Each peering has a view of its own.
 *
 * Who finds something to do reads again first ({@link Ec2Directory.renew}): nothing is written on what was read before
 * that peering's turn. Any write forgets every read, of all accounts: an accepted peering is seen from both sides, and
 * the next request must not be decided as if it were still pending. What a peering beside it has just read it keeps; two
 * accepts at once are kept apart by their reservations, in one function as in two.
 */
export class SharedReads {
  readonly #directory: Ec2Directory;
  readonly #clock: Clock;
  readonly #peerings: AgingCache<string, Read<readonly Peering[]>>;
  readonly #networks: AgingCache<string, Read<VpcNetwork | undefined>>;
  readonly #encryptions: AgingCache<string, Read<Encryption>>;

  constructor(directory: Ec2Directory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
    this.#peerings = new AgingCache(clock, MAX_AGE_MS);
    this.#networks = new AgingCache(clock, MAX_AGE_MS);
    this.#encryptions = new AgingCache(clock, MAX_AGE_MS);
  }

  /** For a peering whose turn it is: what was read up to now was read for others. */
  view(): Ec2Directory {
    let from = this.#clock.now();
    let isOldUsed = false;
    const note = <Answer>({ beganAt, answer }: Read<Answer>): Answer => {
      isOldUsed ||= beganAt < from;
      return answer;
    };
    return {
      prepare: (accountId) => this.#directory.prepare(accountId),
      renew: () => {
        const wasOldUsed = isOldUsed;
        if (wasOldUsed) this.#clear();
        from = this.#clock.now();
        isOldUsed = false;
        return wasOldUsed;
      },
      in: (accountId, region) => this.#in(accountId, region, note),
    };
  }

  #in(accountId: AccountId, region: Region, note: <Answer>(read: Read<Answer>) => Answer): Ec2 {
    const ec2 = this.#directory.in(accountId, region);
    const place = `${accountId}/${region}`;
    return {
      findPeering: (id) => ec2.findPeering(id),
      listPeerings: async () =>
        note(await this.#peerings.get(place, () => this.#read(() => ec2.listPeerings()))),
      findNetwork: async (vpcId) =>
        note(await this.#networks.get(`${place}/${vpcId}`, () => this.#read(() => ec2.findNetwork(vpcId)))),
      listRequests: () => ec2.listRequests(),
      readInventory: () => ec2.readInventory(),
      readPrefixLists: (ids) => ec2.readPrefixLists(ids),
      readEncryption: async (vpcId) =>
        note(
          await this.#encryptions.get(`${place}/${vpcId}`, () => this.#read(() => ec2.readEncryption(vpcId))),
        ),
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

  async #read<Answer>(read: () => Promise<Answer>): Promise<Read<Answer>> {
    const beganAt = this.#clock.now();
    return { beganAt, answer: await read() };
  }

  /** A call that failed may have taken effect all the same. */
  #write(call: Promise<void>): Promise<void> {
    return call.finally(() => this.#clear());
  }

  #clear(): void {
    this.#peerings.clear();
    this.#networks.clear();
    this.#encryptions.clear();
  }
}
