import * as z from 'zod';

const scheduled = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/),
  resources: z.array(z.string()).optional(),
});

/** What the hub's schedules start. */
export interface Schedule {
  /** Of the event. EventBridge may deliver one twice, with the same id. */
  readonly id: string;
  /** A sweep, or a look for new requests alone. */
  readonly look: 'sweep' | 'requests';
}

/**
 * Which schedule fired: EventBridge names the rule in the event's `resources`.
 *
 * @throws ZodError for anything that is no event
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled.html
 */
export function readSchedule(event: unknown): Schedule {
  const { id, resources = [] } = scheduled.parse(event);
  const isForRequests = resources.some((arn) => /:rule\/[^/]*-requests$/.test(arn));
  return { id, look: isForRequests ? 'requests' : 'sweep' };
}
