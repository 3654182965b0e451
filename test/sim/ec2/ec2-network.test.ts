import { Ec2Clients } from './ec2-client.ts';
import { MEMBER } from '../world/services-support.ts';

describe('regions and zones', () => {
  it('are the enabled ones unless all are asked for', async () => {
    const ec2 = new Ec2Clients();
    const { Regions } = await ec2.get(ec2.owner.describeRegions({}));
    expect(Regions?.find(({ RegionName }) => RegionName === 'eu-west-1')).toEqual({
      RegionName: 'eu-west-1',
      Endpoint: 'ec2.eu-west-1.amazonaws.com',
      OptInStatus: 'opt-in-not-required',
    });
    expect(Regions?.map(({ RegionName }) => RegionName)).not.toContain('eu-south-1');
    const all = await ec2.get(ec2.owner.describeRegions({ AllRegions: true }));
    expect(all.Regions?.find(({ RegionName }) => RegionName === 'eu-south-1')?.OptInStatus).toBe(
      'not-opted-in',
    );
  });

  it('are found by name and by filter', async () => {
    const ec2 = new Ec2Clients();
    const named = await ec2.get(ec2.owner.describeRegions({ RegionNames: ['us-east-1'] }));
    expect(named.Regions).toHaveLength(1);
    const Filters = [{ Name: 'region-name', Values: ['us-east-?'] }];
    const { Regions } = await ec2.get(ec2.owner.describeRegions({ Filters }));
    expect(Regions?.map(({ RegionName }) => RegionName)).toEqual(['us-east-1', 'us-east-2']);
    expect(await ec2.codeOf(ec2.owner.describeRegions({ RegionNames: ['mars-1'] }))).toBe(
      'InvalidParameterValue',
    );
  });

  it('have zones with names and ids', async () => {
    const ec2 = new Ec2Clients();
    const { AvailabilityZones } = await ec2.get(ec2.owner.describeAvailabilityZones({}));
    expect(AvailabilityZones?.map(({ ZoneName, ZoneId }) => `${ZoneName} ${ZoneId}`)).toEqual([
      'eu-west-1a euw1-az1',
      'eu-west-1b euw1-az2',
      'eu-west-1c euw1-az3',
    ]);
    expect(await ec2.codeOf(ec2.owner.describeAvailabilityZones({ ZoneNames: ['eu-west-1z'] }))).toBe(
      'InvalidParameterValue',
    );
  });
});

describe('subnets', () => {
  it('lie in a zone, named or numbered', async () => {
    const ec2 = new Ec2Clients();
    const VpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    const zoned = (CidrBlock: string, zone: object) => ec2.owner.createSubnet({ VpcId, CidrBlock, ...zone });
    const byId = await ec2.get(zoned('10.0.1.0/24', { AvailabilityZoneId: 'euw1-az2' }));
    expect(byId.Subnet).toMatchObject({ AvailabilityZone: 'eu-west-1b', AvailabilityZoneId: 'euw1-az2' });
    expect(await ec2.codeOf(zoned('10.0.2.0/24', { AvailabilityZone: 'us-east-1a' }))).toBe(
      'InvalidParameterValue',
    );
  });

  it('have attributes, one changed in a call', async () => {
    const ec2 = new Ec2Clients();
    const SubnetId = await ec2.subnet(ec2.owner, await ec2.vpc(ec2.owner, '10.0.0.0/16'), '10.0.1.0/24');
    const yes = { Value: true };
    await ec2.get(ec2.owner.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: yes }));
    const Filters = [{ Name: 'map-public-ip-on-launch', Values: ['true'] }];
    const { Subnets } = await ec2.get(ec2.owner.describeSubnets({ Filters }));
    expect(Subnets?.map((subnet) => subnet.SubnetId)).toEqual([SubnetId]);
    const two = ec2.owner.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: yes, EnableDns64: yes });
    expect(await ec2.codeOf(two)).toBe('InvalidParameterCombination');
  });
});

describe('internet gateways', () => {
  async function attached() {
    const ec2 = new Ec2Clients();
    const VpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    const { InternetGateway } = await ec2.get(ec2.owner.createInternetGateway({}));
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
    await ec2.get(ec2.owner.attachInternetGateway({ InternetGatewayId, VpcId }));
    return { ec2, VpcId, InternetGatewayId };
  }

  it('are listed with what they are attached to', async () => {
    const { ec2, VpcId, InternetGatewayId } = await attached();
    const Filters = [{ Name: 'attachment.vpc-id', Values: [VpcId] }];
    const { InternetGateways } = await ec2.get(ec2.owner.describeInternetGateways({ Filters }));
    expect(InternetGateways).toEqual([
      { InternetGatewayId, OwnerId: MEMBER, Attachments: [{ State: 'available', VpcId }], Tags: [] },
    ]);
  });

  it('leave black holes when they are detached', async () => {
    const { ec2, VpcId, InternetGatewayId } = await attached();
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
    const RouteTableId = RouteTables?.[0]?.RouteTableId;
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
    await ec2.get(ec2.owner.createRoute(route));
    expect(await ec2.codeOf(ec2.owner.deleteInternetGateway({ InternetGatewayId }))).toBe(
      'DependencyViolation',
    );
    await ec2.get(ec2.owner.detachInternetGateway({ InternetGatewayId, VpcId }));
    expect(await ec2.codeOf(ec2.owner.detachInternetGateway({ InternetGatewayId, VpcId }))).toBe(
      'Gateway.NotAttached',
    );
    await ec2.get(ec2.owner.deleteInternetGateway({ InternetGatewayId }));
    const after = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
    expect(after.RouteTables?.[0]?.Routes?.map(({ State }) => State)).toEqual(['active', 'blackhole']);
  });
});

