import { letInBy } from '../../../../shared/domain/memory/let-in.ts';
import { parseDigest } from '../../../../shared/domain/policy/language/canonical.ts';
import { anEntry, AT } from '../../../support/ledger.ts';

const APPROVAL = parseDigest(`sha256:${'a'.repeat(64)}`);
const at = (minutes: number, overrides: Parameters<typeof anEntry>[0] = {}) =>
  anEntry({ at: AT + minutes, ...overrides });
const minutes = (entries: readonly { readonly at: number }[]) =>
  letInBy(entries.map((each) => anEntry(each))).map((each) => each.at - AT);

it('the first decision let it in; repairs by the same rule did not', () => {
  expect(minutes([at(1, { verdict: 'hold' }), at(2), at(3), at(4)])).toEqual([2]);
});

it('of what was planned and done the end is shown', () => {
  const planned = at(1, { planned: ['accept'], changes: [] });
  expect(minutes([planned, at(2, { outcome: 'settled' }), at(3, { outcome: 'settled' })])).toEqual([2]);
});

it('EC2 settling in between is one decision', () => {
  expect(minutes([at(1), at(2, { verdict: 'wait', rule: undefined }), at(3)])).toEqual([1]);
});

it.each([
  ['another rule', at(2, { rule: 'all-to-shared' })],
  ['an approval', at(2, { approval: APPROVAL })],
])('%s let it in anew', (_what, second) => {
  expect(minutes([at(1), second, at(3, { rule: second.rule, approval: second.approval })])).toEqual([1, 2]);
});

it('after a cut it was let in again', () => {
  expect(minutes([at(1), at(2, { verdict: 'unsanctioned', rule: undefined }), at(3)])).toEqual([1, 3]);
});

it('a dry run lets nobody in', () => {
  expect(minutes([at(1, { isDryRun: true }), at(2, { verdict: 'hold' })])).toEqual([]);
});
