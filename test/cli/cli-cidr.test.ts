import { SNAPSHOT } from '../support/organizations.ts';
import { runCli } from '../support/run-cli.ts';

const POLICY = `
version: 1
regions: [eu-west-1, us-east-1, ap-south-1]
groups:
  workloads: { ous: [ou-ab12-workload] }
  sandbox: { ous: [ou-ab12-sandbox1] }
allow:
  - { name: to-sandbox, requester: workloads, accepter: sandbox, approval: required }
`;

const [web, vault, dev, twin] = SNAPSHOT.vpcs;
const end = ({ accountId, region, id }: { accountId: string; region: string; id: string }) => ({
  accountId,
  region,
  vpcId: id,
});
const peering = (id: string, state: string, requester: unknown, accepter: unknown) => ({
  id,
  state,
  requester,
  accepter,
});
/** The twin has what the vault has, and a secondary CIDR within one of the web's; the vault once asked for it. */
const OVERLAPPING = {
  ...SNAPSHOT,
  vpcs: [web, { ...vault, tags: { Name: 'vault' } }, dev, { ...twin, cidrs: ['10.2.0.0/16', '10.9.0.0/26'] }],
  peerings: [...SNAPSHOT.peerings, peering('pcx-00000002', 'failed', end(vault), end(twin))],
};
const FILES = {
  'p.yaml': POLICY,
  'o.json': JSON.stringify(SNAPSHOT),
  'twins.json': JSON.stringify(OVERLAPPING),
};
const cidr = (args: string, more: Readonly<Record<string, string>> = {}) =>
  runCli(['cidr', ...args.split(' ')], { ...FILES, ...more });

describe('cidr', () => {
  it('says first what somebody asked for, then what the policy allows, then all', async () => {
    const { exitCode, stdout, stderr } = await cidr('--snapshot twins.json --policy p.yaml');
    expect(stderr).toBe('');
    expect(stdout).toBe(`2 pairs of 4 VPCs can never be peered.

Asked for, and not possible

  peering       state   requester                        accepter
  pcx-00000002  failed  card-vault vpc-00000012 (vault)  twin vpc-00000014
                        10.2.0.0/16                      10.2.0.0/16

Allowed by the policy, and not possible

  rule           pairs  for example
  to-sandbox     2      web-prod vpc-00000011  twin vpc-00000014
  with approval         10.9.0.0/24            10.9.0.0/26

All that overlap

  within       VPCs  pairs
  10.9.0.0/24  2     1      web-prod vpc-00000011
                            twin vpc-00000014
  10.2.0.0/16  2     1      card-vault vpc-00000012 (vault)
                            twin vpc-00000014

`);
    expect(exitCode).toBe(1);
  });

  it('has nothing to say where nothing overlaps', async () => {
    expect(await cidr('--snapshot o.json')).toMatchObject({
      exitCode: 0,
      stdout: 'No two VPCs overlap.\n\n',
    });
  });

  it('of one VPC says only what overlaps with it', async () => {
    const { stdout, exitCode } = await cidr('vpc-00000011 --snapshot twins.json');
    expect(stdout).toContain('1 pair of 4 VPCs');
    expect(stdout).not.toContain('Asked for');
    expect(exitCode).toBe(0);
    expect((await cidr('vault --snapshot twins.json')).stdout).toContain('Asked for');
  });

  it('does not know a VPC, and proposes one', async () => {
    const { exitCode, stderr } = await cidr('valt --snapshot twins.json');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "autopeer: there is no VPC valt, did you mean 'vault'?\n",
    });
  });

  it('counts an active peering as no question, and one pair asked for twice once', async () => {
    const again = [
      ...OVERLAPPING.peerings,
      peering('pcx-00000003', 'pending-acceptance', end(twin), end(vault)),
      peering('pcx-00000004', 'active', end(twin), end(web)),
    ];
    const more = { 'again.json': JSON.stringify({ ...OVERLAPPING, peerings: again }) };
    const { json } = await cidr('--snapshot again.json -o json', more);
    expect(json()).toMatchObject({ pairs: 2, asked: [{ id: 'pcx-00000003', state: 'pending-acceptance' }] });
  });

  it('knows the CIDRs of an outsider from its peering', async () => {
    const outsider = { accountId: '999900001111', region: 'eu-west-1', vpcId: 'vpc-00000098' };
    const peerings = [
      peering('pcx-00000005', 'failed', { ...outsider, cidrs: ['10.1.4.0/24'] }, end(web)),
      peering('pcx-00000006', 'failed', outsider, end(vault)),
    ];
    const more = { 'out.json': JSON.stringify({ ...SNAPSHOT, peerings }) };
    const { json, exitCode } = await cidr('--snapshot out.json -o json', more);
    expect(json()).toMatchObject({ pairs: 0, asked: [{ id: 'pcx-00000005' }] });
    expect(exitCode).toBe(1);
  });

  it('is told that an account was not read', async () => {
    const unread = [{ accountId: '100000000005', reason: 'denied' }];
    const { exitCode, stderr } = await cidr('--snapshot part.json', {
      'part.json': JSON.stringify({ ...SNAPSHOT, unread }),
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'autopeer: account 100000000005 is not read: denied\n',
    });
  });

  it('asks for what to read', async () => {
    const { exitCode, stderr } = await runCli(['cidr']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('autopeer: say what to read: --regions, --policy, or --snapshot\n');
  });
});

