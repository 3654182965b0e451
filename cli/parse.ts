import { gunzipSync } from 'node:zlib';
import picocolors from 'picocolors';
import { printable } from '../shared/domain/words/foreign-text.ts';
import type { ParsedEvent } from '../shared/events/registry.ts';
import { parseEvent } from '../shared/events/registry.ts';
import { recordToEvent } from '../shared/events/record.ts';
import { isObject, recordsIn } from './records.ts';
import { manual, MIB, UnreadableFileError, type AddSubcommand, type ExitCode, type Io } from './io.ts';

/**
 * The most that one file may hold, as it is and unpacked: several times the largest log file that CloudTrail
 * writes (about 50 MB unpacked), and little enough that a gzip bomb harms nobody.
 */
export const MAX_FILE_BYTES = 128 * MIB;
/** "ModifyVpcPeeringConnectionOptions", the longest name of those that give a key. */
const NAME_COLUMNS = 33;
/** Longer paths push their line's columns to the right instead of everybody's. */
const MAX_FILE_COLUMNS = 64;

const EXPLANATIONS = {
  'unknown-source': 'not from a service that autopeer listens to',
  'unknown-detail-type': 'not a recorded API call',
  'unknown-event-name': 'not an action that autopeer listens to',
  'failed-call': 'the call failed, so nothing changed',
  'dry-run': 'a dry run, so nothing changed',
  'unrelated-resource': 'tags of nothing that a peering depends on',
} as const;

const HELP = `
FILE holds JSON or JSON lines, gzipped or not; - is standard input. It may be what aws cloudtrail lookup-events prints, a
trail's log file ({"Records": [...]}), a list of CloudTrail records, a single one, or the same in EventBridge's envelope. For
each record you see the key that autopeer makes of it (which peering connection, in which account and region), or why there is
none: "ignored" is well-formed and not of interest, "malformed" would end in the dead-letter queue.

A file of more than ${MAX_FILE_BYTES / MIB} MiB, as it is or unpacked, is not read.

Exit code: 0 if all is well, 1 if some record is malformed, 2 if some file cannot be read or is no JSON
(the others are still parsed).

Examples:
  $ aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=ec2.amazonaws.com | autopeer parse -
  $ autopeer parse events/*.json
  $ autopeer parse --json 111122223333_CloudTrail_eu-west-1_20261124T0905Z_x1.json.gz | jq .key`;

/** `autopeer parse FILE...`: what each CloudTrail record would come to. */
export const addParse: AddSubcommand = (program, io, finish) => {
  program
    .command('parse')
    .description('show what autopeer makes of CloudTrail records, or why it ignores them')
    .argument('<file...>', 'files of CloudTrail records')
    .option('--json', 'print one JSON object a line instead of columns', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (files: string[], options: { json: boolean }) => {
      finish(await parseFiles(files, options.json, io));
    });
};

type Line = ParsedEvent & {
  readonly file: string;
  /** Which of the file's records, from 1. */
  readonly record: number;
};

type Format = (line: Line, recordsInFile: number) => string;

interface Counts {
  key: number;
  place: number;
  ignored: number;
  malformed: number;
}

async function parseFiles(files: readonly string[], json: boolean, io: Io): Promise<ExitCode> {
  const counts: Counts = { key: 0, place: 0, ignored: 0, malformed: 0 };
  const format: Format = json ? (line) => JSON.stringify(line) : columns(files, io.color);
  let unreadable = 0;
  // One file at a time, so that no more than one is in memory.
  for (const file of files) {
    const content = await readRecords(file, io);
    if (content.kind === 'unreadable') {
      unreadable += 1;
      io.stderr.write(`autopeer: ${printable(file)}: ${content.reason}\n`);
      continue;
    }
    for (const [index, record] of content.records.entries()) {
      const line: Line = { file, record: index + 1, ...parseRecord(record) };
      counts[line.kind] += 1;
      io.stdout.write(`${format(line, content.records.length)}\n`);
    }
  }
  if (!json) io.stdout.write(`${summary(counts, files.length, unreadable)}\n`);
  if (unreadable > 0) return 2;
  return counts.malformed > 0 ? 1 : 0;
}

type Content =
  | { readonly kind: 'records'; readonly records: readonly unknown[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

async function readRecords(file: string, io: Io): Promise<Content> {
  try {
    const bytes = unpack(await io.readFile(file, MAX_FILE_BYTES));
    return { kind: 'records', records: recordsIn(bytes) };
  } catch (error) {
    return { kind: 'unreadable', reason: explain(error) };
  }
}

/** Gzip is known by its first two bytes, whatever the file's name. */
function unpack(bytes: Uint8Array): Uint8Array {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes;
}

function parseRecord(record: unknown): ParsedEvent {
  const has = (name: string): boolean => isObject(record) && Object.hasOwn(record, name);
  if (has('detail-type') || has('detail')) return parseEvent(record);
  if (has('eventName') || has('eventSource')) return parseEvent(recordToEvent(record));
  const reason = "is neither a CloudTrail record nor in EventBridge's envelope";
  return { kind: 'malformed', reason, eventName: parseEvent(record).eventName };
}

/** By code, because messages name the path again, and those of zlib nothing at all. */
const READ_ERRORS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'is a directory'],
  ['ERR_BUFFER_TOO_LARGE', `is larger than ${MAX_FILE_BYTES / MIB} MiB when unpacked`],
  ['Z_DATA_ERROR', 'is damaged gzip'],
  ['Z_BUF_ERROR', 'is gzip that ends too early'],
]);

function explain(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  const code = isObject(error) ? error['code'] : undefined;
  if (typeof code !== 'string') throw error;
  return READ_ERRORS.get(code) ?? `cannot be read (${code})`;
}

function columns(files: readonly string[], color: boolean): Format {
  const paint = picocolors.createColors(color);
  // Not `Math.max(...)`: there may be more files than a call can have arguments.
  const widest = files.reduce((columns, file) => Math.max(columns, printable(file).length), 0);
  const fileColumns = Math.min(widest + '#1'.length, MAX_FILE_COLUMNS);
  const result = (line: Line): string => {
    switch (line.kind) {
      case 'key':
        return `${paint.green('key      ')}  ${line.key.peeringId} in ${line.key.accountId} ${line.key.region}`;
      case 'place':
        return `${paint.green('place    ')}  every peering in ${line.place.accountId} ${line.place.region}`;
      case 'ignored':
        return `${paint.dim('ignored  ')}  ${line.reason}: ${EXPLANATIONS[line.reason]}`;
      case 'malformed':
        return `${paint.red('malformed')}  ${line.reason}`;
    }
  };
  return (line, recordsInFile) => {
    const place = printable(line.file) + (recordsInFile > 1 ? `#${line.record}` : '');
    return `${place.padEnd(fileColumns)}  ${line.eventName.padEnd(NAME_COLUMNS)}  ${result(line)}`;
  };
}

function summary(counts: Counts, files: number, unreadable: number): string {
  const records = counts.key + counts.place + counts.ignored + counts.malformed;
  const one = `${plural(records, 'record')} in ${plural(files - unreadable, 'file')}: `;
  const parts = `${plural(counts.key, 'key')}, ${counts.place > 0 ? `${plural(counts.place, 'place')}, ` : ''}${counts.ignored} ignored, ${counts.malformed} malformed`;
  return `${one}${parts}${unreadable > 0 ? `; ${plural(unreadable, 'file')} not read` : ''}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
