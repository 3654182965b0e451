import { decide } from '../../../../shared/domain/policy/decision/decide.ts';
import { loadPolicy } from '../../../../shared/domain/policy/language/load.ts';
import type { PolicyRequest } from '../../../../shared/domain/policy/decision/side.ts';
import {
  approveAll,
  policyOf,
  SANDBOX_OU,
  sharedSide,
  side,
  summary,
  vendorSide,
} from '../../../support/policy-builders.ts';

const POLICY = policyOf(`
groups:
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sand0001] }
  shared: { accounts: ["111122223333"], tags: { tier: shared } }
  atlas: { accounts: ["999900001111"], external: true, cidrs: [10.0.0.0/8] }
allow:
  - { name: apps-to-shared, requester: prod, accepter: shared }
  - { name: atlas, requester: atlas, accepter: prod, approval: required, connect: { dns: false } }
deny:
  - { name: prod-never-sandbox, between: [prod, sandbox], reason: PCI scope }
`);
const text = (request: PolicyRequest, policy = POLICY): string => decide(policy, request).reason.text;
const decided = (rules: string, requester = side(), accepter = sharedSide()): string =>
  summary(decide(policyOf(rules), { requester, accepter }));

describe('a decision tells its whole reason', () => {
  it('of a rule that allows: both sides, their groups and the values that matched', () => {
    expect(text({ requester: side(), accepter: sharedSide() })).toBe(
      'Rule apps-to-shared allows it: the requester is in prod (OU ou-ab12-prod0001), ' +
        'the accepter is in shared (account 111122223333 and tag tier=shared).',
    );
  });

  it('of a rule that denies: which, and what its author wrote', () => {
    const decision = decide(POLICY, { requester: side({ ous: [SANDBOX_OU] }), accepter: side() });
    expect(decision).toMatchObject({ kind: 'reject', rule: 'prod-never-sandbox' });
    expect(decision.reason.text).toBe(
      'Deny rule prod-never-sandbox stops it (PCI scope): the requester is in sandbox ' +
        '(OU ou-ab12-sand0001), the accepter is in prod (OU ou-ab12-prod0001).',
    );
  });

  it.each([
    [
      'an OU',
      { requester: side({ ous: ['ou-ab12-other001'] }), accepter: sharedSide() },
      "apps-to-shared, but on the requester's side account 100000000001 is in OU ou-ab12-other001, not in OU ou-ab12-prod0001.",
    ],
    [
      'an account',
      { requester: side(), accepter: sharedSide({ account: '222222222222' }) },
      "apps-to-shared, but on the accepter's side account 222222222222 is not 111122223333.",
    ],
    [
      'a tag',
      { requester: side(), accepter: sharedSide({ tags: {} }) },
      "apps-to-shared, but on the accepter's side vpc-00000002 has no tag tier.",
    ],
    [
      "a tag's value",
      { requester: side(), accepter: sharedSide({ tags: { tier: 'app' } }) },
      `apps-to-shared, but on the accepter's side tag tier of vpc-00000002 is "app", not shared.`,
    ],
  ])('of no rule: the nearest, which lacks %s', (_, request, miss) => {
    expect(text(request)).toBe(`No allow rule matches. Nearest is ${miss}`);
  });

  it('of the nearest rule: what a selector says, not what its silence means, counts', () => {
    const policy = policyOf(`
allow:
  - { name: a-by-ou, requester: { ous: [ou-ab12-prod0001], regions: [us-east-1] }, accepter: any }
  - { name: b-by-account, requester: { accounts: ["222222222222"] }, accepter: any }
`);
    // An outsider misses two of a-by-ou, and one of b-by-account: that it says no external: true is no third.
    expect(text({ requester: vendorSide(), accepter: sharedSide() }, policy)).toMatch(
      /Nearest is b-by-account, but on the requester's side account 999900001111 is not 222222222222/,
    );
  });

  it('of equally near rules: the one of which more holds already', () => {
    const policy = policyOf(`
allow:
  - { name: a-any, requester: any, accepter: { accounts: ["222222222222"] } }
  - { name: b-prod, requester: { ous: [ou-ab12-prod0001] }, accepter: { accounts: ["222222222222"] } }
  - { name: c-any, requester: any, accepter: { accounts: ["222222222222"] } }
`);
    expect(text({ requester: side(), accepter: sharedSide() }, policy)).toMatch(/Nearest is b-prod/);
  });

  it('of an OU that is not the one wanted: where the account is', () => {
    const ONE_OU = 'allow: [{ name: r, requester: { ous: [ou-ab12-prod0001] }, accepter: any }]';
    const request = {
      requester: side({ ous: ['ou-ab12-web00001', 'ou-ab12-apps0001'] }),
      accepter: sharedSide(),
    };
    expect(text(request)).toContain(
      'account 100000000001 is in OU ou-ab12-web00001 under ou-ab12-apps0001, not in OU ou-ab12-prod0001.',
    );
    expect(text({ ...request, requester: side({ ous: [] }) })).toContain(
      'account 100000000001 is in no OU, so not in OU ou-ab12-prod0001.',
    );
    expect(text({ ...request, requester: vendorSide() }, policyOf(ONE_OU))).toContain(
      'account 999900001111 is outside the organization, not in OU ou-ab12-prod0001.',
    );
  });

  it('of the other way round, where the policy allows that', () => {
    expect(text({ requester: sharedSide(), accepter: side() })).toMatch(
      /\. The other way round, apps-to-shared allows it: let the other side ask\.$/,
    );
    expect(text({ requester: side(), accepter: vendorSide() })).toMatch(
      /\. The other way round, atlas allows it once a person approves: let the other side ask\.$/,
    );
  });

  it.each([
    ['a deny rule stops it', '{ name: d, between: [shared, prod] }', 'reject: rule-denies'],
    [
      'a deny rule may stop it',
      '{ name: d, requester: { tags: { a: b } }, accepter: shared }',
      'hold: no-rule-matches',
    ],
  ])('never of the other way round where that way %s', (_, deny, outcome) => {
    const policy = policyOf(`
groups:
  prod: { ous: [ou-ab12-prod0001] }
  shared: { accounts: ["111122223333"] }
allow: [{ name: apps-to-shared, requester: prod, accepter: shared }]
deny: [${deny}]
`);
    const request = { requester: sharedSide(), accepter: side({ tags: 'unknown' }) };
    expect(summary(decide(policy, request))).toBe(outcome);
    expect(text(request, policy)).not.toContain('other way round');
  });

  it('of no rule at all', () => {
    const request = { requester: side(), accepter: sharedSide() };
    expect(text(request, policyOf(''))).toBe('No allow rule matches: the policy has none.');
  });

  it('of the nearest rule: its CIDR, its region, its VPC, and that it is outside', () => {
    const policy = policyOf(`
allow:
  - name: narrow
    requester: { cidrs: [10.9.0.0/16], regions: [us-east-1, eu-west-1] }
    accepter: { vpcs: [vpc-0000000a], regions: [us-east-1] }
`);
    const outside = vendorSide({ region: 'ap-south-1' });
    expect(text({ requester: outside, accepter: sharedSide() }, policy)).toBe(
      'No allow rule matches. Nearest is narrow, but ' +
        "on the requester's side account 999900001111 is outside the organization, and the rule does not say external: true, " +
        "on the requester's side region ap-south-1 is not one of eu-west-1 and us-east-1, " +
        "on the requester's side CIDR 10.3.0.0/16 of vpc-00000003 is not within 10.9.0.0/16, " +
        "on the accepter's side vpc-00000002 is not vpc-0000000a and " +
        "on the accepter's side region eu-west-1 is not us-east-1.",
    );
  });

  it('does not take for a tag what every object has', () => {
    const policy = policyOf('allow: [{ name: r, requester: { tags: { constructor: x } }, accepter: any }]');
    expect(text({ requester: side(), accepter: sharedSide() }, policy)).toMatch(
      /vpc-00000001 has no tag constructor/,
    );
  });

  it('for programs too: each condition with its outcome', () => {
    const { reason } = decide(POLICY, { requester: side(), accepter: sharedSide({ tags: {} }) });
    expect(reason).toMatchObject({ code: 'no-rule-matches', rule: 'apps-to-shared' });
    expect(reason.trace[1]).toEqual({
      role: 'accepter',
      group: 'shared',
      outcome: 'fails',
      evidence: [
        {
          field: 'accounts',
          wanted: ['111122223333'],
          wantedCount: 1,
          outcome: 'holds',
          text: 'account 111122223333',
        },
        {
          field: 'membership',
          wanted: ['in the organization'],
          wantedCount: 1,
          outcome: 'holds',
          text: 'in the organization',
        },
        {
          field: 'tag',
          wanted: ['tier=shared'],
          wantedCount: 1,
          outcome: 'fails',
          text: 'vpc-00000002 has no tag tier',
        },
      ],
    });
  });

  it('which survives JSON', () => {
    const decision = decide(POLICY, { requester: side(), accepter: sharedSide() });
    const { code, text, rule, trace } = decision.reason;
    expect(JSON.parse(JSON.stringify(decision))).toEqual({
      ...decision,
      reason: { code, text, rule, trace },
    });
  });
});

