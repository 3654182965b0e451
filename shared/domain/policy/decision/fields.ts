import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { parseCidr } from '../../facts/cidr.ts';
import { PRINCIPAL_PATTERN } from '../../facts/caller.ts';
import { parseAccountId, parseOuId, parseRegion, parseRouteTableId, parseVpcId } from '../../facts/ids.ts';
import { parseSlackGroupId, parseSlackUserId } from '../../facts/slack-ids.ts';
import { INSTANT_PATTERN, parseExpiry, parseInstant } from '../language/expiry.ts';
import { didYouMean } from '../language/suggest.ts';

/** The group that every policy has without defining it: see docs/policy.md. */
export const ANY = 'any';
export const NAME_FORM = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
/** Separates the messages of an issue that stands for several faults. */
export const MESSAGE_SEPARATOR = '\n';

/** How the message about a key that is not there begins, and about one without a value: {@link expected}. */
export const MISSING = 'missing: ';
export const NO_VALUE = 'no value';

/** `expected …, found …`: what to write instead, and what is there. */
export function expected(what: string, input: unknown): string {
  if (input === undefined) return `${MISSING}write ${what}`;
  if (input === null) return `${NO_VALUE}: write ${what}, or leave the key out`;
  return `expected ${what}, found ${describe(input)}`;
}

const SHOWN_LENGTH_MAX = 60;

function describe(input: unknown): string {
  if (Array.isArray(input)) return `a list of ${input.length}`;
  if (typeof input === 'object') return 'a mapping';
  const text = typeof input === 'string' ? `'${input}'` : `the ${typeof input} ${JSON.stringify(input)}`;
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/**
 * A mapping with these keys and no others.
 *
 * @param refused what to write instead of a key that people write here, and that means nothing here
 */
export function mapping<Shape extends z.ZodRawShape>(
  what: string,
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .map(
              (key) =>
                refused[key] ??
                `unknown key '${key}'${didYouMean(key, known) || `; known here: ${known.join(', ')}`}`,
            )
            .join(MESSAGE_SEPARATOR)
        : expected(`${what} (a mapping with ${known.join(', ')})`, issue.input),
  });
}

/** A list of at least one: an empty one selects nothing, which nobody means. */
export const list = <Item extends z.ZodType>(what: string, item: Item) =>
  z
    .array(item, { error: (issue) => expected(`a list, such as ${what}`, issue.input) })
    .min(1, { error: `the list is empty: name at least one, such as ${what}, or leave the key out` });

interface TextField<Value> {
  /** What belongs here, with an example. */
  readonly what: string;
  /** For the JSON Schema. */
  readonly pattern: string;
  readonly parse: (text: string) => Value | undefined;
  /** A better message than "expected …", where there is one. */
  readonly complain?: (input: unknown) => string | undefined;
}

function text<Value>({ what, pattern, parse, complain }: TextField<Value>) {
  const message = (input: unknown): string => complain?.(input) ?? expected(what, input);
  return z
    .string({ error: (issue) => message(issue.input) })
    .meta({ pattern, description: what })
    .transform((input, context) => {
      const value = parse(input);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', message: message(input), input });
      return z.NEVER;
    });
}

function unquotedAccount(input: unknown): string | undefined {
  if (typeof input !== 'number') return undefined;
  const digits = String(input);
  const quoted = /^\d{1,12}$/.test(digits) ? `write "${digits.padStart(12, '0')}"` : 'put it in quotes';
  return `an account id must be quoted: YAML reads it as a number, and leading zeros are lost; ${quoted}`;
}

/** How a name becomes an id. */
const FIX_IDS = 'for a name, autopeer policy check --org SNAPSHOT --fix-ids writes the id';

/** A name, or a path of names: ids alone say who is meant, whatever is renamed. */
function nameForId(what: string) {
  return (input: unknown): string | undefined =>
    typeof input === 'string' && /[A-Za-z]/.test(input) ? `${expected(what, input)}; ${FIX_IDS}` : undefined;
}

function hostBits(input: unknown): string | undefined {
  if (typeof input !== 'string') return undefined;
  const cidr = parseCidr(input);
  return cidr === undefined ? undefined : `${input} has host bits set: write ${cidr}`;
}

/** Canonical, and written without host bits: those would make people read another block than what is meant. */
function parseStrictCidr(input: string) {
  const cidr = parseCidr(input);
  if (cidr === undefined || cidr === input) return cidr;
  const [address] = ipaddr.parseCIDR(input);
  return cidr.startsWith(`${address.toString()}/`) ? cidr : undefined;
}

