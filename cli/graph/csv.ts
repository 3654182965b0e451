import type { Graph, GraphVpc } from '../../analysis/graph/model.ts';
import { plainWords } from '../../shared/domain/words/foreign-text.ts';

const SIDE_COLUMNS = ['account', 'account_name', 'region', 'vpc', 'vpc_name', 'cidrs'] as const;
const COLUMNS = [
  'peering',
  'state',
  ...SIDE_COLUMNS.map((column) => `requester_${column}`),
  ...SIDE_COLUMNS.map((column) => `accepter_${column}`),
  'without_route',
  'decision',
  'rule',
];
/** Longer than any name of AWS: a tag takes 256 characters. */
const CELL_CHARACTERS = 300;

/** A line for each peering, below a line of headings (RFC 4180, lines end in `\n`). */
export function csvOf({ accounts, vpcs, peerings }: Graph): string {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const byId = new Map(vpcs.map((vpc) => [vpc.id, vpc]));
  const side = (vpc: GraphVpc | undefined): readonly (string | undefined)[] =>
    vpc === undefined
      ? SIDE_COLUMNS.map(() => undefined)
      : [vpc.accountId, names.get(vpc.accountId), vpc.region, vpc.id, vpc.name, vpc.cidrs.join(' ')];
  const rows = peerings.map(({ id, state, requester, accepter, withoutRoute, decision, rule }) => [
    id,
    state,
    ...side(byId.get(requester)),
    ...side(byId.get(accepter)),
    withoutRoute.join(' '),
    decision,
    rule,
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/**
 * A spreadsheet takes what begins like this for a formula, which may call programs or send the sheet away. The apostrophe makes
 * it text.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@|%＝＋－＠]/;

function cell(value: string | undefined): string {
  const words = plainWords(value ?? '', CELL_CHARACTERS);
  const text = FORMULA.test(words) ? `'${words}` : words;
  return /[",;']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
