import { SNAPSHOT } from '../support/organizations.ts';
import { type CliFiles, runCli } from '../support/run-cli.ts';

const POLICY = `version: 1
regions: [eu-west-1]
groups:
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sandbox1] }
  atlas: { accounts: ["999900001111"], external: true, cidrs: [10.0.0.0/8, 192.168.0.0/16] }
allow:
  - { name: within-prod, requester: prod, accepter: { accounts: ["100000000002"] } }
  - { name: atlas, requester: atlas, accepter: prod, approval: required, connect: { dns: false } }
deny:
  - { name: never-sandbox, between: [prod, sandbox], reason: PCI scope }
`;
const WEB_PROD = 'vpc-00000011';

const explain = (request: unknown, args: readonly string[] = ['--org', 'org.json'], more: CliFiles = {}) =>
  runCli(['policy', 'explain', '--policy', 'policy.yaml', '--request', 'request.json', ...args], {
    'policy.yaml': POLICY,
    'request.json': typeof request === 'string' ? request : JSON.stringify(request),
    'org.json': JSON.stringify(SNAPSHOT),
    ...more,
  });

describe('pain 26: no dry run', () => {
  it('of a rule that allows: which rule, which selector on which value, and what would be connected', async () => {
    const { exitCode, lines } = await explain({ requester: WEB_PROD, accepter: 'vpc-00000012' });
    expect(lines).toEqual([
      'accept by rule within-prod (rule-allows)',
      'Rule within-prod allows it: the requester is in prod (OU ou-ab12-prod0001), the accepter matches (account 100000000002).',
      '',
      'requester  web-prod (100000000001) eu-west-1 vpc-00000011: 10.1.0.0/16, 10.9.0.0/24',
      'accepter  card-vault (100000000002) eu-west-1 vpc-00000012: 10.2.0.0/16',
      '',
      'Rule: within-prod',
      expect.stringMatching(/^ {2}side +group +condition +wanted +found$/),
      expect.stringMatching(/^ {2}requester +prod +ous +ou-ab12-prod0001 +✓ +OU ou-ab12-prod0001$/),
      expect.stringMatching(/^ {2}accepter +accounts +100000000002 +✓ +account 100000000002$/),
      expect.stringMatching(/^ {2}accepter +membership +in the organization +✓ +in the organization$/),
      '',
      'connects: routes to vpc-cidrs in associated tables, IPv6 on, DNS on',
    ]);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['{ routes: none, dns: leave }', 'accepts only: no routes, DNS left as it is'],
    [
      '{ routes: { settle: 5m, modes: [none] } }',
      'connects: routes to vpc-cidrs in associated tables, those that nobody else wrote within 300 s, IPv6 on, DNS on',
    ],
  ])('of who writes the routes: %s', async (connect, line) => {
    const { lines } = await explain({ requester: WEB_PROD, accepter: 'vpc-00000012' }, undefined, {
      'policy.yaml': POLICY.replace('["100000000002"] } }', `["100000000002"] }, connect: ${connect} }`),
    });
    expect(lines).toContain(line);
    const choice = "a VPC's tag autopeer:routes may choose for its own tables: none";
    expect(lines.includes(choice)).toBe(connect.includes('modes'));
  });

  it('of a deny: which, and why its author wrote it', async () => {
    const { exitCode, stdout } = await explain({ requester: WEB_PROD, accepter: 'vpc-00000014' });
    expect(stdout).toMatch(
      /^reject by rule never-sandbox \(rule-denies\)\nDeny rule never-sandbox stops it \(PCI scope\)/,
    );
    expect(exitCode).toBe(0);
  });

  it('of no rule: the nearest, and what it lacks', async () => {
    const { stdout } = await explain({ requester: WEB_PROD, accepter: 'vpc-00000013' });
    expect(stdout).toMatch(/^hold \(no-rule-matches\)/);
    expect(stdout).toContain('What comes nearest: within-prod');
    expect(stdout).toMatch(/ 100000000002 +✗ +account 100000000003 is not 100000000002/);
  });

  it('of who answers for the rule', async () => {
    const policy = POLICY.replace('name: within-prod,', 'name: within-prod, owner: web, ticket: NET-1,');
    const files = { 'policy.yaml': policy };
    const request = { requester: WEB_PROD, accepter: 'vpc-00000012' };
    const { stdout } = await explain(request, undefined, files);
    expect(stdout).toContain('\nRule: within-prod\nOwner: "web"\nTicket: "NET-1"\n');
    const { stdout: json } = await explain(request, ['--org', 'org.json', '--json'], files);
    expect(JSON.parse(json)).toMatchObject({ notes: { owner: 'web', ticket: 'NET-1' } });
  });

  it('of until when, and of a rule whose time is over', async () => {
    const until = (expires: string) =>
      explain({ requester: WEB_PROD, accepter: 'vpc-00000012' }, undefined, {
        'policy.yaml': POLICY.replace('name: within-prod,', `name: within-prod, expires: ${expires},`),
      });
    const { lines } = await until('2026-12-01');
    expect(lines[0]).toBe('accept by rule within-prod (rule-allows)');
    expect(lines).toContain('Expires: the end of 2026-12-01 (UTC)');
    const { stdout } = await until('2026-11-30');
    expect(stdout).toMatch(
      /^hold \(no-rule-matches\)\nNo allow rule matches any more: within-prod allowed it until/,
    );
  });

  it('of account names, and of VPCs that nobody named: they are shown as invented', async () => {
    const { lines } = await explain({
      requester: { account: 'card-vault' },
      accepter: { account: 'web-prod' },
    });
    expect(lines).toContain(
      'requester  card-vault (100000000002) eu-west-1 vpc-00000000 (invented: the request names no VPC): CIDRs unknown',
    );
    expect(lines[1]).toMatch(/The other way round, within-prod allows it: let the other side ask\.$/);
    const { stdout } = await explain({ requester: { account: 'card-vault' }, accepter: WEB_PROD }, [
      '--org',
      'org.json',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ invented: ['requester'] });
  });

  it('of a fact that is not known: which', async () => {
    const policy = POLICY.replace(
      '{ accounts: ["100000000002"] }',
      '{ accounts: ["100000000002"], tags: { a: b } }',
    );
    const request = { requester: WEB_PROD, accepter: { vpc: 'vpc-00000012', tags: 'unknown' } };
    const { stdout } = await explain(request, undefined, { 'policy.yaml': policy });
    expect(stdout).toMatch(/^hold by rule within-prod \(facts-unknown\)/);
    expect(stdout).toMatch(/ tag +a=b +\? /);
  });

  it('of an approval: exactly what it would cover, and its fingerprint', async () => {
    const { stdout } = await explain({ requester: 'vpc-00000099', accepter: WEB_PROD });
    expect(stdout).toMatch(/^hold by rule atlas \(approval-required\)/);
    expect(stdout).toContain(`An approval would cover exactly this:
  requester  999900001111 eu-west-1 vpc-00000099: 192.168.8.0/21
  accepter  100000000001 eu-west-1 vpc-00000011: 10.1.0.0/16, 10.9.0.0/24
  approvers  one of whoever may use the command approve, and not of the requester's account
  fingerprint sha256:`);
    expect(stdout).toMatch(/ {2}fingerprint sha256:[0-9a-f]{64}\n/);
    expect(stdout).toContain('DNS off');
  });
});

