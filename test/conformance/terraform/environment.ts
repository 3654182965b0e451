import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { processEnv } from '../../../shared/settings.ts';

/** Where machines without a network keep a mirror of providers: each of these, or a folder in it. */
const MIRROR_PARENTS = ['/opt', '/usr/local/share', '/usr/share', homedir()];
/** https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
const PROVIDER = 'registry.terraform.io/hashicorp/aws';

/**
 * What Terraform needs beside this process's environment: what the user set counts, and else a mirror of the provider
 * that is on this machine. A configuration file that is not there is not named: Terraform would refuse to start.
 */
export function terraformEnv(): Readonly<Record<string, string | undefined>> {
  const { TF_CLI_CONFIG_FILE: config, TF_CLI_ARGS_init: init } = processEnv();
  const mirror = init === undefined ? findMirror() : undefined;
  return {
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_CONFIG_FILE: config !== undefined && existsSync(config) ? config : undefined,
    TF_CLI_ARGS_init: mirror === undefined ? init : `-plugin-dir=${mirror}`,
  };
}

function findMirror(): string | undefined {
  return MIRROR_PARENTS.flatMap((parent) => [parent, ...foldersOf(parent)]).find((folder) =>
    existsSync(join(folder, PROVIDER)),
  );
}

function foldersOf(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name));
}
