import { readDeployment } from '../deployment-file.ts';
import type { DeployPlatform } from '../deploy/deploy-hub.ts';
import { confirmWith, realPlatform, withSettings, type SettingOptions } from '../deploy/settings-options.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import type { Ask } from '../questions.ts';

const HELP = `
Empties the bucket of the hub's code and deletes the hub's stack autopeer-<stage>. It shows what goes and asks first, and says
what stays: the ledger, unless --with-ledger deletes it; the member stacks of the accounts, unless --with-members
deletes their stack before the hub's; the peerings and their routes in any case. The next autopeer deploy takes the ledger over.

--members-profile names a profile of the management account, if autopeer deploy had it.

Exit code: 0 if it is gone, or you said no; 2 if it could not be done.

Examples:
  $ autopeer remove
  $ autopeer remove --with-members --with-ledger --stage dev --yes`;

export interface RemoveOptions extends SettingOptions {
  readonly withMembers: boolean;
  readonly withLedger: boolean;
  readonly membersProfile?: string;
}

/** `autopeer remove`: takes the hub away. */
export const addRemove: AddSubcommand = (program, io, finish) => {
  withSettings(program.command('remove'))
    .description('take the hub away; its ledger and the members stay unless you say otherwise')
    .option('--with-members', "delete the members' stack too, and so autopeer's roles in all accounts", false)
    .option('--with-ledger', 'delete the ledger too', false)
    .option('--members-profile <name>', 'a profile of the management account, for the stack set')
    .addHelpText('after', manual(HELP, io))
    .action(async (options: RemoveOptions) => {
      finish(await remove(options, io, realPlatform()));
    });
};

/** Takes the hub of the settings away. */
export async function remove(
  options: RemoveOptions,
  io: Io,
  platform: DeployPlatform & { readonly ask: Ask | undefined },
): Promise<ExitCode> {
  const settings = await readDeployment(options.config, io);
  if (settings === undefined) return 2;
  if (!options.yes && platform.ask === undefined) {
    io.stderr.write('autopeer: say --yes to delete the hub\n');
    return 2;
  }
  // Only here, so that the other commands do not load the SDK.
  const { removeHub } = await import('./remove-hub.ts');
  return removeHub(
    {
      name: `autopeer-${options.stage ?? settings.stage}`,
      region: options.region ?? settings.region,
      withMembers: options.withMembers,
      withLedger: options.withLedger,
      membersProfile: options.membersProfile,
      confirm: confirmWith(options.yes, platform.ask),
    },
    io,
    platform,
  );
}
