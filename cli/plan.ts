import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { realTransport } from './proxy.ts';
import type { AwsTransport } from '../shared/platform.ts';
import { AwsFailure, RoleNotAssumable } from '../shared/domain/work/failure.ts';
import { parseAccountId, parsePeeringId, parseRegion } from '../shared/domain/facts/ids.ts';
import type { Clock } from '../shared/domain/work/log.ts';
import { NO_MEMORY, type HistoryEntry } from '../shared/domain/memory/memory.ts';
import type { PeeringKey } from '../shared/domain/facts/peering.ts';
import type { Ledger } from '../shared/reconcile/ledger.ts';
import { describeStep } from '../shared/domain/words/words.ts';
import type { Decided } from '../shared/reconcile/decide-on.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from './io.ts';
import { printable } from './policy/files.ts';
import { readPolicy } from './policy/read-policy.ts';
import { withPolicy } from './policy/policy-file.ts';

/** The role for people of deploy/member.yaml. */
const READ_ROLE = 'autopeer-prod-read';
const LEDGER_TABLE = 'autopeer-prod-ledger';
/** The region of `npm run deploy`, unless it was given another. */
const HUB_REGION = 'eu-west-1';

const HELP = `
Reads the peering, both its VPCs, their subnets and route tables, the organization and the ledger, decides by the policy
file, and prints the steps that autopeer would run, in their order. It is a dry run of the same code: nothing in AWS is
changed, and nobody is notified.

It uses the credentials that the AWS SDK finds (environment, profile, SSO). They must be allowed to read Organizations
and the ledger's table, and to assume the role in both accounts. The role is the one for people of deploy/member.yaml,
which is there where its parameter ReadPrincipalArn names you. Name another with --role-name, one that may call the
ec2:Describe actions of that role and trusts you.
With --no-ledger autopeer does not read the ledger: routes that autopeer wrote and the rule no longer wants are then not among the
steps, and a fight with another tool is not noticed.

Exit code: 0 if there is an answer, whatever it is, 2 if something cannot be read.

Examples:
  $ autopeer plan pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1
  $ autopeer plan pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1 --policy new.yaml --json | jq .steps`;

interface Options {
  readonly account: string;
  readonly region: string;
  readonly policy: string;
  readonly roleName: string;
  readonly ledger: string | false;
  readonly hubRegion: string;
  readonly json: boolean;
}

/** What the command takes from outside, beside its files: a test gives it a simulated AWS. */
export interface PlanPlatform {
  readonly transport: AwsTransport;
  readonly clock: Clock;
}

export const realPlatform = (): PlanPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
});

/** `autopeer plan`: what would be done about one peering, and why. */
export const addPlan: AddSubcommand = (program, io, finish) => {
  withPolicy(
    program
      .command('plan')
      .description('print what would be done about a peering of your AWS organization, and change nothing'),
  )
    .argument('<peering>', 'its id')
    .requiredOption('--account <id>', 'an account of the organization that sees it, either side’s')
    .requiredOption('--region <region>', 'the region of that side')
    .option('--role-name <name>', 'the role to assume in both accounts', READ_ROLE)
    .option('--ledger <table>', "the hub's table", LEDGER_TABLE)
    .option('--no-ledger', 'do not ask the ledger')
    .option('--hub-region <region>', "the hub's region", HUB_REGION)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: Options) => {
      finish(await planPeering(parseKey(peering, options), options, io, realPlatform()));
    });
};

function parseKey(peering: string, { account, region: regionText }: Options): PeeringKey {
  const [peeringId, accountId, region] = [
    parsePeeringId(peering),
    parseAccountId(account),
    parseRegion(regionText),
  ];
  const otherwise = (text: string, what: string): never => {
    throw new InvalidArgumentError(`'${text}' is not ${what}.`);
  };
  return {
    peeringId: peeringId ?? otherwise(peering, 'a peering id, such as pcx-0123456789abcdef0'),
    accountId: accountId ?? otherwise(account, 'an account id of twelve digits'),
    region: region ?? otherwise(regionText, 'a region, such as eu-west-1'),
  };
}

/** Reads, decides, and prints. */
export async function planPeering(
  key: PeeringKey,
  options: Pick<Options, 'policy' | 'roleName' | 'ledger' | 'hubRegion' | 'json'>,
  io: Io,
  platform: PlanPlatform,
): Promise<ExitCode> {
  const read = await decideLive(key, options, io, platform);
  if (read === undefined) return 2;
  const { decided } = read;
  io.stdout.write(options.json ? `${JSON.stringify(toJson(decided))}\n` : toText(decided));
  return 0;
}