describe('what is not governed is ignored', () => {
  it.each([
    ['two sides outside the organization', vendorSide(), vendorSide()],
    ['regions that the policy does not list', side({ region: 'ap-south-1' }), side({ region: 'sa-east-1' })],
  ])('%s', (_, requester, accepter) => {
    const decision = decide(POLICY, { requester, accepter });
    expect(summary(decision)).toBe('ignore: not-governed');
  });

  it('but a peering with one governed side is decided', () => {
    expect(summary(decide(POLICY, { requester: vendorSide(), accepter: side() }))).toBe(
      'hold: approval-required',
    );
  });
});

describe('an unmatched request', () => {
  it.each(['hold', 'reject', 'ignore'])('becomes what the policy says: %s', (unmatched) => {
    expect(decided(`defaults: { unmatched: ${unmatched} }`)).toBe(`${unmatched}: no-rule-matches`);
  });
});

describe('several allow rules match', () => {
  const rule = (name: string, more = ''): string =>
    `  - { name: ${name}, requester: any, accepter: any${more} }\n`;

  it('the first by name decides', () => {
    expect(decided(`allow:\n${rule('b')}${rule('a')}${rule('c')}`)).toBe('accept by a');
  });

  it('one without an approval goes before one that needs it', () => {
    expect(decided(`allow:\n${rule('a', ', approval: required')}${rule('b')}`)).toBe('accept by b');
  });

  it('options come from the rule that decides, over the defaults', () => {
    const policy = policyOf(`
defaults:
  connect: { routes: { tables: main, exclude: [100.64.0.0/10] } }
  limits: { peeringsPerVpc: 30 }
allow:
  - { name: a, requester: any, accepter: any, connect: { routes: { destinations: subnet-cidrs } }, limits: { routesPerTable: 99 } }
  - { name: b, requester: any, accepter: any, connect: { dns: false } }
`);
    expect(decide(policy, { requester: side(), accepter: sharedSide() })).toMatchObject({
      connect: {
        routes: {
          tables: { kind: 'main' },
          destinations: { kind: 'subnet-cidrs' },
          exclude: ['100.64.0.0/10'],
          ipv6: true,
        },
        dns: true,
      },
      limits: { peeringsPerVpc: 30, routesPerTable: 99 },
    });
  });
});

