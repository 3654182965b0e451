import { printable } from '../policy/files.ts';
import { isLook, type Entry } from './words.ts';

export const CSV_COLUMNS = [
  'at',
  'peering',
  'kind',
  'verdict',
  'rule',
  'reason_code',
  'reason',
  'policy_version',
  'by',
  'approved_by',
  'dry_run',
  'planned',
  'changes',
  'problems',
  'outcome',
  'notices',
] as const;

/** Between the sentences of one cell. */
const BETWEEN = '; ';

/** An entry as a row, in the order of {@link CSV_COLUMNS}. */
export function csvCells(entry: Entry): readonly string[] {
  const { at, peering, kind, rule = '', reason, policyVersion, by = '' } = entry;
  const look = isLook(entry) ? entry : undefined;
  const list = (texts: readonly string[] = []): string => texts.join(BETWEEN);
  return [
    at,
    peering,
    kind,
    look?.verdict ?? '',
    rule,
    reason.code,
    reason.text,
    policyVersion,
    by,
    list(look?.approvedBy),
    look === undefined ? '' : String(look.dryRun ?? false),
    list(look?.planned),
    list(look?.changes),
    list(look?.problems),
    look?.outcome ?? '',
    list(look?.notices),
  ];
}

/** What makes a formula of a cell in a spreadsheet. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^\s*[=+\-@＝＋－＠]/;

/**
 * A row of RFC 4180. Members wrote some of the words, so every cell is quoted; what cannot be seen is written out as
 * `\u001b`; and a cell that a spreadsheet would calculate begins with an apostrophe.
 */
export const csvRow = (cells: readonly string[]): string =>
  `${cells
    .map(printable)
    .map((cell) => (FORMULA.test(cell) ? `'${cell}` : cell))
    .map((cell) => `"${cell.replaceAll('"', '""')}"`)
    .join(',')}\r\n`;
