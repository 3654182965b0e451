import { parseHubEvent } from '../domain/words/hub-event.ts';
import type { KeptLetter } from '../domain/work/letter.ts';
import { EVENT_SOURCE } from '../domain/words/notice.ts';
import { API_CALL } from '../events/cloudtrail.ts';
import { intake, type IntakeDeps } from '../events/intake.ts';
import * as z from 'zod';
import type { HubEvents, LetterQueues } from './ports.ts';
import { eventOf } from './read-letter.ts';

export interface RetryDeps {
  readonly queues: LetterQueues;
  readonly bus: HubEvents;
  readonly intake: IntakeDeps;
}

const envelopeSchema = z.object({ source: z.string(), 'detail-type': z.string() });

/**
 * Sends a letter's body again: to the queue that it came from, or as an event to what it was meant for.
 *
 * @throws Error that says why it cannot be sent
 */
export async function sendAgain(letter: KeptLetter, { queues, bus, intake: deps }: RetryDeps): Promise<void> {
  if (letter.source !== 'events') return queues.send(letter);
  const event = eventOf(letter.body);
  const envelope = envelopeSchema.safeParse(event).data;
  if (envelope?.source === EVENT_SOURCE) return bus.publish([parseHubEvent(event)]);
  if (envelope?.['detail-type'] === API_CALL) return intake(event, deps);
  throw new Error('a sweep starts by itself within the hour; drop this one');
}