describe('an approval in the request', () => {
  const request = { requester: 'vpc-00000099', accepter: WEB_PROD };

  it('lets it in, by the fingerprint that was shown', async () => {
    const { stdout } = await explain(request);
    const fingerprint = /fingerprint (\S+)/.exec(stdout)?.[1];
    const approved = await explain({ ...request, approvals: [fingerprint] });
    expect(approved.stdout).toMatch(/^accept by rule atlas \(approval-given\)/);
    // Pain 10: what was approved is what is there, or it does not count.
    const grown = {
      ...request,
      accepter: { vpc: WEB_PROD, cidrs: ['10.1.0.0/16', '10.9.0.0/24', '10.7.0.0/16'] },
    };
    const outdated = await explain({ ...grown, approvals: [fingerprint] });
    expect(outdated.stdout).toMatch(/^hold by rule atlas \(approval-outdated\)/);
  });
});

describe('a request with all its facts', () => {
  const full = {
    requester: {
      account: '100000000001',
      region: 'eu-west-1',
      ous: ['ou-ab12-prod0001'],
      cidrs: ['10.1.0.0/16'],
    },
    accepter: {
      account: '100000000002',
      vpc: 'vpc-00000012',
      region: 'eu-west-1',
      cidrs: ['10.2.0.0/16'],
      tags: {},
    },
  };

  it('needs no snapshot', async () => {
    const { exitCode, json } = await explain(full, ['--json']);
    expect(json()).toMatchObject({
      policyVersion: expect.stringMatching(/^sha256:/),
      request: {
        requester: { accountId: '100000000001', membership: { kind: 'member', ous: ['ou-ab12-prod0001'] } },
        accepter: { vpcId: 'vpc-00000012', cidrs: ['10.2.0.0/16'] },
      },
      decision: {
        kind: 'accept',
        rule: 'within-prod',
        reason: { code: 'rule-allows', trace: [{ role: 'requester', group: 'prod' }, { role: 'accepter' }] },
      },
    });
    expect(exitCode).toBe(0);
  });

  it('may be YAML', async () => {
    const yaml =
      'requester: { account: "100000000001", ous: [ou-ab12-prod0001] }\naccepter: { account: "100000000002" }\n';
    const { stdout } = await explain(yaml, []);
    expect(stdout).toMatch(/^accept/);
  });
});

describe('broken files: exit 2', () => {
  it.each([
    ['{ "requester": "vpc-1" }', "expected a VPC id, such as vpc-0123456789abcdef0, found 'vpc-1'"],
    ['{ "requester": ', 'request.json:1:'],
    ['', 'request.json:1:1: '],
    [
      JSON.stringify({ requester: WEB_PROD, accepter: WEB_PROD, approvals: ['yes'] }),
      'a fingerprint is sha256:',
    ],
    [JSON.stringify({ requester: WEB_PROD, accepter: 'vpc-00000077' }), 'nothing is known of vpc-00000077'],
  ])('request %s', async (request, message) => {
    const { exitCode, stdout, stderr } = await explain(request);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('a policy with faults', async () => {
    const { exitCode, stderr } = await explain({}, [], { 'policy.yaml': 'version: 1\n' });
    expect(stderr).toContain('policy.yaml:1:1: ');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['--policy', 'p'],
    ['--request', 'r'],
  ])('only %s is bad usage', async (option, value) => {
    const { exitCode } = await runCli(['policy', 'explain', option, value]);
    expect(exitCode).toBe(2);
  });
});
