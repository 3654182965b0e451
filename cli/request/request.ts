import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import { parseRegion, type Region } from '../../shared/domain/facts/ids.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { explainRead, READ_ROLE, type ReadPlatform } from '../member-reads.ts';
import { parseMinutes } from '../minutes.ts';
import { printable, readOrganization } from '../policy/files.ts';
import { POLICY_FILE } from '../policy/policy-file.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { realTransport } from '../proxy.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { findVpc, parseNamed, type FoundVpc, type Whereabouts } from './find-vpc.ts';
import { REQUEST_FORMATS, writeRequest } from './formats.ts';
import { openLook, type Look } from './look.ts';
import { makeRequest, tagsOf } from './make.ts';
import type { RequestOptions, RequestPlatform } from './options.ts';
import type { Ends, Outlook } from './preview.ts';
import { previewText } from './preview-text.ts';
import { liveWhereabouts, snapshotWhereabouts } from './whereabouts.ts';
import { chooseVpc } from './wizard.ts';

const HELP = `
Asks AWS for a peering between two VPCs. Before that it shows what is to become of it: whether the CIDRs overlap, the quotas, what
the policy says by which rule, every route that autopeer will write and whose traffic it takes, DNS, and who must approve. It is a
dry run of the code that answers requests. Then it asks you, and follows the peering until it is connected, or says what it waits for.

A VPC is VPC, ACCOUNT/VPC or ACCOUNT/REGION/VPC; each by its id or its name (of a VPC its tag Name). Without an account every
account of the organization is searched. On a terminal it asks for what you leave out: type a part of a name, or a number.

Both sides are read with the credentials that the AWS SDK finds, which must be allowed to read Organizations and to assume the role in
both accounts, as for autopeer plan. The request is made with those of --profile, which must be of the requester's account, or with the role
--as-role there. They must be allowed ec2:CreateVpcPeeringConnection and ec2:DescribeVpcPeeringConnections, and ec2:CreateTags with --name or --tag.

With --format it prints what to write into a Terraform configuration, a CloudFormation template or a shell, to own the request there, and asks AWS for nothing.

What autopeer would reject, and what AWS would let fail, is not asked for. If the two are joined already, or a request for that is under way, nothing is
asked and that one is followed.

Exit code: 0 if the two are connected (with --no-wait: if it was asked for; with --plan and --format: if autopeer would connect it); 1 if not: it waits for
somebody, it was rejected, or the time is up; 2 if something cannot be read, AWS refuses the request, or you said no.

Examples:
  $ autopeer request
  $ autopeer request --from shop/web --to platform/services --plan
  $ autopeer request --from 111122223333/vpc-0123456789abcdef0 --to platform/services --region eu-west-1 --profile shop
  $ autopeer request --from shop/web --to platform/services --format terraform > peering.tf
  $ autopeer request --from shop/web --to platform/services --yes --timeout 2h -o json | jq .outcome`;

/** EC2 keeps a request for a week. */
const MAX_MINUTES = 7 * 24 * 60;

const realPlatform = (): RequestPlatform => {
  const reads = {
    transport: realTransport(),
    clock: { now: Date.now, sleep: (ms: number) => setTimeout(ms) },
  };
  return { reads, caller: reads, ask: terminalQuestions() };
};

/** `autopeer request`: asks for a peering, and follows it. */
export const addRequest: AddSubcommand = (program, io, finish) => {
  program
    .command('request')
    .description('ask AWS for a peering, after showing what is to become of it')
    .option(
      '--from <vpc>',
      'the VPC that asks: VPC, ACCOUNT/VPC or ACCOUNT/REGION/VPC; asked for if left out',
    )
    .option('--to <vpc>', 'the VPC that is asked; asked for if left out')
    .option(
      '--region <region>',
      "the first VPC's region; the policy's regions are searched if left out",
      parseRegionOption,
    )
    .option('--to-region <region>', "the second VPC's region", parseRegionOption)
    .option('--policy <file>', 'the policy; - is standard input', POLICY_FILE)
    .option('--snapshot <file>', 'look for accounts and VPCs here; what becomes of it is read live')
    .option('--role-name <name>', 'the role that reads both accounts', READ_ROLE)
    .option('--profile <name>', 'the AWS profile that makes the request, of the requester’s account')
    .option('--as-role <name>', 'a role of the requester’s account that makes the request')
    .option('--name <name>', 'the peering’s tag Name')
    .option('--tag <key=value>', 'a tag of the peering; may be given several times', parseTag, {})
    .option('--plan', 'show what is to become of it, and ask AWS for nothing', false)
    .addOption(
      new Option(
        '--format <tool>',
        'print what to write to own it in this tool, and ask AWS for nothing',
      ).choices(REQUEST_FORMATS),
    )
    .option('--yes', 'ask AWS without asking you', false)
    .option('--no-wait', 'do not follow the peering')
    .option(
      '--timeout <duration>',
      'how long to follow it, also while people must do something; 5m, and not for people, if left out',
      parseMinutes(MAX_MINUTES),
    )
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: RequestOptions) => {
      finish(await requestPeering(options, io, realPlatform()));
    });
};

