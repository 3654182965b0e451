import { setTimeout } from 'node:timers/promises';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { processEnv } from '../../shared/settings.ts';
import type { ConsoleSource } from '../../console/source.ts';
import { faultText } from '../fault-text.ts';
import { REAL_HUB, withHubPlace, type HubOptions } from '../hub-command.ts';
import { codeOf, manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE } from '../member-reads.ts';
import { POLICY_FILE } from '../policy/policy-file.ts';
import { realPost } from '../proxy.ts';
import { MAX_PORT, wholeNumber } from '../sandbox/numbers.ts';
import { untilStopped } from '../sandbox/until-stopped.ts';
import { parseRegions } from '../snapshot/snapshot.ts';
import { Asks } from './asks.ts';

const HELP = `
Serves one web page on 127.0.0.1, until it is stopped (Ctrl-C): what waits for a person, what is broken and where, every peering with
its routes and its history, and why A reaches B or not. It reads with the credentials that the AWS SDK finds, in the same way as
autopeer list, show, pending and check, and needs the same permissions. Nothing is deployed. It changes nothing but what you
answer to a request: approve and reject are those of autopeer approve and autopeer reject, as you.

The address that it prints holds a token, new for each start. Whoever has the address acts as you until you stop it: give it to nobody.

Exit code: 0 when it is stopped by Ctrl-C; 2 if it could not start.

Examples:
  $ autopeer console
  $ autopeer console --policy policy.yaml --regions eu-west-1,us-east-1 --port 4700`;

/** An organization of thousands of accounts takes a minute to read. The page has a button that reads it again. */
const MAX_AGE_MS = 60_000;

interface Options extends Omit<HubOptions, 'json'> {
  readonly port: number;
  readonly policy: string;
  readonly regions?: readonly Region[];
  readonly roleName: string;
  readonly ledger: string;
}

/** `autopeer console`: the organization in a browser. */
export const addConsole: AddSubcommand = (program, io, finish) => {
  withHubPlace(
    program
      .command('console')
      .description('show your AWS organization’s peerings in a browser, and answer requests there')
      .option('--port <number>', 'where it listens; any free port if left out', wholeNumber(0, MAX_PORT), 0)
      .option('--policy <file>', 'the policy that is deployed', POLICY_FILE)
      .option('--regions <regions>', 'regions to read, with commas; the policy’s if left out', parseRegions)
      .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
      .option('--ledger <table>', "the hub's table", 'autopeer-prod-ledger'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await runConsole(organizationSource(options, io), options.port, io, untilStopped));
    });
};

function organizationSource({ policy, regions, roleName, ledger, ...hub }: Options, io: Io): ConsoleSource {
  const { transport } = REAL_HUB;
  const asks = new Asks(
    { policy, regions, roleName, ledger, hub, maxAgeMs: MAX_AGE_MS },
    {
      io,
      platform: { transport, fetch: realPost, clock: { now: Date.now, sleep: (ms) => setTimeout(ms) } },
      platformOf: () => Promise.reject(new Error('only the sandbox lets people choose who they are')),
      files: () => ({}),
    },
  );
  return {
    place: { kind: 'organization', title: `hub ${hub.name}, ${hub.hubRegion}`, policy },
    ask: (question) => asks.ask(question),
  };
}

/** Serves until `stopped` resolves. */
async function runConsole(
  source: ConsoleSource,
  port: number,
  io: Io,
  stopped: () => Promise<void>,
): Promise<ExitCode> {
  const console = await openConsole(source, port, io);
  if (console === undefined) return 2;
  const end = stopped();
  io.stdout.write(`autopeer console: ${console.url}\nStop it with Ctrl-C.\n`);
  await end;
  await console.close();
  io.stdout.write('stopped\n');
  return 0;
}

/** Listens; `undefined` once people have been told why it cannot. */
export async function openConsole(source: ConsoleSource, port: number, io: Io) {
  // Only here, so that the other commands do not load a server.
  const { serveConsole } = await import('../../console/server.ts');
  let page: ReturnType<typeof io.installation.consolePage> | undefined;
  try {
    return await serveConsole({
      port,
      source,
      // Once, and only when a browser asks: a repository bundles it first.
      page: () => (page ??= io.installation.consolePage()),
      onFault: (error) => io.stderr.write(faultText(error, processEnv())),
    });
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    io.stderr.write(`autopeer: port ${port} cannot be used (${code}): choose another with --port\n`);
    return undefined;
  }
}
