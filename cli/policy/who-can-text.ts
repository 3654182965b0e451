import type { SnapshotIndex } from '../../analysis/access/snapshot-index.ts';
import type { Access } from '../../analysis/access/outcome.ts';
import type { Question, WhoCan, WhoCanRow } from '../../analysis/access/who-can.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import { columns, type Paint } from './table.ts';
import { counted, grouped, leftOutLines, whoText } from './words.ts';
import { printable } from './files.ts';

/** More than people read; `--json` has them all. */
const WHO_LINES_MAX = 12;
/** With whom, where it is not everybody: enough to know who is meant. */
const REACH_MAX = 3;
const WIDTH = 72;

/** An answer, and what trial rules would allow besides. */
interface Answer extends WhoCan {
  readonly trial: readonly WhoCanRow[];
}

/** An answer for people. */
export function whoCanText(answer: Answer, question: Question, index: SnapshotIndex, paint: Paint): string {
  const { rows, subjects, others, trial } = answer;
  const text = printable(question.subject.text);
  const what =
    question.role === 'accepter'
      ? `Who can request a peering with ${text}`
      : `With whom ${text} can request a peering`;
  const lines = [`${paint.bold(what)} ${paint.dim(`(${meantText(subjects)})`)}\n`];
  if (question.others !== undefined) {
    lines.push(`  only ${printable(question.others.text)} (${meantText(others)})\n`);
  }
  lines.push('\n');
  if (rows.length === 0) lines.push(`  ${nobody(answer)}\n`);
  const shown = [
    ...rows.map((row) => cells(row, '', paint)),
    ...trial.map((row) => cells(row, TRIAL, paint)),
  ];
  if (shown.length > 0) lines.push(columns(['may join', 'rule', 'who', 'the other way'], shown, paint));
  for (const line of leftOutLines(answer.leftOut, index))
    lines.push(`  ${paint.yellow('left out')}  ${line}\n`);
  return lines.join('');
}

const meantText = ({ vpcs, strangers }: WhoCan['subjects']): string =>
  `${counted(vpcs, 'VPC')}${strangers ? ', and accounts outside the organization' : ''}`;

function nobody({ subjects, others }: WhoCan): string {
  if (subjects.vpcs === 0 && !subjects.strangers) return 'The selector matches no VPC of the snapshot.';
  if (others.vpcs === 0 && !others.strangers) return 'The other selector matches no VPC of the snapshot.';
  return 'Nobody.';
}

const ACCESS_WORDS = {
  open: 'yes',
  approval: 'with approval',
  unknown: 'perhaps',
  closed: 'no',
} as const satisfies Record<Access, string>;

/** Beside what only a trial rule would allow. */
const TRIAL = ' (trial)';

function cells(row: WhoCanRow, note: string, paint: Paint): readonly string[] {
  const colors = { open: paint.green, approval: paint.yellow, unknown: paint.yellow, closed: paint.dim };
  const { access, rule = '' } = row.outcome;
  return [
    colors[access](`${ACCESS_WORDS[access]}${note}`),
    rule,
    whoCell(row),
    `${ACCESS_WORDS[row.reverse]}${note}`,
  ];
}

function whoCell({ who, reach, unknown }: WhoCanRow): string {
  const lines = who.slice(0, WHO_LINES_MAX).flatMap((one) => wrap(whoText(one)));
  if (who.length > WHO_LINES_MAX)
    lines.push(`and ${grouped(who.length - WHO_LINES_MAX)} more lines (--json)`);
  if (reach.kind === 'some') {
    const some = reach.subjects.slice(0, REACH_MAX).map(whoText);
    const more = reach.subjects.length - some.length;
    if (more > 0) some.push(`and ${grouped(more)} more`);
    lines.push(...wrap(`only with ${some.join('; ')}`).map((line) => `  ${line}`));
  }
  for (const { field, wanted, wantedCount } of unknown) {
    const more = wantedCount > wanted.length ? [...wanted, `${wantedCount - wanted.length} more`] : wanted;
    lines.push(...wrap(`depends on its ${FIELD_WORDS[field]}: ${printable(shortList(more, 'or'))}`));
  }
  return lines.join('\n');
}

const FIELD_WORDS = {
  defaultVpc: 'being a default VPC',
  tag: 'tags',
  cidrs: 'CIDRs',
  accounts: 'account',
  ous: 'OU',
  regions: 'region',
  vpcs: 'id',
  membership: 'membership',
  except: 'what is excepted',
} as const satisfies Record<WhoCanRow['unknown'][number]['field'], string>;

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
