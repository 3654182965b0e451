import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Cidr } from '../domain/facts/cidr.ts';
import { RESTORE_WITHIN_MS } from '../domain/connection/restore.ts';
import type { PrefixListId } from '../domain/facts/ids.ts';
import { parsePrefixListId } from '../domain/facts/ids.ts';
import type {
  BlockedStep,
  Consent,
  CutRoute,
  Memory,
  MissingRoute,
  Suspicion,
} from '../domain/memory/memory.ts';
import { ROLES, type Role } from '../domain/facts/peering.ts';
import { parseDigest, type Digest } from '../domain/policy/language/canonical.ts';
import { form, type Item } from './item-forms.ts';
import { accountId, destination as cidr, region, routeTableId, textOf } from './ledger-forms.ts';

/**
 * What is remembered of a peering besides claims, sides and what was told. Each item sorts outside `route#` to `told`,
 * which releases from before them read strictly: so a release can be rolled back.
 *
 * - `consent` has the CIDRs that were judged,
 * - `confirm` is what the first of two looks found,
 * - `cut#<account>#<region>#<route table>#<destination>` is a route that a guardrail took away,
 * - `dns#<role>` is a DNS flag that autopeer turned on,
 * - `blocked#<step>` is a step that AWS refuses until a person does something,
 * - `missing#<account>#<region>#<route table>#<destination>` is a wanted route that is left to others for a while,
 * - `planned` is what people were told of trial rules,
 * - `asked` has the digest of what people are asked to approve; dynamodb-approvals.ts has the rest.
 */
export type Notes = Pick<
  Memory,
  'consent' | 'suspicion' | 'cuts' | 'dns' | 'blocked' | 'planned' | 'missing' | 'asked'
>;

const MS_PER_SECOND = 1000;

export const consentItem = ({ requester, accepter, isAccepted, approval }: Consent): Item => ({
  sk: { S: 'consent' },
  requester: { L: requester.map((S) => ({ S })) },
  accepter: { L: accepter.map((S) => ({ S })) },
  ...(isAccepted === true ? { isAccepted: { BOOL: true } } : {}),
  ...(approval === undefined ? {} : { approval: { S: approval } }),
});

export const ASKED_KEY: Item = { sk: { S: 'asked' } };

export const askedItem = (digest: Digest): Item => ({ ...ASKED_KEY, digest: { S: digest } });

export const SUSPICION_KEY: Item = { sk: { S: 'confirm' } };

export const suspicionItem = ({ at, reason, rule, policyVersion }: Suspicion): Item => ({
  ...SUSPICION_KEY,
  at: { N: String(at) },
  reason: { S: reason },
  rule: { S: rule },
  policyVersion: { S: policyVersion },
});

export const cutKey = ({
  accountId,
  region,
  routeTableId,
  destination,
}: Omit<CutRoute, 'wasOurs' | 'at'>): Item => ({
  sk: { S: `cut#${accountId}#${region}#${routeTableId}#${destination}` },
});

export const cutItem = (cut: CutRoute): Item => ({
  ...cutKey(cut),
  wasOurs: { BOOL: cut.wasOurs },
  at: { N: String(cut.at) },
  expiresAt: { N: String(Math.ceil((cut.at + RESTORE_WITHIN_MS) / MS_PER_SECOND)) },
});

export const dnsKey = (role: Role): Item => ({ sk: { S: `dns#${role}` } });

export const blockedKey = ({ step }: Pick<BlockedStep, 'step'>): Item => ({ sk: { S: `blocked#${step}` } });

export const blockedItem = ({ step, at, problem }: BlockedStep): Item => ({
  ...blockedKey({ step }),
  at: { N: String(at) },
  problem: { S: problem },
});

export const missingKey = ({
  accountId,
  region,
  routeTableId,
  destination,
}: Omit<MissingRoute, 'since'>): Item => ({
  sk: { S: `missing#${accountId}#${region}#${routeTableId}#${destination}` },
});

export const missingItem = (route: MissingRoute): Item => ({
  ...missingKey(route),
  since: { N: String(route.since) },
});

export const PLANNED_KEY: Item = { sk: { S: 'planned' } };

export const plannedItem = (text: string): Item => ({ ...PLANNED_KEY, text: { S: text } });