describe('a selector', () => {
  const toAny = (selector: string): string => `allow: [{ name: r, requester: ${selector}, accepter: any }]`;

  it.each([
    ['any ancestor OU', '{ ous: [ou-ab12-root0001] }', { ous: ['ou-ab12-leaf0001', 'ou-ab12-root0001'] }],
    ['one of several accounts', '{ accounts: ["000000000001", "100000000001"] }', {}],
    ['a VPC', '{ vpcs: [vpc-00000001] }', {}],
    ['a region', '{ regions: [eu-west-1] }', {}],
    ['one of several values of a tag', '{ tags: { tier: [web, app] } }', { tags: { tier: 'app' } }],
    ['every tag', '{ tags: { tier: app, env: prod } }', { tags: { tier: 'app', env: 'prod' } }],
    [
      'every CIDR',
      '{ cidrs: [10.0.0.0/8, "2a05::/16"] }',
      { cidrs: ['10.1.0.0/16', '10.2.0.0/16', '2a05:1::/56'] },
    ],
    ['the organization', '{ external: false }', {}],
    ['everybody in it', 'any', {}],
  ])('matches by %s', (_, selector, facts) => {
    expect(decided(toAny(selector), side(facts))).toBe('accept by r');
  });

  it.each([
    ['one field of two', '{ accounts: ["100000000001"], regions: [us-east-1] }', {}],
    ['one tag of two', '{ tags: { tier: app, env: prod } }', { tags: { tier: 'app' } }],
    ['a tag that every object has', '{ tags: { constructor: x } }', {}],
    ['one CIDR of two', '{ cidrs: [10.0.0.0/8] }', { cidrs: ['10.1.0.0/16', '100.64.0.0/16'] }],
    ['IPv4 alone', '{ cidrs: [10.0.0.0/8] }', { cidrs: ['10.1.0.0/16', '2a05:1::/56'] }],
    [
      'two blocks that hold half of it each',
      '{ cidrs: [10.0.0.0/9, 10.128.0.0/9] }',
      { cidrs: ['10.0.0.0/8'] },
    ],
  ])('does not match by %s', (_, selector, facts) => {
    expect(decided(toAny(selector), side(facts))).toBe('hold: no-rule-matches');
  });

  it('that allows takes in the outside only where it says external: true', () => {
    const account = 'accounts: ["999900001111"]';
    const outside = 'external: true, cidrs: [10.0.0.0/8]';
    expect(decided(toAny(`{ ${account} }`), vendorSide())).toBe('hold: no-rule-matches');
    expect(decided(toAny(`{ ${account}, ${outside} }`), vendorSide())).toBe('accept by r');
    expect(decided(toAny(`{ ${outside} }`), side())).toBe('hold: no-rule-matches');
    expect(decided(toAny('any'), vendorSide())).toBe('hold: no-rule-matches');
  });

  it('made of groups leaves membership to them', () => {
    const groups =
      'groups: { vendor: { accounts: ["999900001111"], external: true, cidrs: [10.0.0.0/8] } }\n';
    const selector = '{ groups: [vendor], regions: [eu-west-1] }';
    expect(decided(groups + toAny(selector), vendorSide())).toBe('accept by r');
    expect(decided(groups + toAny(selector), vendorSide({ region: 'us-east-1' }))).toBe(
      'hold: no-rule-matches',
    );
  });
});

