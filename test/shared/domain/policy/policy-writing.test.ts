import { compareTerms } from '../../../../analysis/access/terms.ts';
import { writingOf } from '../../../../shared/domain/policy/language/connect.ts';
import type { AllowRule } from '../../../../shared/domain/policy/language/model.ts';
import { faultsOf, policyOf } from '../../../support/policy-builders.ts';

function ruleOf(connect: string, defaults = '{}'): AllowRule {
  const { model } = policyOf(`
defaults: { connect: ${defaults} }
groups: { prod: { ous: [ou-ab12-prod0001] } }
allow: [{ name: rule, between: [prod, prod], connect: ${connect} }]
`);
  const [rule] = model.allow;
  if (rule === undefined) throw new TypeError('a rule');
  return rule;
}
const writing = (connect: string, defaults?: string) => ruleOf(connect, defaults).connect.routes.writing;

describe('who writes the routes', () => {
  it.each([
    ['autopeer, at once, unless something else is said', '{}', '{}', { kind: 'at-once' }],
    ['nobody of autopeer', '{ routes: none }', '{}', { kind: 'never' }],
    ['nobody, as the defaults say', '{ dns: leave }', '{ routes: none }', { kind: 'never' }],
    [
      'autopeer, where the rule says which',
      '{ routes: { tables: main } }',
      '{ routes: none }',
      { kind: 'at-once' },
    ],
    ['whoever is first', '{ routes: { settle: 5m } }', '{}', { kind: 'settle', seconds: 300 }],
    ['whoever is first, in seconds', '{ routes: { settle: 90s } }', '{}', { kind: 'settle', seconds: 90 }],
    [
      'whoever is first, as the defaults say',
      '{ routes: { tables: main } }',
      '{ routes: { settle: 15m } }',
      { kind: 'settle', seconds: 900 },
    ],
    ['autopeer, once more', '{ routes: { settle: 0s } }', '{ routes: { settle: 5m } }', { kind: 'at-once' }],
  ])('%s', (_name, connect, defaults, expected) => {
    expect(writing(connect, defaults)).toEqual(expected);
  });

  it('is what a VPC’s tag says, of those ways that the rule lists', () => {
    const of = (connect: string, value: string) =>
      writingOf(ruleOf(connect).connect.routes, { 'autopeer:routes': value }).kind;
    expect(of('{ routes: { modes: [none] } }', 'none')).toBe('never');
    expect(of('{ routes: { modes: [none] } }', 'settle')).toBe('at-once');
    expect(of('{ routes: { modes: [write], settle: 1m } }', 'write')).toBe('at-once');
    expect(of('{ routes: { modes: [settle] } }', 'settle')).toBe('settle');
    expect(of('{}', 'none')).toBe('at-once');
  });
});

it.each([
  ['routes: nobody', 'expected none or route options'],
  ['routes: { settle: 20m }', 'expected a time of at most 15 minutes, such as 5m or 90s'],
  ['routes: { settle: 5 }', 'expected a time of at most 15 minutes'],
  ['routes: { modes: [never] }', 'expected one of write, settle, none'],
  ['dns: leav', "did you mean 'leave'"],
])('a fault says what to write instead: %s', (connect, message) => {
  const faults = faultsOf(`version: 1\nregions: [eu-west-1]\ndefaults: { connect: { ${connect} } }\n`);
  expect(faults.join('\n')).toContain(message);
});

describe('policy diff', () => {
  const compared = (before: string, after: string) => {
    const [one, other] = [ruleOf(before), ruleOf(after)];
    return compareTerms(one, other);
  };

  it('says that routes are no longer written, and that it lets less through', () => {
    expect(compared('{}', '{ routes: none }')).toEqual({
      growth: 'shrank',
      options: ['routes: at once → none'],
    });
    expect(compared('{ routes: none }', '{}').growth).toBe('grew');
  });

  it('says that they are written later, and that it lets the same through', () => {
    expect(compared('{}', '{ routes: { settle: 5m } }')).toEqual({
      growth: 'same',
      options: ['routes: at once → after 300 s'],
    });
  });

  it('does not guess what others do with the DNS flags', () => {
    expect(compared('{}', '{ dns: leave }')).toEqual({ growth: 'unclear', options: ['dns: on → leave'] });
  });
});
