import { Option } from 'commander';
import picocolors from 'picocolors';
import { isOver, type PeeringKey } from '../../shared/domain/facts/peering.ts';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { explainRead, READ_ROLE } from '../member-reads.ts';
import { parseMinutes } from '../minutes.ts';
import { openLooks, realPlatform as realReads, type PlanPlatform } from '../plan.ts';
import { printable } from '../policy/files.ts';
import { POLICY_FILE } from '../policy/policy-file.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { openCaller, type CallerOptions } from '../request/caller.ts';
import { deletionOf, whyNotDeleted, type Deletion } from './aftermath.ts';
import { cleaningOf, followCleaning } from './cleaning.ts';
import { deletionText } from './delete-text.ts';
import { keyOf } from './show.ts';

const HELP = `
Shows both sides of a peering, every route to it, whose each is, and what becomes of it. Then it asks you to type the peering's id, deletes the
peering, and follows until no route leads to it any more. autopeer removes the routes to a peering that is over, whoever wrote them, in
the accounts and regions that it governs. In others they stay, and drop their traffic until their owner removes them.

Both sides are read as autopeer show reads them. The peering is deleted with the credentials of --profile, which must be of --account, or with the
role --as-role there; they must be allowed ec2:DeleteVpcPeeringConnection and ec2:DescribeVpcPeeringConnections. Either side may delete an active peering, only the
requester a request that waits.

Exit code: 0 if it is gone and nothing is left that autopeer removes (with --no-wait: if it is being deleted); 1 if something is left when the time is up; 2 if
it cannot be read, AWS refuses, or you said no.

Examples:
  $ autopeer delete pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1 --profile shop
  $ autopeer delete pcx-0123456789abcdef0 --account 111122223333 --region eu-west-1 --yes --timeout 30m`;

/** The hourly sweep removes what an event did not lead to, so more is no help. */
const MAX_MINUTES = 24 * 60;
const USUAL_MINUTES = 5;
const MINUTE_MS = 60_000;

export interface DeleteOptions extends CallerOptions {
  readonly account: string;
  readonly region: string;
  readonly policy: string;
  readonly roleName: string;
  readonly ledger: string | false;
  readonly hubRegion: string;
  readonly yes: boolean;
  readonly wait: boolean;
  /** In minutes. */
  readonly timeout?: number;
  readonly output: 'text' | 'json';
}

/** What the command takes from outside: a test gives it a simulated AWS. */
export interface DeletePlatform {
  /** Reads both sides. */
  readonly reads: PlanPlatform;
  /** Deletes. */
  readonly caller: PlanPlatform;
  readonly ask: Ask | undefined;
}

const realPlatform = (): DeletePlatform => {
  const reads = realReads();
  return { reads, caller: reads, ask: terminalQuestions() };
};

/** `autopeer delete`: ends a peering, and sees to what is left of it. */
export const addDelete: AddSubcommand = (program, io, finish) => {
  program
    .command('delete')
    .description('delete a peering, after showing what is left of it, and follow until it is cleaned up')
    .argument('<peering>', 'its id')
    .requiredOption('--account <id>', 'the account that deletes it, either side’s')
    .requiredOption('--region <region>', 'the region of that side')
    .option('--policy <file>', 'the policy; - is standard input', POLICY_FILE)
    .option('--role-name <name>', 'the role that reads both accounts', READ_ROLE)
    .option('--ledger <table>', "the hub's table", 'autopeer-prod-ledger')
    .option('--no-ledger', 'do not ask the ledger: whose a route is is then not known')
    .option('--hub-region <region>', "the hub's region", 'eu-west-1')
    .option('--profile <name>', 'the AWS profile that deletes it')
    .option('--as-role <name>', 'a role of the account that deletes it')
    .option('--yes', 'delete it without asking you', false)
    .option('--no-wait', 'do not follow what is left of it')
    .option('--timeout <duration>', 'how long to follow it; 5m if left out', parseMinutes(MAX_MINUTES))
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: DeleteOptions) => {
      finish(await deletePeering(keyOf(peering, options), options, io, realPlatform()));
    });
};

