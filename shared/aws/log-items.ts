import { parsePeeringId, type PeeringId, type VpcId } from '../domain/facts/ids.ts';
import type { HistoryEntry } from '../domain/memory/memory.ts';
import type { Item } from './item-forms.ts';
import { expiring, historyItem, historyPlace, instantText } from './ledger-items.ts';

/**
 * Where entries of the history are found, whatever their peering. Each item is a key and nothing else, so that it costs one
 * write of the smallest size, and what happened is written down in one place only:
 * - in the partition `log#<year>-<month>` (UTC), `<epoch milliseconds, 13 digits>#<peering id>#<digest of the entry>`: a query
 *   of a time reads these, a page at a time, and then the entries; the table is never scanned,
 * - in the partition `log#<VPC id>`, `<peering id>`: the peerings of a VPC that have a history.
 *
 * They end when the last entry that they lead to does. Entries of older releases have none: they are found by their peering.
 */
export function logItems(peeringId: PeeringId, entry: HistoryEntry, vpcs: readonly VpcId[]): readonly Item[] {
  const [instant, digest] = historyPlace(historyItem(peeringId, entry)).split('#');
  const sk = `${instant}#${peeringId}#${digest}`;
  return [
    { pk: { S: monthPartition(entry.at) }, sk: { S: sk }, ...expiring(entry) },
    ...vpcs.map((vpcId) => ({ pk: { S: vpcPartition(vpcId) }, sk: { S: peeringId }, ...expiring(entry) })),
  ];
}

/** The partition of a month. @param at any instant of it, epoch milliseconds */
export const monthPartition = (at: number): string =>
  `log#${new Date(at).toISOString().slice(0, 'YYYY-MM'.length)}`;

/** The first instant of the month after, epoch milliseconds. */
export function nextMonth(at: number): number {
  const month = new Date(at);
  return Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1);
}

export const vpcPartition = (vpcId: VpcId): string => `log#${vpcId}`;

/** The first place that an entry of this instant, epoch milliseconds, or later may have in the log. */
export const logFrom = (since: number): string => instantText(since);

/** What a place in the log names: `1767225600000#pcx-…#0123456789abcdef`. */
export interface LogPlace {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly peeringId: PeeringId;
  /** The entry's place among those of its peering. */
  readonly entry: string;
}

/** Nothing where the text is no place in the log. */
export function parseLogPlace(text: string): LogPlace | undefined {
  const [, instant = '', id = '', digest = ''] = /^(\d{13})#([^#]+)#([0-9a-f]{16})$/.exec(text) ?? [];
  const peeringId = parsePeeringId(id);
  return peeringId === undefined
    ? undefined
    : { at: Number(instant), peeringId, entry: `${instant}#${digest}` };
}
