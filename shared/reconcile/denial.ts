import { AwsFailure, classify, RoleNotAssumable } from '../domain/work/failure.ts';
import type { Denial } from '../domain/memory/place-record.ts';

/** A denial that no retry mends. */
export const isWithoutAccess = (error: unknown): boolean => denialOf(error) !== undefined;

/** What a failure says about its account and region, where it is one that no retry mends. */
export function denialOf(error: unknown): Denial | undefined {
  if (error instanceof RoleNotAssumable && classify(error.code) === 'denied') {
    return { kind: 'no-member-role', code: error.code, reason: error.message };
  }
  if (error instanceof AwsFailure && error.failureClass === 'denied') {
    return { kind: 'no-access', code: error.code, call: error.call, reason: error.message };
  }
  return undefined;
}
