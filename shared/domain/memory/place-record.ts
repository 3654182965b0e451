import type { Place } from '../facts/peering.ts';

/** Why autopeer may not read an account and region, which no retry mends. */
export interface Denial {
  /** The member role is not there or does not trust the hub; or it is there and may read nothing. */
  readonly kind: 'no-member-role' | 'no-access';
  /** AWS's error code. */
  readonly code: string;
  /** The read that was denied; absent where there is no role to read with. */
  readonly call?: string | undefined;
  /** In words, the same at each look that finds the same. */
  readonly reason: string;
}

/** Whether autopeer may read a place. */
export type PlaceState = { readonly kind: 'ok' } | Denial;

/** What is remembered of a place that could not be read once. Of all others nothing is remembered. */
export interface PlaceRecord {
  readonly place: Place;
  readonly state: PlaceState;
  /** Epoch milliseconds of the first look that found this kind of state. */
  readonly since: number;
  /** Of the last look that was written down: the first, and then one a day while the place cannot be read. */
  readonly lookedAt: number;
  /** What people were told last. */
  readonly told: PlaceState['kind'] | undefined;
}

/** Every sweep looks, and only one look a day is written down: with nothing to do nothing is written. */
const WRITTEN_EACH_MS = 24 * 60 * 60 * 1000;
/** A sweep starts each hour. A record that is older was not looked at since: sweeps fail, or nobody governs the place. */
const TRUSTED_FOR_MS = WRITTEN_EACH_MS + 2 * 60 * 60 * 1000;
/** A role that was just made is not there for everybody at once. */
const TRUSTED_AFTER_MS = 10 * 60 * 1000;

/**
 * What is to be remembered after a look.
 *
 * @returns `undefined` where there is nothing to write
 */
export function recordAfterLook(
  place: Place,
  before: PlaceRecord | undefined,
  state: PlaceState,
  now: number,
): PlaceRecord | undefined {
  if (before === undefined) {
    return state.kind === 'ok' ? undefined : { place, state, since: now, lookedAt: now, told: undefined };
  }
  if (before.state.kind !== state.kind) return { ...before, state, since: now, lookedAt: now };
  if (state.kind === 'ok') return undefined;
  return isSame(before.state, state) && now - before.lookedAt < WRITTEN_EACH_MS
    ? undefined
    : { ...before, state, lookedAt: now };
}

const isSame = (one: PlaceState, other: Denial): boolean =>
  one.kind === other.kind && one.code === other.code && one.call === other.call;

/** Without it nothing is seen of any peering. A denial of another read leaves something to see, to tag and to reject. */
const FIRST_READ = 'DescribeVpcPeeringConnections';

/**
 * Why a hint need not look: nothing of the place could be read for some minutes at least, and each sweep has found it so
 * since.
 */
export function knownDenial(record: PlaceRecord | undefined, now: number): Denial | undefined {
  if (record === undefined || record.state.kind === 'ok') return undefined;
  const { call = FIRST_READ } = record.state;
  if (call !== FIRST_READ) return undefined;
  const isLasting = now - record.since >= TRUSTED_AFTER_MS;
  return isLasting && now - record.lookedAt < TRUSTED_FOR_MS ? record.state : undefined;
}

/** People take a place that they were told nothing of to be readable. */
export const isUntold = ({ state, told = 'ok' }: PlaceRecord): boolean => state.kind !== told;

/** `account 111122223333, eu-west-1` */
export const placeWords = ({ accountId, region }: Place): string => `account ${accountId}, ${region}`;
