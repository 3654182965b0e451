import { Option, type Command } from 'commander';
import picocolors from 'picocolors';
import { askHub, withHubPlace, type HubOptions, type HubPlatform } from '../hub-command.ts';
import type * as z from 'zod';
import type { Verb } from '../../shared/domain/work/command.ts';
import type { Io } from '../io.ts';
import { CSV_COLUMNS, csvCells, csvRow } from './csv.ts';
import { entryText, isLook, type Entry } from './words.ts';

const FORMATS = ['text', 'json', 'jsonl', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export interface HistoryOptions extends Omit<HubOptions, 'json'> {
  readonly output: Format;
}

export const withHistoryOptions = (command: Command): Command =>
  withHubPlace(command).addOption(
    new Option('-o, --output <format>', 'as a timeline, one JSON object, JSON lines, or CSV')
      .choices(FORMATS)
      .default('text'),
  );

/** What has the rest after `next`. */
interface AnyPage {
  readonly next: string | null;
}

/** The hub answers the same again and again only if it is broken. */
const MAX_PAGES = 10_000;

/**
 * Asks the hub page after page.
 *
 * @param take gets each page as it comes
 * @returns whether all came; where not, people have been told why
 */
export async function forEachPage<Page extends AnyPage>(
  request: { readonly verb: Verb; readonly input: object; readonly result: z.ZodType<Page> },
  options: HistoryOptions,
  io: Io,
  platform: HubPlatform,
  take: (page: Page) => void,
): Promise<boolean> {
  const hub = { ...options, json: false };
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const input = { ...request.input, ...(after === undefined ? {} : { after }) };
    const page = await askHub({ ...request, input }, hub, io, platform);
    if (page === undefined) return false;
    take(page);
    if (page.next === null) return true;
    after = page.next;
  }
  io.stderr.write('autopeer: the hub does not come to an end\n');
  return false;
}

/** Prints entries as they come, page after page. */
export interface EntryPrinter {
  print(entries: readonly Entry[]): void;
  /** @param empty what people read where there was nothing */
  end(empty: string): void;
}

/** For every format but `json`, which is one object. */
export function entryPrinter(format: Exclude<Format, 'json'>, io: Io): EntryPrinter {
  switch (format) {
    case 'text':
      return timeline(io);
    case 'jsonl':
      return {
        print: (entries) => {
          for (const entry of entries) io.stdout.write(`${JSON.stringify(entry)}\n`);
        },
        end: () => undefined,
      };
    case 'csv':
      io.stdout.write(csvRow(CSV_COLUMNS));
      return {
        print: (entries) => {
          for (const entry of entries) io.stdout.write(csvRow(csvCells(entry)));
        },
        end: () => undefined,
      };
  }
}

/**
 * Of what was planned and then done, only the end is shown. What was planned and did not come to its end stays: there a run
 * failed or died, and was done again.
 */
function timeline(io: Io): EntryPrinter {
  const paint = picocolors.createColors(io.color);
  // Their end may be on the next page.
  let waiting: readonly Entry[] = [];
  let isEmpty = true;
  const write = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      io.stdout.write(`${isEmpty ? '' : '\n'}${entryText(entry, paint)}`);
      isEmpty = false;
    }
  };
  return {
    print: (entries) => {
      const before = withoutEnded(waiting, [...waiting, ...entries]);
      const shown = withoutEnded(entries, entries);
      const open = shown.findIndex(({ kind }) => kind === 'planned');
      write([...before, ...(open === -1 ? shown : shown.slice(0, open))]);
      waiting = open === -1 ? [] : shown.slice(open);
    },
    end: (empty) => {
      write(waiting);
      if (isEmpty) io.stdout.write(empty);
    },
  };
}

/** @param all those entries and what comes after them */
const withoutEnded = (entries: readonly Entry[], all: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry, index) => {
    const next = all.slice(index + 1).find((later) => later.peering === entry.peering && isLook(later));
    return next === undefined || !isEndOf(next, entry);
  });

/** Whether an entry says that what another one planned was done. */
const isEndOf = (later: Entry, entry: Entry): boolean =>
  entry.kind === 'planned' &&
  later.kind === 'decided' &&
  later.outcome !== 'failed' &&
  later.verdict === entry.verdict &&
  later.rule === entry.rule &&
  later.policyVersion === entry.policyVersion &&
  later.by === entry.by;
