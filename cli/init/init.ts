import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { parseRegion } from '../../shared/domain/facts/ids.ts';
import { DEFAULTS, isOrganizationId, isRootOrOuId, isStage } from '../deployment-file.ts';
import { codeOf, manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { filesFor, type Answers } from './files.ts';

const HELP = `
Writes what a policy repository of your own needs: autopeer.yaml (where autopeer runs), policy.yaml (a dry run),
policy.test.yaml, a GitHub workflow that comments what a pull request would change, and a README. A file that is there stays as it is.

On a terminal it asks for what no option gives. With --json, or where it is no terminal, it takes the defaults.

Exit code: 0 if the files are there, 2 if they could not be written.

Examples:
  $ autopeer init
  $ autopeer init network --region eu-central-1 --organization o-a1b2c3d4e5 --ou ou-ab12-apps0001`;

interface Options {
  readonly stage?: string;
  readonly region?: string;
  readonly organization?: string;
  readonly ou?: readonly string[];
  readonly json: boolean;
}

/** What it takes from outside: a test gives it a terminal and a disk. */
export interface InitPlatform {
  /** Nothing where nobody is there to answer. */
  readonly ask: Ask | undefined;
  /** Writes a file that is not there, with the folders above it. */
  readonly create: (path: string, text: string) => Promise<'written' | 'kept'>;
}

/** `autopeer init [FOLDER]`: a folder of one's own for a policy. */
export const addInit: AddSubcommand = (program, io, finish) => {
  program
    .command('init')
    .description('make a folder of your own for your policy and its deployment')
    .argument('[folder]', 'where', '.')
    .option(
      '--stage <name>',
      'names in AWS start with autopeer-<name>',
      valid(isStage, 'a name such as prod'),
    )
    .option('--region <region>', "the hub's region", valid(isRegion, 'a region such as eu-west-1'))
    .option(
      '--organization <id>',
      'of your organization',
      valid(isOrganizationId, 'an id such as o-a1b2c3d4e5'),
    )
    .option('--ou <id...>', 'the OUs to govern, or the root', collect)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (folder: string, options: Options) => {
      const ask = options.json ? undefined : terminalQuestions();
      finish(await init(folder, options, io, { ask, create }));
    });
};

const isRegion = (text: string): boolean => parseRegion(text) !== undefined;

const valid =
  (isValid: (text: string) => boolean, what: string) =>
  (text: string): string => {
    if (isValid(text)) return text;
    throw new InvalidArgumentError(`Write ${what}.`);
  };

const unit = valid(isRootOrOuId, 'an OU such as ou-ab12-apps0001, or the root such as r-ab12');
const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, unit(text)];

/** Asks, and writes what is not there. */
export async function init(
  folder: string,
  options: Options,
  io: Io,
  { ask, create: write }: InitPlatform,
): Promise<ExitCode> {
  const files = Object.entries(filesFor(await answersOf(options, ask), io.installation.version));
  const [written, kept]: [string[], string[]] = [[], []];
  for (const [name, text] of files) {
    try {
      const outcome = await write(join(folder, name), text);
      (outcome === 'written' ? written : kept).push(name);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      io.stderr.write(`autopeer: ${printable(join(folder, name))}: cannot be written (${code})\n`);
      return 2;
    }
  }
  if (options.json) io.stdout.write(`${JSON.stringify({ folder, written, kept })}\n`);
  else io.stdout.write(summary(folder, written, kept));
  return 0;
}

function summary(folder: string, written: readonly string[], kept: readonly string[]): string {
  const lines = [
    ...written.map((name) => `written  ${name}`),
    ...kept.map((name) => `kept     ${name}: it was there`),
    '',
    'Next: put your ids into policy.yaml, then',
    ...(folder === '.' ? [] : [`  $ cd ${folder}`]),
    '  $ autopeer policy check && autopeer policy test',
    '  $ autopeer deploy --plan',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

async function answersOf(options: Options, ask: Ask | undefined): Promise<Answers> {
  const asked = async (question: string, is: (text: string) => boolean, fallback: string): Promise<string> =>
    ask === undefined ? fallback : ask(question, fallback, is);
  const isEmptyOr = (is: (text: string) => boolean) => (text: string) => text === '' || is(text);
  const region = options.region ?? (await asked("the hub's region", isRegion, DEFAULTS.region));
  const stage = options.stage ?? (await asked('a stage, for names in AWS', isStage, DEFAULTS.stage));
  const organization =
    options.organization ?? (await asked("your organization's id, o-…", isEmptyOr(isOrganizationId), ''));
  const units =
    options.ou ??
    words(await asked('OUs to govern, with spaces', (text) => words(text).every(isRootOrOuId), ''));
  return { region, stage, organization: organization === '' ? undefined : organization, units };
}

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

async function create(path: string, text: string): Promise<'written' | 'kept'> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'kept';
    throw error;
  }
}
