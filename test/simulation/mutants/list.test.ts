import { readFileSync } from 'node:fs';

import { MUTANTS } from './list.ts';

describe('a deliberate bug', () => {
  it.each(MUTANTS)('fits the sources in one place: $name', ({ file, from, to }) => {
    expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });
});