describe('default VPCs', () => {
  it('are not there unless asked for', async () => {
    const ec2 = new Ec2Clients();
    expect((await ec2.get(ec2.owner.describeVpcs({}))).Vpcs).toEqual([]);
    const { Vpc } = await ec2.get(ec2.owner.createDefaultVpc({}));
    expect(Vpc).toMatchObject({ CidrBlock: '172.31.0.0/16', IsDefault: true });
    expect(await ec2.codeOf(ec2.owner.createDefaultVpc({}))).toBe('DefaultVpcAlreadyExists');
  });

  it('come with a public subnet in each zone and a way out', async () => {
    const ec2 = new Ec2Clients();
    await ec2.get(ec2.owner.createDefaultVpc({}));
    const { Subnets } = await ec2.get(ec2.owner.describeSubnets({}));
    expect(
      Subnets?.map((subnet) => [subnet.CidrBlock, subnet.AvailabilityZone, subnet.DefaultForAz]),
    ).toEqual([
      ['172.31.0.0/20', 'eu-west-1a', true],
      ['172.31.16.0/20', 'eu-west-1b', true],
      ['172.31.32.0/20', 'eu-west-1c', true],
    ]);
    const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({}));
    expect(RouteTables?.[0]?.Routes?.at(-1)).toMatchObject({
      DestinationCidrBlock: '0.0.0.0/0',
      State: 'active',
    });
  });

  it('come with every account and region where the option says so, and stay away once deleted', async () => {
    const ec2 = new Ec2Clients({ defaultVpcs: true });
    const { Vpcs } = await ec2.get(
      ec2.owner.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
    );
    expect(Vpcs).toHaveLength(1);
    const named = ec2.owner.createSecurityGroup({ GroupName: 'web', Description: 'x' });
    expect((await ec2.get(named)).GroupId).toMatch(/^sg-0/);
    await ec2.get(ec2.owner.deleteSecurityGroup({ GroupName: 'web' }));
    const { Subnets = [] } = await ec2.get(ec2.owner.describeSubnets({}));
    for (const { SubnetId } of Subnets) await ec2.get(ec2.owner.deleteSubnet({ SubnetId }));
    const { InternetGateways } = await ec2.get(ec2.owner.describeInternetGateways({}));
    const gateway = { InternetGatewayId: InternetGateways?.[0]?.InternetGatewayId, VpcId: Vpcs?.[0]?.VpcId };
    await ec2.get(ec2.owner.detachInternetGateway(gateway));
    await ec2.get(ec2.owner.deleteVpc({ VpcId: Vpcs?.[0]?.VpcId }));
    expect((await ec2.get(ec2.owner.describeVpcs({}))).Vpcs).toEqual([]);
  });
});

describe('quotas of EC2', () => {
  it.each([
    [
      'VPCs',
      { vpcsPerRegion: 1 },
      'VpcLimitExceeded',
      (ec2: Ec2Clients) => ec2.owner.createVpc({ CidrBlock: '10.1.0.0/16' }),
    ],
    [
      'internet gateways',
      { internetGatewaysPerRegion: 0 },
      'InternetGatewayLimitExceeded',
      (ec2: Ec2Clients) => ec2.owner.createInternetGateway({}),
    ],
    [
      'subnets',
      { subnetsPerVpc: 0 },
      'SubnetLimitExceeded',
      (ec2: Ec2Clients, VpcId: string) => ec2.owner.createSubnet({ VpcId, CidrBlock: '10.0.1.0/24' }),
    ],
    [
      'route tables',
      { routeTablesPerVpc: 1 },
      'RouteTableLimitExceeded',
      (ec2: Ec2Clients, VpcId: string) => ec2.owner.createRouteTable({ VpcId }),
    ],
  ] as const)('bound %s', async (_, quotas, code, work) => {
    const ec2 = new Ec2Clients();
    const vpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    ec2.aws.ec2.setQuotas(MEMBER, 'eu-west-1', quotas);
    expect(await ec2.codeOf(work(ec2, vpcId))).toBe(code);
  });
});