const number = z.object({ N: z.string().regex(/^\d+$/) }).transform(({ N }) => Number(N));
const cidrs = z
  .object({ L: z.array(textOf(cidr)) })
  .transform(({ L }): readonly Cidr[] => L.map(({ S }) => S));
const listId = form<PrefixListId>(parsePrefixListId, 'a prefix list id');

const consentSchema = z.object({
  requester: cidrs,
  accepter: cidrs,
  isAccepted: z.object({ BOOL: z.boolean() }).optional(),
  approval: textOf(form<Digest>(parseDigest, 'a digest')).optional(),
});
const suspicionSchema = z.object({
  at: number,
  reason: textOf(z.string()),
  rule: textOf(z.string()),
  policyVersion: textOf(z.string()),
});
const askedSchema = z.object({ digest: textOf(form<Digest>(parseDigest, 'a digest')) });
const cutSchema = z.object({
  sk: textOf(
    z
      .string()
      .transform((sk) => sk.split('#'))
      .pipe(z.tuple([z.literal('cut'), accountId, region, routeTableId, z.union([cidr, listId])])),
  ),
  wasOurs: z.object({ BOOL: z.boolean() }),
  at: number,
});
const missingSchema = z.object({
  sk: textOf(
    z
      .string()
      .transform((sk) => sk.split('#'))
      .pipe(z.tuple([z.literal('missing'), accountId, region, routeTableId, cidr])),
  ),
  since: number,
});
const blockedSchema = z.object({ at: number, problem: textOf(z.string()) });
const textSchema = z.object({ text: textOf(z.string()) });

/**
 * Items that this release does not know are passed over: a later one may have written them.
 *
 * @throws ZodError where an item is not of its form
 */
export function readNotes(
  items: readonly Item[],
  read: <Result>(item: Item, reader: (item: Item) => Result) => Result,
): Notes {
  const named = (name: string): Item | undefined => items.find((item) => sortKeyOf(item) === name);
  const under = (prefix: string): readonly Item[] =>
    items.filter((item) => sortKeyOf(item).startsWith(prefix));
  const one = <Result>(name: string, reader: (item: Item) => Result): Result | undefined => {
    const item = named(name);
    return item === undefined ? undefined : read(item, reader);
  };
  return {
    consent: one('consent', readConsent),
    suspicion: one('confirm', readSuspicion),
    cuts: under('cut#').map((item) => read(item, readCut)),
    dns: ROLES.filter((role) => named(`dns#${role}`) !== undefined),
    blocked: under('blocked#').map((item) => read(item, readBlocked)),
    missing: under('missing#').map((item) => read(item, readMissing)),
    planned: one('planned', (item) => textSchema.parse(item).text.S),
    asked: one('asked', (item) => askedSchema.parse(item).digest.S),
  };
}

const sortKeyOf = (item: Readonly<Record<string, AttributeValue>>): string => item['sk']?.S ?? '';

function readConsent(item: Item): Consent {
  const { requester, accepter, isAccepted, approval } = consentSchema.parse(item);
  return {
    requester,
    accepter,
    ...(isAccepted?.BOOL === true ? { isAccepted: true } : {}),
    ...(approval === undefined ? {} : { approval: approval.S }),
  };
}

function readSuspicion(item: Item): Suspicion {
  const { at, reason, rule, policyVersion } = suspicionSchema.parse(item);
  return { at, reason: reason.S, rule: rule.S, policyVersion: policyVersion.S };
}

function readCut(item: Item): CutRoute {
  const { sk, wasOurs, at } = cutSchema.parse(item);
  const [, accountId, region, routeTableId, destination] = sk.S;
  return { accountId, region, routeTableId, destination, wasOurs: wasOurs.BOOL, at };
}

function readMissing(item: Item): MissingRoute {
  const { sk, since } = missingSchema.parse(item);
  const [, accountId, region, routeTableId, destination] = sk.S;
  return { accountId, region, routeTableId, destination, since };
}

function readBlocked(item: Item): BlockedStep {
  const { at, problem } = blockedSchema.parse(item);
  return { step: sortKeyOf(item).slice('blocked#'.length), at, problem: problem.S };
}
