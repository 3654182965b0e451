import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { atMost } from '../domain/words/at-most.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { Role, SideLocation } from '../domain/facts/peering.ts';
import type { HistoryEntry, LedgerRoute, Memory } from '../domain/memory/memory.ts';
import { parseDigest, type Digest } from '../domain/policy/language/canonical.ts';
import { form, type Item } from './item-forms.ts';
import { accountId, destination, region, routeTableId, textOf, vpcId } from './ledger-forms.ts';
import { readNotes } from './ledger-notes.ts';

/**
 * The forms of the ledger's items. All items of one peering share the partition `peering#<peering id>`; in it
 * - `sides` is where both sides are,
 * - `told` is what people were told last,
 * - `route#<account>#<region>#<route table>#<destination>` is a claim; its key says it all,
 * - `history#<epoch milliseconds, 13 digits>#<digest of the entry>` is an entry of the history.
 *
 * ledger-notes.ts has the rest. log-items.ts has where the entries of all peerings are found by their time.
 */
const STRICT_FROM = 'route#';

/** All but the history, which sorts between the two and is not read with the rest. */
export const MEMORY_RANGES = [
  { from: '#', to: 'history' },
  { from: 'i', to: 'told' },
] as const;
const HISTORY_PREFIX = 'history#';
/** Sorts after every entry. */
export const HISTORY_END = 'history$';

/** An auditor who looks at a year asks for it some weeks after its end. */
export const HISTORY_DAYS = 400;
const SECONDS_PER_DAY = 86_400;
/** Digits of an instant in epoch milliseconds until the year 2286. */
const INSTANT_DIGITS = 13;
/** Hexadecimal digits that tell apart the entries of one millisecond. */
const DIGEST_DIGITS = 16;
/** A DynamoDB item holds 400 KB; a sentence about a step has some hundred bytes. */
const MAX_CHANGES = 1000;
const MAX_PROBLEMS = 200;

export const partitionOf = (peeringId: PeeringId): string => `peering#${peeringId}`;

export const keyOf = (peeringId: PeeringId, sk: string): Item => ({
  pk: { S: partitionOf(peeringId) },
  sk: { S: sk },
});

export const claimKey = (peeringId: PeeringId, route: LedgerRoute): Item =>
  keyOf(peeringId, `route#${route.accountId}#${route.region}#${route.routeTableId}#${route.destination}`);

/** Its key says it all, but when. */
export const claimItem = (peeringId: PeeringId, route: LedgerRoute): Item => ({
  ...claimKey(peeringId, route),
  ...(route.at === undefined ? {} : { at: { N: String(route.at) } }),
});

export function sidesItem(peeringId: PeeringId, sides: Readonly<Record<Role, SideLocation>>): Item {
  const side = ({ accountId, region, vpcId }: SideLocation): AttributeValue => ({
    M: { accountId: { S: accountId }, region: { S: region }, vpcId: { S: vpcId } },
  });
  return {
    ...keyOf(peeringId, 'sides'),
    requester: side(sides.requester),
    accepter: side(sides.accepter),
  };
}

export const toldItem = (peeringId: PeeringId, told: string): Item => ({
  ...keyOf(peeringId, 'told'),
  text: { S: told },
});

/** An instant, epoch milliseconds, as text that sorts by time. */
export const instantText = (at: number): string => String(at).padStart(INSTANT_DIGITS, '0');

/** The first key that an entry of this instant, epoch milliseconds, or later may have. */
export const historyFrom = (since: number): string => `${HISTORY_PREFIX}${instantText(since)}`;

/** The key of an entry. @param place its instant and digest, `1767225600000#0123456789abcdef` */
export const historyKey = (peeringId: PeeringId, place: string): Item =>
  keyOf(peeringId, `${HISTORY_PREFIX}${place}`);

/** Where an entry stands among those of its peering: the end of its key. */
export const historyPlace = (item: Item): string => (item['sk']?.S ?? '').slice(HISTORY_PREFIX.length);

/** The same entry, written twice, is one item. */
export function historyItem(peeringId: PeeringId, entry: HistoryEntry): Item {
  const text = JSON.stringify(withinLimits(entry));
  const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_DIGITS);
  return {
    ...historyKey(peeringId, `${instantText(entry.at)}#${digest}`),
    entry: { S: text },
    ...expiring(entry),
  };
}

