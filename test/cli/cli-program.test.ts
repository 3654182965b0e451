import { hasColor } from '../../cli/color.ts';
import { faultText } from '../../cli/fault-text.ts';
import { programOf, run } from '../../cli/program.ts';
import { namesOf } from '../../cli/reference.ts';
import { usersFolder } from '../../cli/users-folder.ts';
import { columnsOf, wrapParagraphs } from '../../cli/width.ts';
import { HERE, runCli } from '../support/run-cli.ts';

const silent = { write: () => undefined };
const readFile = () => Promise.reject(new Error('no file is read'));
const program = programOf(
  { stdout: silent, stderr: silent, color: false, ...HERE, readFile },
  () => undefined,
);
const COMMANDS = namesOf(program).map((name) => name.join(' '));

function optionsOf(name: string): string {
  let command = program;
  for (const part of name.split(' ')) {
    const sub = command.commands.find((each) => each.name() === part);
    if (sub === undefined) throw new Error(`there is no command ${name}`);
    command = sub;
  }
  return command.options.map(({ long }) => long).join(' ');
}

describe('help', () => {
  it.each(COMMANDS)('%s has an example of its own', async (name) => {
    const { exitCode, stdout, stderr } = await runCli([...name.split(' '), '--help']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('Example')[1]).toContain(`autopeer ${name}`);
  });

  it.each(COMMANDS)('%s says what its exit codes mean', async (name) => {
    const { stdout } = await runCli([...name.split(' '), '--help']);
    const isGroup = COMMANDS.some((other) => other.startsWith(`${name} `));

    expect(stdout.includes('Exit code') || isGroup).toBe(true);
  });

  it.each(COMMANDS)('help %s prints the same as --help', async (name) => {
    const asked = await runCli(['help', ...name.split(' ')]);

    expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(asked.stdout).toBe((await runCli([...name.split(' '), '--help'])).stdout);
  });

  it.each([
    [['polcy', 'check'], 'Did you mean policy?'],
    [['policy', 'chek'], 'Did you mean check?'],
    [['policy', 'check', '--stric'], 'Did you mean --strict?'],
    [['help', 'policy', 'chek'], "'policy' has no command 'chek'. It has: check, test"],
  ])('%j is refused with a proposal', async (args, words) => {
    const { exitCode, stdout, stderr } = await runCli(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

describe('--profile', () => {
  it('is of every command that calls AWS', () => {
    const texts = COMMANDS.map((name) => ({ name, options: optionsOf(name) }));
    const calling = texts.filter(({ options }) => /--(role-name|hub-region|members-profile)/.test(options));
    expect(calling.length).toBeGreaterThan(20);
    for (const { name, options } of calling) expect(`${name} ${options}`).toContain('--profile');
    expect(optionsOf('policy check')).not.toContain('--profile');
  });

  it.each([
    [['cidr', '--profile', 'sso-dev'], ['sso-dev']],
    [['cidr', 'free', '--size', '/20', '--profile', 'sso-dev'], ['sso-dev']],
    [['cidr'], []],
  ])('%j has the SDK take %j', async (args, expected) => {
    const taken: string[] = [];
    const useProfile = (name: string): void => void taken.push(name);
    // Nobody says what to read, so that nothing is called.
    await run(args, { ...HERE, stdout: silent, stderr: silent, color: false, readFile, useProfile });
    expect(taken).toEqual(expected);
  });
});

it('prints its version', async () => {
  expect(await runCli(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' });
});

it.each([
  [['pcx-1', '--account', '111122223333', '--region', 'eu-west-1'], "'pcx-1' is not a peering id"],
  [['pcx-0123456789abcdef0', '--account', '1', '--region', 'eu-west-1'], "'1' is not an account id"],
  [['pcx-0123456789abcdef0', '--account', '111122223333', '--region', 'here'], "'here' is not a region"],
])('plan %j says what it cannot read', async (args, words) => {
  const { exitCode, stdout, stderr } = await runCli(['plan', ...args]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(words);
});

describe('the policy', () => {
  const valid = 'version: 1\nregions: [eu-west-1]\n';

  it.each([
    ['policy.yaml in the folder', [], 'policy.yaml'],
    ['an argument', ['mine.yaml'], 'mine.yaml'],
    ['--policy', ['--policy', 'mine.yaml'], 'mine.yaml'],
    ['standard input', ['-'], '-'],
  ])('of check is %s', async (_what, args, file) => {
    const { exitCode, stdout } = await runCli(['policy', 'check', ...args], { [file]: valid });

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${file}: valid`);
  });

  it('is not two', async () => {
    const { exitCode, stderr } = await runCli(['policy', 'check', 'a.yaml', '--policy', 'b.yaml']);

    expect(exitCode).toBe(2);
    expect(stderr).toBe('autopeer: two policies are named: a.yaml and --policy b.yaml\n');
  });

  it('may begin with a byte order mark and have the line ends of Windows', async () => {
    const file = `\u{feff}${valid.replaceAll('\n', '\r\n')}`;

    expect((await runCli(['policy', 'check'], { 'policy.yaml': file })).stdout).toContain('valid');
  });
});

describe('the terminal', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ CI: 'true' }, false, false],
  ])('%j on a terminal (%j) has colours: %j', (env, isTerminal, expected) => {
    expect(hasColor(env, isTerminal)).toBe(expected);
  });

  it.each([
    [{}, undefined, 80],
    [{}, 100, 100],
    [{ COLUMNS: '60' }, 100, 60],
    [{ COLUMNS: 'many' }, 100, 100],
    [{}, 500, 120],
    [{}, 3, 40],
  ])('%j on one of %j columns is %j wide', (env, columns, expected) => {
    expect(columnsOf(env, columns)).toBe(expected);
  });

  it('has help as wide as it is', async () => {
    let stdout = '';
    const narrow = programOf(
      {
        ...HERE,
        stdout: { write: (text) => (stdout += text) },
        stderr: silent,
        color: false,
        readFile,
        columns: 60,
      },
      () => undefined,
    );
    await narrow.parseAsync(['demo', '--help'], { from: 'user' }).catch(() => undefined);

    expect(stdout).toContain('Plays the main job on a simulated AWS organization:');
    expect(stdout.split('\n').filter((line) => line.length > 60 && !line.startsWith('  $'))).toEqual([]);
  });

  it('wraps paragraphs, and leaves what is indented alone', () => {
    const code = `  $ autopeer ${'x'.repeat(60)}`;

    expect(wrapParagraphs(`\none two three\nfour five six seven eight nine ten\n${code}\n\nend`, 40)).toBe(
      `\none two three four five six seven eight\nnine ten\n${code}\n\nend`,
    );
  });
});

it.each([
  ['an error', new TypeError('x is not a function'), 'TypeError: x is not a function'],
  ['anything else', 'thrown', 'Error: thrown'],
])('a fault of its own, %s, is told without its stack, unless that is asked for', (_what, error, words) => {
  expect(faultText(error, {})).toBe(
    `autopeer: a fault of autopeer itself: ${words}\n` +
      'Please report it, with what it prints when AUTOPEER_DEBUG=1 is set.\n',
  );
  expect(faultText(error, { AUTOPEER_DEBUG: '1' })).toContain('cli-program.test.ts:');
});

describe('files among the arguments', () => {
  const env = { npm_package_name: 'autopeer', INIT_CWD: '/home/me' };

  it.each(['autopeer', 'start', 'sandbox'])('npm run %s means the folder where people are', (script) => {
    expect(usersFolder({ ...env, npm_lifecycle_event: script })).toBe('/home/me');
  });

  it.each([
    ['a script that calls it', { ...env, npm_lifecycle_event: 'deploy' }],
    ['a script of another package', { ...env, npm_package_name: 'mine', npm_lifecycle_event: 'start' }],
    ['no script', {}],
  ])('%s means its own folder', (_what, given) => {
    expect(usersFolder(given)).toBeUndefined();
  });
});
