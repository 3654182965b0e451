import type { Log, Metrics } from '../domain/work/log.ts';
import type { Place } from '../domain/facts/peering.ts';
import { EVENT_HINT, type SweepQueue, type WorkQueue } from '../domain/work/work-item.ts';
import { parseEvent } from './registry.ts';

export interface IntakeDeps {
  readonly queue: WorkQueue;
  readonly sweeps: SweepQueue;
  /** The name of the role that autopeer itself acts with in every account. */
  readonly memberRoleName: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Changes of one account and region within a minute are one look. The queue drops the second message with the same
 * minute and hands out the first only a minute after it came: the look is never before the last of these changes.
 */
const BURST_MS = 60_000;

/** An event that claims to be ours and cannot be read. Its message is the reason in the dead-letter queue. */
export class MalformedEvent extends Error {
  constructor(reason: string) {
    super(`malformed event: ${reason}`);
    this.name = 'MalformedEvent';
  }
}

/**
 * Turns an event into work for the queue. What is not ours is counted and left; nothing of the event but its key
 * goes on, and who caused it, for people to read.
 *
 * @throws MalformedEvent
 */
export async function intake(event: unknown, deps: IntakeDeps): Promise<void> {
  const parsed = parseEvent(event);
  const { eventName } = parsed;
  switch (parsed.kind) {
    case 'malformed':
      throw new MalformedEvent(parsed.reason);
    case 'ignored':
      return ignore(parsed.reason, eventName, deps);
    case 'place': {
      const { place, affectsPeers, at } = parsed;
      if (isOwn(parsed.callerRoleArn, place, deps)) return ignore('own-call', eventName, deps);
      const minute = Math.floor(at / BURST_MS);
      const hintId = affectsPeers ? `${minute}-peers` : String(minute);
      await deps.sweeps.send([{ place, hintId, affectsPeers, by: causeOf(parsed) ?? eventName }]);
      deps.log.write({ code: 'intake.place-queued', ...place, eventName });
      deps.metrics.count('IntakeQueued', { eventName });
      return;
    }
    case 'key': {
      const { key } = parsed;
      if (isOwn(parsed.callerRoleArn, key, deps)) return ignore('own-call', eventName, deps);
      await deps.queue.send({ key, hintId: `${EVENT_HINT}${parsed.eventId}`, looks: 0, by: causeOf(parsed) });
      deps.log.write({
        code: 'intake.queued',
        peeringId: key.peeringId,
        accountId: key.accountId,
        eventName,
      });
      deps.metrics.count('IntakeQueued', { eventName });
    }
  }
}

/**
 * Our own writes come back as events. Were they hints, a read that lags behind our write would make each run write
 * again, and its events start more runs. Nothing is lost: the queue repeats a run that died.
 */
const isOwn = (callerRoleArn: string | undefined, { accountId }: Place, deps: IntakeDeps): boolean =>
  callerRoleArn?.endsWith(`:iam::${accountId}:role/${deps.memberRoleName}`) === true;

/** `DeleteRoute by arn:aws:sts::111122223333:assumed-role/terraform/run` */
const causeOf = (event: { readonly eventName: string; readonly callerArn: string | undefined }) =>
  event.callerArn === undefined ? undefined : `${event.eventName} by ${event.callerArn}`;

function ignore(reason: string, eventName: string, { log, metrics }: IntakeDeps): void {
  log.write({ code: 'intake.ignored', reason, eventName });
  metrics.count('IntakeIgnored', { reason });
}
