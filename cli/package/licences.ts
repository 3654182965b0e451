import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Old packages name more than the name. */
const licenceSchema = z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]);
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: licenceSchema.optional(),
});

/**
 * The licences of what is bundled, which most of them ask to be passed on.
 *
 * @param files what the bundler read, from the project's folder
 * @returns one text: headings of packages, and below them their licence as they ship it
 * @throws Error where a package names no licence
 */
export function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  // Many packages have the same text, to the letter: it stands below all of them once.
  const byText = Map.groupBy([...folders].toSorted().map(licenceOf), ({ text }) => text);
  const sections = [...byText].map(
    ([text, packages]) => `${packages.map(({ heading }) => heading).join('\n')}\n\n${text}`,
  );
  return `The package autopeer holds code of these packages.\n\n${sections.join('\n\n')}\n`;
}

/** `node_modules/a/node_modules/@b/c` of `node_modules/a/node_modules/@b/c/dist/d.js` */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

interface Licence {
  readonly heading: string;
  readonly text: string;
}

function licenceOf(folder: string): Licence {
  const { name, version, license } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  if (license === undefined) throw new Error(`${name} names no licence`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return {
    heading: `== ${name} ${version} (${license})`,
    text: file === undefined ? 'It ships no text of it.' : readFileSync(join(folder, file), 'utf8').trim(),
  };
}
