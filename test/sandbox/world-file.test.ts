import {
  CreateVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListAccountsForParentCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { readWorldFile } from '../../sandbox/world-file.ts';
import { aSandbox, clientConfig, worldOf } from './support.ts';

const WORLD = `
version: 1
regions: [eu-west-1]
units:
  - { id: ou-ab12-apps0001, name: Apps }
  - { id: ou-ab12-apps0002, name: Shop, parent: ou-ab12-apps0001 }
accounts:
  - id: '111111111111'
    name: shop
    unit: ou-ab12-apps0002
    vpcs:
      - name: web
        region: eu-west-1
        cidrs: [10.1.0.0/16, 10.64.0.0/16]
        tags: { tier: front }
        routeTables: [{ name: private }]
        subnets:
          - { cidr: 10.1.0.0/24, routeTable: private, zone: eu-west-1b }
          - { cidr: 10.1.1.0/24 }
  - id: '222222222222'
    vpcs: [{ name: services, region: eu-west-1, cidrs: [10.2.0.0/16] }]
  - id: '333333333333'
    external: true
    vpcs: [{ name: vendor, region: us-east-1, cidrs: [10.3.0.0/16], dnsHostnames: false }]
peerings:
  - { requester: web, accepter: services }
  - { requester: vendor, accepter: web, state: pending-acceptance }
`;

describe('a world file', () => {
  it('describes VPCs with all their CIDRs, subnets and tables', async () => {
    const box = await aSandbox({ world: worldOf(WORLD) });
    const ec2 = box.ec2('111111111111');

    const [vpc] = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? [];
    const subnets = (await ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? [];
    const Filters = [{ Name: 'tag:Name', Values: ['private'] }];
    const tables = (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables ?? [];

    expect(
      vpc?.CidrBlockAssociationSet?.map(({ CidrBlock, CidrBlockState }) => [
        CidrBlock,
        CidrBlockState?.State,
      ]),
    ).toEqual([
      ['10.1.0.0/16', 'associated'],
      ['10.64.0.0/16', 'associated'],
    ]);
    expect(vpc?.Tags).toEqual([
      { Key: 'Name', Value: 'web' },
      { Key: 'tier', Value: 'front' },
    ]);
    expect(subnets.map(({ CidrBlock, AvailabilityZone }) => [CidrBlock, AvailabilityZone])).toEqual([
      ['10.1.0.0/24', 'eu-west-1b'],
      ['10.1.1.0/24', 'eu-west-1a'],
    ]);
    expect(tables.map(({ Associations }) => Associations?.map(({ SubnetId }) => SubnetId))).toEqual([
      [subnets[0]?.SubnetId],
    ]);
  });

  it('describes peerings in their states', async () => {
    const box = await aSandbox({ world: worldOf(WORLD) });

    const { VpcPeeringConnections } = await box
      .ec2('111111111111')
      .send(new DescribeVpcPeeringConnectionsCommand({}));

    expect(
      VpcPeeringConnections?.map(({ Status, RequesterVpcInfo }) => [RequesterVpcInfo?.OwnerId, Status?.Code]),
    ).toEqual([
      ['111111111111', 'active'],
      ['333333333333', 'pending-acceptance'],
    ]);
  });

  it('describes the tree of the organization', async () => {
    const box = await aSandbox({ world: worldOf(WORLD) });
    const organizations = new OrganizationsClient(clientConfig(box.url, '999999999999'));

    const answer = await organizations.send(
      new ListAccountsForParentCommand({ ParentId: 'ou-ab12-apps0002' }),
    );

    expect(answer.Accounts?.map(({ Id, Name }) => [Id, Name])).toEqual([['111111111111', 'shop']]);
  });

  it('may do without the hub’s region', async () => {
    const vpc = (name: string, cidr: string): string =>
      `{ name: ${name}, region: us-east-1, cidrs: [${cidr}], subnets: [{ cidr: ${cidr.replace('/16', '/24')} }] }`;
    const box = await aSandbox({
      world: worldOf(`
      version: 1
      regions: [us-east-1]
      units: [{ id: ou-ab12-apps0001, name: Apps }, { id: ou-ab12-shared01, name: Shared }]
      accounts:
        - { id: '111111111111', unit: ou-ab12-apps0001, vpcs: [${vpc('web', '10.1.0.0/16')}] }
        - { id: '222222222222', unit: ou-ab12-shared01, vpcs: [${vpc('services', '10.2.0.0/16')}] }
      `),
    });
    const { vpcs } = box.sandbox.running;
    const ec2 = box.ec2('111111111111', 'us-east-1');
    const made = await ec2.send(
      new CreateVpcPeeringConnectionCommand({
        VpcId: vpcs.get('web')?.vpcId,
        PeerVpcId: vpcs.get('services')?.vpcId,
        PeerOwnerId: '222222222222',
      }),
    );
    await box.pass(120_000);
    const { VpcPeeringConnections } = await ec2.send(new DescribeVpcPeeringConnectionsCommand({}));
    expect(VpcPeeringConnections?.[0]?.VpcPeeringConnectionId).toBe(
      made.VpcPeeringConnection?.VpcPeeringConnectionId,
    );
    expect(VpcPeeringConnections?.[0]?.Status?.Code).toBe('active');
  });

  it('leaves nothing in CloudTrail', async () => {
    const box = await aSandbox({ world: worldOf(WORLD) });

    await box.pass(60_000);

    expect(box.events().filter(({ kind }) => kind === 'event')).toEqual([]);
  });

  it('leaves routes to autopeer, whose sweep finds the peerings', async () => {
    const world = worldOf(`
      version: 1
      units: [{ id: ou-ab12-apps0001, name: Apps }, { id: ou-ab12-shared01, name: Shared }]
      accounts:
        - id: '111111111111'
          unit: ou-ab12-apps0001
          vpcs: [{ name: web, region: eu-west-1, cidrs: [10.1.0.0/16] }]
        - id: '222222222222'
          unit: ou-ab12-shared01
          vpcs:
            - name: services
              region: eu-west-1
              cidrs: [10.2.0.0/16]
              subnets: [{ cidr: 10.2.0.0/24 }]
      peerings: [{ requester: web, accepter: services }]
    `);
    const box = await aSandbox({ world });

    await box.pass(3_600_000 + 600_000);

    const { RouteTables } = await box.ec2('222222222222').send(new DescribeRouteTablesCommand({}));
    const destinations = RouteTables?.flatMap(({ Routes }) => Routes ?? []).map(
      ({ DestinationCidrBlock, VpcPeeringConnectionId }) => [
        DestinationCidrBlock,
        VpcPeeringConnectionId !== undefined,
      ],
    );
    expect(destinations).toEqual([
      ['10.2.0.0/16', false],
      ['10.1.0.0/16', true],
    ]);
  });

  it('may be JSON', () => {
    expect(readWorldFile('{"version": 1, "accounts": [{"id": "111111111111"}]}')).toMatchObject({
      kind: 'read',
      file: { accounts: [{ id: '111111111111', external: false, member: true, vpcs: [] }] },
    });
  });
});

describe('a faulty world file', () => {
  const faultsOf = (text: string): readonly string[] => {
    const read = readWorldFile(text);
    return read.kind === 'read'
      ? []
      : read.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
  };

  it('says all that is wrong with it at once, with lines', () => {
    const text = `version: 2
units:
  - { id: ou-ab12-apps0001, name: Apps, parent: ou-ab12-none0001 }
accounts:
  - id: 111111111111
    unit: ou-ab12-none0002
    colour: red
    vpcs:
      - name: web
        region: Ireland
        cidrs: [10.0.0.0/33]
        subnets: [{ cidr: 10.0.0.0/24, routeTable: private }]
  - { id: '222222222222', vpcs: [{ name: web, region: eu-west-1, cidrs: [] }] }
  - { id: '222222222222' }
  - { id: '999988887777' }
peerings:
  - { requester: web, accepter: nowhere }
`;
    expect(faultsOf(text)).toEqual([
      '1:1 version: write version: 1',
      '3:41 units[0].parent: there is no unit ou-ab12-none0001 before this',
      '5:5 accounts[0].id: write the account id in quotes: twelve digits',
      '6:5 accounts[0].unit: there is no unit ou-ab12-none0002 before this',
      '7:5 accounts[0].colour: a world file has no such key here',
      '10:9 accounts[0].vpcs[0].region: write a region, such as eu-west-1',
      '11:17 accounts[0].vpcs[0].cidrs[0]: write a CIDR, such as 10.0.0.0/16',
      '12:40 accounts[0].vpcs[0].subnets[0].routeTable: there is no route table private before this',
      '13:36 accounts[1].vpcs[0].name: VPC web is there twice',
      '13:66 accounts[1].vpcs[0].cidrs: a VPC has at least one CIDR',
      '14:7 accounts[2].id: account 222222222222 is there twice',
      '15:7 accounts[3].id: account 999988887777 is in every world: leave it out',
      '17:23 peerings[0].accepter: there is no VPC nowhere before this',
    ]);
  });

  it.each([
    ['nothing', '', '1:1 '],
    ['a list', '[]', '1:1 '],
    ['broken YAML', '{', '1:2 is not valid YAML'],
    ['a key twice', 'version: 1\nversion: 1\n', '2:1 is not valid YAML'],
    ['an alias of nothing', 'version: *none', 'Unresolved alias'],
    ['lists without end', '['.repeat(20_000), '1:'],
  ])('%s is no world', (_what, text, message) => {
    expect(faultsOf(text)[0]).toContain(message);
  });

  it('that unfolds to more than it shows is no world', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
    });

    expect(faultsOf(levels.join('\n'))).toEqual([expect.stringContaining('Excessive alias count')]);
  });

  it('says what EC2 refuses of it, all at once', async () => {
    const text = `
      version: 1
      accounts:
        - id: '111111111111'
          vpcs:
            - { name: huge, region: eu-west-1, cidrs: [10.0.0.0/8] }
            - name: web
              region: eu-west-1
              cidrs: [10.1.0.0/16]
              subnets: [{ cidr: 10.1.0.0/24 }, { cidr: 10.1.0.0/25 }, { cidr: 10.2.0.0/24 }]
            - { name: twin, region: eu-west-1, cidrs: [10.1.0.0/16] }
      peerings: [{ requester: web, accepter: twin }]
    `;

    await expect(aSandbox({ world: worldOf(text) })).rejects.toMatchObject({
      findings: [
        { path: ['accounts', 0, 'vpcs', 0], message: expect.stringContaining('InvalidVpc.Range') },
        { path: ['accounts', 0, 'vpcs', 1, 'subnets', 1], message: expect.stringContaining('Conflict') },
        {
          path: ['accounts', 0, 'vpcs', 1, 'subnets', 2],
          message: expect.stringContaining('InvalidSubnet.Range'),
        },
        { path: ['peerings', 0], message: expect.stringContaining('InvalidStateTransition') },
      ],
    });
  });
});
