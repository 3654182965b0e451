import * as z from 'zod';

const scheduled = z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/) });

/**
 * The id of a scheduled event. EventBridge may deliver an event twice, with the same id.
 *
 * @throws ZodError for anything else
 */
export const scheduleId = (event: unknown): string => scheduled.parse(event).id;
