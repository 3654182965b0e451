import { readFileSync, writeFileSync } from 'node:fs';
import { differencesMarkdown } from './table.ts';

/** Writes the table of known differences into the guide; Prettier then aligns it. */
const GUIDE = 'docs/conformance.md';

const guide = readFileSync(GUIDE, 'utf8');
writeFileSync(GUIDE, guide.replace(/(\n\|[^\n]*)+\n/, `\n${differencesMarkdown()}\n`));
