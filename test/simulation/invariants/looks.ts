import type { Judge } from './judge.ts';

/** A look at a peering that came to its end. */
export interface Look {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The code of what it found. */
  readonly reason: string;
  /** Not where it only waits for EC2, or for a role that may come. */
  readonly isSettled: boolean;
}

/** Every look at the peering that began after an instant and has come to its end, oldest first. */
export function looksSince(judge: Judge, peeringId: string, sinceMs: number): readonly Look[] {
  const { logs, invocations } = judge.stage.world.aws.lambda;
  const started = new Map(invocations.map(({ requestId, startedAtMs }) => [requestId, startedAtMs]));
  return logs.flatMap(({ entry, requestId, atMs }) => {
    const startedAtMs = started.get(requestId);
    return entry.code === 'reconcile.outcome' &&
      entry.peeringId === peeringId &&
      startedAtMs !== undefined &&
      startedAtMs > sinceMs
      ? [{ startedAtMs, endedAtMs: atMs, reason: entry.reason, isSettled: entry.outcome !== 'waiting' }]
      : [];
  });
}
