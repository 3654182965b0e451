import { InvalidArgumentError } from 'commander';
import picocolors from 'picocolors';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import { loadReading } from '../../shared/domain/policy/language/load.ts';
import { trialRules } from '../../shared/domain/policy/language/trial.ts';
import { inFileOrder, type PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { findUnknownRegions } from '../../analysis/lint/unknown-regions.ts';
import { type LintFinding, lintPolicy } from '../../analysis/lint/lint.ts';
import { manual, STDIN, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable, readOrganization, tellFaults } from './files.ts';
import { fixFiles } from './fix-ids.ts';
import { type PolicyFiles, readPolicyFiles } from './include.ts';
import { chosenPolicy, withPolicyArgument } from './policy-file.ts';

const HELP = `
A fault means that the file is no policy: nothing would deploy. A warning is about a valid policy: something in it is
in vain, or opens more than its author can mean. Advice is about what may well be meant as it is; it never fails a
check, and --advice shows it. Each has a code; docs/policy-tools.md says more about each.

With --org, OUs nest as they do in the organization, and ids and deny rules are held against what there is. A policy has
ids, not names: --fix-ids writes the ids of the snapshot in the place of account names and of paths such as Workloads/Prod
into the file, says each, and leaves all else as it is.

Exit code: 0 if the policy is valid, 1 if it is and --strict finds a warning, 2 if it has faults or some file cannot
be read.

Examples:
  $ autopeer policy check
  $ git show main:policy.yaml | autopeer policy check - --strict
  $ autopeer policy check --org organization.json --fix-ids
  $ autopeer policy check new.yaml --org organization.json --json | jq .findings`;

interface Options {
  readonly policy?: string;
  readonly org?: string;
  readonly strict: boolean;
  readonly advice: boolean;
  readonly oneFile?: boolean;
  readonly fixIds?: boolean;
  readonly json: boolean;
}

/** `autopeer policy check FILE`: faults and warnings, each where it stands. */
export const addCheck: AddSubcommand = (group, io, finish) => {
  withPolicyArgument(
    group.command('check').description('validate a policy, and warn of rules that do nothing or too much'),
  )
    .option('--org <snapshot>', "hold it against an organization's snapshot")
    .option('--strict', 'exit with 1 where there are warnings', false)
    .option('--advice', 'show advice too', false)
    .option('--one-file', 'refuse a policy that includes other files', false)
    .option('--fix-ids', 'write ids in the place of account names and paths of OUs; needs --org', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (file: string | undefined, options: Options) => {
      const policy = chosenPolicy(file, options.policy);
      if (options.fixIds === true) refuseToFix(policy, options);
      finish(await check(policy, options, io));
    });
};

/** @throws InvalidArgumentError where there is no file to write, or nothing to know ids from */
function refuseToFix(file: string, { org }: Options): void {
  if (org === undefined) throw new InvalidArgumentError('--fix-ids needs --org: the snapshot knows the ids');
  if (file === STDIN)
    throw new InvalidArgumentError('--fix-ids writes into a file, and not into standard input');
}

/** Checks it, and prints what is wrong with it. */
export async function check(
  file: string,
  { org, strict, advice: isAsked, oneFile = false, fixIds: isFixing = false, json }: Options,
  io: Io,
): Promise<ExitCode> {
  let files = await readPolicyFiles(file, io);
  if (files === undefined) return 2;
  let organization: Organization | undefined;
  if (org !== undefined) {
    organization = await readOrganization(org, io);
    if (organization === undefined) return 2;
  }
  if (isFixing && organization !== undefined) {
    await fixFiles(files.files, organization, io);
    files = await readPolicyFiles(file, io);
    if (files === undefined) return 2;
  }
  const { source } = files.reading;
  const loaded = loadReading(files.reading);
  const faults = inFileOrder([
    ...(loaded.kind === 'faulty' ? loaded.faults : []),
    ...(source === undefined ? [] : findUnknownRegions(source)),
    ...(oneFile && files.files.length > 1 ? [severalFiles(files)] : []),
  ]);
  if (loaded.kind === 'faulty' || source === undefined || faults.length > 0) {
    if (json) print(io, { file, valid: false, faults, findings: [], advice: [] });
    else showFaults(file, faults, io);
    return 2;
  }
  const now = io.now();
  const policy = loaded.policies.at(now);
  const all = lintPolicy(source, policy, now, organization);
  const findings = all.filter(({ level }) => level === 'warning');
  const advice = all.filter(({ level }) => level === 'advice');
  if (json) {
    print(io, { file, valid: true, policyVersion: policy.version, faults: [], findings, advice });
  } else {
    const { allow, deny } = policy.model;
    const trials = trialRules(policy.model).size;
    const rules = `${allow.length} allow and ${deny.length} deny rules${trials > 0 ? `, ${trials} of them on trial` : ''}`;
    showFindings({ file, findings: isAsked ? all : findings, advice: advice.length, rules, isAsked }, io);
  }
  return strict && findings.length > 0 ? 1 : 0;
}

/** Nobody puts the files together there, and the functions would not start. */
const severalFiles = ({ reading }: PolicyFiles): PolicyFault => ({
  ...(reading.source?.locate({ path: ['include'], message: '' }) ?? { line: 1, column: 1, path: '' }),
  message:
    'the policy includes other files, and is to be deployed as one: write one with autopeer policy merge, or use autopeer deploy',
});

const print = (io: Io, value: unknown): void => io.stdout.write(`${JSON.stringify(value)}\n`);

function showFaults(file: string, faults: readonly PolicyFault[], io: Io): void {
  tellFaults(io, file, faults);
  io.stderr.write(`autopeer: ${plural(faults.length, 'fault')}: ${printable(file)} is no policy yet\n`);
}

interface Shown {
  readonly file: string;
  readonly findings: readonly LintFinding[];
  /** How many pieces. */
  readonly advice: number;
  readonly rules: string;
  readonly isAsked: boolean;
}

function showFindings({ file, findings, advice, rules, isAsked }: Shown, io: Io): void {
  const paint = picocolors.createColors(io.color);
  for (const { file: own = file, line, column, code, level, message } of findings) {
    const place = `${printable(own)}:${line}:${column}:`;
    const color = level === 'warning' ? paint.yellow : paint.dim;
    io.stdout.write(`${place} ${color(`${level} ${code}`)}: ${printable(message)}.\n`);
  }
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const end =
    warnings === 0
      ? paint.green('valid, no warnings')
      : `valid, ${paint.yellow(plural(warnings, 'warning'))}`;
  io.stdout.write(`${printable(file)}: ${end} (${rules})\n`);
  if (advice > 0 && !isAsked) {
    io.stdout.write(paint.dim(`${plural(advice, 'piece')} of advice besides: --advice shows them`) + '\n');
  }
}
