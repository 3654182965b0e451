import { readFileSync } from 'node:fs';
import { pageWithReference } from '../../cli/reference.ts';
import { HERE, runCli } from '../support/run-cli.ts';

const PAGE = readFileSync('docs/cli.md', 'utf8');

it('the reference is what the commands print: `npm run docs:cli` writes it', async () => {
  expect(PAGE).toBe(await pageWithReference(PAGE, HERE.installation));
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
