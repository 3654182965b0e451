import { Ec2Clients } from './ec2-client.ts';
import { MEMBER } from '../world/services-support.ts';

async function setUp() {
  const ec2 = new Ec2Clients();
  const vpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
  const subnetId = await ec2.subnet(ec2.owner, vpcId, '10.0.1.0/24');
  const acls = async (filter?: { Name: string; Values: string[] }) =>
    (await ec2.get(ec2.owner.describeNetworkAcls(filter === undefined ? {} : { Filters: [filter] })))
      .NetworkAcls ?? [];
  const create = async () =>
    (await ec2.get(ec2.owner.createNetworkAcl({ VpcId: vpcId }))).NetworkAcl?.NetworkAclId ?? '';
  return { ec2, vpcId, subnetId, acls, create };
}

const ENTRY = {
  RuleNumber: 110,
  Protocol: '6',
  RuleAction: 'allow' as const,
  Egress: false,
  CidrBlock: '10.9.0.0/16',
  PortRange: { From: 443, To: 443 },
};

describe('network ACLs', () => {
  it('begin with a default one for each VPC, which lets everything through', async () => {
    const { vpcId, subnetId, acls } = await setUp();
    const [acl, ...others] = await acls();
    expect(others).toEqual([]);
    expect(acl).toMatchObject({ IsDefault: true, VpcId: vpcId, OwnerId: MEMBER });
    expect(acl?.Associations).toMatchObject([{ NetworkAclId: acl?.NetworkAclId, SubnetId: subnetId }]);
    expect(acl?.Entries).toEqual([
      { CidrBlock: '0.0.0.0/0', Egress: true, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress: true, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32_767 },
      { CidrBlock: '0.0.0.0/0', Egress: false, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress: false, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32_767 },
    ]);
  });

  it('deny everything when they are new', async () => {
    const { acls, create } = await setUp();
    const id = await create();
    const [acl] = await acls({ Name: 'network-acl-id', Values: [id] });
    expect(acl?.Entries?.map(({ RuleAction }) => RuleAction)).toEqual(['deny', 'deny']);
    expect(acl?.Associations).toEqual([]);
  });

  it('move a subnet by replacing its association, which gets a new id', async () => {
    const { ec2, subnetId, acls, create } = await setUp();
    const id = await create();
    const [original] = await acls({ Name: 'association.subnet-id', Values: [subnetId] });
    const AssociationId = original?.Associations?.[0]?.NetworkAclAssociationId;
    const { NewAssociationId } = await ec2.get(
      ec2.owner.replaceNetworkAclAssociation({ AssociationId, NetworkAclId: id }),
    );
    const [moved] = await acls({ Name: 'association.subnet-id', Values: [subnetId] });
    expect(moved?.NetworkAclId).toBe(id);
    expect(moved?.Associations?.[0]?.NetworkAclAssociationId).toBe(NewAssociationId);
    expect(NewAssociationId).not.toBe(AssociationId);
    expect(
      await ec2.codeOf(ec2.owner.replaceNetworkAclAssociation({ AssociationId, NetworkAclId: id })),
    ).toBe('InvalidAssociationID.NotFound');
    expect(await ec2.codeOf(ec2.owner.deleteNetworkAcl({ NetworkAclId: id }))).toBe('DependencyViolation');
  });

  it('keep their entries by number and direction', async () => {
    const { ec2, acls, create } = await setUp();
    const NetworkAclId = await create();
    const entry = { NetworkAclId, ...ENTRY };
    await ec2.get(ec2.owner.createNetworkAclEntry(entry));
    await ec2.get(ec2.owner.createNetworkAclEntry({ ...entry, RuleNumber: 90 }));
    expect(await ec2.codeOf(ec2.owner.createNetworkAclEntry(entry))).toBe('NetworkAclEntryAlreadyExists');
    await ec2.get(ec2.owner.replaceNetworkAclEntry({ ...entry, RuleAction: 'deny' }));
    const ingress = async () =>
      (await acls({ Name: 'network-acl-id', Values: [NetworkAclId] }))[0]?.Entries?.filter(
        ({ Egress }) => Egress === false,
      ).map(({ RuleNumber, RuleAction }) => `${RuleNumber} ${RuleAction}`);
    expect(await ingress()).toEqual(['90 allow', '110 deny', '32767 deny']);
    await ec2.get(ec2.owner.deleteNetworkAclEntry({ NetworkAclId, RuleNumber: 90, Egress: false }));
    expect(await ingress()).toEqual(['110 deny', '32767 deny']);
    expect(
      await ec2.codeOf(ec2.owner.deleteNetworkAclEntry({ NetworkAclId, RuleNumber: 90, Egress: false })),
    ).toBe('InvalidNetworkAclEntry.NotFound');
  });

  it.each([
    ['a number that is too high', { RuleNumber: 32_767 }, 'InvalidParameterValue'],
    ['TCP without ports', { PortRange: undefined }, 'MissingParameter'],
    ['no CIDR', { CidrBlock: undefined }, 'MissingParameter'],
    ['a malformed CIDR', { CidrBlock: '10.9.0.0' }, 'InvalidParameterValue'],
    ['an unknown protocol', { Protocol: '300' }, 'InvalidParameterValue'],
  ])('refuse an entry with %s', async (_, change, code) => {
    const { ec2, create } = await setUp();
    const NetworkAclId = await create();
    const work = ec2.owner.createNetworkAclEntry({ NetworkAclId, ...ENTRY, ...change });
    expect(await ec2.codeOf(work)).toBe(code);
  });

  it('have quotas', async () => {
    const { ec2, vpcId, create } = await setUp();
    ec2.aws.ec2.setQuotas(MEMBER, 'eu-west-1', { networkAclsPerVpc: 2, rulesPerNetworkAcl: 1 });
    const NetworkAclId = await create();
    expect(await ec2.codeOf(ec2.owner.createNetworkAcl({ VpcId: vpcId }))).toBe('NetworkAclLimitExceeded');
    await ec2.get(ec2.owner.createNetworkAclEntry({ NetworkAclId, ...ENTRY }));
    const more = ec2.owner.createNetworkAclEntry({ NetworkAclId, ...ENTRY, RuleNumber: 120 });
    expect(await ec2.codeOf(more)).toBe('NetworkAclEntryLimitExceeded');
  });

  it('go with their VPC, where no other than the default one is left', async () => {
    const { ec2, vpcId, subnetId, acls, create } = await setUp();
    const NetworkAclId = await create();
    await ec2.get(ec2.owner.deleteSubnet({ SubnetId: subnetId }));
    expect(await ec2.codeOf(ec2.owner.deleteVpc({ VpcId: vpcId }))).toBe('DependencyViolation');
    await ec2.get(ec2.owner.deleteNetworkAcl({ NetworkAclId }));
    const [kept] = await acls();
    expect(await ec2.codeOf(ec2.owner.deleteNetworkAcl({ NetworkAclId: kept?.NetworkAclId }))).toBe(
      'InvalidParameterValue',
    );
    await ec2.get(ec2.owner.deleteVpc({ VpcId: vpcId }));
    expect(await acls()).toEqual([]);
  });
});
