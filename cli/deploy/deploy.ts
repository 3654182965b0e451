import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readDeployment } from '../deployment-file.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import type { Ask } from '../questions.ts';
import { checkPolicy } from './check-policy.ts';
import type { DeployPlatform } from './deploy-hub.ts';
import { askMissing } from './missing-settings.ts';
import { confirmWith, realPlatform, withSettings, type SettingOptions } from './settings-options.ts';

const HELP = `
Checks and tests the policy, puts it into the functions that read it, and makes or changes the hub, the CloudFormation
stack autopeer-<stage> with its functions, queues, ledger and bus, in the account whose credentials the AWS SDK finds
(environment, profile, SSO). Then it gives the accounts their member stacks, by a stack of its own,
autopeer-<stage>-members, whose stack set reaches every account below the units of the settings, or of the whole
organization, in the policy's regions; new accounts too. It shows what would change and asks before it writes anything;
--yes does not ask, and --plan stops there.

A stack set needs trusted access, and the hub's account as its delegated administrator; otherwise --members-profile
names a profile of the management account. The outcome is printed for each account. An account that fails stops neither
the others nor the hub. --members manual leaves the accounts to you: deploy/member.yaml of the package is their
template.

The settings come from autopeer.yaml in the folder where you are (autopeer init writes it); options go before it, and on a
terminal it asks for what is in neither. With organization: in it, the parameter that the stack reads the organization's
id from is written too.

The next deployment cleans up or takes over what a failed first one has left.

Exit code: 0 if hub and members are as they should be (with --plan: if they could be), 1 if the policy's tests fail or the
member stack of some account does, 2 if it could not be done.

Examples:
  $ autopeer deploy --plan
  $ autopeer deploy --policy policy.yaml --stage dev --yes
  $ autopeer deploy --members-profile management
  $ autopeer deploy member --profile management     # the account that no stack set reaches`;

const MEMBER_HELP = `
Makes or changes the member stack of one account, autopeer-<stage>-member, in each of the policy's regions. It is for the
management account, which a stack set with service-managed permissions leaves out. The account is that of --profile. The
hub's bus is read from the hub's stack with the credentials that the AWS SDK finds without it; --bus names it where
those are not the hub's.

To take it away, delete the stacks; the home region's has the role.

Exit code: 0 if all regions are as they should be, 1 if some are not, 2 if it could not be done.

Examples:
  $ autopeer deploy member --profile management
  $ autopeer deploy member --bus arn:aws:events:eu-west-1:999988887777:event-bus/autopeer-prod --yes`;

/** What is given beside the settings, of both commands. */
interface CommonOptions extends SettingOptions {
  readonly policy?: string;
}

export interface DeployOptions extends CommonOptions {
  readonly plan: boolean;
  readonly members: 'auto' | 'manual';
  readonly membersProfile?: string;
}

export interface DeployMemberOptions extends CommonOptions {
  readonly profile?: string;
  readonly bus?: string;
}

type Platform = DeployPlatform & { readonly ask: Ask | undefined };

/** `autopeer deploy`: makes or changes the hub, and the members. */
export const addDeploy: AddSubcommand = (program, io, finish) => {
  const command = withPolicy(program.command('deploy'))
    .description('check your policy, and make or change the hub and its members with it')
    .option('--plan', 'show what would change, and change nothing', false)
    .addOption(
      new Option('--members <how>', 'whether the accounts get their stacks')
        .choices(['auto', 'manual'])
        .default('auto'),
    )
    .option('--members-profile <name>', 'a profile of the management account, for the stack set')
    .addHelpText('after', manual(HELP, io))
    .action(async (options: DeployOptions) => {
      finish(await deploy(options, io, realPlatform()));
    });
  withPolicy(command.command('member'))
    .description('make or change the member stack of one account, such as the management account')
    .option('--profile <name>', "a profile of that account; the SDK's own credentials if left out")
    .option('--bus <arn>', "the hub's bus; read from the hub's stack if left out", parseBus)
    .addHelpText('after', manual(MEMBER_HELP, io))
    .action(async (options: DeployMemberOptions) => {
      finish(await deployAccount(options, io, realPlatform()));
    });
};

const withPolicy = (command: Command): Command =>
  withSettings(
    command.option('--policy <file>', 'the policy (default: the one of the settings, policy.yaml)'),
  );

