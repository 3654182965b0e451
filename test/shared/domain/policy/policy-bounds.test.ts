import { decide } from '../../../../shared/domain/policy/decision/decide.ts';
import { policyOf, side, sharedSide } from '../../../support/policy-builders.ts';

const GROUPS = `groups:
  ten: { cidrs: [10.0.0.0/8, "fd00::/8"] }
  inner: { groups: [ten], cidrs: [10.1.0.0/16, 172.16.0.0/12] }
  other: { cidrs: [10.1.0.0/17] }
  prod: { ous: [ou-ab12-prod0001] }
  either: { groups: [inner, prod] }
  both: { groups: [inner, other] }
  everything: { cidrs: [0.0.0.0/0, 10.0.0.0/8] }
  mixed: { cidrs: ["::/0", 10.0.0.0/8] }
`;
const REQUESTER = side({ cidrs: ['10.1.0.0/18'] });

/** What bounds the requester, by one allow rule with this side. */
function boundsBy(selector: string, requester = REQUESTER): readonly string[] | undefined {
  const policy = policyOf(`${GROUPS}allow: [{ name: r, requester: ${selector}, accepter: any }]`);
  const decision = decide(policy, { requester, accepter: sharedSide() });
  if (decision.kind !== 'accept') throw new Error(decision.reason.text);
  expect(decision.bounds.accepter).toBeUndefined();
  return decision.bounds.requester;
}

describe('the blocks that bound a side', () => {
  it.each([
    ['its own cidrs', '{ cidrs: [10.0.0.0/8] }', ['10.0.0.0/8']],
    ['those of its group', 'ten', ['10.0.0.0/8', 'fd00::/8']],
    ['of a group and a group within: the inner blocks', 'inner', ['10.1.0.0/16']],
    ['of a group and the selector around it', '{ groups: [inner], cidrs: [10.1.0.0/18] }', ['10.1.0.0/18']],
    ['of all alternatives that match', 'both', ['10.1.0.0/16', '10.1.0.0/17']],
    [
      'not of an alternative that does not match',
      '[{ cidrs: [172.16.0.0/12] }, { cidrs: [10.0.0.0/9] }]',
      ['10.0.0.0/9'],
    ],
    ['every address, and one of them by name', 'everything', ['0.0.0.0/0', '10.0.0.0/8']],
    ['one family only', 'mixed', ['10.0.0.0/8', '::/0']],
    ['every address, narrowed by its group', '{ groups: [inner], cidrs: [0.0.0.0/0] }', ['10.1.0.0/16']],
  ])('%s', (_, selector, blocks) => {
    expect(boundsBy(selector)).toEqual(blocks);
  });

  it.each([
    ['nobody names any', 'any'],
    ['an alternative that matches names none', 'either'],
    ['another entry of the side names none', '[ten, prod]'],
    ['the block is every address', '{ cidrs: [0.0.0.0/0] }'],
    ['it is every address of both families', '{ cidrs: [0.0.0.0/0, "::/0"] }'],
  ])('there are none where %s', (_, selector) => {
    expect(boundsBy(selector)).toBeUndefined();
  });

  it('an alternative without cidrs that does not match unbounds nothing', () => {
    const outside = side({ ous: [], cidrs: ['10.1.0.0/18'] });
    expect(boundsBy('either', outside)).toEqual(['10.1.0.0/16']);
  });

  it('of a between are those of the way round that matches', () => {
    const policy = policyOf(
      `${GROUPS}allow: [{ name: r, between: [other, { accounts: ["111122223333"], cidrs: [10.2.0.0/15] }] }]`,
    );
    const sides = { requester: REQUESTER, accepter: sharedSide() };
    expect(decide(policy, sides)).toMatchObject({
      bounds: { requester: ['10.1.0.0/17'], accepter: ['10.2.0.0/15'] },
    });
    const back = { requester: sides.accepter, accepter: sides.requester };
    expect(decide(policy, back)).toMatchObject({
      bounds: { requester: ['10.2.0.0/15'], accepter: ['10.1.0.0/17'] },
    });
  });

  it('of a between that matches both ways are those of both', () => {
    const policy = policyOf(`${GROUPS}allow: [{ name: r, between: [any, ten] }]`);
    const decision = decide(policy, { requester: REQUESTER, accepter: sharedSide() });
    expect(decision).toMatchObject({ bounds: { requester: undefined, accepter: undefined } });
  });

  it('groups that share groups many times over are looked at once each', () => {
    const levels = Array.from({ length: 15 }, (_, level) => {
      const below = level === 0 ? '[ten, other]' : `[a${level - 1}, b${level - 1}]`;
      return `  a${level}: { groups: ${below} }\n  b${level}: { groups: ${below} }\n`;
    });
    const policy = policyOf(`${GROUPS}${levels.join('')}allow: [{ name: r, requester: a14, accepter: any }]`);
    const decision = decide(policy, { requester: REQUESTER, accepter: sharedSide() });
    expect(decision).toMatchObject({
      bounds: { requester: ['10.0.0.0/8', '10.1.0.0/17', 'fd00::/8'] },
    });
  });
});

describe('an approval', () => {
  it('is asked for with the bounds and oneSided of its rule', () => {
    const policy = policyOf(
      `${GROUPS}allow: [{ name: r, requester: ten, accepter: any, approval: required, oneSided: true }]`,
    );
    const decision = decide(policy, { requester: REQUESTER, accepter: sharedSide() });
    const approval = decision.kind === 'hold' ? decision.approval : undefined;
    expect(approval?.oneSided).toBe(true);
    expect(approval?.bounds).toEqual({ requester: ['10.0.0.0/8', 'fd00::/8'], accepter: undefined });
    expect(JSON.parse(JSON.stringify(approval))).toMatchObject({
      oneSided: true,
      bounds: { requester: ['10.0.0.0/8', 'fd00::/8'] },
    });
  });
});

it.each([
  ['not unless it says so', '', false],
  ['where it says so', ', oneSided: true', true],
])('a rule allows a side in a region that is not governed: %s', (_, written, oneSided) => {
  const policy = policyOf(`allow: [{ name: r, requester: any, accepter: any${written} }]`);
  const decision = decide(policy, { requester: side(), accepter: sharedSide() });
  expect(decision).toMatchObject({ kind: 'accept', oneSided });
});
