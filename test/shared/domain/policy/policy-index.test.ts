import { judgeSide } from '../../../../shared/domain/policy/decision/match.ts';
import type { PolicySide } from '../../../../shared/domain/policy/decision/side.ts';
import { policyOf, sharedSide, side, vendorSide } from '../../../support/policy-builders.ts';

/** However many rules there are, a decision looks only at those that could match both sides. */
const RULES = 500;
const numbers = Array.from({ length: RULES }, (_, number) => number);
const accountOf = (number: number): string => String(100_000_000_000 + number);
const rulesOf = (rule: (number: number) => object): string =>
  `allow: ${JSON.stringify(numbers.map((number) => ({ name: `rule-${number}`, ...rule(number) })))}`;

/** How many pairs of selectors are looked at. */
function looksAt(rules: string, requester: PolicySide, accepter: PolicySide): number {
  const policy = policyOf(rules);
  const [one, other] = [judgeSide(policy, requester), judgeSide(policy, accepter)];
  return new Set(policy.selectors.index.candidates(one, other)).size;
}

it('rules that share one side are told apart by the other', () => {
  const rules = rulesOf((number) => ({
    requester: { ous: ['ou-ab12-prod0001'] },
    accepter: { accounts: [accountOf(number)] },
  }));
  expect(looksAt(rules, side(), sharedSide({ account: accountOf(7) }))).toBe(1);
  expect(looksAt(rules, side(), sharedSide())).toBe(0);
});

it('rules that share each side with others are told apart by both together', () => {
  const rules = rulesOf((number) => ({
    requester: { accounts: [accountOf(number % 25)] },
    accepter: { tags: { project: `p${Math.floor(number / 25)}` } },
  }));
  expect(looksAt(rules, side({ account: accountOf(3) }), sharedSide({ tags: { project: 'p4' } }))).toBe(1);
});

it('groups, lists and groups of groups are looked through', () => {
  const groups = numbers.map((number) => [`g${number}`, { accounts: [accountOf(number)] }]);
  const rules = rulesOf((number) => ({
    requester: [`g${number}`, { groups: [`g${(number + 1) % RULES}`] }],
    accepter: 'any',
  }));
  const text = `groups: ${JSON.stringify(Object.fromEntries(groups))}\n${rules}`;
  expect(looksAt(text, side({ account: accountOf(7) }), sharedSide())).toBe(2);
});

it('rules that share a long list do not stand under each of its entries', () => {
  const accounts = JSON.stringify(numbers.map(accountOf));
  const rules = rulesOf((number) => ({
    requester: ['lists', 'many'],
    accepter: { groups: ['lists', 'many'], cidrs: [`10.${number >> 8}.${number & 255}.0/24`] },
  }));
  const text = `groups: { many: { accounts: ${accounts} }, lists: { tags: { tier: [a, b, c, d, e] } } }\n${rules}`;
  const asked = { account: accountOf(3), cidrs: ['10.0.9.0/28'] };
  expect(looksAt(text, side({ account: accountOf(499) }), sharedSide(asked))).toBe(1);
  expect(looksAt(text, side({ account: '111122223333' }), sharedSide(asked))).toBe(0);
});

it('a side whose tags are unknown is not looked at by the rules for tags of others', () => {
  const rules = rulesOf((number) => ({
    requester: {
      external: true,
      accounts: [accountOf(number)],
      cidrs: ['10.0.0.0/8'],
      tags: { project: `p${number}` },
    },
    accepter: { tags: { tier: 'shared' } },
  }));
  expect(looksAt(rules, vendorSide({ account: accountOf(7) }), sharedSide())).toBe(1);
  expect(looksAt(rules, vendorSide(), sharedSide())).toBe(0);
});
