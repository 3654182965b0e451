import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import type { Range } from '../../analysis/reachability/blocks.ts';
import { check, type Question } from '../../analysis/reachability/check.ts';
import { SYMPTOMS, type Symptom } from '../../analysis/reachability/finding.ts';
import { indexNetwork } from '../../analysis/reachability/network-index.ts';
import { PROTOCOLS, type Protocol } from '../../analysis/reachability/packet.ts';
import { parseAccountId, parseRegion } from '../../shared/domain/facts/ids.ts';
import type { Place } from '../../shared/domain/facts/peering.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { explainRead, READ_ROLE, type ReadPlatform } from '../member-reads.ts';
import { printable } from '../policy/files.ts';
import { realTransport } from '../proxy.ts';
import { askingPolicy } from './ask-policy.ts';
import { checkJson, checkText } from './check-text.ts';
import { gather, type Gathered } from './gather.ts';
import { checkSuite } from './suite.ts';

const HELP = `
A and B are the ids of VPCs, subnets, interfaces or instances, addresses, or names (the tag Name). Of a VPC or a subnet every
subnet is looked at, and its routes and network ACLs; security groups belong to interfaces. Both directions are followed, the request
and the answer, in each family that both ends have.

Each layer is "yes", "no" with what mends it and whose account that is, "not known" where something may not be read or was not
said, or a "note": what AWS shows nobody, such as the host's own firewall. --symptom puts first what explains it. Whether B's name
resolves to the right address is a note too, unless --by-name says that A asks by name.

The facts are read live: A's account and region are --account and --region; B is looked for there, in --to-account and --to-region,
else where the peerings of A's VPC lead. The role is assumed in each account with the credentials that the AWS SDK finds; it must be
allowed to call the ec2:Describe actions that docs/check.md lists, and ec2:GetManagedPrefixListEntries. Or they come from a
snapshot that autopeer snapshot --network wrote. Nothing in AWS is changed. With --policy and live, your own credentials are asked who
belongs to the organization: they must be those of the management account or of a delegated administrator of Organizations.

--suite FILE checks a list of what must reach and what must not: see docs/check.md.

Exit code: 0 if every layer says yes; 1 if some layer says no; 2 if none says no but some is not known, or if it cannot be run.
With --suite: 0 if all is as expected; 1 if something is not; 2 if something is not known, or the file cannot be read.

Examples:
  $ autopeer check i-0123456789abcdef0 10.2.9.3 --port 5432 --account 111122223333 --region eu-west-1
  $ autopeer check web db --port 443 --snapshot organization.json --policy policy.yaml
  $ autopeer check vpc-0123456789abcdef0 vpc-0fedcba9876543210 --snapshot organization.json -o json | jq .verdict
  $ autopeer check --suite reachability.yaml --snapshot organization.json`;

export interface CheckOptions {
  readonly proto: Protocol;
  readonly port?: number;
  readonly family?: 'ipv4' | 'ipv6';
  readonly replyPorts?: Range;
  readonly byName: boolean;
  readonly symptom?: Symptom;
  readonly account?: string;
  readonly region?: string;
  readonly toAccount?: string;
  readonly toRegion?: string;
  readonly roleName: string;
  readonly snapshot?: string;
  readonly policy?: string;
  readonly suite?: string;
  readonly output: 'text' | 'json';
}

const realPlatform = (): ReadPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
});

/** `autopeer check`: why A cannot reach B. */
export const addCheck: AddSubcommand = (program, io, finish) => {
  program
    .command('check')
    .description('say why A cannot reach B over a peering, and what mends it')
    .argument('[a]', 'who asks: an id, an address or a name')
    .argument('[b]', 'who is asked')
    .addOption(new Option('--proto <protocol>', 'what A sends').choices(PROTOCOLS).default('tcp'))
    .option('--port <number>', 'the port that B listens on', parsePort)
    .addOption(new Option('--family <family>', 'only this one').choices(['ipv4', 'ipv6']))
    .option('--reply-ports <from-to>', 'the ports that A sends from; its system’s if left out', parsePorts)
    .option('--by-name', 'A asks B by its name', false)
    .addOption(new Option('--symptom <symptom>', 'what people see').choices(SYMPTOMS))
    .option('--account <id>', "A's account")
    .option('--region <region>', "A's region")
    .option('--to-account <id>', "B's account")
    .option('--to-region <region>', "B's region")
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .option('--snapshot <file>', 'the facts, in place of reading them')
    .option('--policy <file>', 'ask this policy too')
    .option('--suite <file>', 'check what the file lists')
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (a: string | undefined, b: string | undefined, options: CheckOptions) => {
      finish(await runCheck([a, b], options, io, realPlatform()));
    });
};

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError('it is a number from 0 to 65535.');
}

