import type { PeeringId } from '../facts/ids.ts';

/** So long a peering that was cut counts. */
export const BRAKE_WINDOW_MS = 60 * 60 * 1000;

/** A peering that lost its reachability. */
export interface CutPeering {
  readonly peeringId: PeeringId;
  /** When it was admitted, in epoch milliseconds. */
  readonly at: number;
}

/** A person lets more peerings through than the policy does. */
export interface BrakeRelease {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Who released it: the caller's ARN. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A release, and how many peerings went through by it. */
export interface UsedRelease extends BrakeRelease {
  readonly used: number;
}

/** What the brake remembers; {@link brakeState} says what of it is in force. */
export interface BrakeMemory {
  readonly cut: readonly (CutPeering & {
    /** Whether a release let it through; it takes no room of the others then. */
    readonly released: boolean;
  })[];
  /** In the order in which they were made. */
  readonly releases: readonly UsedRelease[];
}

export interface BrakeState {
  /** The peerings that were cut within the last 60 minutes. */
  readonly cut: readonly CutPeering[];
  /** The releases that still run and are not used up. */
  readonly releases: readonly UsedRelease[];
  /** The others, for the record: the last hundred, of the last 400 days. */
  readonly past: readonly UsedRelease[];
}

export type Admission =
  /** It was let through before, within the last 60 minutes. */
  | { readonly kind: 'counted' }
  /** It may be cut as soon as this memory is stored. */
  | { readonly kind: 'admitted'; readonly memory: BrakeMemory }
  | { readonly kind: 'full' };

export const NEW_BRAKE: BrakeMemory = { cut: [], releases: [] };

/** So that the memory fits into one item of the ledger, whatever a policy or a release allows. */
export const MAX_CUT = 2000;
const MAX_RELEASES = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
const RECORD_MS = 400 * DAY_MS;

/**
 * Whether one more peering may be cut now. Within any 60 minutes no more than `atMost` are, and besides these no more than
 * each release that ran then had room for.
 */
export function admission(memory: BrakeMemory, peeringId: PeeringId, atMost: number, now: number): Admission {
  const cut = memory.cut.filter(({ at }) => isRecent(at, now));
  if (cut.some((one) => one.peeringId === peeringId)) return { kind: 'counted' };
  if (cut.length >= MAX_CUT) return { kind: 'full' };
  const counted = cut.filter(({ released }) => !released).length;
  if (counted < atMost) {
    const added = { peeringId, at: now, released: false };
    return { kind: 'admitted', memory: { ...memory, cut: [...cut, added] } };
  }
  // The one that ends first, so that a later one is there for later.
  const [release] = memory.releases
    .filter((one) => hasRoom(one, now))
    .toSorted((one, other) => one.until - other.until);
  if (release === undefined) return { kind: 'full' };
  const releases = memory.releases.map((one) => (one === release ? { ...one, used: one.used + 1 } : one));
  return { kind: 'admitted', memory: { cut: [...cut, { peeringId, at: now, released: true }], releases } };
}

/** @returns the memory with the release in it, or nothing where as many run as are kept */
export function withRelease(
  memory: BrakeMemory,
  release: BrakeRelease,
  now: number,
): BrakeMemory | undefined {
  const running = memory.releases.filter((one) => hasRoom(one, now));
  if (running.length >= MAX_RELEASES) return undefined;
  const past = memory.releases.filter((one) => !hasRoom(one, now) && now - one.at < RECORD_MS);
  const room = MAX_RELEASES - running.length - 1;
  const kept = new Set([...running, ...past.slice(Math.max(0, past.length - room))]);
  const releases = [...memory.releases.filter((one) => kept.has(one)), { ...release, used: 0 }];
  return { cut: memory.cut.filter(({ at }) => isRecent(at, now)), releases };
}

export function brakeState({ cut, releases }: BrakeMemory, now: number): BrakeState {
  return {
    cut: cut.filter(({ at }) => isRecent(at, now)).map(({ peeringId, at }) => ({ peeringId, at })),
    releases: releases.filter((release) => hasRoom(release, now)),
    past: releases.filter((release) => !hasRoom(release, now)),
  };
}

/** One from the future, by a clock that is ahead of ours, counts too. */
const isRecent = (at: number, now: number): boolean => now - at < BRAKE_WINDOW_MS;

const hasRoom = ({ until, used, count }: UsedRelease, now: number): boolean => now < until && used < count;