describe('pain 6: a filter lets pass what it did not look at', () => {
  const denyTo = (selector: string): string =>
    `allow: [{ name: a, requester: [any, { external: true, cidrs: [10.0.0.0/8] }], accepter: any }]\n` +
    `deny: [{ name: d, requester: ${selector}, accepter: any }]`;

  it.each([
    ['an account, inside or outside', '{ accounts: ["999900001111"] }'],
    ['any overlap with one CIDR of several', '{ cidrs: [10.99.1.0/24] }'],
    ['such an overlap with a region', '{ cidrs: [10.99.1.0/24], regions: [eu-west-1] }'],
    ['a wider block', '{ cidrs: [0.0.0.0/0] }'],
    ['everybody', 'any'],
    ['the outside', '{ external: true }'],
  ])('a deny takes in %s', (_, selector) => {
    const vendor = vendorSide({ cidrs: ['10.3.0.0/16', '10.99.0.0/16'], tags: {} });
    expect(decided(denyTo(selector), vendor)).toBe('reject: rule-denies');
  });

  it('every request is judged by itself, the first and the last', () => {
    const policy = policyOf(denyTo('{ accounts: ["999900001111"] }'));
    const requests = [vendorSide(), side(), vendorSide(), vendorSide()];
    const kinds = requests.map((requester) => decide(policy, { requester, accepter: sharedSide() }).kind);
    expect(kinds).toEqual(['reject', 'accept', 'reject', 'reject']);
  });
});

