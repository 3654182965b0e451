import * as z from 'zod';
import type { Log, Metrics } from '../domain/work/log.ts';
import { isAboutPeering, isAboutWork, parseHubEvent, type HubEvent } from '../domain/words/hub-event.ts';

/** A place where people read notices. */
export interface Channel {
  /** For logs and metrics: `sns`, `slack`. */
  readonly name: string;
  /** @param at when it happened, epoch milliseconds */
  send(event: HubEvent, at: number): Promise<void>;
}

export interface NotifyDeps {
  readonly channels: readonly Channel[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Tells one domain event on every channel of the function. A channel that fails does not keep the others from hearing it; the
 * failure is thrown in the end, so that Lambda tries again. The others then hear it twice, which is better than
 * never.
 */
export async function notify(envelope: unknown, deps: NotifyDeps): Promise<void> {
  const event = parseHubEvent(envelope);
  const at = atOf(envelope);
  const about = aboutOf(event);
  const results = await Promise.allSettled(
    deps.channels.map(async (channel) => {
      await channel.send(event, at);
      deps.log.write({ code: 'notify.sent', channel: channel.name, detailType: event.detailType, about });
      deps.metrics.count('NoticeSent', { channel: channel.name });
    }),
  );
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason);
  // One channel's own words are the cause by which people find it.
  if (failures.length === 1) throw failures[0];
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} channels failed: ${texts(failures)}`);
}

const timeSchema = z.object({ time: z.iso.datetime() });

/** EventBridge writes when it took an event, in whole seconds; of an event without that nothing is known. */
function atOf(envelope: unknown): number {
  const time = timeSchema.safeParse(envelope).data?.time;
  return time === undefined ? 0 : Date.parse(time);
}

function aboutOf(event: HubEvent): string {
  if (isAboutWork(event)) return event.detail.cause;
  return isAboutPeering(event) ? event.detail.peeringId : event.detail.reason.code;
}

const texts = (failures: readonly unknown[]): string =>
  failures.map((failure) => (failure instanceof Error ? failure.message : 'unknown')).join('; ');
