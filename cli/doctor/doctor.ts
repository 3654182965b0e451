import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Facts } from '../../analysis/doctor/facts.ts';
import type { Finding } from '../../analysis/doctor/finding.ts';
import { parseAccountId, type AccountId, type Region } from '../../shared/domain/facts/ids.ts';
import { REAL_HUB, withHubPlace } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { withPolicy } from '../policy/policy-file.ts';
import { parseRegions } from '../snapshot/snapshot.ts';
import type { DoctorPlatform } from './gather.ts';

/** A member stack, and what the hub finds out by its next look, take some minutes. */
const POLL_MS = 30_000;
const MINUTE_MS = 60_000;
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60 };
const MAX_MINUTES = 12 * 60;

const HELP = `
Looks at the hub, at what it does, and at every account and region of the policy: the rule and the roles there, the trail, the
events, the quotas. It only reads. Every check runs, and none stops another: what you may not read is "not known", with the reason.
Each has a code, such as AP205, that never changes; docs/doctor.md lists them, with what each means and what to do.

It takes the credentials that the AWS SDK finds, which should be those of the hub's account, and assumes in each account the role
for people of deploy/member.yaml, <name>-read. docs/doctor.md has the policy that you need. The hub's part of the ledger comes from its
function "commands".

--wait looks again every half minute until nothing fails, or the time is over: after a deployment, for one. --fix-hints adds
commands to copy; none of them is run.

Exit code: 0 if nothing fails, 1 if something does, 2 if it could not look at all; stderr says why.

Examples:
  $ autopeer doctor
  $ autopeer doctor --fix-hints --accounts 111122223333
  $ autopeer doctor -o json | jq '.findings[] | select(.severity == "failure")'
  $ autopeer doctor --wait 20m`;

export interface DoctorOptions {
  readonly url?: string;
  readonly name: string;
  readonly hubRegion: string;
  readonly policy: string;
  readonly regions?: readonly Region[];
  readonly accounts?: readonly AccountId[];
  readonly roleName?: string;
  readonly output: 'text' | 'json';
  readonly all: boolean;
  readonly fixHints: boolean;
  /** In minutes. */
  readonly wait?: number;
}

const REAL: DoctorPlatform = {
  ...REAL_HUB,
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
};

/** `autopeer doctor`: what is wrong with a deployment, and what to do. */
export const addDoctor: AddSubcommand = (program, io, finish) => {
  withHubPlace(
    withPolicy(
      program
        .command('doctor')
        .description('look for what is wrong with your deployment, and say what to do; change nothing'),
    ),
  )
    .option('--regions <regions>', 'regions to look at, with commas; the policy’s if left out', parseRegions)
    .option('--accounts <ids>', 'accounts to look at, with commas; all if left out', parseAccounts)
    .option('--role-name <name>', 'the role to assume in each account; <name>-read if left out')
    .addOption(
      new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'),
    )
    .option('--all', 'print what is well, too', false)
    .option('--fix-hints', 'print commands to copy', false)
    .option('--wait <duration>', 'look again until nothing fails, so long at most: 20m, 2h', parseMinutes)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: DoctorOptions) => finish(await runDoctor(options, io, REAL)));
};

/** Looks, and prints what it found; once, or until nothing fails. */
export async function runDoctor(options: DoctorOptions, io: Io, platform: DoctorPlatform): Promise<ExitCode> {
  const loaded = await readPolicy(options.policy, io);
  if (loaded === undefined) return 2;
  const { model, regions } = loaded.policy;
  // Only here, so that the other commands do not load the SDK.
  const [{ gather }, { expectedOf }, { diagnose }] = await Promise.all([
    import('./gather.ts'),
    import('./expected.ts'),
    import('../../analysis/doctor/diagnose.ts'),
  ]);
  const { name, hubRegion } = options;
  const expected = expectedOf({
    version: io.installation.version,
    name,
    hubRegion,
    cutsAnHour: model.guardrails.atMost,
    ...(await templates(name, io)),
  });
  const scope = {
    expected,
    regions: options.regions ?? regions,
    accounts: options.accounts,
    roleName: options.roleName ?? `${name}-read`,
    url: options.url,
  };
  const until = platform.clock.now() + (options.wait ?? 0) * MINUTE_MS;
  for (;;) {
    const facts = await gather(scope, platform);
    const { caller } = facts.hub;
    if (caller.kind === 'unknown') {
      io.stderr.write(`autopeer: ${printable(caller.why)}\n`);
      return 2;
    }
    const findings = diagnose(facts);
    const isWell = findings.every(({ severity }) => severity !== 'failure');
    if (isWell || platform.clock.now() >= until) {
      await print(facts, findings, options, io);
      return isWell ? 0 : 1;
    }
    await platform.clock.sleep(POLL_MS);
  }
}

/** What this command would deploy under that name. */
async function templates(name: string, io: Io) {
  const { stagedText } = await import('../deploy/hub-template.ts');
  const { template, memberTemplate } = await io.installation.deployedCode();
  if (template === undefined || memberTemplate === undefined) throw new Error('no templates came with it');
  return { template: stagedText(template, name.replace(/^autopeer-/, '')), memberTemplate };
}

async function print(
  facts: Facts,
  findings: readonly Finding[],
  { output, all, fixHints }: DoctorOptions,
  { stdout, color }: Io,
): Promise<void> {
  const [{ toJson }, { toText }] = await Promise.all([import('./json.ts'), import('./text.ts')]);
  stdout.write(output === 'json' ? toJson(facts, findings) : toText(findings, { color, all, fixHints }));
}

function parseAccounts(text: string): readonly AccountId[] {
  return text.split(',').map((part) => {
    const id = parseAccountId(part.trim());
    if (id === undefined) throw new InvalidArgumentError(`'${part}' is not an account id of twelve digits.`);
    return id;
  });
}

function parseMinutes(text: string): number {
  const [, count, unit = 'm'] = /^(\d{1,4})([mh])$/.exec(text) ?? [];
  const minutes = Number(count) * (MINUTES[unit] ?? 0);
  if (minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw new InvalidArgumentError('Write a duration from 1m to 12h, such as 20m or 2h.');
}
