import { loadPolicy } from '../../../shared/domain/policy/language/load.ts';
import { type LintFinding, lintPolicy } from '../../../analysis/lint/lint.ts';
import { sourceOf } from '../../support/policy-text.ts';
import { organization } from '../../support/organizations.ts';

function lint(rules: string, withOrganization = false): readonly LintFinding[] {
  const text = `version: 1\nregions: [eu-west-1]\n${rules}`;
  const loaded = loadPolicy(text);
  if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(({ message }) => message).join('\n'));
  const now = Date.UTC(2026, 11, 1);
  return lintPolicy(
    sourceOf(text),
    loaded.policies.at(now),
    now,
    withOrganization ? organization() : undefined,
  );
}
const found = (rules: string): readonly string[] =>
  lint(rules).map(({ level, code, path }) => `${level} ${code} ${path}`);
const warned = (rules: string): readonly string[] =>
  found(rules).filter((finding) => finding.startsWith('warning'));

const OU = '{ ous: [ou-ab12-prod0001], cidrs: [10.0.0.0/8] }';
const ASKING = `allow: [{ name: asking, requester: ${OU}, accepter: ${OU}, approval: required }]\n`;

describe('deny-by-tags', () => {
  const deny = (one: string): string => `deny: [{ name: d, requester: ${one}, accepter: any }]`;

  it('says that whoever is denied takes the tag off, and what to write', () => {
    const [finding] = lint(deny('{ tags: { stage: dev } }'));
    expect(finding).toMatchObject({
      code: 'deny-by-tags',
      level: 'warning',
      line: 3,
      path: 'deny[0].requester',
      message:
        "the requester of deny rule d is chosen by tags alone (stage=dev), and a VPC's tags are set by its own account: whoever is denied takes the tag off. Name accounts, ous, vpcs or cidrs in place of the tags",
    });
  });

  it.each([
    ['of the organization', '{ tags: { stage: dev }, external: false }'],
    ['in a region, which the account chooses', '{ tags: { stage: dev }, regions: [eu-west-1] }'],
    ['in a list', '[{ accounts: ["100000000001"] }, { tags: { stage: dev } }]'],
  ])('%s', (_, one) => {
    expect(warned(deny(one))).toEqual(['warning deny-by-tags deny[0].requester']);
  });

  it('on either side of a between', () => {
    const text = 'deny: [{ name: d, between: [any, { tags: { stage: dev } }] }]';
    expect(warned(text)).toEqual(['warning deny-by-tags deny[0].between']);
  });

  it.each([
    ['an account besides', '{ tags: { stage: dev }, accounts: ["100000000001"] }'],
    ['an OU besides', '{ tags: { stage: dev }, ous: [ou-ab12-prod0001] }'],
    ['CIDRs besides', '{ tags: { stage: dev }, cidrs: [10.0.0.0/8] }'],
    ['no tags', '{ cidrs: [10.0.0.0/8] }'],
  ])('not claimed: %s', (_, one) => {
    expect(warned(deny(one))).toEqual([]);
  });
});

describe('unbounded-side', () => {
  const allow = (requester: string, accepter: string, more = ''): string =>
    `allow: [{ name: r, requester: ${requester}, accepter: ${accepter}${more} }]`;
  const message = (rules: string): string | undefined =>
    lint(rules).find(({ code }) => code === 'unbounded-side')?.message;

  it('is one piece of advice for a rule, with the sides', () => {
    expect(found(allow('any', 'any'))).toEqual(['advice unbounded-side allow[0].name']);
    expect(message(allow('any', 'any'))).toContain(
      'bound the requester and the accepter of rule r: a private CIDR',
    );
    expect(message(allow(OU, 'any'))).toContain('bound the accepter of rule r');
    expect(message(allow(`[${OU}, any]`, OU))).toContain('bound the requester of rule r');
    expect(message(`allow: [{ name: r, between: [any, ${OU}] }]`)).toContain('bound a side of rule r');
  });

  it('says more where every later CIDR is routed', () => {
    const routed = ', connect: { routes: { newCidrs: route } }';
    expect(message(allow('any', OU, routed))).toContain('any CIDR that such a VPC gets later');
  });

  it.each([
    ['both sides are bounded', allow(OU, OU)],
    ['later CIDRs are not routed', allow('any', 'any', ', connect: { routes: { newCidrs: hold } }')],
    [
      'the destinations are listed',
      allow('any', 'any', ', connect: { routes: { destinations: [10.0.0.0/16] } }'),
    ],
  ])('is not said where %s', (_, rules) => {
    expect(found(rules)).toEqual([]);
  });

  it('is said where the block is every address', () => {
    expect(message(allow('{ cidrs: [0.0.0.0/0] }', OU))).toContain('bound the requester');
  });
});