describe('a fact that could not be read', () => {
  const unread = { cidrs: 'unknown', tags: 'unknown' } as const;

  it('never lets an allow rule match', () => {
    const rules =
      'allow: [{ name: r, requester: { cidrs: [10.0.0.0/8] }, accepter: any }]\ndefaults: { unmatched: reject }';
    expect(decided(rules, side({ cidrs: 'unknown' }))).toBe('hold: facts-unknown');
  });

  it('holds what a deny rule might stop', () => {
    const rules =
      'allow: [{ name: a, requester: any, accepter: any }]\ndeny: [{ name: d, between: [any, { tags: { pci: "1" } }] }]';
    expect(decided(rules)).toBe('accept by a');
    expect(decided(rules, side(unread))).toBe('hold: facts-unknown');
  });

  it('does not matter where no rule asks for it', () => {
    const rules = 'allow: [{ name: a, requester: { ous: [ou-ab12-prod0001] }, accepter: any }]';
    expect(decided(rules, side(unread))).toBe('accept by a');
  });

  it('is what a VPC without any CIDR has: the answer came too early', () => {
    const rules = 'allow: [{ name: r, requester: { cidrs: [10.0.0.0/8] }, accepter: any }]';
    expect(decided(rules, side({ cidrs: [] }))).toBe('hold: facts-unknown');
  });

  it('is named in the reason', () => {
    const request = { requester: side(), accepter: sharedSide({ tags: 'unknown' }) };
    expect(text(request)).toBe(
      'Rule apps-to-shared may allow it: the tags of vpc-00000002 are not known yet (accepter).',
    );
  });
});

interface Changed extends Partial<PolicyRequest> {
  readonly policy?: string;
}

