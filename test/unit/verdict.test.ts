import {
  CIDR_LOOKS,
  judge,
  LEFTOVER_LOOKS,
  NOT_FOUND_CONFIRMATIONS,
  ROLE_LOOKS,
} from '../../shared/domain/verdict.ts';
import type { GovernedSide, Observed, ObservedSide } from '../../shared/domain/observed.ts';
import { PEERING_STATES } from '../../shared/domain/peering.ts';
import { accountId, cidr, ouId, peeringId } from '../support/ids.ts';
import {
  ACCEPTER,
  anAccepter,
  anOpenPeering,
  aPeering,
  aRequester,
  aTable,
  PEERING,
  REQUESTER,
} from '../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../support/policy-text.ts';

const policy = policyOf(APPS_TO_SHARED);
const judged = (observed: Observed, looks = 0) => judge(observed, policy, looks);
const key = { peeringId: PEERING, accountId: REQUESTER.accountId, region: REQUESTER.region };
const inOu = (side: GovernedSide, ou: string): ObservedSide => ({
  ...side,
  membership: { kind: 'member', ous: [ouId(ou)] },
});

describe('a pending request', () => {
  const pending = (sides: { requester?: ObservedSide; accepter?: ObservedSide } = {}) =>
    judged(anOpenPeering({ state: 'pending-acceptance', ...sides }));

  it('that a rule allows is connected, by that rule', () => {
    expect(pending()).toMatchObject({ kind: 'connect', rule: 'apps-to-shared' });
  });

  it('that no rule allows is held', () => {
    expect(pending({ requester: inOu(aRequester(), 'ou-ab12-other001') })).toMatchObject({ kind: 'hold' });
  });

  it('that a deny rule stops is rejected, with its reason', () => {
    expect(pending({ accepter: inOu(anAccepter(), 'ou-ab12-sandbox1') })).toMatchObject({
      kind: 'reject',
      rule: 'never-sandbox',
      because: { text: expect.stringContaining('PCI scope') },
    });
  });

  it('whose VPC cannot be read is held with the reason', () => {
    const unreadable: ObservedSide = {
      kind: 'unreadable',
      why: 'side-unreadable',
      peeringTags: {},
      cidrs: [],
      location: ACCEPTER,
      membership: { kind: 'member', ous: [] },
      reason: 'vpc-22222222 is not there',
    };
    expect(pending({ accepter: unreadable })).toEqual({
      kind: 'hold',
      because: { code: 'side-unreadable', text: 'vpc-22222222 is not there' },
      isExpiring: false,
    });
  });

  it('whose account has no member role is looked at again for some minutes, and then held', () => {
    const unenrolled: ObservedSide = {
      kind: 'unreadable',
      why: 'no-member-role',
      peeringTags: undefined,
      cidrs: [],
      location: ACCEPTER,
      membership: { kind: 'member', ous: [] },
      reason: 'cannot assume the role',
    };
    const because = { code: 'no-member-role', text: 'cannot assume the role' };
    const observed = anOpenPeering({ state: 'pending-acceptance', accepter: unenrolled });
    expect(judged(observed, ROLE_LOOKS - 1)).toEqual({ kind: 'wait', because });
    expect(judged(observed, ROLE_LOOKS)).toEqual({ kind: 'hold', because, isExpiring: false });
  });

  it('whose destination already leads elsewhere is held, and the notice names the route', () => {
    const routes = [
      {
        destination: cidr('10.2.0.0/16'),
        target: { kind: 'other', id: 'tgw-1' },
        isBlackhole: false,
        isPropagated: false,
      } as const,
    ];
    const requester = aRequester({ tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes })] });
    const verdict = pending({ requester });
    expect(verdict).toMatchObject({ kind: 'hold', because: { code: 'route-conflict' } });
    expect(verdict.because.text).toContain('rtb-11111111 already routes 10.2.0.0/16 to tgw-1');
  });

  describe('whose destination still leads to a peering that is over', () => {
    const old = { kind: 'peering', peeringId: peeringId('pcx-99999999') } as const;
    const routes = [
      { destination: cidr('10.2.0.0/16'), target: old, isBlackhole: true, isPropagated: false },
    ];
    const requester = aRequester({
      tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes })],
    });
    const observed = anOpenPeering({ state: 'pending-acceptance', requester });

    it('waits for the cleaning of that peering', () => {
      expect(judged(observed)).toMatchObject({ kind: 'wait', because: { code: 'leftover-route' } });
    });

    it('is held when nobody cleans it', () => {
      expect(judged(observed, LEFTOVER_LOOKS)).toMatchObject({
        kind: 'hold',
        because: { code: 'route-conflict' },
      });
    });
  });

  it('to an account outside the organization is left to its owner', () => {
    const outside: ObservedSide = {
      kind: 'outside',
      location: { ...ACCEPTER, accountId: accountId('999999999999') },
      membership: { kind: 'external' },
      why: 'external-account',
      cidrs: [],
    };
    const verdict = pending({ accepter: outside });
    expect(verdict.kind).not.toBe('connect');
    expect(verdict.kind).not.toBe('reject');
  });
});

