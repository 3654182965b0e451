import picocolors from 'picocolors';
import { indexNetwork } from '../../analysis/reachability/network-index.ts';
import { reasonOf, runSuite, suiteSchema, type CaseAnswer } from '../../analysis/reachability/suite.ts';
import { readAs } from '../../analysis/cases/read.ts';
import type { Place } from '../../shared/domain/facts/peering.ts';
import type { ExitCode, Io } from '../io.ts';
import type { ReadPlatform } from '../member-reads.ts';
import { plural, printable, readText, tellFaults } from '../policy/files.ts';
import { columns, type Paint } from '../policy/table.ts';
import { askingPolicy } from './ask-policy.ts';
import { gather, type Sources } from './gather.ts';

interface SuiteOptions extends Pick<Sources, 'roleName'> {
  readonly snapshot?: string;
  readonly policy?: string;
  readonly output: 'text' | 'json';
}

/** `autopeer check --suite FILE`. */
export async function checkSuite(
  file: string,
  places: readonly Place[],
  options: SuiteOptions,
  { io, platform }: { readonly io: Io; readonly platform: ReadPlatform },
): Promise<ExitCode> {
  const text = await readText(file, io);
  if (text === undefined) return 2;
  const reading = readAs(text, suiteSchema);
  if (reading.kind === 'faulty') {
    tellFaults(io, file, reading.faults);
    return 2;
  }
  const suite = reading.file;
  const named = (suite.places ?? []).map(({ account, region }) => ({ accountId: account, region }));
  const sources = { snapshot: options.snapshot, places: [...places, ...named], roleName: options.roleName };
  const gathered = await gather(sources, suite.cases, io, platform);
  if (gathered === undefined) return 2;
  const asking = await askingPolicy(options.policy, gathered, options.roleName, { io, platform });
  if (asking === 'faulty') return 2;
  const answers = runSuite(suite, indexNetwork(gathered.places), asking);
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ cases: answers.map(caseJson) })}\n`
      : suiteText(answers, picocolors.createColors(io.color)),
  );
  if (answers.some(({ result }) => result === 'failed')) return 1;
  return answers.some(({ result }) => result === 'not-known') ? 2 : 0;
}

const caseJson = (each: CaseAnswer) => ({
  ...each.case,
  result: each.result,
  verdict: each.answer.kind === 'answer' ? each.answer.verdict : 'unclear',
  reason: reasonOf(each),
});

function suiteText(answers: readonly CaseAnswer[], paint: Paint): string {
  const colors = { passed: paint.green, failed: paint.red, 'not-known': paint.yellow };
  const words = { passed: 'passed', failed: 'failed', 'not-known': 'not known' };
  const rows = answers.map((each) => {
    const { name, from, to, port, expect } = each.case;
    const what = name ?? `${from} to ${to}${port === undefined ? '' : `, port ${port}`}`;
    const wanted = expect === 'reach' ? 'must reach' : 'must not reach';
    const reason = each.result === 'passed' ? '' : reasonOf(each);
    return [colors[each.result](words[each.result]), wanted, printable(what), printable(reason)];
  });
  const count = (result: CaseAnswer['result']): number =>
    answers.filter((each) => each.result === result).length;
  const summary = `${plural(answers.length, 'case')}: ${count('passed')} passed, ${count('failed')} failed, ${count('not-known')} not known\n`;
  return `${columns(['', 'expected', 'case', 'why'], rows, paint)}\n${summary}`;
}
