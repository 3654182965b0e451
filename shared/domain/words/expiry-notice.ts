import * as z from 'zod';
import type { DueExpiry } from '../memory/expiries.ts';
import { expiryText } from '../policy/language/expiry.ts';
import { atMost, fitting } from './at-most.ts';
import { plainWords, quoted } from './foreign-text.ts';
import { EVENT_SOURCE } from './notice.ts';

/** What people are told 14, 3 and 1 days before rules expire. */
export const RULES_EXPIRING = 'Rules Expiring';

const detailSchema = z.strictObject({
  version: z.literal(1),
  /** Always `expiring`. */
  reason: z.strictObject({ code: z.string(), text: z.string() }),
  /** How many rules. */
  count: z.int(),
  /** Which, when, and who answers for it, a sentence each; the first to expire first. */
  about: z.array(z.string()),
  /** What to do, a sentence each. */
  problems: z.array(z.string()),
});

/** Its form is a contract as that of the others: see notice.ts. */
export interface RulesNotice {
  readonly detailType: typeof RULES_EXPIRING;
  readonly detail: Readonly<z.infer<typeof detailSchema>>;
}

/** As it stands on the bus. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.literal(RULES_EXPIRING),
  detail: detailSchema,
});

/** @throws ZodError that names every field that is missing or wrong */
export function parseRulesNotice(envelope: unknown): RulesNotice {
  const event = eventSchema.parse(envelope);
  return { detailType: event['detail-type'], detail: event.detail };
}

/** More than people read, and far less than an event holds. */
const MAX_ABOUT = 200;

export function rulesNotice(due: readonly DueExpiry[]): RulesNotice {
  const text =
    'after that the rule allows nothing more: its requests are held or decided by another rule, and what only it allowed ' +
    'follows the guardrails';
  return {
    detailType: RULES_EXPIRING,
    detail: {
      version: 1,
      reason: { code: 'expiring', text },
      count: due.length,
      about: [...atMost(due.map(sentence), MAX_ABOUT)],
      problems: ['Write a later date into the policy if the rule is to go on, and deploy it.'],
    },
  };
}

/** `migration allows until the end of 2027-03-31 (UTC); owner "data platform", ticket "NET-123"` */
function sentence({ rule: { name, owner, ticket }, expires }: DueExpiry): string {
  const notes = [
    ...(owner === undefined ? [] : [`owner ${quoted(owner)}`]),
    ...(ticket === undefined ? [] : [`ticket ${quoted(ticket)}`]),
  ];
  const who = notes.length === 0 ? '' : `; ${notes.join(', ')}`;
  return `${name} allows until ${expiryText(expires)}${who}`;
}

const TEXT_CHARACTERS = 500;
const ABOUT_BYTES = 40_000;

/** The same event in plain words, and of a size that every channel takes: see plainNotice. */
export function plainRules({ detailType, detail }: RulesNotice): RulesNotice {
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
