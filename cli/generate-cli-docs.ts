/** Writes the reference in docs/cli.md from the commands' own help. Run it after a change of a command. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pageWithReference } from './reference.ts';
import { sources } from './sources.ts';

const page = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(page, await pageWithReference(readFileSync(page, 'utf8'), sources(root)));