const ACCOUNT = 'a quoted account id of twelve digits, such as "111122223333"';
export const accountId = text({
  what: ACCOUNT,
  pattern: '^\\d{12}$',
  parse: parseAccountId,
  complain: (input) => unquotedAccount(input) ?? nameForId(ACCOUNT)(input),
});
export const region = text({
  what: 'a region, such as eu-west-1',
  pattern: '^[a-z]{2,4}(-[a-z]+){1,3}-\\d{1,2}$',
  parse: parseRegion,
});
export const vpcId = text({
  what: 'a VPC id, such as vpc-0123456789abcdef0',
  pattern: '^vpc-([0-9a-f]{8}|[0-9a-f]{17})$',
  parse: parseVpcId,
});
const OU = 'an OU id, such as ou-ab12-prod0001';
export const ouId = text({
  what: OU,
  complain: nameForId(OU),
  pattern: '^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$',
  parse: parseOuId,
});
export const routeTableId = text({
  what: 'a route table id, such as rtb-0123456789abcdef0',
  pattern: '^rtb-([0-9a-f]{8}|[0-9a-f]{17})$',
  parse: parseRouteTableId,
});
export const cidr = text({
  what: 'a CIDR, such as 10.0.0.0/16',
  pattern: '^[0-9a-fA-F:.]+/\\d{1,3}$',
  parse: parseStrictCidr,
  complain: hostBits,
});
const INSTANT = {
  what: 'a date, such as 2027-03-31, or a time, such as 2027-03-31T18:00:00Z',
  pattern: INSTANT_PATTERN,
};
/** Epoch milliseconds; of a date, those of its start. */
export const instant = text({ ...INSTANT, parse: parseInstant });
/** The same; of a date, those of its end. */
export const expiry = text({ ...INSTANT, parse: parseExpiry });
export const principal = text({
  what: 'the ARN of an IAM role without its path, or of a user, such as "arn:aws:iam::111122223333:role/NetworkAdmin"',
  pattern: PRINCIPAL_PATTERN.source,
  parse: (input) => (PRINCIPAL_PATTERN.test(input) ? input : undefined),
});
/** One person: a pattern of several would make them one. */
export const onePrincipal = text({
  what: 'the ARN of one IAM role or user, without *, such as "arn:aws:iam::111122223333:user/anna"',
  pattern: PRINCIPAL_PATTERN.source,
  parse: (input) => (PRINCIPAL_PATTERN.test(input) && !input.includes('*') ? input : undefined),
});
/** As Identity Center names sessions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
export const identityCenterUser = text({
  what: 'the name with which a person signs in to Identity Center, such as anna@example.com',
  pattern: SESSION_NAME.source,
  parse: (input) => (SESSION_NAME.test(input) ? input : undefined),
});
export const slackUser = text({
  what: 'the id of a Slack user, such as U0123ABCD: in Slack, "Copy member ID" of the profile',
  pattern: '^[UW][A-Z0-9]{5,20}$',
  parse: parseSlackUserId,
});
export const slackGroup = text({
  what: 'the id of a Slack user group, such as S0123ABCD: in Slack, "Copy group ID" of the group',
  pattern: '^S[A-Z0-9]{5,20}$',
  parse: parseSlackGroupId,
});
export const name = text({
  what: 'a name: a letter, then up to 63 letters, digits, dots, dashes or underscores',
  pattern: NAME_FORM.source,
  parse: (input) => (NAME_FORM.test(input) ? input : undefined),
});
/** AWS allows 256 characters in a tag's value. */
export const tagValue = text({
  what: 'a tag\'s value, in quotes when it looks like a number or true or false, such as "123"',
  pattern: '^.{0,256}$',
  parse: (input) => (input.length <= 256 ? input : undefined),
});
export const tagKey = z.string().regex(/^.{1,128}$/su, { error: 'a tag key has 1 to 128 characters' });

export const flag = (example: string) =>
  z.boolean({ error: (issue) => expected(`true or false, such as ${example}`, issue.input) });

const SECONDS_OF = { s: 1, m: 60 } as const;

/** A time such as `90s` or `5m`, in seconds; `0s` is none. */
export const duration = (mostSeconds: number) =>
  text({
    what: `a time of at most ${mostSeconds / SECONDS_OF.m} minutes, such as 5m or 90s`,
    pattern: '^\\d{1,4}(s|m)$',
    parse: (input) => {
      const [, amount, unit] = /^(\d{1,4})(s|m)$/.exec(input) ?? [];
      if (amount === undefined) return undefined;
      const seconds = Number(amount) * SECONDS_OF[unit === 'm' ? 'm' : 's'];
      return seconds <= mostSeconds ? seconds : undefined;
    },
  });

export const count = (most: number) => {
  const error = (issue: { readonly input?: unknown }): string =>
    expected(`a whole number from 1 to ${most}`, issue.input);
  return z.int({ error }).min(1, { error }).max(most, { error });
};

/** The word that was meant, if the input is nearly one of them. */
export const suggestWord = (input: unknown, words: readonly string[]): string =>
  typeof input === 'string' ? didYouMean(input, words) : '';

export const choice = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, {
    error: (issue) => {
      const what = expected(`one of ${words.join(', ')}`, issue.input);
      return `${what}${suggestWord(issue.input, words)}`;
    },
  });