/** The table's TimeToLiveSpecification names this attribute; see deploy/hub/ledger.yml. */
export const expiring = ({ at }: Pick<HistoryEntry, 'at'>): Item => ({
  expiresAt: { N: String(Math.floor(at / 1000) + HISTORY_DAYS * SECONDS_PER_DAY) },
});

const withinLimits = ({ planned, problems, ...entry }: HistoryEntry): HistoryEntry => ({
  ...entry,
  ...(planned === undefined ? {} : { planned: atMost(planned, MAX_CHANGES) }),
  changes: atMost(entry.changes, MAX_CHANGES),
  ...(problems === undefined ? {} : { problems: atMost(problems, MAX_PROBLEMS) }),
});

const claimSchema = z.object({
  sk: textOf(
    z
      .string()
      .transform((sk) => sk.split('#'))
      .pipe(z.tuple([z.literal('route'), accountId, region, routeTableId, destination])),
  ),
  at: z.object({ N: z.string().regex(/^\d+$/) }).optional(),
});

const sideSchema = z.object({
  M: z.object({ accountId: textOf(accountId), region: textOf(region), vpcId: textOf(vpcId) }),
});
const sidesSchema = z.object({ requester: sideSchema, accepter: sideSchema });

const toldSchema = z.object({ text: textOf(z.string()) });

const historySchema = z.object({ entry: textOf(z.string()) });
const entrySchema = z.object({
  at: z.int(),
  verdict: z.string(),
  rule: z.string().optional(),
  reason: z.object({ code: z.string(), text: z.string() }),
  policyVersion: z.string(),
  by: z.string().optional(),
  planned: z.array(z.string()).optional(),
  changes: z.array(z.string()),
  approval: form<Digest>(parseDigest, 'a digest').optional(),
  isDryRun: z.literal(true).optional(),
  outcome: z.string().optional(),
  problems: z.array(z.string()).optional(),
  notices: z.array(z.string()).optional(),
});

/** @throws Error that names the item that is not of its form */
export function readMemory(items: readonly Item[]): Memory {
  const isStrict = (item: Item): boolean => (item['sk']?.S ?? '') >= STRICT_FROM;
  const strict = items.filter(isStrict);
  const sides = strict.find((item) => item['sk']?.S === 'sides');
  const told = strict.find((item) => item['sk']?.S === 'told');
  const claims = strict.filter((item) => item !== sides && item !== told);
  return {
    ...readNotes(
      items.filter((item) => !isStrict(item)),
      readItem,
    ),
    sides: sides === undefined ? undefined : readItem(sides, readSides),
    routes: claims.map((item) => readItem(item, readClaim)),
    told: told === undefined ? undefined : readItem(told, (item) => toldSchema.parse(item).text.S),
  };
}

/** @throws Error that names the item that is not of its form */
export const readHistory = (items: readonly Item[]): readonly HistoryEntry[] => items.map(readHistoryItem);

/** @throws Error that names the item where it is not of its form */
export const readHistoryItem = (item: Item): HistoryEntry => readItem(item, readEntry);

function readClaim(item: Item): LedgerRoute {
  const { sk, at } = claimSchema.parse(item);
  const [, accountId, region, routeTableId, destination] = sk.S;
  const when = at === undefined ? {} : { at: Number(at.N) };
  return { accountId, region, routeTableId, destination, ...when };
}

/** @throws Error that names the item where it is not of its form */
export const readSidesItem = (item: Item): NonNullable<Memory['sides']> => readItem(item, readSides);

function readSides(item: Item): Readonly<Record<Role, SideLocation>> {
  const { requester, accepter } = sidesSchema.parse(item);
  const location = ({ M }: z.infer<typeof sideSchema>): SideLocation => ({
    accountId: M.accountId.S,
    region: M.region.S,
    vpcId: M.vpcId.S,
  });
  return { requester: location(requester), accepter: location(accepter) };
}

function readEntry(item: Item): HistoryEntry {
  const json: unknown = JSON.parse(historySchema.parse(item).entry.S);
  return entrySchema.parse(json);
}

function readItem<Result>(item: Item, read: (item: Item) => Result): Result {
  try {
    return read(item);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`the ledger's item ${item['pk']?.S}, ${item['sk']?.S} is broken: ${why}`, { cause });
  }
}
