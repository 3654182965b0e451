import type { Invocation, LogLine } from '../lambda/function.ts';

/** One reconcile of one peering. */
export interface Run {
  readonly peeringId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `settled`, `waiting`, `held`, `refused`, or `failed`. */
  readonly outcome: string;
  /** The code of the reason. */
  readonly reason: string;
}

/**
 * The reconciles that have ended, by the line that each of them logs at its end. One invocation takes a batch, one
 * item after the other: an item begins where the one before it ended.
 */
export function runsOf(invocations: readonly Invocation[], logs: readonly LogLine[]): readonly Run[] {
  const startOf = new Map(invocations.map(({ requestId, startedAtMs }) => [requestId, startedAtMs]));
  return logs.flatMap(({ requestId, atMs, entry }) => {
    if (entry.code !== 'reconcile.outcome' && entry.code !== 'reconcile.failed') return [];
    const startMs = startOf.get(requestId) ?? atMs;
    startOf.set(requestId, atMs);
    const outcome = entry.code === 'reconcile.failed' ? 'failed' : entry.outcome;
    return [{ peeringId: entry.peeringId, startMs, endMs: atMs, outcome, reason: entry.reason }];
  });
}
