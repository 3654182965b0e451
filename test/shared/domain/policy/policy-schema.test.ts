import { readFileSync } from 'node:fs';
import { policyJsonSchema } from '../../../../shared/domain/policy/language/schema.ts';

describe('docs/policy.schema.json', () => {
  it('is the schema of the language as it is now: run `node cli/generate-policy-schema.ts` when this fails', () => {
    const written: unknown = JSON.parse(readFileSync('docs/policy.schema.json', 'utf8'));
    expect(written).toEqual(policyJsonSchema());
  });

  it('refuses unknown keys, as autopeer does', () => {
    expect(policyJsonSchema()).toMatchObject({
      additionalProperties: false,
      required: ['version', 'regions'],
    });
  });
});