describe('network interfaces', () => {
  async function aSubnet() {
    const ec2 = new Ec2Clients();
    const VpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    const SubnetId = await ec2.subnet(ec2.owner, VpcId, '10.0.1.0/28');
    return { ec2, VpcId, SubnetId };
  }

  it('have the wanted address or the next free one, and the default group', async () => {
    const { ec2, SubnetId } = await aSubnet();
    const wanted = ec2.owner.createNetworkInterface({ SubnetId, PrivateIpAddress: '10.0.1.4' });
    expect((await ec2.get(wanted)).NetworkInterface?.PrivateIpAddress).toBe('10.0.1.4');
    const next = await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    expect(next.NetworkInterface).toMatchObject({
      PrivateIpAddress: '10.0.1.5',
      Groups: [{ GroupName: 'default' }],
      SourceDestCheck: true,
    });
    const Filters = [{ Name: 'addresses.private-ip-address', Values: ['10.0.1.5'] }];
    const { NetworkInterfaces } = await ec2.get(ec2.owner.describeNetworkInterfaces({ Filters }));
    expect(NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual([
      next.NetworkInterface?.NetworkInterfaceId,
    ]);
  });

  it.each([
    ['10.0.1.4', 'InvalidIPAddress.InUse'],
    ['10.0.1.3', 'InvalidParameterValue'],
    ['10.0.1.15', 'InvalidParameterValue'],
    ['10.0.2.4', 'InvalidParameterValue'],
  ])('cannot have %s', async (PrivateIpAddress, code) => {
    const { ec2, SubnetId } = await aSubnet();
    await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    expect(await ec2.codeOf(ec2.owner.createNetworkInterface({ SubnetId, PrivateIpAddress }))).toBe(code);
  });

  it('take no more addresses than a subnet has', async () => {
    const { ec2, SubnetId } = await aSubnet();
    for (let number = 0; number < 11; number += 1) {
      await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    }
    expect(await ec2.codeOf(ec2.owner.createNetworkInterface({ SubnetId }))).toBe(
      'InsufficientFreeAddressesInSubnet',
    );
  });

  it('keep their subnet and their groups from deletion', async () => {
    const { ec2, VpcId, SubnetId } = await aSubnet();
    const GroupId = await ec2.group(ec2.owner, VpcId, 'web');
    const made = await ec2.get(ec2.owner.createNetworkInterface({ SubnetId, Groups: [GroupId] }));
    expect(await ec2.codeOf(ec2.owner.deleteSubnet({ SubnetId }))).toBe('DependencyViolation');
    expect(await ec2.codeOf(ec2.owner.deleteSecurityGroup({ GroupId }))).toBe('DependencyViolation');
    const NetworkInterfaceId = made.NetworkInterface?.NetworkInterfaceId;
    await ec2.get(ec2.owner.deleteNetworkInterface({ NetworkInterfaceId }));
    await ec2.get(ec2.owner.deleteSecurityGroup({ GroupId }));
    await ec2.get(ec2.owner.deleteSubnet({ SubnetId }));
  });

  it('change their groups, within their VPC', async () => {
    const { ec2, VpcId, SubnetId } = await aSubnet();
    const [own, foreign] = [
      await ec2.group(ec2.owner, VpcId, 'web'),
      await ec2.group(ec2.owner, await ec2.vpc(ec2.owner, '10.9.0.0/16'), 'web'),
    ];
    const { NetworkInterface } = await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId;
    const change = (Groups: string[]) =>
      ec2.owner.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups });
    await ec2.get(change([own]));
    expect(await ec2.codeOf(change([foreign]))).toBe('InvalidParameter');
    const { NetworkInterfaces } = await ec2.get(ec2.owner.describeNetworkInterfaces({}));
    expect(NetworkInterfaces?.[0]?.Groups).toEqual([{ GroupId: own, GroupName: 'web' }]);
  });

  it('have IPv6 addresses of their subnet', async () => {
    const ec2 = new Ec2Clients();
    const VpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
    await ec2.get(ec2.owner.associateVpcCidrBlock({ VpcId, Ipv6CidrBlock: '2a05:d018:1::/56' }));
    await ec2.pass(60_000);
    const subnet = { VpcId, Ipv6CidrBlock: '2a05:d018:1::/64', Ipv6Native: true };
    const { Subnet } = await ec2.get(ec2.owner.createSubnet(subnet));
    const SubnetId = Subnet?.SubnetId;
    const { NetworkInterface } = await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    expect(NetworkInterface?.PrivateIpAddress).toBeUndefined();
    expect(NetworkInterface?.Ipv6Addresses).toEqual([{ Ipv6Address: '2a05:d018:1::4' }]);
  });

  it('are nobody else’s, and there are no instances', async () => {
    const { ec2, SubnetId } = await aSubnet();
    const { NetworkInterface } = await ec2.get(ec2.owner.createNetworkInterface({ SubnetId }));
    const NetworkInterfaceIds = [NetworkInterface?.NetworkInterfaceId ?? ''];
    expect(await ec2.codeOf(ec2.other.describeNetworkInterfaces({ NetworkInterfaceIds }))).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    );
    expect((await ec2.get(ec2.owner.describeInstances({}))).Reservations).toEqual([]);
  });
});