const PORT_MAX = 65_535;

function parsePorts(text: string): Range {
  const [from = '', to = from, more] = text.split('-');
  const range = { from: parsePort(from), to: parsePort(to) };
  if (more === undefined && range.from <= range.to) return range;
  throw new InvalidArgumentError('it is a range such as 32768-61000.');
}

/** Reads the facts, asks, and prints. */
export async function runCheck(
  [from, to]: readonly (string | undefined)[],
  options: CheckOptions,
  io: Io,
  platform: ReadPlatform,
): Promise<ExitCode> {
  try {
    if (options.suite !== undefined)
      return await checkSuite(options.suite, placesOf(options), options, { io, platform });
    if (from === undefined || to === undefined) {
      throw new InvalidArgumentError('say who asks and who is asked: autopeer check A B, or --suite FILE');
    }
    return await checkOne(questionOf(from, to, options), options, io, platform);
  } catch (error) {
    const reason = explainRead(error, 'see --role-name');
    if (reason === undefined) throw error;
    io.stderr.write(`autopeer: ${printable(reason)}\n`);
    return 2;
  }
}

async function checkOne(
  question: Question,
  options: CheckOptions,
  io: Io,
  platform: ReadPlatform,
): Promise<ExitCode> {
  const gathered = await gather(
    { ...options, snapshot: options.snapshot, places: placesOf(options) },
    [question],
    io,
    platform,
  );
  if (gathered === undefined) return 2;
  const asking = await askingPolicy(options.policy, gathered, options.roleName, { io, platform });
  if (asking === 'faulty') return 2;
  const answer = check(question, indexNetwork(gathered.places), asking);
  if (answer.kind === 'unclear') {
    for (const reason of [answer.reason, ...unreadReasons(gathered.places)]) {
      io.stderr.write(`autopeer: ${printable(reason)}\n`);
    }
    return 2;
  }
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(checkJson(answer, question, options.symptom))}\n`
      : checkText(answer, question, options.symptom, picocolors.createColors(io.color)),
  );
  return EXIT_CODES[answer.verdict];
}

/** Why something may not have been found, each reason once. */
const unreadReasons = (places: Gathered['places']): readonly string[] => [
  ...new Set(places.flatMap(({ unread }) => unread.map(({ reason }) => `not read: ${reason}`))),
];

const EXIT_CODES = { yes: 0, no: 1, 'not-known': 2 } as const;

const questionOf = (from: string, to: string, options: CheckOptions): Question => ({
  from,
  to,
  protocol: options.proto,
  port: options.port,
  family: options.family,
  replyPorts: options.replyPorts,
  isAskedByName: options.byName || options.symptom === 'wrong-address',
});

/** Those that the options name; B's takes what it leaves out from A's. */
function placesOf({ account, region, toAccount, toRegion }: CheckOptions): readonly Place[] {
  const places = account === undefined && region === undefined ? [] : [placeOf(account, region)];
  if (toAccount === undefined && toRegion === undefined) return places;
  return [...places, placeOf(toAccount ?? account, toRegion ?? region)];
}

/** @throws InvalidArgumentError */
function placeOf(accountText = '', regionText = ''): Place {
  const [accountId, region] = [parseAccountId(accountText), parseRegion(regionText)];
  if (accountId === undefined)
    throw new InvalidArgumentError(`'${accountText}' is not an account id of twelve digits`);
  if (region === undefined)
    throw new InvalidArgumentError(`'${regionText}' is not a region, such as eu-west-1`);
  return { accountId, region };
}
