import { Option } from 'commander';
import picocolors from 'picocolors';
import { cidrReport } from '../../analysis/cidr/report.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE, realReads, type ReadPlatform } from '../member-reads.ts';
import { printable } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { readIndex, tellUnread } from '../snapshot/read-index.ts';
import { parseRegions } from '../snapshot/snapshot.ts';
import { addFree } from './free.ts';
import { reportJson, reportText } from './report-text.ts';
import { findVpcs } from './words.ts';

const HELP = `
EC2 refuses a peering between two VPCs of which any CIDRs overlap, IPv4 or IPv6, also where others of theirs do not. First come
the pairs that somebody asked for: requests that failed, wait, were rejected or ran out. With --policy then those that a rule
would allow. Then all others, by the block that they lie in. VPC is an id or a Name tag: then only pairs that it is in.

The organization is read live, as autopeer snapshot reads it and with the same permissions, or from --snapshot. Nothing in AWS
is changed. autopeer cidr free finds ranges for a new VPC.

Exit code: 0 if nothing that somebody asked for overlaps; 1 if something does, or if something of an account could not be read
(see stderr); 2 if nothing could, or if there is no such VPC.

Examples:
  $ autopeer cidr --snapshot organization.json --policy policy.yaml
  $ autopeer cidr payments vpc-0123456789abcdef0 --regions eu-west-1
  $ autopeer cidr --snapshot organization.json -o json | jq '.byVpc[0]'
  $ autopeer cidr free --size /20 --for payments --snapshot organization.json`;

export interface CidrOptions {
  readonly regions?: readonly Region[];
  readonly policy?: string;
  readonly snapshot?: string;
  readonly roleName: string;
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

/** `autopeer cidr`: which VPCs can never be peered. */
export const addCidr: AddSubcommand = (program, io, finish) => {
  const group = program
    .command('cidr')
    .description('say which VPCs can never be peered, and which ranges are free for a new one')
    .argument('[vpc...]', 'only what overlaps with these')
    .option('--policy <file>', 'say which of the pairs this policy would allow')
    .option('--snapshot <file>', 'the organization, in place of reading it')
    .option('--regions <regions>', 'regions to read, with commas; the policy’s if left out', parseRegions)
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .option('--all', 'every block and every VPC, not only the first', false)
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (vpcs: string[], options: CidrOptions) => {
      finish(await runCidr(vpcs, options, io, realReads()));
    });
  addFree(group, io, finish);
};

/** Reads, asks, and prints. */
export async function runCidr(
  asked: readonly string[],
  options: CidrOptions,
  io: Io,
  platform: ReadPlatform,
): Promise<ExitCode> {
  const loaded = options.policy === undefined ? undefined : await readPolicy(options.policy, io);
  if (options.policy !== undefined && loaded === undefined) return 2;
  const organization = await readIndex(options, loaded?.policy, { io, platform });
  if (organization === undefined) return 2;
  const found = findVpcs(asked, organization);
  if (found.kind === 'unclear') {
    for (const reason of found.reasons) io.stderr.write(`autopeer: ${printable(reason)}\n`);
    return 2;
  }
  const only = asked.length === 0 ? undefined : new Set(found.vpcs.map(({ vpcId }) => vpcId));
  const report = cidrReport(organization, loaded?.policy, only);
  const style = {
    isAll: options.all,
    hasPolicy: loaded !== undefined,
    paint: picocolors.createColors(io.color),
  };
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(reportJson(report, organization))}\n`
      : reportText(report, organization, style),
  );
  tellUnread(organization, io);
  const isWhole = (organization.snapshot.unread ?? []).length === 0;
  return report.asked.length === 0 && isWhole ? 0 : 1;
}
