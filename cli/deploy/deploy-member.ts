import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { call } from '../../shared/aws/calls.ts';
import type { ExitCode, Io } from '../io.ts';
import { MAX_ATTEMPTS, type DeployPlatform } from './deploy-hub.ts';
import { homeRegionOf } from './deploy-members.ts';
import { memberParameters } from './members-template.ts';
import { NamedStack, StackFailure } from './stack.ts';
import { outputOf, sayOn, tellFailure } from './words.ts';

/** What is wished of the member stacks of one account. */
export interface AccountWish {
  /** The hub's name: autopeer-prod. */
  readonly name: string;
  /** The hub's region. */
  readonly region: string;
  /** The hub's bus; read from the hub's stack, with the SDK's own credentials, where it is left out. */
  readonly busArn: string | undefined;
  /** The policy's regions. */
  readonly regions: readonly string[];
  readonly mayDelete: boolean;
  /** The ARN of those who may read in every account. */
  readonly readers: string | undefined;
  /** Whether the organization has AWS's policies for a data perimeter. */
  readonly dataPerimeter?: boolean | undefined;
  /** Credentials of the account; the SDK's own where it is left out. */
  readonly profile: string | undefined;
  confirm(question: string): Promise<boolean>;
}

type StackIn = (region: string) => NamedStack;

/** Gives one account its member stacks, one a region; for the management account, which no stack set reaches. */
export async function deployMember(
  wish: AccountWish,
  io: Io,
  { transport, clock }: DeployPlatform,
): Promise<ExitCode> {
  const say = sayOn(io);
  const clients: { destroy(): void }[] = [];
  const opened = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const hubConfig = { ...transport, maxAttempts: MAX_ATTEMPTS };
  const config = { ...hubConfig, ...(wish.profile === undefined ? {} : { profile: wish.profile }) };
  const stackIn: StackIn = (region) =>
    new NamedStack(
      opened(new CloudFormationClient({ ...config, region })),
      `${wish.name}-member`,
      clock,
      (line) => say(`${region} ${line}`),
    );
  try {
    const hub = opened(new CloudFormationClient({ ...hubConfig, region: wish.region }));
    const busArn = wish.busArn ?? (await busOf(new NamedStack(hub, wish.name, clock, say)));
    const sts = opened(new STSClient({ ...config, region: wish.region }));
    const { Account = '' } = await call('GetCallerIdentity', 'your credentials', () =>
      sts.send(new GetCallerIdentityCommand({})),
    );
    const { memberTemplate } = await io.installation.hubCode();
    return await everywhere({ ...wish, busArn, account: Account, memberTemplate }, stackIn, io);
  } catch (error) {
    return tellFailure(error, say);
  } finally {
    for (const client of clients) client.destroy();
  }
}

async function busOf(hub: NamedStack): Promise<string> {
  const stack = await hub.find();
  const bus = stack === undefined ? undefined : outputOf(stack, 'HubBusArn');
  if (bus !== undefined) return bus;
  throw new StackFailure(
    `there is no hub ${hub.name} in the account of your credentials: sign in to the hub's account and name the member's ` +
      'with --profile, or say --bus ARN',
  );
}

interface Job extends AccountWish {
  readonly busArn: string;
  readonly account: string;
  readonly memberTemplate: string;
}

/** One region after the other; one that fails stops no other. */
async function everywhere(job: Job, stackIn: StackIn, io: Io): Promise<ExitCode> {
  const say = sayOn(io);
  const home = (await knownHome(job, stackIn)) ?? homeRegionOf(job.regions, job.region);
  const regions = [...new Set([home, ...job.regions])];
  const question = `Make or change the stack ${job.name}-member in account ${job.account}, in ${regions.join(', ')}?`;
  if (!(await job.confirm(question))) {
    say('nothing was made');
    return 0;
  }
  let failed = 0;
  for (const region of regions) {
    try {
      await change(job, home, stackIn(region));
      io.stdout.write(`${region}: the member stack is as it should be\n`);
    } catch (error) {
      tellFailure(error, say);
      failed += 1;
    }
  }
  return failed === 0 ? 0 : failed === regions.length ? 2 : 1;
}

/** Where the role is already: it stays there. */
async function knownHome({ regions }: Job, stackIn: StackIn): Promise<string | undefined> {
  for (const region of regions) {
    const { Parameters = [] } = (await stackIn(region).find()) ?? {};
    const home = Parameters.find(({ ParameterKey }) => ParameterKey === 'HomeRegion')?.ParameterValue;
    if (home !== undefined) return home;
  }
  return undefined;
}

async function change(job: Job, homeRegion: string, stack: NamedStack): Promise<void> {
  const parameters = memberParameters({ ...job, homeRegion });
  const found = await stack.clearFailedCreate((question) => job.confirm(question));
  if (found === undefined) {
    await stack.create(job.memberTemplate, parameters);
    return;
  }
  if ((await stack.prepare({ TemplateBody: job.memberTemplate }, parameters)) !== undefined) {
    await stack.execute();
  }
}
