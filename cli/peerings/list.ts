import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import { stringify } from 'yaml';
import { listPeerings, type ListedPeering, type ListedSide } from '../../analysis/peerings/list.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { PEERING_STATES, type PeeringState } from '../../shared/domain/facts/peering.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE, type ReadPlatform } from '../member-reads.ts';
import { plural, printable } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { realTransport } from '../proxy.ts';
import { columns, type Paint } from '../policy/table.ts';
import { readIndex, tellUnread } from '../snapshot/read-index.ts';
import { parseRegions } from '../snapshot/snapshot.ts';

const HELP = `
Every peering of the organization in these regions, with both its sides. With --policy also what the policy says to it, and
by which rule. The filters are ANDed; an account or a VPC is that of either side, by its id or its name.

The organization is read live, as autopeer snapshot reads it and with the same permissions, or from --snapshot. Nothing in AWS
is changed.

Exit code: 0 if all was read, also if there is no peering; 1 if something of an account could not be read (see stderr); 2 if nothing
could.

Examples:
  $ autopeer list --regions eu-west-1,us-east-1
  $ autopeer list --snapshot organization.json --policy policy.yaml --account payments -o wide
  $ autopeer list --snapshot organization.json --state pending-acceptance -o json | jq -r '.[].id'`;

const FORMATS = ['text', 'wide', 'json', 'yaml'] as const;

export interface ListOptions {
  readonly account?: string;
  readonly vpc?: string;
  readonly state?: PeeringState;
  readonly rule?: string;
  readonly regions?: readonly Region[];
  readonly policy?: string;
  readonly snapshot?: string;
  readonly roleName: string;
  readonly output: (typeof FORMATS)[number];
}

const realPlatform = (): ReadPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
});

/** `autopeer list`: the peerings of the organization. */
export const addList: AddSubcommand = (program, io, finish) => {
  program
    .command('list')
    .description('list the peerings of your AWS organization')
    .option('--account <account>', 'only those of this account')
    .option('--vpc <vpc>', 'only those of this VPC')
    .addOption(new Option('--state <state>', 'only those in this state').choices(PEERING_STATES))
    .option('--rule <name>', 'only those that this rule of the policy decides')
    .option('--regions <regions>', 'regions to read, with commas; the policy’s if left out', parseRegions)
    .option('--policy <file>', 'say what this policy says to them')
    .option('--snapshot <file>', 'the organization, in place of reading it')
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(FORMATS).default('text'))
    .addHelpText('after', manual(HELP, io))
    .action(async (options: ListOptions) => {
      finish(await runList(options, io, realPlatform()));
    });
};

/** Reads, filters, and prints. */
export async function runList(options: ListOptions, io: Io, platform: ReadPlatform): Promise<ExitCode> {
  if (options.rule !== undefined && options.policy === undefined) {
    throw new InvalidArgumentError('--rule needs --policy: a rule is of a policy');
  }
  const loaded = options.policy === undefined ? undefined : await readPolicy(options.policy, io);
  if (options.policy !== undefined && loaded === undefined) return 2;
  const index = await readIndex(options, loaded?.policy, { io, platform });
  if (index === undefined) return 2;
  const { account, vpc, state, rule } = options;
  const rows = listPeerings(index, loaded?.policy, { account, vpc, state, rule });
  io.stdout.write(textOf(rows, options, io));
  tellUnread(index, io);
  return (index.snapshot.unread ?? []).length === 0 ? 0 : 1;
}

function textOf(rows: readonly ListedPeering[], { output, policy }: ListOptions, io: Io): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(rows)}\n`;
    case 'yaml':
      return stringify(rows);
    case 'text':
    case 'wide': {
      const paint = picocolors.createColors(io.color);
      const isWide = output === 'wide';
      if (rows.length === 0) return 'no peering\n';
      const heading = [
        'peering',
        'state',
        'requester',
        'accepter',
        ...(policy === undefined ? [] : ['policy']),
      ];
      const lines = rows.map((row) => cells(row, { isWide, hasPolicy: policy !== undefined }, paint));
      return `${columns(heading, lines, paint)}\n${plural(rows.length, 'peering')}\n`;
    }
  }
}

function cells(
  { id, state, requester, accepter, decision, rule }: ListedPeering,
  { isWide, hasPolicy }: { readonly isWide: boolean; readonly hasPolicy: boolean },
  paint: Paint,
): readonly string[] {
  const says = decision === undefined ? '' : `${decision}${rule === undefined ? '' : ` by ${rule}`}`;
  return [
    id,
    state === 'active' ? paint.green(state) : paint.yellow(state),
    sideText(requester, isWide),
    sideText(accepter, isWide),
    ...(hasPolicy ? [printable(says)] : []),
  ];
}

/** Wide: a line each for the account, the VPC and its CIDRs. */
function sideText({ accountId, account, region, vpcId, vpc, cidrs }: ListedSide, isWide: boolean): string {
  const short = `${printable(account ?? accountId)} ${region} ${printable(vpc ?? vpcId)}`;
  if (!isWide) return short;
  const name = account === undefined ? 'outside the organization' : printable(account);
  return `${accountId} (${name})\n${region} ${vpcId}${vpc === undefined ? '' : ` (${printable(vpc)})`}\n${cidrs.join(', ')}`;
}
