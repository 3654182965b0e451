import { errorWithCode, runCli } from '../support/run-cli.ts';
import { SNAPSHOT } from '../support/organizations.ts';

const POLICY = `
version: 1
regions: [eu-west-1, us-east-1]
groups:
  workloads: { ous: [ou-ab12-workload] }
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sandbox1] }
  vendor: { accounts: ["999900001111"], external: true, cidrs: [192.168.8.0/21] }
allow:
  - { name: prod-to-sandbox, requester: prod, accepter: sandbox }
  - { name: within-prod, between: [prod, prod], approval: required }
  - { name: vendor-to-prod, requester: vendor, accepter: prod, approval: required }
deny:
  - { name: cards-stay-alone, between: [{ ous: [ou-ab12-payments] }, sandbox] }
`;
const FILES = { 'p.yaml': POLICY, 'o.json': JSON.stringify(SNAPSHOT) };
const ARGS = ['policy', 'who-can', '--policy', 'p.yaml', '--org', 'o.json'];

const whoCan = (args: readonly string[], files: Parameters<typeof runCli>[1] = {}) =>
  runCli([...ARGS, ...args], { ...FILES, ...files });

/** An organization in which a whole OU can. */
const TWO_IN_PROD = {
  ...SNAPSHOT,
  vpcs: [
    ...SNAPSHOT.vpcs,
    { id: 'vpc-00000021', accountId: '100000000001', region: 'us-east-1', cidrs: ['10.21.0.0/16'], tags: {} },
  ],
};

