import { bySymptom, type Answer, type Question } from '../../analysis/reachability/check.ts';
import { showBlock } from '../../analysis/reachability/blocks.ts';
import type { End } from '../../analysis/reachability/ends.ts';
import type { Finding, Mend, Symptom, Verdict } from '../../analysis/reachability/finding.ts';
import { printable } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';

type Told = Extract<Answer, { kind: 'answer' }>;

/** Of ends with many subnets: enough to see which layer it is. */
const YES_LINES_MAX = 2;
const ENDS_MAX = 3;

const WORDS = { yes: 'yes', no: 'no', 'not-known': 'not known', note: 'note' } as const;

/** An answer for people: the layers in the order in which a packet meets them, or those first that explain the symptom. */
export function checkText(
  answer: Told,
  question: Question,
  symptom: Symptom | undefined,
  paint: Paint,
): string {
  const { protocol, port } = question;
  const what = port === undefined ? protocol : `${protocol} port ${port}`;
  const ordered = symptom === undefined ? answer.findings : bySymptom(answer.findings, symptom);
  const rows = shortened(ordered).map((each) => row(each, paint));
  return [
    `${paint.bold('A')}  ${endText(question.from, answer.from)}\n`,
    `${paint.bold('B')}  ${endText(question.to, answer.to)}\n\n`,
    `${headline(answer, what, paint)}\n\n`,
    columns(['', 'layer', ''], rows, paint),
  ].join('');
}

function headline({ verdict, findings }: Told, what: string, paint: Paint): string {
  const against = findings.filter((each) => each.verdict === verdict);
  switch (verdict) {
    case 'yes':
      return paint.green(`A reaches B by ${what}, as far as AWS shows.`);
    case 'not-known':
      return paint.yellow(
        `Whether A reaches B by ${what} is not known: ${against.length} of the layers could not be looked at.`,
      );
    case 'no': {
      const isPolicyOnly = against.every(({ layer }) => layer === 'policy');
      return paint.red(
        isPolicyOnly
          ? `The network lets ${what} through, the policy does not allow it.`
          : `A does not reach B by ${what}.`,
      );
    }
  }
}

function endText(asked: string, ends: readonly End[]): string {
  const [first] = ends;
  if (first === undefined) return printable(asked);
  const { accountId, region } = { accountId: first.vpc.ownerId, region: first.vpc.region };
  const shown = ends.slice(0, ENDS_MAX).map(({ interface: own, subnet, blocks }) => {
    const addresses = blocks.map(showBlock).join(', ');
    return `${own === undefined ? '' : `${own.id} in `}${subnet.id} (${addresses})`;
  });
  const more = ends.length > shown.length ? ` and ${ends.length - shown.length} more` : '';
  return `${printable(asked)}: ${shown.join(', ')}${more} of ${first.vpc.id}, account ${accountId}, ${region}`;
}

/** Of the many that say yes to the same layer, the first. */
function shortened(findings: readonly Finding[]): readonly Finding[] {
  const shown = new Map<string, number>();
  return findings.flatMap((each) => {
    if (each.verdict !== 'yes') return [each];
    const count = (shown.get(each.layer) ?? 0) + 1;
    shown.set(each.layer, count);
    return count <= YES_LINES_MAX ? [each] : [];
  });
}

function row({ verdict, layer, text, mend }: Finding, paint: Paint): readonly string[] {
  const colors: Record<Verdict, (text: string) => string> = {
    yes: paint.green,
    no: paint.red,
    'not-known': paint.yellow,
    note: paint.dim,
  };
  return [colors[verdict](WORDS[verdict]), layer, [printable(text), ...mendLines(mend)].join('\n')];
}

function mendLines(mend: Mend | undefined): readonly string[] {
  if (mend === undefined) return [];
  const { owner, command, text } = mend;
  const who = owner === undefined ? '' : `account ${owner.accountId}, ${owner.region}: `;
  return command === undefined ? [`  ${who}${text ?? ''}`] : [`  ${who}`, `  ${command}`];
}

/** The answer for programs; docs/check.md says what each field means. */
export const checkJson = (answer: Told, question: Question, symptom: Symptom | undefined) => ({
  verdict: answer.verdict,
  protocol: question.protocol,
  port: question.port,
  from: { asked: question.from, ends: answer.from.map(endJson) },
  to: { asked: question.to, ends: answer.to.map(endJson) },
  findings: symptom === undefined ? answer.findings : bySymptom(answer.findings, symptom),
});

const endJson = ({ vpc, subnet, interface: own, blocks }: End) => ({
  accountId: vpc.ownerId,
  region: vpc.region,
  vpcId: vpc.id,
  subnetId: subnet.id,
  interfaceId: own?.id,
  addresses: blocks.map(showBlock),
});
