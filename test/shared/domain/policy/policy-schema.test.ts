import { readFileSync } from 'node:fs';
import { snapshotJsonSchema } from '../../../../analysis/snapshot/snapshot.ts';
import { policyJsonSchema } from '../../../../shared/domain/policy/language/schema.ts';

it('docs/snapshot.schema.json is the schema of snapshots as they are now: run `npm run schemas` when this fails', () => {
  const written: unknown = JSON.parse(readFileSync('docs/snapshot.schema.json', 'utf8'));
  expect(written).toEqual(snapshotJsonSchema());
  expect(written).toMatchObject({ additionalProperties: false, properties: { vpcs: { type: 'array' } } });
});

describe('docs/policy.schema.json', () => {
  it('is the schema of the language as it is now: run `npm run schemas` when this fails', () => {
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
