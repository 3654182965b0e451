import type { Suspicion } from '../memory/memory.ts';
import type { Verdict } from './verdict.ts';

/** Two looks this far apart must agree before a guardrail cuts: an account that is being moved passes through other OUs. */
export const CONFIRM_AFTER_MS = 10 * 60 * 1000;
/** The longest time that two looks may be apart: what was found before may have been put right in between. */
export const CONFIRM_WITHIN_MS = 24 * 60 * 60 * 1000;

/** What the second look is compared with. */
export const suspicionOf = (
  verdict: Extract<Verdict, { kind: 'unsanctioned' | 'connect' }>,
  policyVersion: string,
  at: number,
): Suspicion => ({
  at,
  reason: verdict.kind === 'connect' ? 'narrowed' : verdict.because.code,
  rule: verdict.rule ?? '-',
  policyVersion,
});

/**
 * Whether an earlier look found the same.
 *
 * - `first`: none did, or it found something else.
 * - `early`: one did, less than {@link CONFIRM_AFTER_MS} ago.
 * - `confirmed`: one did, and a second look agrees.
 * - `stale`: one did, so long ago that the peering may have been in order since.
 */
export function confirmationOf(
  now: Suspicion,
  earlier: Suspicion | undefined,
): 'first' | 'early' | 'confirmed' | 'stale' {
  if (earlier === undefined || !isSame(now, earlier)) return 'first';
  const age = now.at - earlier.at;
  if (age < CONFIRM_AFTER_MS) return 'early';
  return age <= CONFIRM_WITHIN_MS ? 'confirmed' : 'stale';
}

const isSame = (one: Suspicion, other: Suspicion): boolean =>
  one.reason === other.reason && one.rule === other.rule && one.policyVersion === other.policyVersion;
