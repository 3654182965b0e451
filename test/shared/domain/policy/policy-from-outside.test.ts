import { mayBeAskedFromOutside } from '../../../../shared/domain/policy/decision/from-outside.ts';
import { accountId, ouId, region } from '../../../support/ids.ts';
import { policyOf } from '../../../support/policy-builders.ts';

const APPS_OU = ouId('ou-ab12-apps0001');
const APP = { accountId: accountId('111111111111'), region: region('eu-west-1'), ous: [APPS_OU] };
const GROUPS = `
groups:
  apps: { ous: [ou-ab12-apps0001] }
  front: { groups: [apps], tags: { tier: front } }
  vendor: { accounts: ['999900001111'], external: true, cidrs: [10.8.0.0/21] }
  vendors: { groups: [vendor] }
`;

const isAskedBy = (rule: string): boolean =>
  mayBeAskedFromOutside(policyOf(`${GROUPS}allow: [{ name: r, ${rule} }]`).model, APP);

it.each([
  ['a group', 'requester: vendor, accepter: apps', true],
  [
    'a group of groups, and one with tags, which are not looked at',
    'requester: vendors, accepter: front',
    true,
  ],
  ['one of several', 'requester: [apps, vendor], accepter: any', true],
  ['either way round', 'between: [apps, vendor]', true],
  ['a trial rule', 'requester: vendor, accepter: apps, dryRun: true', true],
  [
    'its account and region',
    "requester: vendor, accepter: { accounts: ['111111111111'], regions: [eu-west-1] }",
    true,
  ],
  ['another region', 'requester: vendor, accepter: { groups: [apps], regions: [us-east-1] }', false],
  ['another account', "requester: vendor, accepter: { accounts: ['222222222222'] }", false],
  ['another OU', 'requester: vendor, accepter: { ous: [ou-ab12-shared01] }', false],
  ['the other way round', 'requester: apps, accepter: vendor', false],
  ['members alone', 'requester: any, accepter: any', false],
])('who is asked from outside: %s', (_what, rule, isAsked) => {
  expect(isAskedBy(rule)).toBe(isAsked);
});
