import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { finish, start } from '../children.ts';
import { Steps, type Part } from '../part.ts';
import { terraformEnv } from './environment.ts';
import { startSandbox, type SandboxServer } from '../sandbox/server.ts';

const FOLDER = 'test/conformance/terraform';
/** Terraform starts its provider for each account and command, which takes a busy machine a minute. */
const COMMAND_WITHIN_MS = 300_000;
const STATUS_WITHIN_MS = 120_000;
const POLL_EVERY_MS = 500;
/** How long the sandbox's events are listened to. */
const READ_FOR_MS = 3_000;
/** How often the way that failed before autopeer could yield must work. */
const ROUNDS = 3;

interface Way {
  readonly name: 'all' | 'accept-only' | 'yield';
  /** What the tag `autopeer:status` says when autopeer is done. */
  readonly status: 'connected' | 'accepted';
  /** Virtual seconds in a real one: with `settle` Terraform must have the time that it has on AWS. */
  readonly speed: number;
  readonly rounds: number;
  /** How many routes autopeer writes in a round, and how many there are at its end. */
  readonly ownRoutes: number;
  readonly routes: number;
}

const WAYS: readonly Way[] = [
  { name: 'all', status: 'connected', speed: 60, rounds: 1, ownRoutes: 2, routes: 2 },
  { name: 'accept-only', status: 'accepted', speed: 60, rounds: 1, ownRoutes: 0, routes: 1 },
  { name: 'yield', status: 'connected', speed: 10, rounds: ROUNDS, ownRoutes: 0, routes: 2 },
];

/** The modules of docs/terraform.md, played with the real AWS provider against the sandbox. */
export const terraformPart: Part = {
  name: 'terraform',
  needs: ['terraform', 'terraform-provider-aws'],
  run: async ({ seed }, say) => {
    const steps = new Steps(say);
    for (const way of WAYS) await playWay(way, seed, steps);
    return { checks: `${steps.count} steps`, notes: [] };
  },
};

async function playWay(way: Way, seed: number, steps: Steps): Promise<void> {
  const sandbox = await startSandbox(seed, {
    speed: way.speed,
    policy: `${FOLDER}/ways/${way.name}/policy.yaml`,
  });
  const folder = await mkdtemp(join(tmpdir(), 'autopeer-terraform-'));
  try {
    await cp(`${FOLDER}/root`, folder, { recursive: true });
    await cp(`${FOLDER}/ways/${way.name}`, join(folder, 'peering'), { recursive: true });
    const terraform = (...args: readonly string[]): Promise<void> => runTerraform(folder, sandbox, args);
    await steps.run(`${way.name}: init`, () => terraform('init'));
    for (let round = 1; round <= way.rounds; round += 1) {
      await playRound(way, { round, sandbox, terraform }, steps);
    }
    await steps.run(`${way.name}: destroy`, () => terraform('destroy', '-auto-approve'));
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Round {
  readonly round: number;
  readonly sandbox: SandboxServer;
  readonly terraform: (...args: readonly string[]) => Promise<void>;
}

async function playRound(way: Way, { round, sandbox, terraform }: Round, steps: Steps): Promise<void> {
  const name = (what: string): string => `${way.name}, round ${round} of ${way.rounds}: ${what}`;
  await steps.run(name('apply'), () => terraform('apply', '-auto-approve'));
  await steps.run(name(`autopeer says ${way.status}`), () => untilStatus(sandbox, way.status));
  await steps.run(name(`${way.routes} routes, of which autopeer wrote ${way.ownRoutes}`), async () => {
    const [there, own] = [await countRoutes(sandbox), await countOwnRoutes(sandbox)];
    if (there !== way.routes || own !== way.ownRoutes) {
      throw new Error(`there are ${there} routes, of which autopeer wrote ${own}`);
    }
  });
  if (round === way.rounds) {
    // Exit code 2 says that there would be changes.
    await steps.run(name('the next plan is empty'), () => terraform('plan', '-detailed-exitcode'));
  } else {
    await steps.run(name('only the peering is destroyed'), () =>
      terraform('destroy', '-auto-approve', '-target=module.peering'),
    );
  }
}

async function runTerraform(
  folder: string,
  { url }: SandboxServer,
  [command = '', ...args]: readonly string[],
): Promise<void> {
  const child = start('terraform', [`-chdir=${folder}`, command, '-input=false', '-no-color', ...args], {
    ...terraformEnv(),
    TF_VAR_endpoint: url,
  });
  await finish(child, COMMAND_WITHIN_MS);
}

const ACCOUNTS = ['111111111111', '222222222222'];

const clientOf = ({ url }: SandboxServer, accessKeyId: string): EC2Client =>
  new EC2Client({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey: 'any' },
  });

/** Polls until both sides have a live peering with that status. */
async function untilStatus(sandbox: SandboxServer, wanted: string): Promise<void> {
  const giveUpAt = Date.now() + STATUS_WITHIN_MS;
  let seen: readonly string[] = [];
  while (Date.now() < giveUpAt) {
    seen = (await Promise.all(ACCOUNTS.map((account) => statusesIn(sandbox, account)))).flat();
    if (seen.length === ACCOUNTS.length && seen.every((status) => status === wanted)) return;
    await delay(POLL_EVERY_MS);
  }
  throw new Error(`the tags say ${seen.join(', ')}`);
}

/** Of the live peerings between the two accounts. */
async function statusesIn(sandbox: SandboxServer, account: string): Promise<readonly string[]> {
  const [requester = '', accepter = ''] = ACCOUNTS;
  const command = new DescribeVpcPeeringConnectionsCommand({
    Filters: [
      { Name: 'status-code', Values: ['pending-acceptance', 'provisioning', 'active'] },
      { Name: 'requester-vpc-info.owner-id', Values: [requester] },
      { Name: 'accepter-vpc-info.owner-id', Values: [accepter] },
      { Name: 'requester-vpc-info.cidr-block', Values: ['10.121.0.0/16'] },
    ],
  });
  const answer = await clientOf(sandbox, account).send(command);
  return (answer.VpcPeeringConnections ?? []).map(
    ({ Tags }) => Tags?.find(({ Key }) => Key === 'autopeer:status')?.Value ?? 'nothing',
  );
}

async function countRoutes(sandbox: SandboxServer): Promise<number> {
  const command = new DescribeRouteTablesCommand({});
  const answers = await Promise.all(ACCOUNTS.map((account) => clientOf(sandbox, account).send(command)));
  return answers
    .flatMap(({ RouteTables }) => RouteTables ?? [])
    .flatMap(({ Routes }) => Routes ?? [])
    .filter(({ VpcPeeringConnectionId, DestinationCidrBlock }) => {
      const isOfTest = DestinationCidrBlock === '10.121.0.0/16' || DestinationCidrBlock === '10.122.0.0/16';
      return isOfTest && VpcPeeringConnectionId !== undefined;
    }).length;
}

/** Of the calls that the sandbox keeps, those by which autopeer wrote a route. */
async function countOwnRoutes({ url }: SandboxServer): Promise<number> {
  const lines = await keptEvents(url);
  return lines.filter((line) => line.includes('"action":"CreateRoute"') && line.includes('-member/')).length;
}

/** The sandbox sends what it has kept at once, and then what happens: some seconds of it are enough. */
async function keptEvents(url: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/_autopeer/events`, {
    headers: { 'Last-Event-ID': '0' },
    signal: AbortSignal.timeout(READ_FOR_MS),
  });
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    // The time is over.
  }
  return text.split('\n');
}
