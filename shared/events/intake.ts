import type { Log, Metrics } from '../domain/log.ts';
import type { WorkQueue } from '../domain/work-item.ts';
import { parseEvent } from './registry.ts';

export interface IntakeDeps {
  readonly queue: WorkQueue;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** An event that claims to be ours and cannot be read. Its message is the reason in the dead-letter queue. */
export class MalformedEvent extends Error {
  constructor(reason: string) {
    super(`malformed event: ${reason}`);
    this.name = 'MalformedEvent';
  }
}

/**
 * Turns an event into work for the queue. What is not ours is counted and left; nothing of the event but its key
 * goes on.
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
      deps.log.write({ code: 'intake.ignored', reason: parsed.reason, eventName });
      deps.metrics.count('IntakeIgnored', { reason: parsed.reason });
      return;
    case 'key': {
      const { key } = parsed;
      await deps.queue.send({ key, hintId: parsed.eventId, looks: 0 });
      deps.log.write({ code: 'intake.queued', peeringId: key.peeringId, accountId: key.accountId, eventName });
      deps.metrics.count('IntakeQueued', { eventName });
    }
  }
}