describe('cidr free', () => {
  it('leaves out what the VPCs have, and what their peers have', async () => {
    const { exitCode, stdout } = await cidr(
      'free --size /21 --within 192.168.0.0/20 --for vpc-00000011 --snapshot o.json',
    );
    // 192.168.8.0/21 is the vendor's, whom vpc-00000011 is peered with.
    expect(stdout).toBe(`A /21 (2,048 addresses) that overlaps none of 1 VPC, 1 peer:

  range           the free block
  192.168.0.0/21

1 is free.
`);
    expect(exitCode).toBe(0);
  });

  it('may have what only others have', async () => {
    const { json } = await cidr(
      'free --size 16 --within 10.2.0.0/15 --for vpc-00000011 vpc-00000013 --snapshot o.json -o json',
    );
    expect(json()).toMatchObject({ total: '1', ranges: [{ cidr: '10.2.0.0/16' }] });
  });

  it('overlaps nobody where nobody is named, and never what Docker uses', async () => {
    const { json } = await cidr('free --size 16 --within 172.16.0.0/14 --snapshot o.json -o json');
    expect(json()).toMatchObject({ total: '3' });
    const { json: all } = await cidr('free --size 16 --count 1000 --snapshot o.json -o json');
    // 256 + 16 + 1, without the four VPCs' five and Docker's; 10.9.0.0/24 takes a whole /16, 192.168.8.0/21 too.
    expect(all()).toMatchObject({ total: '266' });
    const { json: asked } = await cidr('free --size 16 --within 172.17.0.0/16 --snapshot o.json -o json');
    expect(asked()).toMatchObject({ total: '1' });
  });

  it('says that none is free', async () => {
    const { exitCode, stdout } = await cidr('free --size 16 --within 10.1.0.0/16 --snapshot o.json');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: 'No /16 is free in 10.1.0.0/16 that overlaps none of any of 5 VPCs.\n',
    });
  });

  it.each([
    ['--size 8', 'a VPC takes /16 to /28 of IPv4, not /8; for IPv6 say --within'],
    ['--size 29 --within 10.0.0.0/8', 'a VPC takes /16 to /28 of IPv4, not /29'],
    ['--size 58 --within fd00::/40', 'a VPC takes /44, /48, /52, /56 or /60 of IPv6, not /58'],
    ['--size 16 --within 10.0.0.0/20', '--within 10.0.0.0/20 is smaller than /16'],
    ['--size 16 --within 10.0.0.0/8,fd00::/8', '--within names IPv4 and IPv6'],
    ['--size 16 --within ten', "'ten' is not a CIDR"],
    ['--size large', 'it is the length of a prefix'],
    ['--size 16 --count 0', 'it is a whole number from 1'],
    ['--size 16 --for nobody', 'there is no VPC nobody'],
  ])('refuses %s', async (args, words) => {
    const { exitCode, stdout, stderr } = await cidr(`free --snapshot o.json ${args}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('keeps off what the routes of the VPCs lead elsewhere, but for those of everything', async () => {
    const route = (destination: string, target: string) => ({
      destination,
      target,
      isActive: true,
      isPropagated: false,
    });
    const table = {
      id: 'rtb-00000001',
      ownerId: web.accountId,
      vpcId: web.id,
      isMain: true,
      subnetIds: [],
      routes: [
        route('10.1.0.0/16', 'local'),
        route('0.0.0.0/0', 'nat-1'),
        route('10.64.0.0/16', 'vgw-1'),
        route('pl-0a', 'tgw-1'),
      ],
    };
    const network = [
      {
        accountId: web.accountId,
        region: web.region,
        unread: [],
        vpcs: [],
        subnets: [],
        networkAcls: [],
        securityGroups: [],
        interfaces: [],
        instances: [],
        peerings: [],
        routeTables: [table],
        prefixLists: [{ id: 'pl-0a', entries: ['10.65.0.0/17'] }],
      },
    ];
    const { json } = await cidr(
      'free --size 16 --within 10.64.0.0/14 --for vpc-00000011 --snapshot routes.json -o json',
      { 'routes.json': JSON.stringify({ ...SNAPSHOT, network }) },
    );
    expect(json()).toMatchObject({ total: '2', routes: 2 });
  });
});
