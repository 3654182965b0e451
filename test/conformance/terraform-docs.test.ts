import { readFileSync } from 'node:fs';
import { judge } from '../../shared/domain/connection/judge.ts';
import { anOpenPeering } from '../support/observed.ts';
import { policyOf } from '../support/policy-text.ts';

const WAYS = ['all', 'accept-only', 'yield'];
const read = (path: string): string => readFileSync(path, 'utf8');

describe.each(WAYS)('docs/terraform.md, %s', (way) => {
  const folder = `test/conformance/terraform/ways/${way}`;

  it('shows the module that the conformance test plays', () => {
    expect(read('docs/terraform.md')).toContain(`\`\`\`hcl\n${read(`${folder}/main.tf`).trimEnd()}\n\`\`\``);
  });

  it('is played with a policy that connects, as the page says', () => {
    const verdict = judge(anOpenPeering(), policyOf(read(`${folder}/policy.yaml`)), 0);
    const writing = way === 'all' ? 'at-once' : way === 'yield' ? 'settle' : 'never';
    expect(verdict).toMatchObject({
      kind: 'connect',
      connect: { dns: way === 'all' ? true : 'leave', routes: { writing: { kind: writing } } },
    });
  });
});