describe('a guardrail', () => {
  it('for what nobody approved, where no rule asks for an approval', () => {
    const text = `allow: [{ name: r, requester: ${OU}, accepter: ${OU} }]\nguardrails: { unapproved: quarantine }`;
    expect(found(text)).toEqual(['warning idle-guardrail guardrails.unapproved']);
    expect(lint(text)[0]?.message).toContain('Write approval: required in a rule');
    expect(found(`${ASKING}guardrails: { unapproved: quarantine }`)).toEqual([]);
  });

  it('a trial rule asks for none', () => {
    const trial = ASKING.replace('required }', 'required, dryRun: true }');
    expect(found(`${trial}guardrails: { unapproved: quarantine }`)).toEqual([
      'warning idle-guardrail guardrails.unapproved',
    ]);
  });

  it.each(['unsanctioned: delete', 'unapproved: quarantine', 'atMost: 5'])(
    '%s cuts nothing while the whole policy is a dry run: advice',
    (guardrail) => {
      const [key] = guardrail.split(':');
      const text = `${ASKING}dryRun: true\nguardrails: { ${guardrail} }`;
      expect(found(text)).toEqual([`advice idle-guardrail guardrails.${key}`]);
    },
  );

  it('a dry run with guardrails that only report says nothing', () => {
    expect(found(`${ASKING}dryRun: true\nguardrails: { unsanctioned: report }`)).toEqual([]);
  });
});

describe('weakened-guardrail', () => {
  const everybody = (more = '', guardrails = 'unsanctioned: delete'): string =>
    `allow: [{ name: all, between: [any, any]${more} }]\nguardrails: { ${guardrails} }`;

  it('a rule for everybody with an approval makes all of it unapproved', () => {
    const text = everybody(', approval: required');
    const guardrails = found(text).filter((finding) => finding.includes('guardrail'));
    expect(guardrails).toEqual(['warning weakened-guardrail allow[0].name']);
    expect(lint(text).find(({ code }) => code === 'weakened-guardrail')?.message).toBe(
      'rule all matches every pair of VPCs of the organization: what nobody approved is only reported, and ' +
        'unsanctioned: delete reaches only what deny rules stop and peerings with the outside. ' +
        'Write unapproved: quarantine, or narrow the rule',
    );
  });

  it('a rule that lets everybody in leaves it little', () => {
    expect(warned(everybody())).toEqual(['warning weakened-guardrail allow[0].name']);
  });

  it('what somebody accepted by hand under a rule that asks is only reported: advice', () => {
    const text = `${ASKING}guardrails: { unsanctioned: quarantine }`;
    expect(found(text)).toEqual(['advice weakened-guardrail guardrails.unsanctioned']);
    expect(lint(text)[0]?.message).toContain('under rule asking, which ask for an approval');
  });

  it.each([
    [
      'with a guardrail for it',
      everybody(', approval: required', 'unsanctioned: delete, unapproved: quarantine'),
    ],
    ['where all only reports', everybody('', 'unsanctioned: report')],
    ['by a trial rule', everybody(', dryRun: true')],
    ['by a rule for some', `${ASKING}guardrails: { unsanctioned: delete, unapproved: quarantine }`],
  ])('not claimed: %s', (_, text) => {
    expect(found(text).filter((finding) => finding.includes('guardrail'))).toEqual([]);
  });
});

describe('a trial rule', () => {
  const LIVE = `  - { name: live, requester: { accounts: ["100000000001"] }, accepter: ${OU} }\n`;
  const wide = (more: string): string => `  - { name: all, requester: any, accepter: any${more} }\n`;

  it('makes no live rule useless, whatever it covers or stops', () => {
    expect(warned(`allow:\n${LIVE}${wide(', dryRun: true')}`)).toEqual([]);
    expect(warned(`allow:\n${LIVE}${wide('')}`)).toEqual(['warning covered allow[0].name']);
    const deny = 'deny:\n  - { name: d, requester: any, accepter: any, dryRun: true }\n';
    expect(warned(`allow:\n${LIVE}${deny}`)).toEqual([]);
  });

  it('is told of by its name as one', () => {
    const tried = `allow:\n${LIVE.replace(' }\n', ', dryRun: true }\n')}${wide('')}`;
    const finding = lint(tried).find(({ code }) => code === 'covered');
    expect(finding?.message).toMatch(
      /^trial rule live changes nothing: rule all matches all that it matches/,
    );
    const deny = 'deny: [{ name: d, requester: { tags: { a: b } }, accepter: any, dryRun: true }]';
    const [byTags] = lint(deny);
    expect(byTags?.message).toMatch(/^the requester of deny trial rule d is chosen by tags alone/);
  });

  it('that denies nothing is told of', () => {
    const deny = 'deny: [{ name: d, requester: { ous: [ou-ab12-nowhere1] }, accepter: any, dryRun: true }]';
    const finding = lint(deny, true).find(({ code }) => code === 'deny-hits-nothing');
    expect(finding?.message).toMatch(/^trial deny rule d rejects nothing/);
  });
});