describe('pain 10: an approval covers what was shown, and nothing else', () => {
  const asked = { requester: vendorSide(), accepter: side() };
  const approved = approveAll(POLICY, asked);

  it('a request that needs one is held, with all that is to be shown', () => {
    const decision = decide(POLICY, asked);
    expect(decision).toMatchObject({
      kind: 'hold',
      rule: 'atlas',
      approval: {
        rule: 'atlas',
        subject: { requester: { cidrs: ['10.3.0.0/16'] } },
        connect: { dns: false },
      },
    });
    expect(decision.reason.code).toBe('approval-required');
  });

  it('is accepted with it', () => {
    const decision = decide(POLICY, approved);
    expect(decision).toMatchObject({ kind: 'accept', rule: 'atlas', reason: { code: 'approval-given' } });
  });

  it('is asked for in JSON too', () => {
    const held = decide(POLICY, asked);
    const { rule, subject, fingerprint, connect } = (held.kind === 'hold' && held.approval) || {};
    expect(fingerprint).toMatch(/^sha256:/);
    expect(JSON.parse(JSON.stringify(held))).toMatchObject({
      approval: { rule, subject, fingerprint, connect },
    });
  });

  it('is the fingerprint that the hold asked for', () => {
    const held = decide(POLICY, asked);
    const fingerprint = held.kind === 'hold' ? held.approval?.fingerprint : undefined;
    const approvals = fingerprint === undefined ? [] : [{ fingerprint }];
    expect(summary(decide(POLICY, { ...asked, approvals }))).toBe('accept by atlas');
  });

  it.each([
    [
      'a CIDR added to the requester',
      { requester: vendorSide({ cidrs: ['10.3.0.0/16', '10.4.0.0/16'] }) },
      "the requester's CIDR 10.4.0.0/16 was added",
    ],
    [
      'a CIDR added to the accepter',
      { accepter: side({ cidrs: ['10.1.0.0/16', 'fd00::/56'] }) },
      "the accepter's CIDR fd00::/56 was added",
    ],
    [
      'a CIDR taken away',
      { accepter: side({ cidrs: ['10.5.0.0/16'] }) },
      "the accepter's CIDR 10.5.0.0/16 was added and the accepter's CIDR 10.1.0.0/16 is gone",
    ],
    [
      'CIDRs that cannot be read now',
      { accepter: side({ cidrs: 'unknown' }) },
      "the accepter's CIDRs cannot be read now",
    ],
    ['another VPC', { accepter: side({ vpc: 'vpc-0000000b' }) }, 'the accepter was vpc-00000001'],
    ['another region', { accepter: side({ region: 'us-east-1' }) }, 'the accepter was eu-west-1'],
  ])('%s needs a new one', (_, changed, since) => {
    const decision = decide(POLICY, { ...approved, ...changed });
    expect(summary(decision)).toBe('hold: approval-outdated');
    expect(decision.reason.text).toBe(`Rule atlas needs a new approval: ${since}.`);
  });

  const GROUPS =
    'groups: { atlas: { accounts: ["999900001111"], external: true, cidrs: [10.0.0.0/8] } }\n' +
    'approvers: { team: { iam: ["arn:aws:iam::111122223333:role/Net*"] } }\n';
  const atlas = (options: string): string =>
    `${GROUPS}allow: [{ name: vendor, requester: atlas, accepter: any, ${options} }]\n`;

  it('an edit that gives the same to the same needs none', () => {
    const policy = policyOf(atlas('approval: required, connect: { dns: false }'));
    expect(summary(decide(policy, approved))).toBe('accept by vendor');
  });

  it.each([
    ['other routes or DNS', 'approval: required', 'the rule gives other routes or another DNS setting'],
    ['other approvers', 'approval: { by: team }, connect: { dns: false }', 'others must approve it'],
  ])('%s need a new one', (_, options, since) => {
    const decision = decide(policyOf(atlas(options)), approved);
    expect(decision.reason.text).toBe(`Rule vendor needs a new approval: ${since}.`);
  });

  it.each([
    ['other routes', { policy: atlas('approval: required') }],
    ['a CIDR less', { accepter: side({ cidrs: ['10.5.0.0/16'] }) }],
  ])('what was connected on it stays in order with %s', (_, { policy, ...changed }: Changed) => {
    const approvals = (approved.approvals ?? []).map((each) => ({ ...each, isUsed: true }));
    const compiled = policy === undefined ? POLICY : policyOf(policy);
    expect(decide(compiled, { ...approved, ...changed, approvals }).kind).toBe('accept');
  });

  it('what was connected on it is not in order with another VPC', () => {
    const approvals = (approved.approvals ?? []).map((each) => ({ ...each, isUsed: true }));
    const accepter = side({ vpc: 'vpc-0000000b' });
    expect(summary(decide(POLICY, { ...approved, accepter, approvals }))).toBe('hold: approval-outdated');
  });

  it('a trial rule needs none', () => {
    const rules = 'allow:\n  - { name: r, requester: any, accepter: any, approval: required }\n';
    const trial = '  - { name: t, requester: any, accepter: any, dryRun: true }\n';
    const given = approveAll(policyOf(rules), { requester: side(), accepter: sharedSide() });
    expect(summary(decide(policyOf(rules + trial), given))).toBe('accept by r');
  });

  it('says who gave it', () => {
    const approvals = (approved.approvals ?? []).map((each) => ({ ...each, by: 'arn:…:jo' }));
    expect(text({ ...asked, approvals })).toContain('Rule atlas allows it and arn:…:jo approved it: ');
  });

  it('the order of CIDRs does not matter', () => {
    const cidrs = ['10.3.0.0/16', '10.4.0.0/16'];
    const full = approveAll(POLICY, { ...asked, requester: vendorSide({ cidrs }) });
    const turned = { ...full, requester: vendorSide({ cidrs: cidrs.toReversed() }) };
    expect(summary(decide(POLICY, turned))).toBe('accept by atlas');
  });

  it('one whose text does not fit its fingerprint is not quoted', () => {
    const { subject } = approved.approvals?.at(-1) ?? {};
    const [other] =
      approveAll(POLICY, { ...asked, requester: vendorSide({ vpc: 'vpc-0000000c' }) }).approvals ?? [];
    const approvals = other === undefined ? [] : [{ ...other, subject }];
    const decision = decide(POLICY, { ...asked, approvals });
    expect(decision.reason.text).toBe(
      'Rule atlas needs a new approval: what was approved is not what is there now.',
    );
  });

  it('a deny stops it all the same', () => {
    const policy = policyOf(`
allow: [{ name: a, requester: any, accepter: any, approval: required }]
deny: [{ name: d, requester: any, accepter: { accounts: ["111122223333"] } }]
`);
    const request = approveAll(policy, { requester: side(), accepter: sharedSide() });
    expect(summary(decide(policy, request))).toBe('reject: rule-denies');
  });
});

