import * as z from 'zod';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { GivenApproval } from '../domain/memory/approvals.ts';
import { isOpening, letInBy } from '../domain/memory/let-in.ts';
import type { HistoryEntry, Memory } from '../domain/memory/memory.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import { command, type CommandTools } from './command.ts';
import { peering, vpc } from './inputs.ts';

/** As many peerings at once as leave the table in peace. */
const READS_AT_ONCE = 8;

/** Where a page ended. What nobody wrote is not found, and does no harm. */
const after = (form: RegExp) => z.string().regex(form, 'not what an earlier answer called `next`').optional();
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** What became of one peering, the oldest first, with what people said of it in between. */
export const showHistory = command(
  z.strictObject({ peering, after: after(/^\d{13}#[0-9a-f]{16}$/) }),
  async ({ peering: id, after: from }, _caller, { history, approvals }) => {
    const [{ items, next }, given, sides] = await Promise.all([
      history.entriesOf(id, from),
      approvals.givenTo(id),
      history.sidesOf(id),
    ]);
    const pageBegin = from === undefined ? -Infinity : instantIn(from);
    const pageEnd = next === undefined ? Infinity : instantIn(next);
    const answers = answersTo(id, given).filter(({ ms }) => ms > pageBegin && ms <= pageEnd);
    // What people said comes before what came of it, also within a millisecond.
    const entries = items.map((entry) => ({ ms: entry.at, words: entryWords(id, entry, given) }));
    return {
      peering: id,
      sides: sidesWords(sides),
      entries: [...answers, ...entries].toSorted((one, other) => one.ms - other.ms).map(({ words }) => words),
      next: next ?? null,
    };
  },
);

/** The entries of all peerings in a span of time, the oldest first. */
export const showLog = command(
  z.strictObject({
    since: instant,
    until: instant,
    after: after(/^\d{13}#pcx-[0-9a-f]+#[0-9a-f]{16}$/),
  }),
  async ({ since, until, after: from }, _caller, tools) => {
    const { items, next } = await tools.history.log({ since, until }, from);
    const approved = items.filter(({ entry }) => entry.approval !== undefined);
    const given = await givenToAll([...new Set(approved.map(({ peeringId }) => peeringId))], tools);
    return {
      entries: items.map(({ peeringId, entry }) => entryWords(peeringId, entry, given.get(peeringId) ?? [])),
      next: next ?? null,
    };
  },
);

/** The peerings of a VPC: who let each in, and how it stands. */
export const whoLetIn = command(
  z.strictObject({ vpc, after: after(/^pcx-[0-9a-f]+$/) }),
  async ({ vpc: id, after: from }, _caller, tools) => {
    const { items, next } = await tools.history.peeringsOf(id, from);
    const peerings = await forEach(items, (peeringId) => letInWords(peeringId, tools));
    return { vpc: id, peerings, next: next ?? null };
  },
);

async function letInWords(id: PeeringId, { history, approvals }: CommandTools) {
  const [{ items }, last, given, sides] = await Promise.all([
    history.entriesOf(id),
    history.lastOf(id),
    approvals.givenTo(id),
    history.sidesOf(id),
  ]);
  const words = (entry: HistoryEntry) => entryWords(id, entry, given);
  return {
    peering: id,
    sides: sidesWords(sides),
    letIn: letInBy(items).map(words),
    last: last === undefined ? null : words(last),
  };
}

async function givenToAll(
  ids: readonly PeeringId[],
  { approvals }: CommandTools,
): Promise<ReadonlyMap<PeeringId, readonly GivenApproval[]>> {
  return new Map(await forEach(ids, async (id) => [id, await approvals.givenTo(id)] as const));
}

/** @throws the first failure, after every item was tried */
async function forEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = await mapBounded(items, READS_AT_ONCE, work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The instant at the beginning of a place. */
const instantIn = (place: string): number => Number(place.split('#')[0]);

/** `planned` before it was done, `decided` afterwards. */
const entryWords = (id: PeeringId, entry: HistoryEntry, given: readonly GivenApproval[]) => ({
  at: new Date(entry.at).toISOString(),
  peering: id,
  kind: isOpening(entry) ? ('planned' as const) : ('decided' as const),
  verdict: entry.verdict,
  ...(entry.rule === undefined ? {} : { rule: entry.rule }),
  reason: entry.reason,
  policyVersion: entry.policyVersion,
  ...(entry.by === undefined ? {} : { by: entry.by }),
  ...(entry.approval === undefined ? {} : { approvedBy: approversOf(entry.approval, given) }),
  ...(entry.isDryRun === true ? { dryRun: true } : {}),
  planned: entry.planned ?? [],
  changes: entry.changes,
  problems: entry.problems ?? [],
  ...(entry.outcome === undefined ? {} : { outcome: entry.outcome }),
  notices: entry.notices ?? [],
});

/** Who said yes to what it rests on. */
const approversOf = (fingerprint: string, given: readonly GivenApproval[]): readonly string[] =>
  given
    .filter((each) => each.fingerprint === fingerprint)
    .flatMap(({ votes }) => votes.map(({ arn }) => arn));

/** What people said, as entries of the same form. */
function answersTo(id: PeeringId, given: readonly GivenApproval[]) {
  return given.flatMap(({ rule, policyVersion, fingerprint, votes, rejected, revoked }) => {
    const words = (kind: 'approved' | 'rejected' | 'revoked') => (answer: (typeof votes)[number] | Said) => ({
      ms: answer.at,
      words: {
        at: new Date(answer.at).toISOString(),
        peering: id,
        kind,
        rule,
        policyVersion,
        by: answer.arn,
        fingerprint,
        reason: { code: kind, text: answer.reason ?? '' },
      },
    });
    return [
      ...votes.map(words('approved')),
      ...[rejected].filter((answer) => answer !== undefined).map(words('rejected')),
      ...[revoked].filter((answer) => answer !== undefined).map(words('revoked')),
    ];
  });
}

type Said = NonNullable<GivenApproval['rejected']>;

const sidesWords = (sides: Memory['sides']) => sides ?? null;
