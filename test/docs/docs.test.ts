import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { faultsOf } from '../support/policy-builders.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md'),
  ...globSync('sim/*.md'),
];

/** Fenced blocks of a language, with what stands in them. */
const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

const withoutBlocks = (text: string): string => text.replace(/^```.*?^```/gms, '');

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Links to files and headings of this repository that are not there. */
function brokenLinks(page: string): readonly string[] {
  const text = withoutBlocks(readFileSync(page, 'utf8'));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative('.', join(dirname(page), path));
    if (!existsSync(file)) return [target];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    return anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? [] : [target];
  });
}

it.each(PAGES)('every link of %s leads somewhere', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

it('every whole policy in the pages is without a fault', () => {
  const policies = PAGES.flatMap((page) =>
    blocksOf(readFileSync(page, 'utf8'), 'yaml')
      .filter(
        (block) =>
          /^version: 1$/m.test(block) && /^regions:/m.test(block) && !/^(accounts|units):/m.test(block),
      )
      .map((block) => ({ page, block })),
  );
  expect(policies.length).toBeGreaterThan(3);
  expect(
    policies
      .map(({ page, block }) => ({ page, block, faults: faultsOf(block) }))
      .filter(({ faults }) => faults.length > 0),
  ).toEqual([]);
});
