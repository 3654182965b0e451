import * as z from 'zod';
import { RULES_EXPIRING, eventSchema as rulesSchema } from '../../shared/domain/words/expiry-notice.ts';
import { WORK_FAILED, eventSchema as failedSchema } from '../../shared/domain/words/failed-notice.ts';
import type { HubEvent } from '../../shared/domain/words/hub-event.ts';
import { eventSchema as peeringSchema } from '../../shared/domain/words/notice.ts';
import { PLACE_TYPES, eventSchema as placesSchema } from '../../shared/domain/words/place-notice.ts';
import {
  SUSPENSION_TYPES,
  eventSchema as suspensionSchema,
} from '../../shared/domain/words/suspension-notice.ts';

type EventType = HubEvent['detailType'];

/** `Peering Cleaned Up` is `peering-cleaned-up`: what its files are called. */
export const fileNameOf = (detailType: EventType): string => detailType.toLowerCase().replaceAll(' ', '-');

function formOf(detailType: EventType) {
  const only = { 'detail-type': z.literal(detailType) };
  if (detailType === WORK_FAILED) return failedSchema.extend(only);
  if (detailType === RULES_EXPIRING) return rulesSchema.extend(only);
  if (SUSPENSION_TYPES.some((type) => type === detailType)) return suspensionSchema.extend(only);
  return PLACE_TYPES.some((type) => type === detailType)
    ? placesSchema.extend(only)
    : peeringSchema.extend(only);
}

/**
 * The JSON Schema (draft-07) of an event of autopeer in EventBridge's envelope. It allows fields that it does not name: a later
 * release may add some within a version, and titles, and neither takes a field away nor gives it another meaning.
 */
export const eventJsonSchema = (detailType: EventType): object =>
  z.toJSONSchema(formOf(detailType).meta({ title: `autopeer: ${detailType}, version 1` }), {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema, path }) => {
      delete jsonSchema.additionalProperties;
      // More exact headings may come.
      if (path.at(-1) === 'title') delete jsonSchema.enum;
    },
  });
