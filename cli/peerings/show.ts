import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import { stringify } from 'yaml';
import { parseAccountId, parsePeeringId, parseRegion } from '../../shared/domain/facts/ids.ts';
import type { PeeringKey } from '../../shared/domain/facts/peering.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE } from '../member-reads.ts';
import { decideLive, realPlatform, type PlanPlatform } from '../plan.ts';
import { printable } from '../policy/files.ts';
import { POLICY_FILE } from '../policy/policy-file.ts';
import { showText } from './show-text.ts';
import { viewOf } from './view.ts';

const HELP = `
Both sides of a peering: their VPCs, the routes to the peering and who wrote them, the DNS option, what the policy says by which
rule, what is missing and why, and what became of it so far. It reads what autopeer plan reads, with the same credentials and
permissions, and is a dry run of the same code. Nothing in AWS is changed. Which routes are autopeer's own only the ledger
knows: with --no-ledger it is not said.

Exit code: 0 if there is an answer and nothing is missing or in the way; 1 if something is; 2 if the peering cannot be read.

Examples:
  $ autopeer show pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1
  $ autopeer show pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1 -o json | jq .steps`;

export interface ShowOptions {
  readonly account: string;
  readonly region: string;
  readonly policy: string;
  readonly roleName: string;
  readonly ledger: string | false;
  readonly hubRegion: string;
  readonly output: 'text' | 'json' | 'yaml';
}

/** `autopeer show`: a peering with all that is known of it. */
export const addShow: AddSubcommand = (program, io, finish) => {
  program
    .command('show')
    .description('show both sides of a peering, its routes, what is missing, and why')
    .argument('<peering>', 'its id')
    .requiredOption('--account <id>', 'an account of the organization that sees it, either side’s')
    .requiredOption('--region <region>', 'the region of that side')
    .option('--policy <file>', 'the policy; - is standard input', POLICY_FILE)
    .option('--role-name <name>', 'the role to assume in both accounts', READ_ROLE)
    .option('--ledger <table>', "the hub's table", 'autopeer-prod-ledger')
    .option('--no-ledger', 'do not ask the ledger')
    .option('--hub-region <region>', "the hub's region", 'eu-west-1')
    .addOption(
      new Option('-o, --output <format>', 'how it is printed')
        .choices(['text', 'json', 'yaml'])
        .default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: ShowOptions) => {
      finish(await showPeering(keyOf(peering, options), options, io, realPlatform()));
    });
};

/** @throws InvalidArgumentError */
export function keyOf(
  peering: string,
  { account, region: regionText }: Pick<ShowOptions, 'account' | 'region'>,
): PeeringKey {
  const [peeringId, accountId, region] = [
    parsePeeringId(peering),
    parseAccountId(account),
    parseRegion(regionText),
  ];
  if (peeringId === undefined)
    throw new InvalidArgumentError(`'${peering}' is not a peering id, such as pcx-0123456789abcdef0`);
  if (accountId === undefined)
    throw new InvalidArgumentError(`'${account}' is not an account id of twelve digits`);
  if (region === undefined)
    throw new InvalidArgumentError(`'${regionText}' is not a region, such as eu-west-1`);
  return { peeringId, accountId, region };
}

/** Reads, decides, and prints. */
export async function showPeering(
  key: PeeringKey,
  options: Omit<ShowOptions, 'account' | 'region'>,
  io: Io,
  platform: PlanPlatform,
): Promise<ExitCode> {
  const read = await decideLive(key, options, io, platform);
  if (read === undefined) return 2;
  const view = viewOf(read.decided, await read.history(), options.ledger !== false);
  if (view === undefined) {
    io.stderr.write(`autopeer: ${printable(key.peeringId)}: EC2 does not know it there\n`);
    return 2;
  }
  switch (options.output) {
    case 'json':
      io.stdout.write(`${JSON.stringify(view)}\n`);
      break;
    case 'yaml':
      io.stdout.write(stringify(view));
      break;
    case 'text':
      io.stdout.write(showText(view, picocolors.createColors(io.color)));
      break;
  }
  return view.steps.length === 0 && view.problems.length === 0 ? 0 : 1;
}