/** What was read and decided, and how to ask what became of it before. */
interface ReadPeering {
  readonly decided: Decided;
  readonly history: () => Promise<readonly HistoryEntry[]>;
}

type DecideOptions = Pick<Options, 'policy' | 'roleName' | 'ledger' | 'hubRegion'>;

/** A dry run of what autopeer does at a look; `undefined` once people have been told why there is none. */
export async function decideLive(
  key: PeeringKey,
  options: DecideOptions,
  io: Io,
  platform: PlanPlatform,
): Promise<ReadPeering | undefined> {
  return (await openLooks(options, io, platform))?.(key);
}

/** The same for one look after the other: the policy is read once. */
export async function openLooks(
  options: DecideOptions,
  io: Io,
  platform: PlanPlatform,
): Promise<((key: PeeringKey) => Promise<ReadPeering | undefined>) | undefined> {
  const loaded = await readPolicy(options.policy, io);
  if (loaded === undefined) return undefined;
  // Only here, so that the other commands do not load the SDK.
  const [{ composePlanning }, { decideOn }] = await Promise.all([
    import('../shared/compose/planning.ts'),
    import('../shared/reconcile/decide-on.ts'),
  ]);
  const reads = composePlanning(platform, {
    policy: loaded.policy,
    memberRoleName: options.roleName,
    hubRegion: options.hubRegion,
    ledgerTable: options.ledger === false ? undefined : options.ledger,
  });
  const ledger = reads.ledger ?? NO_LEDGER;
  return async (key) => {
    try {
      const decided = await decideOn(key, { looks: 0 }, { ...reads, ledger });
      if (decided.observed.kind === 'unseen') {
        io.stderr.write(`autopeer: ${printable(unseenText(decided.observed.reason))}\n`);
        return undefined;
      }
      return { decided, history: () => ledger.history(key.peeringId) };
    } catch (error) {
      const reason = explain(error);
      if (reason === undefined) throw error;
      io.stderr.write(`autopeer: ${printable(reason)}\n`);
      return undefined;
    }
  };
}

const NO_LEDGER: Ledger = {
  read: () => Promise.resolve(NO_MEMORY),
  history: () => Promise.resolve([]),
  write: () => Promise.reject(new Error('a plan writes nothing')),
};

/** What waits for a second look is a part of the plan. */
const stepsOf = ({ plan: { stages, tags }, awaiting }: Decided): readonly string[] =>
  [...stages.flat(), ...awaiting, ...tags].map(describeStep);

function toJson(decided: Decided) {
  const { verdict, plan, isDryRun } = decided;
  return {
    peeringId: plan.peeringId,
    verdict: verdict.kind,
    rule: 'rule' in verdict ? verdict.rule : undefined,
    reason: { code: verdict.because.code, text: verdict.because.text },
    problems: verdict.kind === 'connect' ? verdict.problems : [],
    isDryRun,
    steps: stepsOf(decided),
  };
}

function toText(decided: Decided): string {
  const { verdict, plan, isDryRun } = decided;
  const rule = 'rule' in verdict && verdict.rule !== undefined ? ` by rule ${verdict.rule}` : '';
  const problems = verdict.kind === 'connect' ? verdict.problems : [];
  const steps = stepsOf(decided);
  const lines = [
    `${plan.peeringId}: ${verdict.kind}${rule}: ${verdict.because.text}`,
    ...problems.map((problem) => `in the way: ${problem}`),
    ...steps.map((step, index) => `${String(index + 1).padStart(3)}. ${step}`),
    ...(steps.length === 0 ? ['nothing to do'] : []),
    ...(isDryRun ? ['the policy says dryRun: autopeer would only tell of it'] : []),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** The account that sees the peering may not be asked. */
const unseenText = (reason: string): string => `${reason}; or name a role that trusts you with --role-name`;

function explain(error: unknown): string | undefined {
  if (error instanceof RoleNotAssumable) return unseenText(error.message);
  if (error instanceof AwsFailure) {
    const advice = error.message.includes('the ledger') ? '; see --ledger, --hub-region and --no-ledger' : '';
    return `${error.message}${advice}`;
  }
  return error instanceof Error && error.name === 'CredentialsProviderError'
    ? 'the AWS SDK finds no credentials: sign in first'
    : undefined;
}
