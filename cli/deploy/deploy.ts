import { dirname, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { parseRegion } from '../../shared/domain/facts/ids.ts';
import { DEPLOYMENT_FILE, isStage, readDeployment } from '../deployment-file.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { checkPolicy } from './check-policy.ts';
import type { DeployPlatform } from './deploy-hub.ts';

const HELP = `
Checks and tests the policy, puts it into the functions that read it, and makes or changes the hub, the CloudFormation
stack autopeer-<stage> with its functions, queues, ledger and bus, in the account whose credentials the AWS SDK finds (environment,
profile, SSO). It shows what would change and asks first; --yes does not ask, and --plan stops there (of a hub
that is there it uploads the code, which CloudFormation needs to compare).

The settings come from autopeer.yaml in the folder where you are (autopeer init writes it); options go before it. With
organization: in it, the parameter that the stack reads the organization's id from is written too.

What a failed first deployment has left is cleaned up or taken over by the next one. The member stack of the accounts is
deploy/member.yaml of the package; README says how it gets there.

Exit code: 0 if the hub is as it should be (with --plan: if it could be), 1 if the policy's tests fail, 2 if it could not
be done.

Examples:
  $ autopeer deploy --plan
  $ autopeer deploy --policy policy.yaml --stage dev --yes`;

/** What is given beside the settings. */
export interface DeployOptions {
  readonly policy?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly config: string;
  readonly plan: boolean;
  readonly yes: boolean;
}

/** `autopeer deploy`: makes or changes the hub. */
export const addDeploy: AddSubcommand = (program, io, finish) => {
  program
    .command('deploy')
    .description('check your policy, and make or change the hub with it')
    .option('--policy <file>', 'the policy (default: the one of the settings, policy.yaml)')
    .option('--stage <name>', 'the stage (default: the one of the settings, prod)', parseStage)
    .option('--region <region>', "the hub's region (default: the one of the settings, eu-west-1)", region)
    .option('--config <file>', 'the settings', DEPLOYMENT_FILE)
    .option('--plan', 'show what would change, and change nothing', false)
    .option('--yes', 'do not ask', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: DeployOptions) => {
      const clock = {
        now: Date.now,
        sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
      };
      finish(await deploy(options, io, { transport: {}, clock, ask: terminalQuestions() }));
    });
};

function parseStage(text: string): string {
  if (isStage(text)) return text;
  throw new InvalidArgumentError('Write a name such as prod: lower-case letters, digits and hyphens.');
}

function region(text: string): string {
  if (parseRegion(text) !== undefined) return text;
  throw new InvalidArgumentError('Write a region such as eu-west-1.');
}

/** Checks the policy, then deploys. */
export async function deploy(
  options: DeployOptions,
  io: Io,
  platform: DeployPlatform & { readonly ask: Ask | undefined },
): Promise<ExitCode> {
  const settings = await readDeployment(options.config, io);
  if (settings === undefined) return 2;
  // A path in a file is meant from the file's own folder.
  const policyFile = options.policy ?? join(dirname(options.config), settings.policy);
  const checked = await checkPolicy(policyFile, io);
  if (checked.kind === 'bad') return checked.exitCode;
  const { ask } = platform;
  if (!options.plan && !options.yes && ask === undefined) {
    io.stderr.write('autopeer: say --yes to change the hub, or --plan to see what would change\n');
    return 2;
  }
  // Only here, so that the other commands do not load the SDK.
  const { deployHub } = await import('./deploy-hub.ts');
  return deployHub(
    {
      stage: options.stage ?? settings.stage,
      region: options.region ?? settings.region,
      organization: settings.organization,
      policy: checked.text,
      isDryRun: checked.isDryRun,
      isPlan: options.plan,
      confirm: async (question) =>
        options.yes || (await ask?.(`${question} (yes or no)`, 'no', isYesOrNo)) === 'yes',
    },
    io,
    platform,
  );
}

const isYesOrNo = (text: string): boolean => text === 'yes' || text === 'no';
