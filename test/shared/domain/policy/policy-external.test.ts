import { faultsOf } from '../../../support/policy-builders.ts';

const HEAD = 'version: 1\nregions: [eu-west-1]\n';
const WRITE = 'external: true needs cidrs: write the blocks of that VPC, such as cidrs: [10.8.0.0/21]';

const allow = (requester: string): string => `allow: [{ name: r, requester: ${requester}, accepter: any }]`;
const deny = (side: string): string => `deny: [{ name: d, between: [${side}, any] }]`;
const groups = (...lines: readonly string[]): string =>
  `groups:\n${lines.map((line) => `  ${line}\n`).join('')}`;
const faults = (text: string): readonly string[] => faultsOf(`${HEAD}${text}`);

describe('whoever is let in from outside is bounded by cidrs', () => {
  it('a group, told with its line and what to write', () => {
    const text = groups('vendor: { accounts: ["999900001111"], external: true }') + allow('vendor');
    expect(faults(text)).toEqual([`4:51 groups.vendor.external: ${WRITE}`]);
  });

  it.each([
    ['a selector in place', allow('{ external: true }')],
    ['a selector in a list', allow('[any, { external: true }]')],
    ['a side of a between', 'allow: [{ name: r, between: [any, { external: true }] }]'],
    ['a trial rule', 'allow: [{ name: r, requester: { external: true }, accepter: any, dryRun: true }]'],
    ['a group of a group', groups('v: { external: true }', 'w: { groups: [v] }') + allow('w')],
    [
      'a group whose groups are not all bounded',
      groups(
        'a: { cidrs: [10.0.0.0/8] }',
        'b: { regions: [eu-west-1] }',
        'v: { groups: [a, b], external: true }',
      ) + allow('v'),
    ],
    ['a group that nobody uses', groups('v: { external: true }')],
    ['a group that only an unused one uses', groups('v: { external: true }', 'w: { groups: [v] }')],
    [
      'a group that deny and allow rules use',
      `${groups('v: { external: true }') + allow('v')}\n${deny('v')}`,
    ],
    [
      'a group that is bounded where one rule uses it, and not where another does',
      `${groups('v: { external: true }')}allow:
  - { name: a, requester: { groups: [v], cidrs: [10.0.0.0/8] }, accepter: any }
  - { name: b, requester: v, accepter: any }`,
    ],
  ])('%s', (_, text) => {
    expect(faults(text)).toEqual([expect.stringContaining(WRITE)]);
  });

  it.each(['0.0.0.0/0', '"::/0"'])('%s bounds nothing', (block) => {
    const text = allow(`{ external: true, cidrs: [10.0.0.0/8, ${block}] }`);
    expect(faults(text)).toEqual([
      expect.stringContaining(`allow[0].requester.cidrs: ${block.replaceAll('"', '')} is every address`),
    ]);
  });

  it.each([
    ['its own', groups('v: { external: true, cidrs: [10.8.0.0/21] }') + allow('v')],
    [
      'those of its group',
      groups('v: { groups: [b], external: true }', 'b: { cidrs: [10.8.0.0/21] }') + allow('v'),
    ],
    [
      'those of the selector around it',
      groups('v: { external: true }') + allow('{ groups: [v], cidrs: [10.8.0.0/21] }'),
    ],
    [
      'those of the group around it',
      groups('v: { external: true }', 'w: { groups: [v], cidrs: [10.8.0.0/21] }') + allow('w'),
    ],
    [
      'those of a group around the one around it',
      groups('v: { external: true }', 'w: { groups: [v] }', 'x: { groups: [w], cidrs: [10.8.0.0/21] }') +
        allow('x'),
    ],
    [
      'those around an unused group',
      groups('v: { external: true }', 'w: { groups: [v], cidrs: [10.8.0.0/21] }'),
    ],
  ])('cidrs will do: %s', (_, text) => {
    expect(faults(text)).toEqual([]);
  });

  it.each([
    ['in place', deny('{ external: true }')],
    ['by a group that only it uses', groups('v: { external: true }', 'w: { groups: [v] }') + deny('w')],
  ])('a deny rule is meant wide: %s', (_, text) => {
    expect(faults(text)).toEqual([]);
  });

  it('is told together with all other faults', () => {
    const text = groups('v: { external: true }', 'w: { acounts: [] }') + allow('v');
    expect(faults(text)).toHaveLength(2);
  });

  it('groups in a circle end it', () => {
    const text = groups('v: { groups: [w], external: true }', 'w: { groups: [v] }') + allow('v');
    expect(faults(text)).toContainEqual(expect.stringContaining('in a circle'));
  });
});
