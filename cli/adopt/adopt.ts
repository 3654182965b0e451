import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { adopt, type Adoption } from '../../analysis/adopt/adopt.ts';
import type { Proposal } from '../../analysis/adopt/cover.ts';
import { REAL_HUB, withHubPlace, type HubOptions } from '../hub-command.ts';
import { guardedText, manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable, readOrganization } from '../policy/files.ts';
import { parsePeering } from '../suspension/release.ts';
import { claim } from './claim.ts';

const HELP = `
For an organization that has peerings already. Each active peering of the snapshot is covered by a rule. A rule names
accounts, OUs or tags where enough of the pairs that it would allow are peered today (--density), and else both VPCs.
Above each rule stands which peerings it covers, and how many more pairs of VPCs it would allow.

The policy is a dry run: nothing is changed while you read what it would do. Before it is printed, every peering is
decided by it; one that it does not allow is named.

--claim takes over the routes that another tool has written for one peering. First take that tool's routes out of its state,
or both write them (docs/how-to/migrate.md). Routes that the policy wants become autopeer's, as if it had written them: they
go when the policy no longer wants them. Routes that it does not want now stay whose they are, and a dry run claims
nothing. The hub's function "commands" does it, and records who asked for it; docs/operations.md says what you need.

Exit code: 0 if all active peerings are covered, 1 if some are not, 2 if there is no policy.

Examples:
  $ autopeer snapshot --out organization.json
  $ autopeer adopt --org organization.json --out policy.yaml
  $ autopeer policy check --org organization.json
  $ autopeer adopt --org organization.json --density 1     # only rules that open nothing new
  $ autopeer adopt --claim pcx-090ecd94e3a1bb4b8`;

/** Half of the pairs: a rule describes more than it opens. */
const DENSITY = 0.5;
/** So many are listed; the policy has them all. */
const LISTED_MAX = 20;

interface Options extends HubOptions {
  readonly org?: string;
  readonly claim?: string;
  readonly out?: string;
  readonly density: number;
  readonly force: boolean;
}

type PolicyOptions = Pick<Options, 'out' | 'density' | 'force' | 'json'> & { readonly org: string };

/** `autopeer adopt`: a first policy that allows what is peered already. */
export const addAdopt: AddSubcommand = (program, io, finish) => {
  const command = program
    .command('adopt')
    .description('write a first policy that allows the peerings which an organization has already')
    .option('--org <snapshot>', "the organization's snapshot")
    .option('--claim <peering>', 'take over the routes that are there of one peering', parsePeering)
    .option('--out <file>', 'where to write the policy; standard output if left out')
    .option('--force', 'write over a file that is there', false)
    .option(
      '--density <share>',
      'how many of the pairs of a rule must be peered, from 0 to 1',
      readShare,
      DENSITY,
    )
    .option('--json', 'print one JSON object, with the policy as text', false);
  withHubPlace(command)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await claimOrWrite(options, io));
    });
};

async function claimOrWrite(options: Options, io: Io): Promise<ExitCode> {
  const { org, claim: peering } = options;
  if ((org === undefined) === (peering === undefined)) {
    io.stderr.write('autopeer: say --org SNAPSHOT for a policy, or --claim PEERING for its routes\n');
    return 2;
  }
  if (peering !== undefined) return claim(peering, options, io, REAL_HUB);
  return org === undefined ? 2 : writePolicy({ ...options, org }, io);
}

function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) {
    throw new InvalidArgumentError(`'${text}' is not a number from 0 to 1.`);
  }
  return share;
}

async function writePolicy({ org, out, density, force, json }: PolicyOptions, io: Io): Promise<ExitCode> {
  const organization = await readOrganization(org, io);
  if (organization === undefined) return 2;
  const adoption = adopt(organization, org === '-' ? 'a snapshot' : org, density);
  if (json) {
    io.stdout.write(`${JSON.stringify(jsonOf(adoption))}\n`);
  } else if (out === undefined) {
    io.stdout.write(adoption.text);
  } else if (!(await written(out, adoption.text, force, io))) {
    return 2;
  }
  io.stderr.write(summary(adoption, out));
  return adoption.leftOut.length > 0 ? 1 : 0;
}

async function written(file: string, text: string, force: boolean, io: Io): Promise<boolean> {
  try {
    await writeFile(file, guardedText(text), { flag: force ? 'w' : 'wx' });
    return true;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string') throw error;
    const why =
      code === 'EEXIST' ? 'is there already: --force writes over it' : `cannot be written (${code})`;
    io.stderr.write(`autopeer: ${printable(file)}: ${why}\n`);
    return false;
  }
}

function summary({ proposals, single, leftOut, active }: Adoption, out: string | undefined): string {
  const covered = active - leftOut.length;
  const wide = proposals.length - single.length;
  const lines = [
    `${covered} of ${plural(active, 'active peering')} ${covered === 1 ? 'is' : 'are'} allowed, by ${plural(wide, 'rule')} ` +
      `and ${plural(single.length, 'rule')} that ${single.length === 1 ? 'names' : 'name'} both VPCs`,
  ];
  if (single.length > 0) {
    lines.push('', 'Look at these: nothing wider describes them.', ...listed(single.map(singleText)));
  }
  if (leftOut.length > 0) {
    lines.push('', 'Not allowed:', ...listed(leftOut.map(({ peering, why }) => `${peering.id}: ${why}`)));
  }
  if (out !== undefined) {
    lines.push(
      '',
      `${out} is written. Next: autopeer policy check ${out} --org FILE, then read its rules one by one.`,
    );
  }
  return `${lines.map(printable).join('\n')}\n`;
}

const singleText = ({ one, other, covers }: Proposal): string =>
  `${covers.map(({ peering }) => peering.id).join(', ')}: ${one.words} and ${other.words}`;

const listed = (lines: readonly string[]): readonly string[] => [
  ...lines.slice(0, LISTED_MAX).map((line) => `  ${line}`),
  ...(lines.length > LISTED_MAX ? [`  … and ${lines.length - LISTED_MAX} more`] : []),
];

const jsonOf = ({ text, proposals, leftOut, active }: Adoption) => ({
  active,
  policy: text,
  rules: proposals.map(({ one, other, isBetween, covers, pairs }) => ({
    one: one.words,
    other: other.words,
    between: isBetween,
    peerings: covers.map(({ peering }) => peering.id),
    pairs,
  })),
  leftOut: leftOut.map(({ peering, why }) => ({ peering: peering.id, why })),
});
