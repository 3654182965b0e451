import * as z from 'zod';
import { printable } from '../../shared/domain/words/foreign-text.ts';
import { organizationOf, type Organization } from '../../analysis/snapshot/organization.ts';
import { type PolicyFault, showPath } from '../../shared/domain/policy/language/faults.ts';
import { parseSnapshot } from '../../analysis/snapshot/snapshot.ts';
import { type Io, MIB, UnreadableFileError } from '../io.ts';

/** More than the policy language takes, so that a larger file gets the language's own message. */
const POLICY_BYTES_MAX = 20 * MIB;
/** 10,000 VPCs come to about 4 MB of JSON. */
const SNAPSHOT_BYTES_MAX = 128 * MIB;

/** Where files come from, and where people are told what is wrong with them. */
export type FileIo = Pick<Io, 'readFile' | 'stderr' | 'now'>;

/** A file's text; `undefined` once people have been told why there is none. */
export async function readText(
  file: string,
  io: FileIo,
  maxBytes = POLICY_BYTES_MAX,
): Promise<string | undefined> {
  const read = await readFileText(file, io, maxBytes);
  if (read.kind === 'text') return read.text;
  tell(io, file, read.why);
  return undefined;
}

type FileText =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'unread'; readonly why: string };

/** A file's text, or why there is none. */
export async function readFileText(
  file: string,
  io: Pick<FileIo, 'readFile'>,
  maxBytes = POLICY_BYTES_MAX,
): Promise<FileText> {
  try {
    const bytes = await io.readFile(file, maxBytes);
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { kind: 'unread', why: explain(error) };
  }
}

/** An organization's snapshot; `undefined` once people have been told what is wrong with it. */
export async function readOrganization(file: string, io: FileIo): Promise<Organization | undefined> {
  const text = await readText(file, io, SNAPSHOT_BYTES_MAX);
  if (text === undefined) return undefined;
  try {
    return organizationOf(parseSnapshot(JSON.parse(text)));
  } catch (error) {
    if (error instanceof SyntaxError) {
      tell(io, file, 'is no JSON: write the snapshot again with autopeer snapshot');
      return undefined;
    }
    if (!(error instanceof z.ZodError)) throw error;
    for (const { path, message } of error.issues.slice(0, SNAPSHOT_FAULTS_MAX)) {
      const place = showPath(path.map((step) => (typeof step === 'symbol' ? String(step) : step)));
      tell(io, file, `${place === '' ? '' : `${place}: `}${message}`);
    }
    return undefined;
  }
}

/** A snapshot is made by a program: the first faults tell as much as all of them. */
const SNAPSHOT_FAULTS_MAX = 20;

/** One line each: `policy.yaml:12:5: message`, as editors and CI know it. */
export function tellFaults(io: Pick<FileIo, 'stderr'>, file: string, faults: readonly PolicyFault[]): void {
  for (const { file: own = file, line, column, message } of faults) {
    io.stderr.write(`${printable(own)}:${line}:${column}: ${printable(message)}\n`);
  }
}

function tell(io: FileIo, file: string, what: string): void {
  io.stderr.write(`autopeer: ${printable(file)}: ${printable(what)}\n`);
}

/** By code, because messages name the path again. */
const READ_ERRORS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'is a directory'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'is not UTF-8 text'],
]);

function explain(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') throw error;
  return READ_ERRORS.get(code) ?? `cannot be read (${code})`;
}

export { printable };

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
