import picocolors from 'picocolors';
import type { Finding, Severity } from '../../analysis/doctor/finding.ts';
import { printable } from '../policy/files.ts';
import { countsOf } from './json.ts';

/** Of the places where the same was found, the others are in the JSON. */
const MAX_PLACES = 5;

const WORDS: Readonly<Record<Severity, string>> = {
  failure: 'failure  ',
  warning: 'warning  ',
  'not-known': 'not known',
  ok: 'ok       ',
};

export interface TextOptions {
  readonly color: boolean;
  /** With the commands that mend it. */
  readonly fixHints: boolean;
  /** With what is well. */
  readonly all: boolean;
}

/** What people see: the worst first, a line of what was found, a line of what to do. */
export function toText(findings: readonly Finding[], { color, fixHints, all }: TextOptions): string {
  const paint = picocolors.createColors(color);
  const painted: Readonly<Record<Severity, (text: string) => string>> = {
    failure: paint.red,
    warning: paint.yellow,
    'not-known': paint.cyan,
    ok: paint.green,
  };
  const shown = findings.filter(({ severity }) => all || severity !== 'ok');
  const lines = shown.flatMap((finding) => [
    `${painted[finding.severity](WORDS[finding.severity])}  ${finding.code}  ${printable(headOf(finding))}`,
    ...bodyOf(finding, fixHints).map((line) => `           ${printable(line)}`),
  ]);
  return `${[...lines, summary(findings)].join('\n')}\n`;
}

const headOf = ({ severity, title, found, where }: Finding): string =>
  severity === 'ok' ? `${title}: ${found}` : `${found}${placesOf(where)}`;

function placesOf(where: readonly string[]): string {
  if (where.length === 0) return '';
  const more = where.length - MAX_PLACES;
  return ` (${where.slice(0, MAX_PLACES).join('; ')}${more > 0 ? `; and ${more} more` : ''})`;
}

function bodyOf({ severity, title, todo, fix, link }: Finding, fixHints: boolean): readonly string[] {
  if (severity === 'ok') return [];
  const hints = fixHints ? fix.map((command) => `$ ${command}`) : [];
  return [`should be: ${title}`, todo, ...hints, link];
}

function summary(findings: readonly Finding[]): string {
  const counts = countsOf(findings);
  const codes = new Set(findings.map(({ code }) => code)).size;
  const parts = [
    `${counts.failure} failed`,
    `${counts.warning} to look at`,
    `${counts['not-known']} not known`,
    `${counts.ok} ok`,
  ];
  return `${codes} checks: ${parts.join(', ')}`;
}
