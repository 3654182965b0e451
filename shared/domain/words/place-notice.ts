import * as z from 'zod';
import { atMost, fitting } from './at-most.ts';
import { plainWords } from './foreign-text.ts';
import { EVENT_SOURCE } from './notice.ts';
import { placeWords, type PlaceRecord, type PlaceState } from '../memory/place-record.ts';

/** What people are told of accounts and regions: that autopeer may not read them, and that it may again. */
export const PLACE_TYPES = ['Access Missing', 'Access Restored'] as const;
export type PlaceType = (typeof PLACE_TYPES)[number];

const detailSchema = z.strictObject({
  version: z.literal(1),
  /** `no-member-role`, `no-access` or `ok`. */
  reason: z.strictObject({ code: z.string(), text: z.string() }),
  /** How many places: each is an account and region. */
  count: z.int(),
  /** Which, a few words each. */
  about: z.array(z.string()),
  /** What to do, a sentence each. */
  problems: z.array(z.string()),
});

/** Its form is a contract as that of the others: see notice.ts. */
export interface PlacesNotice {
  readonly detailType: PlaceType;
  readonly detail: Readonly<z.infer<typeof detailSchema>>;
}

/** As it stands on the bus. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(PLACE_TYPES),
  detail: detailSchema,
});

/** @throws ZodError that names every field that is missing or wrong */
export function parsePlacesNotice(envelope: unknown): PlacesNotice {
  const event = eventSchema.parse(envelope);
  return { detailType: event['detail-type'], detail: event.detail };
}

/** More than people read, and far less than an event holds. */
const MAX_ABOUT = 200;

/** @param records in the same state, with the same code */
export function placesNotice(state: PlaceState, records: readonly PlaceRecord[]): PlacesNotice {
  const about = atMost(records.map(({ place }) => placeWords(place)).toSorted(), MAX_ABOUT);
  const rest = { version: 1 as const, count: records.length, about: [...about] };
  switch (state.kind) {
    case 'ok': {
      const reason = { code: 'ok', text: 'autopeer may read there again, and goes on there' };
      return { detailType: 'Access Restored', detail: { ...rest, reason, problems: [] } };
    }
    case 'no-member-role': {
      const text = `AWS does not let autopeer assume the member role there (${state.code})`;
      return {
        detailType: 'Access Missing',
        detail: {
          ...rest,
          reason: { code: state.kind, text },
          problems: [
            'Deploy deploy/member.yaml there, if autopeer is to look after these accounts.',
            MEANWHILE,
          ],
        },
      };
    }
    case 'no-access': {
      const text = `AWS does not let autopeer’s member role read there (${state.code})`;
      return {
        detailType: 'Access Missing',
        detail: {
          ...rest,
          reason: { code: state.kind, text },
          problems: [
            'Let the service control policy that denies it except the member role, turn the region on, or update the member stack; ' +
              'or take the region out of the policy’s regions.',
            MEANWHILE,
          ],
        },
      };
    }
  }
}

const MEANWHILE =
  'Until then requests from and to these places are held. Each sweep tries again; nothing else needs to be done.';

const TEXT_CHARACTERS = 500;
const ABOUT_BYTES = 40_000;

/** The same event in plain words, and of a size that every channel takes: see plainNotice. */
export function plainPlaces({ detailType, detail }: PlacesNotice): PlacesNotice {
  const { version, reason, count, about, problems } = detail;
  const words = (text: string): string => plainWords(text, TEXT_CHARACTERS);
  return {
    detailType,
    detail: {
      version,
      reason: { code: words(reason.code), text: words(reason.text) },
      count,
      about: [...fitting(about.map(words), ABOUT_BYTES, (line) => 4 * line.length)],
      problems: problems.map(words),
    },
  };
}
