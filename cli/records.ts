import { UnreadableFileError } from './io.ts';

/**
 * The CloudTrail records of a file, in whatever AWS's tools put them.
 *
 * @param bytes JSON, or a JSON value a line
 * @throws UnreadableFileError where it is neither
 */
export function recordsIn(bytes: Uint8Array): readonly unknown[] {
  if (bytes.byteLength === 0) throw new UnreadableFileError('is empty');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFileError('is no JSON: not UTF-8 text');
  }
  return valuesIn(text).flatMap(recordsOf).map(unwrapped);
}

function valuesIn(text: string): readonly unknown[] {
  const whole = jsonOf(text);
  if (whole.kind === 'json') return [whole.value];
  const lines = text
    .split('\n')
    .entries()
    .filter(([, line]) => line.trim() !== '')
    .toArray();
  const values = lines.map(([index, line]) => ({ index, ...jsonOf(line) }));
  const [first] = values;
  // Only where the first line is a whole value are lines meant.
  if (first?.kind !== 'json') throw new UnreadableFileError(`is no JSON${whole.at}`);
  return values.map((value) => {
    if (value.kind === 'json') return value.value;
    throw new UnreadableFileError(`is neither JSON nor JSON lines: line ${value.index + 1} is no JSON`);
  });
}

type Json =
  { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'other'; readonly at: string };

function jsonOf(text: string): Json {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    // Only the position: the engine's message quotes the file, which may hold secrets.
    const at = /\(line \d+ column \d+\)/.exec(error instanceof Error ? error.message : '');
    return { kind: 'other', at: at === null ? '' : ` ${at[0]}` };
  }
}

/** A trail's log file, an answer of `LookupEvents`, a list, or one record. */
function recordsOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  for (const name of ['Records', 'Events']) {
    const records = isObject(content) && Object.hasOwn(content, name) ? content[name] : undefined;
    if (Array.isArray(records)) return records;
  }
  return [content];
}

/**
 * `LookupEvents` answers each record as a text, beside a summary of it.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
 */
function unwrapped(record: unknown): unknown {
  const text =
    isObject(record) && Object.hasOwn(record, 'CloudTrailEvent') ? record['CloudTrailEvent'] : record;
  if (typeof text !== 'string') return record;
  const parsed = jsonOf(text);
  return parsed.kind === 'json' ? parsed.value : record;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
