import * as z from 'zod';
import { parsePeeringId, type PeeringId } from '../domain/facts/ids.ts';
import type { PlaceRecord } from '../domain/memory/place-record.ts';
import { suspensionAt } from '../domain/memory/suspension.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import type { LetterBook } from '../letters/ports.ts';
import { command, type CommandTools } from './command.ts';

/** Each is a few reads of the ledger. Whoever knows more peerings asks again. */
const MAX_PEERINGS = 100;
const READS_AT_ONCE = 16;
/** A place is some 300 bytes, and Lambda answers 6 MB. */
const MAX_PLACES = 2000;

const peering = z.string().transform((text, context): PeeringId => {
  const id = parsePeeringId(text);
  if (id !== undefined) return id;
  context.addIssue('write the ids of peerings, which begin with pcx-');
  return z.NEVER;
});

/**
 * How the hub stands, from its ledger: for `autopeer doctor`. It only reads, and tells nobody. The steps that AWS refuses are
 * looked up for the peerings that are named, since the ledger keeps them by peering.
 */
export const showHealth = command(
  z.strictObject({ peerings: z.array(peering).max(MAX_PEERINGS).optional() }),
  async ({ peerings = [] }, _caller, tools) => {
    const now = tools.clock.now();
    const [chart, stored, letters, brake, memory] = await Promise.all([
      tools.charts.load(),
      tools.placeBook.list(),
      deadLetters(tools.letters),
      tools.brake.read(),
      // As it is stored: nothing is changed, and nothing is told.
      tools.suspensions.change((known) => known),
    ]);
    const suspension = suspensionAt(memory, now);
    const places = stored.map(({ record }) => placeWords(record));
    return {
      version: tools.version ?? null,
      at: instant(now),
      lastSweep: chart === undefined ? null : { at: instant(chart.readAt), accounts: chart.accounts.size },
      suspended: suspension === undefined ? null : { by: suspension.by, at: instant(suspension.at) },
      cutWithinHour: brake.cut.length,
      deadLetters: letters,
      places: places.slice(0, MAX_PLACES),
      placesLeft: Math.max(0, places.length - MAX_PLACES),
      blocked: await blockedSteps(peerings, tools),
    };
  },
);

/** The causes that have letters. */
async function deadLetters(book: LetterBook) {
  const counted = await each(await book.causes(), async ({ id, code, text, lastAt }) => ({
    cause: id,
    code,
    text,
    letters: (await book.letters(id)).length,
    last: instant(lastAt),
  }));
  return counted.filter(({ letters }) => letters > 0);
}

const placeWords = ({ place, state, since, lookedAt, told }: PlaceRecord) => ({
  account: place.accountId,
  region: place.region,
  state: state.kind,
  ...(state.kind === 'ok' ? {} : { code: state.code, call: state.call ?? null, reason: state.reason }),
  since: instant(since),
  lookedAt: instant(lookedAt),
  told: told ?? null,
});

async function blockedSteps(peerings: readonly PeeringId[], { ledger }: Pick<CommandTools, 'ledger'>) {
  const found = await each(peerings, async (id) => {
    const { blocked } = await ledger.read(id);
    return blocked.map(({ step, problem, at }) => ({ peering: id, step, problem, at: instant(at) }));
  });
  return found.flat();
}

/** @throws what one of them was rejected with */
async function each<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const settled = await mapBounded(items, READS_AT_ONCE, read);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

const instant = (ms: number): string => new Date(ms).toISOString();
