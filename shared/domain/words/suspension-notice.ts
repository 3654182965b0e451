import * as z from 'zod';
import { plainWords } from './foreign-text.ts';
import { EVENT_SOURCE } from './notice.ts';
import type { SuspensionMemory } from '../memory/suspension.ts';

/** What people are told when autopeer stops its writes, and when it goes on: once each. */
export const SUSPENSION_TYPES = ['Autopeer Suspended', 'Autopeer Resumed'] as const;

const detailSchema = z.strictObject({
  version: z.literal(1),
  /** `suspended`; `resumed` by a person, or `expired`. */
  reason: z.strictObject({ code: z.enum(['suspended', 'resumed', 'expired']), text: z.string() }),
});

/** Its form is a contract as that of the others: see notice.ts. */
export interface SuspensionEvent {
  readonly detailType: (typeof SUSPENSION_TYPES)[number];
  readonly detail: Readonly<z.infer<typeof detailSchema>>;
}

/** As it stands on the bus. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(SUSPENSION_TYPES),
  detail: detailSchema,
});

export const isSuspensionType = (type: unknown): type is SuspensionEvent['detailType'] =>
  SUSPENSION_TYPES.some((known) => known === type);

/** @throws ZodError that names every field that is missing or wrong */
export function parseSuspensionEvent(envelope: unknown): SuspensionEvent {
  const event = eventSchema.parse(envelope);
  return { detailType: event['detail-type'], detail: event.detail };
}

/** What people have not been told yet; nothing where they know. */
export function suspensionNews({ current, past, untold }: SuspensionMemory): SuspensionEvent | undefined {
  const last = past.at(-1);
  if (untold === 'suspended' && current !== undefined) {
    const until = current.until === undefined ? 'until somebody resumes' : `until ${instant(current.until)}`;
    const why = current.reason === undefined ? '' : `: ${current.reason}`;
    const text =
      `${current.by} suspended autopeer ${until}${why}. It goes on reading, deciding and telling, and writes nothing ` +
      'to EC2. `autopeer resume` ends it';
    return event('Autopeer Suspended', 'suspended', text);
  }
  if (untold !== 'ended' || last === undefined) return undefined;
  const rest = 'autopeer writes again; a sweep does what was held meanwhile';
  return last.ended.kind === 'expired'
    ? event('Autopeer Resumed', 'expired', `the time of the suspension is over: ${rest}`)
    : event('Autopeer Resumed', 'resumed', `${last.ended.by ?? 'somebody'} resumed it: ${rest}`);
}

const event = (
  detailType: SuspensionEvent['detailType'],
  code: SuspensionEvent['detail']['reason']['code'],
  text: string,
): SuspensionEvent => ({ detailType, detail: { version: 1, reason: { code, text } } });

const instant = (ms: number): string => new Date(ms).toISOString();

const TEXT_CHARACTERS = 1000;

/** The same event in plain words. */
export const plainSuspension = ({ detailType, detail }: SuspensionEvent): SuspensionEvent => ({
  detailType,
  detail: {
    ...detail,
    reason: { code: detail.reason.code, text: plainWords(detail.reason.text, TEXT_CHARACTERS) },
  },
});