describe('a side of which only the peering tells, and EC2 does not show its CIDRs', () => {
  const stranger = (location: typeof ACCEPTER): ObservedSide => ({
    kind: 'outside',
    location,
    membership: { kind: 'member', ous: [ouId('ou-ab12-apps0001'), ouId('ou-ab12-shared01')] },
    why: 'region-not-governed',
    cidrs: [],
  });
  const pending = anOpenPeering({ state: 'pending-acceptance', requester: stranger(REQUESTER) });

  it.each([
    ['an active peering', anOpenPeering({ accepter: stranger(ACCEPTER) })],
    ['a request', pending],
  ])('%s waits for them', (_name, observed) => {
    expect(judged(observed)).toMatchObject({ kind: 'wait', because: { code: 'cidrs-not-shown' } });
  });

  it('is held when they do not come', () => {
    expect(judged(pending, CIDR_LOOKS)).toMatchObject({ kind: 'hold', because: { code: 'cidrs-not-shown' } });
  });

  it('is not waited for where it is to accept: EC2 never shows them before that', () => {
    const observed = anOpenPeering({ state: 'pending-acceptance', accepter: stranger(ACCEPTER) });
    expect(judged(observed)).toMatchObject({ kind: 'ignore', because: { code: 'accepter-not-governed' } });
  });
});

describe('an active peering', () => {
  it('that a rule allows is kept connected', () => {
    expect(judged(anOpenPeering())).toMatchObject({ kind: 'connect' });
  });

  it.each(['ou-ab12-other001', 'ou-ab12-sandbox1'])('that no rule allows is unsanctioned (%s)', (ou) => {
    expect(judged(anOpenPeering({ accepter: inOu(anAccepter(), ou) }))).toMatchObject({
      kind: 'unsanctioned',
    });
  });
});

describe('an active peering is not called unsanctioned', () => {
  const strict = (policyText: string, observed: Observed) =>
    judge(observed, policyOf(`${policyText}\nguardrails: { unsanctioned: delete }\n`), 0);

  it('where a rule waits for an approval', () => {
    const text = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
    expect(strict(text, anOpenPeering())).toMatchObject({
      kind: 'hold',
      because: { code: 'approval-required' },
    });
  });

  it('where a rule looks at what cannot be seen', () => {
    const text = APPS_TO_SHARED.replace(
      'shared: { ous: [ou-ab12-shared01] }',
      'shared: { ous: [ou-ab12-shared01], tags: { tier: shared } }',
    );
    const { location, membership } = anAccepter();
    const accepter: ObservedSide = {
      kind: 'outside',
      location,
      membership,
      why: 'not-read',
      cidrs: [cidr('10.2.0.0/16')],
    };
    expect(strict(text, anOpenPeering({ accepter }))).toMatchObject({
      kind: 'hold',
      because: { code: 'facts-unknown' },
    });
  });
});

describe('every state has one answer', () => {
  const answers = {
    'initiating-request': 'wait',
    provisioning: 'wait',
    deleting: 'wait',
    expired: 'clean-up',
    rejected: 'clean-up',
    failed: 'clean-up',
    deleted: 'clean-up',
    'pending-acceptance': 'connect',
    active: 'connect',
  } as const;

  it.each(PEERING_STATES)('%s', (state) => {
    expect(judged(observedIn(state)).kind).toBe(answers[state]);
  });

  function observedIn(state: (typeof PEERING_STATES)[number]): Observed {
    switch (state) {
      case 'initiating-request':
      case 'provisioning':
      case 'deleting':
        return { kind: 'in-transition', peering: aPeering(state) };
      case 'pending-acceptance':
      case 'active':
        return anOpenPeering({ state });
      case 'expired':
      case 'rejected':
      case 'failed':
      case 'deleted':
        return { kind: 'ended', peering: aPeering(state), seenFrom: REQUESTER, leftovers: [] };
    }
  }
});

describe('a peering that EC2 does not know', () => {
  it('is waited for at first', () => {
    expect(judged({ kind: 'not-found', key, leftovers: [] }, NOT_FOUND_CONFIRMATIONS - 1).kind).toBe('wait');
  });

  it('is taken to be gone after some more looks', () => {
    expect(judged({ kind: 'not-found', key, leftovers: [] }, NOT_FOUND_CONFIRMATIONS).kind).toBe('clean-up');
  });
});

it('a hint from outside the organization is ignored', () => {
  expect(judged({ kind: 'not-governed', key })).toMatchObject({
    kind: 'ignore',
    because: { code: 'not-a-member' },
  });
});
