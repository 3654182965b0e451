import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import { freeRanges, type Free } from '../../analysis/cidr/free.ts';
import { addressesOf, spanOf } from '../../analysis/cidr/space.ts';
import { takenFor, type Taken } from '../../analysis/cidr/taken.ts';
import { contains, familyOf, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE, realReads, type ReadPlatform } from '../member-reads.ts';
import { plural, printable } from '../policy/files.ts';
import { columns } from '../policy/table.ts';
import { readIndex, tellUnread } from '../snapshot/read-index.ts';
import { parseRegions } from '../snapshot/snapshot.ts';
import { findVpcs } from './words.ts';

const HELP = `
Ranges that overlap no CIDR of the VPCs that the new one is to be peered with, and none that these reach already: the CIDRs of
their peers, and with a snapshot of autopeer snapshot --network the destinations of their routes. Two VPCs with one CIDR may both be
peered with a third, but its route table leads to one of them only. Without --for nothing of any VPC of the organization is
overlapped. Those in the smallest gaps come first, so that large ones stay whole.

IPv4 is looked for in the private ranges, without 172.17.0.0/16, which Docker and some AWS services use themselves; or in
--within, with commas. A VPC takes /16 to /28 of IPv4, and /44, /48, /52, /56 or /60 of IPv6. Amazon's own IPv6 blocks
never overlap; --within is for blocks of your own.

Exit code: 0 if there is a range; 1 if none is free, or if something of an account could not be read (see stderr); 2 if nothing
could, or if there is no such VPC.

Examples:
  $ autopeer cidr free --size /20 --for payments vpc-0123456789abcdef0 --snapshot organization.json
  $ autopeer cidr free --size /22 --within 10.64.0.0/10 --regions eu-west-1,us-east-1
  $ autopeer cidr free --size /56 --within 2001:db8:1200::/40 --snapshot organization.json -o json | jq -r '.ranges[0].cidr'`;

export interface FreeOptions {
  readonly size: number;
  readonly within: readonly Cidr[];
  readonly for: readonly string[];
  readonly count: number;
  readonly regions?: readonly Region[];
  readonly snapshot?: string;
  readonly roleName: string;
  readonly output: 'text' | 'json';
}

const COUNT = 5;
const COUNT_MAX = 10_000;

const cidrs = (...texts: readonly string[]): readonly Cidr[] =>
  texts.flatMap((text) => parseCidr(text) ?? []);

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const PRIVATE = cidrs('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16');
const DOCKER = cidrs('172.17.0.0/16');
/** EC2 gives none of these to a VPC. */
const NEVER = cidrs('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3');
const SIZES = {
  ipv4: { least: 16, most: 28, step: 1, words: '/16 to /28' },
  ipv6: { least: 44, most: 60, step: 4, words: '/44, /48, /52, /56 or /60' },
} as const;

/** `autopeer cidr free`: ranges for a new VPC. */
export const addFree: AddSubcommand = (group, io, finish) => {
  group
    .command('free')
    .description('find ranges for a new VPC that keep every peering possible that it is to have')
    .requiredOption('--size <prefix>', 'how large it is to be, such as /20', parsePrefix)
    .option('--for <vpc...>', 'the VPCs that it is to be peered with, by id or Name tag; all if left out')
    .option('--within <cidrs>', 'where to look, with commas; private IPv4 if left out', parseCidrs)
    .option('--count <number>', 'how many ranges to show', parseCount, COUNT)
    .option('--snapshot <file>', 'the organization, in place of reading it')
    .option('--regions <regions>', 'regions to read, with commas', parseRegions)
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Omit<FreeOptions, 'for' | 'within'> & Partial<FreeOptions>) => {
      finish(await runFree({ for: [], within: PRIVATE, ...options }, io, realReads()));
    });
};

function parsePrefix(text: string): number {
  if (/^\/?\d{1,3}$/.test(text)) return Number(text.replace('/', ''));
  throw new InvalidArgumentError('it is the length of a prefix, such as /20.');
}