function parseBus(text: string): string {
  if (/^arn:[\w-]+:events:[a-z0-9-]+:\d{12}:event-bus\/.+$/.test(text)) return text;
  throw new InvalidArgumentError("Write the ARN of the hub's bus.");
}

/** The settings and the policy, or why there are none. */
async function prepare(options: CommonOptions, io: Io) {
  const settings = await readDeployment(options.config, io);
  if (settings === undefined) return { kind: 'bad', exitCode: 2 } as const;
  // A path in a file is meant from the file's own folder.
  const policyFile = options.policy ?? join(dirname(options.config), settings.policy);
  const policy = await checkPolicy(policyFile, io);
  return policy.kind === 'bad' ? policy : ({ kind: 'good', settings, policy } as const);
}

/** Checks the policy, then deploys the hub, then the members. */
export async function deploy(options: DeployOptions, io: Io, platform: Platform): Promise<ExitCode> {
  const given = await prepare(options, io);
  if (given.kind === 'bad') return given.exitCode;
  const { policy } = given;
  const ask = options.yes ? undefined : platform.ask;
  if (!options.plan && !options.yes && ask === undefined) {
    io.stderr.write('autopeer: say --yes to change the hub, or --plan to see what would change\n');
    return 2;
  }
  // Only here, so that the other commands do not load the SDK.
  const [{ deployHub }, { deployMembers }, { nextSteps }, { outputOf, sayOn }] = await Promise.all([
    import('./deploy-hub.ts'),
    import('./deploy-members.ts'),
    import('./next-steps.ts'),
    import('./words.ts'),
  ]);
  const isManual = options.members === 'manual';
  const needs = { region: options.region, needsUnits: !isManual };
  const settings = await askMissing(given.settings, needs, options.plan ? undefined : ask, sayOn(io));
  const wish = {
    stage: options.stage ?? settings.stage,
    region: options.region ?? settings.region,
    organization: settings.organization,
    policy: policy.text,
    settings,
    isPlan: options.plan,
    confirm: confirmWith(options.yes, ask),
  };
  const hub = await deployHub(wish, io, platform);
  if (hub.kind === 'failed') return hub.exitCode;
  const busArn = hub.kind === 'there' ? outputOf(hub.stack, 'HubBusArn') : undefined;
  let exitCode: ExitCode = 0;
  if (!isManual && (busArn !== undefined || options.plan)) {
    const { regions, deletes: mayDelete } = policy;
    const name = `autopeer-${wish.stage}`;
    const profile = options.membersProfile;
    const { units, readers, dataPerimeter } = settings;
    exitCode = await deployMembers(
      { ...wish, name, busArn, regions, units, readers, dataPerimeter, mayDelete, profile },
      io,
      platform,
    );
  }
  if (!isManual && !options.plan && hub.kind === 'there' && busArn === undefined) {
    io.stderr.write('autopeer: the hub is not whole, it has no HubBusArn: the members were left out\n');
    exitCode = 1;
  }
  if (hub.kind === 'there' && !options.plan) {
    const members = isManual ? 'manual' : 'deployed';
    io.stdout.write(nextSteps(hub.stack, { region: wish.region, isDryRun: policy.isDryRun, members }));
  }
  return exitCode;
}

/** Checks the policy, then gives one account its member stacks. */
export async function deployAccount(
  options: DeployMemberOptions,
  io: Io,
  platform: Platform,
): Promise<ExitCode> {
  const given = await prepare(options, io);
  if (given.kind === 'bad') return given.exitCode;
  const { settings, policy } = given;
  if (!options.yes && platform.ask === undefined) {
    io.stderr.write('autopeer: say --yes to change the account\n');
    return 2;
  }
  const { deployMember } = await import('./deploy-member.ts');
  return deployMember(
    {
      name: `autopeer-${options.stage ?? settings.stage}`,
      region: options.region ?? settings.region,
      busArn: options.bus,
      regions: policy.regions,
      mayDelete: policy.deletes,
      readers: settings.readers,
      dataPerimeter: settings.dataPerimeter,
      profile: options.profile,
      confirm: confirmWith(options.yes, platform.ask),
    },
    io,
    platform,
  );
}
