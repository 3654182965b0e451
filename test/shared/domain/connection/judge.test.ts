import {
  CIDR_LOOKS,
  judge,
  NOT_FOUND_CONFIRMATIONS,
  ROLE_LOOKS,
} from '../../../../shared/domain/connection/judge.ts';
import { LEFTOVER_LOOKS } from '../../../../shared/domain/connection/judge-allowed.ts';
import type { GovernedSide, Observed, ObservedSide } from '../../../../shared/domain/facts/observed.ts';
import { PEERING_STATES } from '../../../../shared/domain/facts/peering.ts';
import { NO_MEMORY } from '../../../../shared/domain/memory/memory.ts';
import { plan } from '../../../../shared/domain/connection/plan.ts';
import { statusOf } from '../../../../shared/domain/words/status.ts';
import { accountId, cidr, ouId, peeringId, region } from '../../../support/ids.ts';
import {
  ACCEPTER,
  anAccepter,
  anOpenPeering,
  aPeering,
  aRequester,
  aTable,
  PEERING,
  REQUESTER,
} from '../../../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../../../support/policy-text.ts';

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
      isKnown: false,
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
      isKnown: false,
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
    const oneSided = policyOf(
      APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, oneSided: true }'),
    );
    expect(judge(observed, oneSided, 0)).toMatchObject({
      kind: 'ignore',
      because: { code: 'accepter-not-governed' },
    });
  });
});

describe('a side inside the organization, in a region that the policy does not govern', () => {
  const elsewhere: ObservedSide = {
    kind: 'outside',
    location: { ...REQUESTER, region: region('sa-east-1') },
    membership: { kind: 'member', ous: [ouId('ou-ab12-apps0001')] },
    why: 'region-not-governed',
    cidrs: [cidr('10.1.0.0/16')],
  };
  const states = ['pending-acceptance', 'active'] as const;

  it.each(states)('holds, and the notice says what to write (%s)', (state) => {
    const verdict = judged(anOpenPeering({ state, requester: elsewhere }));
    expect(verdict).toMatchObject({ kind: 'hold', because: { code: 'region-not-governed' } });
    expect(verdict.because.text).toContain('oneSided: true in rule apps-to-shared');
  });

  it.each(states)('does not where the rule says oneSided: true (%s)', (state) => {
    const text = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, oneSided: true }');
    const observed = anOpenPeering({ state, requester: elsewhere });
    expect(judge(observed, policyOf(text), 0)).toMatchObject({ kind: 'connect' });
  });
});

describe('a deny that is certain without what cannot be read', () => {
  const unread = (side: GovernedSide, why: 'no-member-role' | 'side-unreadable'): ObservedSide => ({
    kind: 'unreadable',
    location: side.location,
    membership: { kind: 'member', ous: [ouId('ou-ab12-sandbox1')] },
    why,
    reason: 'cannot be read',
    isKnown: false,
    cidrs: [],
    peeringTags: undefined,
  });
  const requester = unread(aRequester(), 'no-member-role');
  const apps = inOu(anAccepter(), 'ou-ab12-apps0001');

  it('rejects the request in the accepter’s account', () => {
    const observed = anOpenPeering({ state: 'pending-acceptance', requester, accepter: apps });
    expect(judged(observed)).toMatchObject({ kind: 'reject', rule: 'never-sandbox' });
  });

  it('rejects it there although the accepter’s VPC cannot be read', () => {
    const accepter = unread(anAccepter(), 'side-unreadable');
    const observed = anOpenPeering({ state: 'pending-acceptance', accepter });
    expect(judged(observed)).toMatchObject({ kind: 'reject', rule: 'never-sandbox' });
  });

  it('is held as denied where only the requester’s account can be written, and taken back there', () => {
    const accepter = unread(anAccepter(), 'no-member-role');
    const observed = anOpenPeering({ state: 'pending-acceptance', accepter });
    const verdict = judged(observed);
    expect(verdict).toMatchObject({ kind: 'hold', rule: 'never-sandbox', because: { code: 'denied' } });
    const at = { accountId: REQUESTER.accountId, region: REQUESTER.region };
    expect(plan(observed, verdict, NO_MEMORY).stages).toEqual([[{ kind: 'delete-peering', at, orElse: [] }]]);
  });

  it('makes an active peering unsanctioned', () => {
    expect(judged(anOpenPeering({ requester, accepter: apps }))).toMatchObject({
      kind: 'unsanctioned',
      rule: 'never-sandbox',
    });
  });

  it('does not where the deny rests on what cannot be read', () => {
    const byTag = APPS_TO_SHARED.replace(
      'between: [apps, sandbox]',
      'between: [apps, { tags: { tier: x } }]',
    );
    const observed = anOpenPeering({ requester, accepter: apps });
    expect(judge(observed, policyOf(byTag), ROLE_LOOKS)).toMatchObject({
      kind: 'hold',
      because: { code: 'no-member-role' },
    });
  });
});

describe('a suspended or closed account', () => {
  const suspended: ObservedSide = { kind: 'suspended', location: ACCEPTER };

  it.each(['pending-acceptance', 'active'] as const)('is held, whatever the policy says (%s)', (state) => {
    const requester = inOu(aRequester(), 'ou-ab12-other001');
    const observed = anOpenPeering({ state, requester, accepter: suspended });
    const strict = policyOf('version: 1\nregions: [eu-west-1]\nguardrails: { unsanctioned: delete }\n');
    const verdict = judge(observed, strict, 0);
    expect(verdict).toMatchObject({ kind: 'hold', because: { code: 'suspended' } });
    expect(plan(observed, verdict, NO_MEMORY).stages).toEqual([]);
    expect(statusOf(verdict)?.status).toBe('suspended');
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

  it('where a rule waits for an approval: it is unapproved, and has a guardrail of its own', () => {
    const text = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
    const verdict = strict(text, anOpenPeering());
    expect(verdict).toMatchObject({
      kind: 'unsanctioned',
      standing: 'unapproved',
      rule: 'apps-to-shared',
      measure: 'report',
      because: { code: 'approval-required' },
    });
    expect(statusOf(verdict)?.status).toBe('unapproved');
  });

  it('where requests that no rule matches are ignored: that says nothing of active ones', () => {
    const text = 'version: 1\nregions: [eu-west-1]\ndefaults: { unmatched: ignore }\n';
    expect(strict(text, anOpenPeering())).toMatchObject({ kind: 'unsanctioned', measure: 'delete' });
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