/** Shows, asks, deletes, follows. */
export async function deletePeering(
  key: PeeringKey,
  options: DeleteOptions,
  io: Io,
  platform: DeletePlatform,
): Promise<ExitCode> {
  const look = await openLooks(options, io, platform.reads);
  const read = await look?.(key);
  if (look === undefined || read === undefined) return 2;
  const refuse = refusing(io);
  const deletion = deletionOf(read.decided, options.ledger !== false);
  if (deletion === undefined) return refuse(`${key.peeringId}: EC2 does not know it there`);
  io.stderr.write(deletionText(deletion, picocolors.createColors(io.color)));
  try {
    const refused = await remove(key, deletion, options, { io, platform });
    if (refused !== undefined) return refused;
  } catch (error) {
    const advice =
      'the credentials need ec2:DeleteVpcPeeringConnection and ec2:DescribeVpcPeeringConnections';
    const why = explainRead(error, advice);
    if (why === undefined) throw error;
    return refuse(why);
  }
  if (!options.wait) return tell(key, [], options, io);
  const left = await followCleaning(
    async () => {
      const { decided } = (await look(key)) ?? {};
      return decided && cleaningOf(decided.observed);
    },
    { io, clock: platform.reads.clock, timeoutMs: (options.timeout ?? USUAL_MINUTES) * MINUTE_MS },
  );
  return left === undefined ? 2 : tell(key, left, options, io);
}

const refusing =
  (io: Io) =>
  (why: string): ExitCode => {
    io.stderr.write(`autopeer: ${printable(why)}\n`);
    return 2;
  };

/** Deletes it, unless it is over already. @returns the exit code where it was not */
async function remove(
  key: PeeringKey,
  { peering }: Deletion,
  { yes, ...options }: DeleteOptions,
  { io, platform }: { readonly io: Io; readonly platform: DeletePlatform },
): Promise<ExitCode | undefined> {
  const refuse = refusing(io);
  if (isOver(peering.state) || peering.state === 'deleting') return undefined;
  const why = whyNotDeleted(peering, key.accountId);
  if (why !== undefined) return refuse(`${key.peeringId}: ${why}`);
  const caller = await openCaller(options, key, platform.caller);
  if (caller.accountId !== key.accountId) {
    return refuse(
      `the credentials are those of ${caller.arn}, not of account ${key.accountId}: name its profile with --profile, ` +
        'a role there with --as-role, or the other side with --account',
    );
  }
  if (!yes) {
    if (platform.ask === undefined) return refuse('say --yes where nobody can be asked');
    const said = await platform.ask(`type ${key.peeringId} to delete it, or no`, 'no', () => true);
    if (said !== key.peeringId) return refuse('nothing was deleted');
  }
  try {
    await caller.delete(key.peeringId);
  } catch (error) {
    // Somebody else was faster: what is left is followed all the same.
    if (!(error instanceof AwsFailure) || error.failureClass !== 'stale') throw error;
  }
  return undefined;
}

function tell(
  { peeringId }: PeeringKey,
  left: readonly string[],
  { output, wait }: Pick<DeleteOptions, 'output' | 'wait'>,
  io: Io,
): ExitCode {
  if (output === 'json') io.stdout.write(`${JSON.stringify({ peering: peeringId, waited: wait, left })}\n`);
  else if (left.length === 0)
    io.stdout.write(
      `${peeringId} is ${wait ? 'deleted, and no route that autopeer sees leads to it' : 'being deleted'}\n`,
    );
  else
    io.stdout.write(`${peeringId}: ${left.map((text) => printable(`still there: ${text}`)).join('\n  ')}\n`);
  return left.length === 0 ? 0 : 1;
}