describe('a default VPC', () => {
  const DENY = `allow: [{ name: r, between: [any, any] }]
deny: [{ name: d, between: [any, { defaultVpc: true }] }]`;
  const ALLOW = `allow: [{ name: r, requester: { defaultVpc: false }, accepter: any }]`;
  it.each([
    ['is denied', DENY, side({ isDefaultVpc: true }), 'reject: rule-denies'],
    ['another one is not', DENY, side({ isDefaultVpc: false }), 'accept by r'],
    ['perhaps one is held', DENY, side(), 'hold: facts-unknown'],
    ['is not allowed', ALLOW, side({ isDefaultVpc: true }), 'hold: no-rule-matches'],
    ['another one is allowed', ALLOW, side({ isDefaultVpc: false }), 'accept by r'],
    ['perhaps one is not allowed', ALLOW, side(), 'hold: facts-unknown'],
  ])('%s', (_what, rules, requester, expected) => {
    expect(decided(rules, requester, sharedSide({ isDefaultVpc: false }))).toBe(expected);
  });

  it('is named in the reason', () => {
    const request = {
      requester: side({ isDefaultVpc: true }),
      accepter: sharedSide({ isDefaultVpc: false }),
    };
    expect(text(request, policyOf(DENY))).toContain('the requester matches (a default VPC)');
    expect(text(request, policyOf(ALLOW))).toContain('vpc-00000001 is a default VPC');
    expect(text({ ...request, requester: side() }, policyOf(ALLOW))).toContain(
      'it is not known yet whether vpc-00000001 is a default VPC',
    );
  });
});

