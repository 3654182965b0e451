import { spawnSync } from 'node:child_process';

/** What a stranger's machine may lack. */
export type Tool = 'moto_server' | 'boto3' | 'aws';

const PROBES: Readonly<Record<Tool, readonly [string, ...string[]]>> = {
  moto_server: ['moto_server', '--help'],
  boto3: ['python3', '-c', 'import boto3'],
  aws: ['aws', '--version'],
};

/** The table of differences was made with moto 5.2; another version may differ elsewhere. */
const HOW_TO_GET: Readonly<Record<Tool, string>> = {
  moto_server: "pip install 'moto[server]==5.2.*'",
  boto3: 'pip install boto3',
  aws: 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
};

/** What is missing, and how to get it. */
export function missingTools(tools: readonly Tool[]): readonly string[] {
  return tools
    .filter((tool) => {
      const [command, ...args] = PROBES[tool];
      return spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
    })
    .map((tool) => `${tool} is missing (${HOW_TO_GET[tool]})`);
}
