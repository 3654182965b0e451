import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnv } from '../../shared/settings.ts';
import { terraformEnv } from './terraform/environment.ts';

/** What a stranger's machine may lack. */
export type Tool = 'moto_server' | 'boto3' | 'aws' | 'terraform' | 'terraform-provider-aws';

const PROBES: Readonly<Record<Tool, () => boolean>> = {
  moto_server: () => isRunning('moto_server', '--help'),
  boto3: () => isRunning('python3', '-c', 'import boto3'),
  aws: () => isRunning('aws', '--version'),
  terraform: () => isRunning('terraform', 'version'),
  'terraform-provider-aws': hasProvider,
};

const isRunning = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Terraform finds it where it is told to: a mirror on this machine, a cache, or the registry. */
function hasProvider(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'autopeer-provider-'));
  try {
    cpSync('test/conformance/terraform/ways/all', folder, { recursive: true });
    const env = { ...processEnv(), ...terraformEnv(), TF_REGISTRY_CLIENT_TIMEOUT: '5' };
    const init = [`-chdir=${folder}`, 'init', '-input=false'];
    return spawnSync('terraform', init, { stdio: 'ignore', env, timeout: PROBE_WITHIN_MS }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The provider has some hundred megabytes. */
const PROBE_WITHIN_MS = 120_000;

/** The table of differences was made with moto 5.2; another version may differ elsewhere. */
const HOW_TO_GET: Readonly<Record<Tool, string>> = {
  moto_server: "pip install 'moto[server]==5.2.*'",
  boto3: 'pip install boto3',
  aws: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  terraform: 'https://developer.hashicorp.com/terraform/install',
  'terraform-provider-aws':
    'terraform init must find hashicorp/aws; without a network: TF_CLI_ARGS_init=-plugin-dir=FOLDER',
};

/** What is missing, and how to get it. */
export function missingTools(tools: readonly Tool[]): readonly string[] {
  return tools.filter((tool) => !PROBES[tool]()).map((tool) => `${tool} is missing (${HOW_TO_GET[tool]})`);
}