function parseRegionOption(text: string): Region {
  const region = parseRegion(text);
  if (region === undefined) throw new InvalidArgumentError('Write a region, such as eu-west-1.');
  return region;
}

function parseTag(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(0, at));
  if (key === '') throw new InvalidArgumentError('Write key=value.');
  if (/^(aws|autopeer):/i.test(key)) {
    throw new InvalidArgumentError(
      `Tags that begin with ${key.slice(0, key.indexOf(':') + 1)} are not yours to set.`,
    );
  }
  return { ...before, [key]: text.slice(at + 1) };
}

/** Shows, asks, requests, follows. */
export async function requestPeering(
  options: RequestOptions,
  io: Io,
  platform: RequestPlatform,
): Promise<ExitCode> {
  const loaded = await readPolicy(options.policy, io);
  if (loaded === undefined) return 2;
  const { policy } = loaded;
  try {
    const where = await whereabouts(options, policy.regions, io, platform.reads);
    const ends = where && (await findEnds(options, policy.regions, where, { io, ask: platform.ask }));
    if (ends === undefined) return 2;
    const look = await openLook(policy, options.roleName, platform.reads);
    return await lookAndAsk(ends, look, options, { io, platform });
  } catch (error) {
    const reason = explainRead(error, 'name a role that trusts you with --role-name');
    if (reason === undefined) throw error;
    io.stderr.write(`autopeer: ${printable(reason)}\n`);
    return 2;
  }
}

async function whereabouts(
  { snapshot, roleName }: RequestOptions,
  [home]: readonly Region[],
  io: Io,
  reads: ReadPlatform,
): Promise<Whereabouts | undefined> {
  if (home === undefined) throw new Error('a policy has a region');
  if (snapshot === undefined) return liveWhereabouts(roleName, home, reads);
  const organization = await readOrganization(snapshot, io);
  return organization && snapshotWhereabouts(organization);
}

/** Both VPCs; `undefined` once people have been told why one of them is not found. */
async function findEnds(
  { from, to, region, toRegion }: RequestOptions,
  regions: readonly Region[],
  where: Whereabouts,
  { io, ask }: { readonly io: Io; readonly ask: Ask | undefined },
): Promise<Ends | undefined> {
  if ((from === undefined || to === undefined) && ask === undefined) {
    io.stderr.write('autopeer: say --from and --to where nobody can be asked\n');
    return undefined;
  }
  const find = async (
    option: string,
    text: string | undefined,
    places: readonly Region[],
  ): Promise<FoundVpc | undefined> => {
    const tell = (said: string): void => io.stderr.write(said);
    if (text === undefined) return ask && chooseVpc(option, places, where, { ask, tell });
    const search = await findVpc(parseNamed(text), places, where);
    if (search.kind === 'found') return search.vpc;
    io.stderr.write(`autopeer: ${option}: ${printable(search.why)}\n`);
    return undefined;
  };
  const requester = await find('--from', from, region === undefined ? regions : [region]);
  const accepter = await find('--to', to, toRegion === undefined ? regions : [toRegion]);
  if (requester === undefined || accepter === undefined) return undefined;
  if (requester.vpcId === accepter.vpcId) {
    io.stderr.write('autopeer: --from and --to are the same VPC\n');
    return undefined;
  }
  if (from === undefined || to === undefined) {
    io.stderr.write(`by options: --from ${flagOf(requester)} --to ${flagOf(accepter)}\n\n`);
  }
  return { requester, accepter };
}

const flagOf = ({ accountId, region, vpcId }: FoundVpc): string => `${accountId}/${region}/${vpcId}`;

async function lookAndAsk(
  ends: Ends,
  look: Look,
  options: RequestOptions,
  { io, platform }: { readonly io: Io; readonly platform: RequestPlatform },
): Promise<ExitCode> {
  const preview = await look.preview(ends);
  const text = previewText(ends, preview, picocolors.createColors(io.color));
  if (options.plan) {
    io.stdout.write(options.output === 'json' ? `${JSON.stringify({ ...ends, preview })}\n` : text);
    return preview.outlook === 'connects' ? 0 : 1;
  }
  io.stderr.write(text);
  if (options.format !== undefined) {
    io.stdout.write(writeRequest(options.format, { ends, preview, tags: tagsOf(options) }));
    return preview.outlook === 'connects' ? 0 : 1;
  }
  if (preview.existing === undefined && isHopeless(preview.outlook)) {
    io.stderr.write('autopeer: nothing was asked of AWS: it cannot become a peering as things are\n');
    return 1;
  }
  return makeRequest(ends, preview, look, options, { io, platform });
}

const isHopeless = (outlook: Outlook): boolean => outlook === 'impossible' || outlook === 'rejected';
