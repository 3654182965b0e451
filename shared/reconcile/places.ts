import { AgingCache } from '../domain/work/aging-cache.ts';
import type { AccountId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Place } from '../domain/facts/peering.ts';
import {
  knownDenial,
  recordAfterLook,
  type Denial,
  type PlaceRecord,
  type PlaceState,
} from '../domain/memory/place-record.ts';

/** A record and the number of writes that it had, which the next write names so that none gets lost. */
export interface StoredPlace {
  readonly version: number;
  readonly record: PlaceRecord;
}

/** The last state of each place that could not be read once, in a partition of the ledger's table. */
export interface PlaceBook {
  /** By account and region. A write of this second may be missing. */
  list(): Promise<readonly StoredPlace[]>;
  read(place: Place): Promise<StoredPlace | undefined>;
  /** Whether it was written: not where somebody else has written since `version`, 0 where nothing was stored. */
  store(version: number, record: PlaceRecord): Promise<boolean>;
}

/** What a look at peerings knows of places. */
export interface KnownPlaces {
  /** Why it need not ask there, since a sweep did. */
  denialAt(place: Place): Promise<Denial | undefined>;
  /** Whether the last sweep could not read there. */
  wasDenied(place: Place): Promise<boolean>;
}

/** How long a warm function goes by one list: hints come in bursts. */
const KEPT_MS = 60_000;
/** Of writers at once one gets through each time. A place is looked through by one at a time; a notice may be told meanwhile. */
const MAX_ATTEMPTS = 20;

/**
 * The places without access, read as one list: most have it, and of those nothing is stored or asked.
 *
 * @example
 * const places = new RememberedPlaces(book, clock);
 * if ((await places.denialAt(place)) === undefined) await lookAt(place);
 */
export class RememberedPlaces implements KnownPlaces {
  readonly #book: PlaceBook;
  readonly #clock: Clock;
  readonly #kept: AgingCache<'list', Map<string, PlaceRecord>>;

  constructor(book: PlaceBook, clock: Clock) {
    this.#book = book;
    this.#clock = clock;
    this.#kept = new AgingCache(clock, KEPT_MS);
  }

  /** What the list says is asked for again: it may have been well for a minute. */
  async denialAt(place: Place): Promise<Denial | undefined> {
    const listed = knownDenial((await this.#list()).get(keyOf(place)), this.#clock.now());
    if (listed === undefined) return undefined;
    return knownDenial((await this.#book.read(place))?.record, this.#clock.now());
  }

  async wasDenied(place: Place): Promise<boolean> {
    return isDenied((await this.#list()).get(keyOf(place)));
  }

  /** Those of the account that had no role to read with: it has the same one in all regions. */
  async withoutRole(accountId: AccountId): Promise<readonly Place[]> {
    const records = [...(await this.#list()).values()];
    return records
      .filter(({ place, state }) => place.accountId === accountId && state.kind === 'no-member-role')
      .map(({ place }) => place);
  }

  /**
   * Remembers what a look has found. Writes only what is new.
   *
   * @returns whether the place may be read again
   */
  async remember(place: Place, state: PlaceState): Promise<'restored' | 'noted'> {
    const known = await this.#list();
    const now = this.#clock.now();
    if (recordAfterLook(place, known.get(keyOf(place)), state, now) === undefined) return 'noted';
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await this.#book.read(place);
      const next = recordAfterLook(place, stored?.record, state, now);
      const isWritten = next === undefined || (await this.#book.store(stored?.version ?? 0, next));
      if (!isWritten) continue;
      const record = next ?? stored?.record;
      if (record !== undefined) known.set(keyOf(place), record);
      return isDenied(stored?.record) && state.kind === 'ok' ? 'restored' : 'noted';
    }
    throw new Error(`the state of ${keyOf(place)} was changed by others ${MAX_ATTEMPTS} times in a row`);
  }

  #list(): Promise<Map<string, PlaceRecord>> {
    return this.#kept.get('list', async () => {
      const stored = await this.#book.list();
      return new Map(stored.map(({ record }) => [keyOf(record.place), record]));
    });
  }
}

const isDenied = (record: PlaceRecord | undefined): boolean =>
  record !== undefined && record.state.kind !== 'ok';

const keyOf = ({ accountId, region }: Place): string => `${accountId}/${region}`;
