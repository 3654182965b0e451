import { readFileSync } from 'node:fs';
import { decide } from '../../../../shared/domain/policy/decision/decide.ts';
import { loadPolicy } from '../../../../shared/domain/policy/language/load.ts';
import { policyJsonSchema } from '../../../../shared/domain/policy/language/schema.ts';
import { sharedSide, side, vendorSide } from '../../../support/policy-builders.ts';

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

describe('the policy that ships', () => {
  const loaded = loadPolicy(readFileSync('policy.yaml', 'utf8'));
  const kindOf = (requester: ReturnType<typeof side>): string =>
    loaded.kind === 'loaded' ? decide(loaded.policy, { requester, accepter: sharedSide() }).kind : 'faulty';

  it('has no fault', () => {
    expect(loaded).not.toHaveProperty('faults');
  });

  it('accepts nothing before somebody has put in ids', () => {
    expect(kindOf(side())).toBe('hold');
  });

  it('keeps the outside out', () => {
    expect(kindOf(vendorSide())).toBe('reject');
  });
});
