import { InvalidArgumentError } from 'commander';
import picocolors from 'picocolors';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import type { PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { readTests } from '../../analysis/cases/read.ts';
import {
  type CaseResult,
  type Coverage,
  coverageOf,
  prepareCases,
  runCase,
} from '../../analysis/cases/run.ts';
import { manual, STDIN, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable, readOrganization, readText, tellFaults } from './files.ts';
import { readPolicy } from './read-policy.ts';
import { chosenPolicy, POLICY_FILE, withPolicyArgument } from './policy-file.ts';

const HELP = `
The tests of a policy stand beside it: those of policy.yaml in policy.test.yaml, unless --tests names others.

  version: 1
  organization: organization.json      # a snapshot, from the folder of this file; --org goes before it
  tests:
    - name: production reaches shared services
      requester: { account: "420000000001", ou: Workloads/Prod, cidrs: [10.16.0.0/16] }
      accepter: vpc-0123456789abcdef0  # a VPC of the snapshot
      expect: { decision: accept, rule: workloads-to-shared, reason: rule-allows }

Live rules decide a test. With trial: true beside expect, the trial rules decide too, as if they were live.
With at: 2027-04-01 (or a time) beside expect, the rules that have expired by then decide nothing; without it, none has
expired. A rule is covered where some test is decided by it. docs/policy-tools.md says what the facts of a side are.

Exit code: 0 if all tests pass, 1 if one fails or fewer rules are covered than --min-coverage asks for, 2 if some file
has faults or cannot be read.

Examples:
  $ autopeer policy test --min-coverage 100
  $ autopeer policy test new.yaml --tests more.yaml --org organization.json --json | jq .coverage.untested`;

interface Options {
  readonly policy?: string;
  readonly tests?: string;
  readonly org?: string;
  readonly minCoverage: number;
  readonly json: boolean;
}

/** `autopeer policy test FILE`: the unit tests of a policy. */
export const addTest: AddSubcommand = (group, io, finish) => {
  withPolicyArgument(group.command('test').description('run the unit tests of a policy'))
    .option('--tests <file>', 'its tests (default: policy.test.yaml beside policy.yaml)')
    .option('--org <snapshot>', "an organization's snapshot, for VPC ids and names")
    .option('--min-coverage <percent>', 'fail where tests decide fewer of the rules', parsePercent, 0)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (file: string | undefined, options: Options) => {
      finish(await runTests(chosenPolicy(file, options.policy), options, io));
    });
};

/** Runs them, and prints what they say. */
export async function runTests(file: string, options: Options, io: Io): Promise<ExitCode> {
  const testsFile = options.tests ?? testsBeside(file);
  // Both are read, so that the faults of both come at once.
  const loaded = await readPolicy(file, io);
  const text = await readText(testsFile, io);
  if (text === undefined) {
    if (options.tests === undefined)
      io.stderr.write('autopeer: write the tests there, or name them with --tests\n');
    return 2;
  }
  const reading = readTests(text);
  if (reading.kind === 'faulty') return faulty(testsFile, reading.faults, io);
  if (loaded === undefined) return 2;
  const { policies } = loaded;
  const policy = policies.whole();
  const snapshot = options.org ?? besideTests(testsFile, reading.file.organization);
  let organization: Organization | undefined;
  if (snapshot !== undefined) {
    organization = await readOrganization(snapshot, io);
    if (organization === undefined) return 2;
  }
  const prepared = prepareCases(reading.file, { policy, organization }, reading.locate);
  if (prepared.kind === 'faulty') return faulty(testsFile, prepared.faults, io);
  const results = prepared.cases.map((ready) => runCase(policies, ready));
  const coverage = coverageOf(policy, results);
  const report: Report = { testsFile, results, coverage, minCoverage: options.minCoverage };
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  if (options.json) io.stdout.write(`${JSON.stringify(jsonOf(report))}\n`);
  else show(report, failed, io);
  return failed > 0 || coverage.percent < options.minCoverage ? 1 : 0;
}

/** `policy.yaml` has its tests in `policy.test.yaml`. */
export function testsBeside(file: string): string {
  if (file === STDIN) return testsBeside(POLICY_FILE);
  const ending = /\.ya?ml$/.exec(file)?.[0];
  return ending === undefined ? `${file}.test.yaml` : `${file.slice(0, -ending.length)}.test${ending}`;
}

/** A path in a file is meant from the file's own folder. */
function besideTests(testsFile: string, snapshot: string | undefined): string | undefined {
  if (snapshot === undefined || /^([/\\]|[A-Za-z]:)/.test(snapshot)) return snapshot;
  return testsFile.slice(0, Math.max(testsFile.lastIndexOf('/'), testsFile.lastIndexOf('\\')) + 1) + snapshot;
}

function faulty(file: string, faults: readonly PolicyFault[], io: Io): ExitCode {
  tellFaults(io, file, faults);
  io.stderr.write(`autopeer: ${plural(faults.length, 'fault')} in the tests; none was run\n`);
  return 2;
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d+$/.test(text) && percent <= 100) return percent;
  throw new InvalidArgumentError('Write a whole number from 0 to 100.');
}

interface Report {
  readonly testsFile: string;
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
  readonly minCoverage: number;
}

const jsonOf = ({ testsFile, results, coverage, minCoverage }: Report) => ({
  file: testsFile,
  tests: results.map(({ test: { name, expect }, place: { line, column }, decision, failures }) => {
    const { kind, rule, reason } = decision;
    return {
      name,
      line,
      column,
      passed: failures.length === 0,
      failures,
      expect,
      got: { kind, rule, reason },
    };
  }),
  coverage: { ...coverage, minimum: minCoverage },
});

function show({ testsFile, results, coverage, minCoverage }: Report, failed: number, io: Io): void {
  const paint = picocolors.createColors(io.color);
  const write = (line: string): void => io.stdout.write(`${line}\n`);
  for (const { test, place, decision, failures } of results) {
    const name = printable(test.name);
    if (failures.length === 0) {
      const by = decision.rule === undefined ? decision.reason.code : `by ${decision.rule}`;
      write(`${paint.green('✓')} ${name} ${paint.dim(`(${decision.kind} ${by})`)}`);
      continue;
    }
    write(
      `${paint.red('✗')} ${name} ${paint.dim(`(${printable(testsFile)}:${place.line}:${place.column})`)}`,
    );
    for (const failure of failures) write(`    ${paint.red(printable(failure))}`);
    write(`    ${printable(decision.reason.text)}`);
  }
  const { rules, untested, percent } = coverage;
  const isLow = percent < minCoverage;
  const share = `${rules - untested.length} of ${plural(rules, 'rule')} decided by a test (${percent} %)`;
  write('');
  write(isLow ? paint.red(`${share}, less than --min-coverage ${minCoverage}`) : share);
  for (const rule of untested) write(`  ${paint.yellow('untested')} ${rule}`);
  const sum = `${plural(results.length, 'test')}: ${results.length - failed} passed, ${failed} failed`;
  write(failed > 0 ? paint.red(sum) : paint.green(sum));
}
