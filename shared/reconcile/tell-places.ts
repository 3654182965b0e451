import { isUntold } from '../domain/memory/place-record.ts';
import { placesNotice, type PlacesNotice } from '../domain/words/place-notice.ts';
import { mapBounded } from './bounded.ts';
import type { PlaceBook, StoredPlace } from './places.ts';

export interface TellPlacesDeps {
  readonly placeBook: PlaceBook;
  readonly bus: { publish(events: readonly PlacesNotice[]): Promise<void> };
}

/** Writes of the ledger at once. */
const WRITES_AT_ONCE = 20;

/**
 * Tells of the places that autopeer may not read, and of those that it may read again: one notice for each state and code,
 * however many places there are. Called at the start of a sweep, when the last one has looked everywhere: so all its
 * findings are in one notice, and what was well again by its end is not told.
 *
 * Told first and written down then: who dies in between tells again.
 */
export async function tellPlaces({ placeBook, bus }: TellPlacesDeps): Promise<number> {
  const untold = (await placeBook.list()).filter(({ record }) => isUntold(record));
  const groups = Map.groupBy(untold, ({ record: { state } }) =>
    state.kind === 'ok' ? 'ok' : `${state.kind} ${state.code}`,
  );
  const notices = [...groups.values()].flatMap((group) => noticeOf(group) ?? []);
  if (notices.length === 0) return 0;
  await bus.publish(notices);
  const written = await mapBounded(untold, WRITES_AT_ONCE, ({ version, record }) =>
    placeBook.store(version, { ...record, told: record.state.kind }),
  );
  const failed = written.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return notices.length;
}

function noticeOf(group: readonly StoredPlace[]): PlacesNotice | undefined {
  const [first] = group;
  return first === undefined
    ? undefined
    : placesNotice(
        first.record.state,
        group.map(({ record }) => record),
      );
}