function parseCidrs(text: string): readonly Cidr[] {
  return text.split(',').map((part) => {
    const cidr = parseCidr(part.trim());
    if (cidr === undefined) throw new InvalidArgumentError(`'${part}' is not a CIDR, such as 10.0.0.0/8.`);
    return cidr;
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= COUNT_MAX) return count;
  throw new InvalidArgumentError(`it is a whole number from 1 to ${COUNT_MAX}.`);
}

/** Why a VPC of this size cannot be there. */
function sizeFault(size: number, within: readonly Cidr[]): string | undefined {
  const families = new Set(within.map(familyOf));
  const [family = 'ipv4', second] = families;
  if (second !== undefined) return '--within names IPv4 and IPv6: ask for one of them';
  const { least, most, step, words } = SIZES[family];
  if (size < least || size > most || size % step !== 0) {
    const other = within === PRIVATE ? '; for IPv6 say --within' : '';
    return `a VPC takes ${words} of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}, not /${size}${other}`;
  }
  const small = within.find((block) => spanOf(block).prefix > size);
  return small === undefined ? undefined : `--within ${small} is smaller than /${size}`;
}

/** Reads, looks, and prints. */
export async function runFree(options: FreeOptions, io: Io, platform: ReadPlatform): Promise<ExitCode> {
  const { size, within } = options;
  const fault = sizeFault(size, within);
  if (fault !== undefined) throw new InvalidArgumentError(fault);
  const organization = await readIndex(options, undefined, { io, platform, network: options.for.length > 0 });
  if (organization === undefined) return 2;
  const found = findVpcs(options.for, organization);
  if (found.kind === 'unclear') {
    for (const reason of found.reasons) io.stderr.write(`autopeer: ${printable(reason)}\n`);
    return 2;
  }
  const wanted = options.for.length === 0 ? [...organization.vpcById.values()] : found.vpcs;
  const taken = takenFor(wanted, within, organization);
  const kept = DOCKER.filter((block) => !within.some((each) => contains(block, each)));
  const free = freeRanges(size, within, [...taken.blocks, ...kept, ...NEVER], options.count);
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(jsonOf(free, taken, options))}\n`
      : textOf(free, taken, wanted.length, options, io),
  );
  for (const vpcId of taken.unknown) {
    io.stderr.write(`autopeer: the CIDRs of ${vpcId} are not known: a range may overlap them\n`);
  }
  tellUnread(organization, io);
  const isWhole = (organization.snapshot.unread ?? []).length === 0;
  return free.total > 0n && isWhole ? 0 : 1;
}

function textOf(
  { ranges, total }: Free,
  { peers, routes }: Taken,
  wanted: number,
  { size, within, for: asked }: FreeOptions,
  io: Io,
): string {
  const paint = picocolors.createColors(io.color);
  const beside = [
    asked.length === 0 ? `any of ${plural(wanted, 'VPC')}` : plural(wanted, 'VPC'),
    ...(peers === 0 ? [] : [plural(peers, 'peer')]),
    ...(routes === undefined || routes === 0 ? [] : [plural(routes, 'route')]),
  ].join(', ');
  if (total === 0n) {
    return `${paint.red(`No /${size} is free in ${within.join(', ')}`)} that overlaps none of ${beside}.\n`;
  }
  const [first = within[0]] = within;
  const addresses = first === undefined ? 0n : addressesOf(familyOf(first), size);
  const rows = ranges.map(({ cidr, gap }) => [paint.green(cidr), gap === cidr ? '' : `of ${gap}`]);
  return [
    `A /${size} (${addresses.toLocaleString('en-US')} addresses) that overlaps none of ${beside}:\n\n`,
    columns(['range', 'the free block'], rows, paint),
    `\n${total.toLocaleString('en-US')} ${total === 1n ? 'is' : 'are'} free.\n`,
  ].join('');
}

const jsonOf = ({ ranges, total }: Free, { peers, routes, unknown }: Taken, { size }: FreeOptions) => ({
  size,
  /** As text: IPv6 has more than a number of JSON holds. */
  total: String(total),
  ranges,
  peers,
  routes,
  unknown,
});
