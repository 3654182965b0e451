import { spawnSync } from 'node:child_process';
import { runCli } from '../support/run-cli.ts';

const script = async (shell: string): Promise<string> => (await runCli(['completion', shell])).stdout;

/** What a shell prints, given its script and what is to be run after it; nothing where the shell is not here. */
function printedBy(shell: string, option: string, text: string): string | undefined {
  const { error, stdout, stderr } = spawnSync(shell, [option, '-c', text], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  expect(stderr).toBe('');
  return stdout;
}

const CASES = [
  ['pol', 'policy'],
  ['policy ch', 'check'],
  ['policy check --st', '--strict'],
  ['sandbox fault --thr', '--throttle'],
  ['completion f', 'fish'],
] as const;

it.each(CASES)('bash completes %j with %j', async (typed, expected) => {
  const words = typed.split(' ');
  // Twice, as in a shell whose settings are loaded anew.
  const load = await script('bash');
  const run = `COMP_WORDS=(autopeer ${typed}); COMP_CWORD=${words.length}; _autopeer; echo "\${COMPREPLY[*]}"`;

  expect([`${expected}\n`, undefined]).toContain(printedBy('bash', '--norc', `${load}\n${load}\n${run}\n`));
});

it('bash completes files where a command takes them, and as the value of an option', async () => {
  const load = await script('bash');
  for (const typed of ['policy check pol', 'policy check --org ""', 'sandbox --world ""']) {
    const count = typed.split(' ').length;
    const run = `COMP_WORDS=(autopeer ${typed}); COMP_CWORD=${count}; _autopeer; echo "\${#COMPREPLY[@]}"`;
    // Nothing of its own: with -o default, bash completes files then.
    expect(['0\n', undefined]).toContain(printedBy('bash', '--norc', `${load}\n${run}\n`));
  }
  expect(load).toContain('complete -o default -F _autopeer autopeer');
});

it.each(CASES)('fish completes %j with %j', async (typed, expected) => {
  const input = `${await script('fish')}\ncomplete -C 'autopeer ${typed}'\n`;

  const printed = printedBy('fish', '--no-config', input);

  expect([expected, undefined]).toContain(printed?.split(/[\t\n]/)[0]);
});

const ZSH = `
compdef() { }
_describe() { for item in \${(P)2}; do echo "\${item%%:*}"; done }
_files() { echo files }
`;

it.each([...CASES, ['policy check a', 'files'], ['policy check --org a', 'files']] as const)(
  'zsh proposes for %j, among others, %j',
  async (typed, expected) => {
    const run = `words=(autopeer ${typed}); CURRENT=$#words; PREFIX=$words[-1]; _autopeer`;

    const printed = printedBy('zsh', '-f', `${ZSH}${await script('zsh')}\n${run}\n`);

    expect(printed?.split('\n') ?? [expected]).toContain(expected);
  },
);

it('knows no shell but these', async () => {
  const { exitCode, stderr } = await runCli(['completion', 'csh']);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});
