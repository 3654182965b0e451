import { type Command, InvalidArgumentError } from 'commander';
import { parseRegion } from '../../shared/domain/facts/ids.ts';
import { DEPLOYMENT_FILE, isStage } from '../deployment-file.ts';
import { realTransport } from '../proxy.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import type { DeployPlatform } from './deploy-hub.ts';

/** Which hub is meant, and whether to ask; they go before the settings of autopeer.yaml. */
export interface SettingOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly config: string;
  readonly yes: boolean;
}

/** The options of every command that changes stacks. */
export const withSettings = (command: Command): Command =>
  command
    .option('--stage <name>', 'the stage (default: the one of the settings, prod)', parseStage)
    .option('--region <region>', "the hub's region (default: the one of the settings, eu-west-1)", region)
    .option('--config <file>', 'the settings', DEPLOYMENT_FILE)
    .option('--yes', 'do not ask', false);

function parseStage(text: string): string {
  if (isStage(text)) return text;
  throw new InvalidArgumentError('Write a name such as prod: lower-case letters, digits and hyphens.');
}

function region(text: string): string {
  if (parseRegion(text) !== undefined) return text;
  throw new InvalidArgumentError('Write a region such as eu-west-1.');
}

/** Asks a question that is answered by yes or no; where people said --yes it is answered. */
export const confirmWith =
  (yes: boolean, ask: Ask | undefined) =>
  async (question: string): Promise<boolean> =>
    yes || (await ask?.(`${question} (yes or no)`, 'no', isYesOrNo)) === 'yes';

const isYesOrNo = (text: string): boolean => text === 'yes' || text === 'no';

/** AWS, the time, and the terminal. */
export const realPlatform = (): DeployPlatform & { readonly ask: Ask | undefined } => ({
  transport: realTransport(),
  clock: {
    now: Date.now,
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  },
  ask: terminalQuestions(),
});