describe('except', () => {
  const GROUPS = `groups: { prod: { ous: [ou-ab12-prod0001] }, pci: { tags: { tier: pci } } }\n`;
  const ALLOW = `${GROUPS}allow: [{ name: r, requester: { groups: [prod], except: pci }, accepter: any }]`;
  const DENY = `${GROUPS}allow: [{ name: r, between: [any, any] }]
deny: [{ name: d, requester: { groups: [prod], except: pci }, accepter: any }]`;
  const BY_CIDR = `allow: [{ name: r, requester: { cidrs: [10.0.0.0/8], except: { cidrs: [10.64.0.0/10] } }, accepter: any }]`;

  it.each([
    ['an allow rule takes in the others', ALLOW, side({ tags: { tier: 'app' } }), 'accept by r'],
    ['and leaves out what is excepted', ALLOW, side({ tags: { tier: 'pci' } }), 'hold: no-rule-matches'],
    ['and what may be excepted', ALLOW, side({ tags: 'unknown' }), 'hold: facts-unknown'],
    ['a deny rule stops the others', DENY, side({ tags: { tier: 'app' } }), 'reject: rule-denies'],
    ['and lets go what is excepted', DENY, side({ tags: { tier: 'pci' } }), 'accept by r'],
    ['and not what may be excepted', DENY, side({ tags: 'unknown' }), 'hold: facts-unknown'],
    [
      'one CIDR of several is enough to be left out',
      BY_CIDR,
      side({ cidrs: ['10.1.0.0/16', '10.64.0.0/16'] }),
      'hold: no-rule-matches',
    ],
    ['a CIDR that only overlaps, too', BY_CIDR, side({ cidrs: ['10.0.0.0/9'] }), 'hold: no-rule-matches'],
    ['a CIDR beside it is not', BY_CIDR, side({ cidrs: ['10.1.0.0/16'] }), 'accept by r'],
  ])('%s', (_what, rules, requester, expected) => {
    expect(decided(rules, requester)).toBe(expected);
  });

  it('says what it leaves out', () => {
    const request = { requester: side({ tags: { tier: 'pci' } }), accepter: sharedSide() };
    expect(text(request, policyOf(ALLOW))).toContain('it is excepted as pci (tag tier=pci)');
  });
});

describe('a rule that expires', () => {
  const policies = (expires: string) => {
    const loaded = loadPolicy(`version: 1
regions: [eu-west-1]
allow: [{ name: r, requester: any, accepter: any, expires: ${expires} }]
`);
    if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(({ message }) => message).join());
    return loaded.policies;
  };
  const decidedAt = (expires: string, now: string): string =>
    summary(decide(policies(expires).at(Date.parse(now)), { requester: side(), accepter: sharedSide() }));

  it.each([
    ['2027-03-31', '2027-03-31T23:59:59.999Z', 'accept by r'],
    ['2027-03-31', '2027-04-01T00:00:00Z', 'hold: no-rule-matches'],
    ['2027-03-31T12:00:00Z', '2027-03-31T11:59:59.999Z', 'accept by r'],
    ['2027-03-31T12:00:00Z', '2027-03-31T12:00:00Z', 'hold: no-rule-matches'],
    ['2027-03-31T12:00:00+02:00', '2027-03-31T10:00:00Z', 'hold: no-rule-matches'],
  ])('%s: at %s %s', (expires, now, expected) => {
    expect(decidedAt(expires, now)).toBe(expected);
  });

  it('may be asked in any order of time', () => {
    const inTime = policies('2027-03-31');
    const kinds = [Date.UTC(2028), Date.UTC(2026), Date.UTC(2028)].map(
      (now) => decide(inTime.at(now), { requester: side(), accepter: sharedSide() }).kind,
    );
    expect(kinds).toEqual(['hold', 'accept', 'hold']);
  });

  it('is named where it would have allowed the request', () => {
    const request = { requester: side(), accepter: sharedSide() };
    const { reason } = decide(policies('2027-03-31').at(Date.UTC(2028)), request);
    expect(reason.rule).toBe('r');
    expect(reason.text).toBe(
      'No allow rule matches any more: r allowed it until the end of 2027-03-31 (UTC), and has expired.',
    );
    const { text: other } = decide(policies('2027-03-31T12:00:00Z').at(Date.UTC(2028)), request).reason;
    expect(other).toContain('until 2027-03-31T12:00:00Z, and');
  });
});
