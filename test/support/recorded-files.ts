import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Recordings of the real AWS lie beside the repository, not in it: they are others' work. Where they are missing,
 * the tests that compare with them are skipped.
 */
const RECORDINGS = join(process.cwd(), '..', 'shared');

/** The recording whose file name begins with `prefix`, or undefined where there is none. */
export function recording(folder: 'cloudtrail' | 'ec2-responses', prefix: string): unknown {
  const path = join(RECORDINGS, folder);
  const file = existsSync(path) ? readdirSync(path).find((name) => name.startsWith(prefix)) : undefined;
  return file === undefined ? undefined : JSON.parse(readFileSync(join(path, file), 'utf8'));
}

/** A test with the recording, or a skipped one that says why. */
export function itWithRecording(
  folder: 'cloudtrail' | 'ec2-responses',
  prefix: string,
  sentence: string,
  test: (recorded: unknown) => Promise<void>,
): void {
  const recorded = recording(folder, prefix);
  if (recorded === undefined)
    it.skip(`${sentence} (no recording of ${prefix} beside the repository)`, () => {});
  else it(sentence, () => test(recorded));
}

/** A value with every leaf replaced by its type, and every list by its first item: what must agree with AWS. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value instanceof Date) return 'string';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, shapeOf(member)]),
  );
}

/** A member of a member of … a value whose form the caller knows. */
export function memberAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (current, name) =>
      typeof current === 'object' && current !== null ? Reflect.get(current, name) : undefined,
    value,
  );
}
