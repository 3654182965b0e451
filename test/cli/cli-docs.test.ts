import { readFileSync } from 'node:fs';
import { programOf } from '../../cli/program.ts';
import { namesOf, pageWithReference, REFERENCE_MARK } from '../../cli/reference.ts';
import { HERE, runCli } from '../support/run-cli.ts';

const QUIET = {
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  color: false,
  readFile: () => Promise.reject(new Error('no file is read')),
};
const PAGE = readFileSync('docs/cli.md', 'utf8');

it('the reference is what the commands print: `npm run docs:cli` writes it', async () => {
  expect(PAGE).toBe(await pageWithReference(PAGE, HERE.installation));
});

it('the table of exit codes has every command', () => {
  const [, table = ''] = /## Exit codes\n(.*?)\n## /s.exec(PAGE.split(REFERENCE_MARK)[0] + '\n## ') ?? [];
  const listed = [...table.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const names = namesOf(programOf({ ...HERE, ...QUIET }, () => undefined)).map((name) => name.join(' '));
  const isListed = (name: string): boolean =>
    listed.includes(name) ||
    listed.includes(`${name.split(' ')[0]} …`) ||
    names.some((sub) => sub.startsWith(`${name} `));

  expect(names.filter((name) => !isListed(name))).toEqual([]);
});

/** Each `$ autopeer …` of a console block with what the page says it prints. */
const EXAMPLES = [...PAGE.matchAll(/```console\n(.*?)```/gs)]
  .flatMap(([, block = '']) => block.split(/^\$ autopeer /m).slice(1))
  .map((example) => {
    const [args = '', ...printed] = example.split('\n');
    return [args, printed.join('\n')] as const;
  });

it.each(EXAMPLES)('autopeer %s prints what the page says', async (args, printed) => {
  const names = args.split(' ');
  const files = Object.fromEntries(
    names.filter((name) => /\.(json|yaml)$/.test(name)).map((name) => [name, readFileSync(name)]),
  );

  expect((await runCli(names, files)).stdout).toBe(printed);
});
