import { writeFile } from 'node:fs/promises';
import { fixIds } from '../../analysis/lint/fix-ids.ts';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import type { Io } from '../io.ts';
import { printable, readText } from './files.ts';

/**
 * Writes ids in the place of names into the files of a policy, and tells each on stderr. What is wrong besides is for the
 * check that follows.
 */
export async function fixFiles(files: readonly string[], organization: Organization, io: Io): Promise<void> {
  for (const file of files) {
    const text = await readText(file, io);
    if (text === undefined) continue;
    const fixed = fixIds(text, organization);
    for (const { line, column, name, answer } of fixed.places) {
      const what = answer.kind === 'fixed' ? `${name} is ${answer.id} now` : answer.why;
      io.stderr.write(`${printable(file)}:${line}:${column}: ${printable(what)}\n`);
    }
    if (fixed.text !== text) await writeFile(file, fixed.text);
  }
}