describe('the answer for people', () => {
  test('who may request, by which rule, and what the other way round comes to', async () => {
    const { exitCode, stdout, stderr } = await whoCan(['--to', 'sandbox']);
    expect(stderr).toBe('');
    expect(stdout).toBe(`Who can request a peering with sandbox (1 VPC)

  may join  rule             who                                     the other way
  yes       prod-to-sandbox  account web-prod (100000000001): 1 VPC  no
`);
    expect(exitCode).toBe(0);
  });

  test('that a person must approve', async () => {
    const { stdout } = await whoCan(['--to', 'vpc:vpc-00000012']);
    expect(stdout).toContain('with approval  within-prod     account web-prod (100000000001): 1 VPC');
    expect(stdout).toMatch(/with approval\n/);
  });

  test('of whom it cannot be known, and why', async () => {
    const { stdout } = await whoCan(['--to', 'prod']);
    expect(stdout).toContain('perhaps        vendor-to-prod  account 999900001111 outside the organization');
    expect(stdout).toContain('depends on its CIDRs: 192.168.8.0/21');
  });

  test('with the CIDRs of the outsider it can', async () => {
    const { stdout } = await whoCan(['--to', 'prod', '--from', 'external,cidr:192.168.9.0/24']);
    expect(stdout).toContain('with approval  vendor-to-prod  account 999900001111 outside the organization');
    const { stdout: other } = await whoCan(['--to', 'prod', '--from', 'external,cidr:192.168.0.0/16']);
    expect(other).toContain('Nobody.');
  });

  test("a vendor's group means the vendor, and the answer says which CIDRs it must have", async () => {
    const { stdout } = await whoCan(['--to', 'prod', '--from', 'vendor']);
    expect(stdout).toContain('perhaps   vendor-to-prod  account 999900001111 outside the organization');
    expect(stdout).toContain('depends on its CIDRs: 192.168.8.0/21');
  });

  test('--from asks for those that accept', async () => {
    const { stdout } = await whoCan(['--from', 'vpc:vpc-00000011']);
    expect(stdout).toContain('With whom vpc:vpc-00000011 can request a peering (1 VPC)');
    expect(stdout).toContain('yes            prod-to-sandbox  account twin (100000000004): 1 VPC');
  });

  test('that it is nobody is an answer', async () => {
    const { exitCode, stdout } = await whoCan(['--from', 'sandbox', '--to', 'prod']);
    expect(stdout).toContain('Nobody.');
    expect(exitCode).toBe(0);
  });

  test('a selector that matches nothing is told from an answer of nobody', async () => {
    const { exitCode, stdout } = await whoCan(['--to', 'ou:ou-ab12-empty001']);
    expect(stdout).toContain('The selector matches no VPC of the snapshot.');
    expect(exitCode).toBe(0);
  });

  test('only with some, where it is not all', async () => {
    const { stdout } = await whoCan(['--to', 'any', '--from', 'vpc:vpc-00000012']);
    expect(stdout).toContain('only with account web-prod (100000000001): 1 VPC');
  });

  test('names of accounts cannot steer the terminal', async () => {
    const accounts = SNAPSHOT.accounts.map((account) => ({ ...account, name: '\u001b[2J' }));
    const { stdout } = await whoCan(['--to', 'sandbox'], {
      'o.json': JSON.stringify({ ...SNAPSHOT, accounts }),
    });
    expect(stdout).toContain('account �[2J (100000000001)');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('an OU is named only where each of its VPCs can', () => {
  test('the OU with all accounts under it', async () => {
    const { stdout } = await whoCan(['--to', 'account:100000000001'], {
      'o.json': JSON.stringify(TWO_IN_PROD),
    });
    expect(stdout).toContain('OU Prod (ou-ab12-prod0001): 3 VPCs of 2 accounts');
  });

  test('not when a deny takes one account out', async () => {
    const { stdout } = await whoCan(['--to', 'sandbox'], { 'o.json': JSON.stringify(TWO_IN_PROD) });
    expect(stdout).toContain('account web-prod (100000000001): 2 VPCs');
    expect(stdout).not.toContain('OU Prod');
  });

  test('not when an account of it could not be read, and that is told', async () => {
    const unread = [{ accountId: '100000000002', region: 'us-east-1', reason: 'OptInRequired' }];
    const { stdout } = await whoCan(['--to', 'account:100000000001'], {
      'o.json': JSON.stringify({ ...TWO_IN_PROD, unread }),
    });
    expect(stdout).not.toContain('OU Prod');
    expect(stdout).toContain('account card-vault (100000000002): 1 of 1 VPC, vpc-00000012');
    expect(stdout).toContain(
      'left out  account card-vault (100000000002), us-east-1: not read (OptInRequired)',
    );
  });
});

describe('what is left out', () => {
  test('a governed region that the snapshot was not taken in', async () => {
    const { stdout } = await whoCan(['--to', 'sandbox'], {
      'o.json': JSON.stringify({ ...SNAPSHOT, regions: ['eu-west-1'] }),
    });
    expect(stdout).toContain('left out  us-east-1: governed, but not in the snapshot');
  });

  test('a VPC of the organization that only a peering tells of', async () => {
    const { stdout } = await whoCan(['--to', 'sandbox'], {
      'o.json': JSON.stringify({ ...SNAPSHOT, vpcs: SNAPSHOT.vpcs.slice(1) }),
    });
    expect(stdout).toContain('left out  1 VPC that only a peering tells of: vpc-00000011');
  });
});

test('--json prints one object with every row', async () => {
  const { exitCode, json } = await whoCan(['--to', 'sandbox', '--json']);
  expect(json()).toMatchObject({
    to: 'sandbox',
    subjects: { vpcs: 1, strangers: false },
    rows: [
      {
        access: 'open',
        rule: 'prod-to-sandbox',
        code: 'rule-allows',
        needsApproval: false,
        reverse: 'closed',
        who: [{ kind: 'account', id: '100000000001', name: 'web-prod', vpcs: 1 }],
        vpcs: 1,
        reach: { kind: 'all' },
        unknown: [],
        connect: { dns: true },
      },
    ],
    leftOut: { unread: [], regions: [], unlisted: [] },
  });
  expect(exitCode).toBe(0);
});

describe('what a selector means', () => {
  test.each([
    ['prod', 2],
    ['any', 4],
    ['account:100000000001', 1],
    ['account:999900001111', 0],
    ['ou:ou-ab12-workload', 3],
    ['vpc:vpc-00000014', 1],
    ['region:eu-west-1', 2],
    ['tag:tier=web', 2],
    ['tag:tier=we', 0],
    ['cidr:10.0.0.0/8', 3],
    ['cidr:10.1.0.0/16', 0],
    ['external', 0],
    ['ou:ou-ab12-workload,region:eu-west-1', 2],
    ['prod, tag:tier=web', 1],
    ['prod,sandbox', 0],
  ])('%s: %i VPCs', async (selector, vpcs) => {
    const { json } = await whoCan(['--to', selector, '--json']);
    expect(json()).toMatchObject({ subjects: { vpcs } });
  });

  test.each(['region:eu-west-1', 'cidr:10.0.0.0/8', 'ou:ou-ab12-workload'])(
    '%s does not ask about outsiders that could be there',
    async (selector) => {
      const { json } = await whoCan(['--to', selector, '--json']);
      expect(json()).toMatchObject({ subjects: { strangers: false } });
    },
  );

  test('accounts outside are told apart from an empty answer', async () => {
    const { stdout } = await whoCan(['--from', 'external']);
    expect(stdout).toContain('(0 VPCs, and accounts outside the organization)');
  });
});

describe('selectors that cannot be read', () => {
  test.each([
    ['prd', "unknown group 'prd', did you mean 'prod'?"],
    ['acount:100000000001', "unknown kind of selector 'acount:', did you mean 'account'?"],
    ['account:12', "'12' is not an account id of twelve digits"],
    ['ou:ou-ab12-prod0002', "the snapshot has no OU ou-ab12-prod0002, did you mean 'ou-ab12-prod0001'?"],
    ['vpc:vpc-00000111', "the snapshot has no VPC vpc-00000111, did you mean 'vpc-00000011'?"],
    ['vpc:x', "'x' is not a VPC id, such as vpc-0123456789abcdef0"],
    ['cidr:10.0.0/8', "'10.0.0/8' is not a CIDR, such as 10.0.0.0/16"],
    ['region:mars', "'mars' is not a region, such as eu-west-1"],
    ['tag:tier', 'write tag:key=value, not tag:tier'],
    ['prod,', "an empty selector: write a group's name, account:…"],
  ])('%s', async (selector, why) => {
    const { exitCode, stdout, stderr } = await whoCan(['--to', selector]);
    expect(stderr).toContain(`autopeer: --to: ${why}`);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('no selector at all', async () => {
    const { exitCode, stderr } = await whoCan([]);
    expect(stderr).toContain('--to SELECTOR, --from SELECTOR, or both');
    expect(exitCode).toBe(2);
  });
});

describe('files that cannot be read', () => {
  test.each([
    ['a policy that is gone', { 'p.yaml': errorWithCode('ENOENT') }, 'autopeer: p.yaml: no such file'],
    ['a policy with faults', { 'p.yaml': 'version: 2' }, 'p.yaml:1:10'],
    ['a snapshot that is no JSON', { 'o.json': '{' }, 'autopeer: o.json: is no JSON'],
    ['a snapshot of another form', { 'o.json': '{}' }, 'autopeer: o.json: version'],
    [
      'a snapshot whose OUs go in a circle',
      {
        'o.json': JSON.stringify({
          ...SNAPSHOT,
          ous: SNAPSHOT.ous.map((ou) =>
            ou.id === 'ou-ab12-workload' ? { ...ou, parent: 'ou-ab12-payments' } : ou,
          ),
        }),
      },
      'nested in a circle',
    ],
  ])('%s', async (_what, files, why) => {
    const { exitCode, stdout, stderr } = await whoCan(['--to', 'prod'], files);
    expect(stderr).toContain(why);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});
