import type { EC2 } from '@aws-sdk/client-ec2';
import { Ec2Clients } from './ec2-client.ts';
import { MEMBER, STRANGER } from '../world/services-support.ts';

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
const ssh = (CidrIp: string) => [{ ...SSH, IpRanges: [{ CidrIp }] }];

async function setUp() {
  const ec2 = new Ec2Clients();
  const vpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
  const groupId = await ec2.group(ec2.owner, vpcId, 'web');
  const describe = async (input: Parameters<EC2['describeSecurityGroups']>[0] = {}) =>
    (await ec2.get(ec2.owner.describeSecurityGroups(input))).SecurityGroups ?? [];
  return { ec2, vpcId, groupId, describe };
}

describe('security groups', () => {
  it('begin with the default group of each VPC', async () => {
    const { vpcId, describe } = await setUp();
    const [group] = await describe({ Filters: [{ Name: 'group-name', Values: ['default'] }] });
    expect(group).toMatchObject({
      Description: 'default VPC security group',
      VpcId: vpcId,
      OwnerId: MEMBER,
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group?.GroupId, UserId: MEMBER }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
  });

  it('let everything out and nothing in when they are new', async () => {
    const { groupId, describe } = await setUp();
    const [group] = await describe({ GroupIds: [groupId] });
    expect(group).toMatchObject({
      GroupName: 'web',
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
  });

  it('keep the same id for the default group', async () => {
    const { describe } = await setUp();
    const first = await describe();
    expect(await describe()).toEqual(first);
  });

  it('are seen by their owner only', async () => {
    const { ec2, groupId } = await setUp();
    expect(await ec2.codeOf(ec2.other.describeSecurityGroups({ GroupIds: [groupId] }))).toBe(
      'InvalidGroup.NotFound',
    );
    expect((await ec2.get(ec2.other.describeSecurityGroups({}))).SecurityGroups).toEqual([]);
  });

  it.each([
    ['a name that is taken', { GroupName: 'web', Description: 'x' }, 'InvalidGroup.Duplicate'],
    ['the reserved name', { GroupName: 'default', Description: 'x' }, 'InvalidGroup.Reserved'],
    ['a name like an id', { GroupName: 'sg-web', Description: 'x' }, 'InvalidParameterValue'],
    ['a name with odd characters', { GroupName: 'wéb', Description: 'x' }, 'InvalidParameterValue'],
    ['no description', { GroupName: 'api', Description: '' }, 'MissingParameter'],
  ])('refuse %s', async (_, input, code) => {
    const { ec2, vpcId } = await setUp();
    expect(await ec2.codeOf(ec2.owner.createSecurityGroup({ VpcId: vpcId, ...input }))).toBe(code);
  });

  it('need a VPC where there is no default one', async () => {
    const { ec2 } = await setUp();
    const input = { GroupName: 'api', Description: 'x' };
    expect(await ec2.codeOf(ec2.owner.createSecurityGroup(input))).toBe('VPCIdNotSpecified');
  });

  it('cannot be deleted while another group of the VPC refers to them', async () => {
    const { ec2, vpcId, groupId } = await setUp();
    const other = await ec2.group(ec2.owner, vpcId, 'api');
    const pair = [{ ...SSH, UserIdGroupPairs: [{ GroupId: groupId }] }];
    await ec2.get(ec2.owner.authorizeSecurityGroupIngress({ GroupId: other, IpPermissions: pair }));
    expect(await ec2.codeOf(ec2.owner.deleteSecurityGroup({ GroupId: groupId }))).toBe('DependencyViolation');
    await ec2.get(ec2.owner.revokeSecurityGroupIngress({ GroupId: other, IpPermissions: pair }));
    await ec2.get(ec2.owner.deleteSecurityGroup({ GroupId: groupId }));
    expect(await ec2.codeOf(ec2.owner.deleteSecurityGroup({ GroupId: groupId }))).toBe(
      'InvalidGroup.NotFound',
    );
  });

  it('keep the default group', async () => {
    const { ec2, describe } = await setUp();
    const [group] = await describe({ Filters: [{ Name: 'group-name', Values: ['default'] }] });
    expect(await ec2.codeOf(ec2.owner.deleteSecurityGroup({ GroupId: group?.GroupId }))).toBe('CannotDelete');
  });

  it('stand in the way of their VPC’s deletion, the default one apart', async () => {
    const { ec2, vpcId, groupId, describe } = await setUp();
    expect(await ec2.codeOf(ec2.owner.deleteVpc({ VpcId: vpcId }))).toBe('DependencyViolation');
    await ec2.get(ec2.owner.deleteSecurityGroup({ GroupId: groupId }));
    await ec2.get(ec2.owner.deleteVpc({ VpcId: vpcId }));
    expect(await describe()).toEqual([]);
  });

  it.each([
    ['ip-permission.cidr', '10.9.0.0/16'],
    ['ip-permission.from-port', '22'],
    ['ip-permission.protocol', 'tcp'],
    ['group-name', 'w?b'],
    ['description', '*web*'],
    ['tag:tier', 'front'],
  ])('are found by %s', async (name, value) => {
    const { ec2, groupId, describe } = await setUp();
    await ec2.get(
      ec2.owner.authorizeSecurityGroupIngress({ GroupId: groupId, IpPermissions: ssh('10.9.0.0/16') }),
    );
    await ec2.get(ec2.owner.createTags({ Resources: [groupId], Tags: [{ Key: 'tier', Value: 'front' }] }));
    const found = await describe({ Filters: [{ Name: name, Values: [value] }] });
    expect(found.map(({ GroupId }) => GroupId)).toEqual([groupId]);
  });

  it('have a quota for each account and region', async () => {
    const { ec2, vpcId } = await setUp();
    ec2.aws.ec2.setQuotas(MEMBER, 'eu-west-1', { securityGroupsPerRegion: 2 });
    const input = { VpcId: vpcId, GroupName: 'api', Description: 'x' };
    expect(await ec2.codeOf(ec2.owner.createSecurityGroup(input))).toBe('SecurityGroupLimitExceeded');
  });
});

describe('rules of security groups', () => {
  it('come one for each range, with ids', async () => {
    const { ec2, groupId } = await setUp();
    const permissions = [{ ...SSH, IpRanges: [{ CidrIp: '10.9.0.0/16' }, { CidrIp: '10.8.0.18/16' }] }];
    const { SecurityGroupRules } = await ec2.get(
      ec2.owner.authorizeSecurityGroupIngress({ GroupId: groupId, IpPermissions: permissions }),
    );
    expect(SecurityGroupRules).toMatchObject([
      { GroupId: groupId, IsEgress: false, IpProtocol: 'tcp', FromPort: 22, CidrIpv4: '10.9.0.0/16' },
      { CidrIpv4: '10.8.0.0/16' }, // made canonical
    ]);
    const listed = await ec2.get(
      ec2.owner.describeSecurityGroupRules({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
    );
    expect(listed.SecurityGroupRules).toHaveLength(3); // these, and the one that lets everything out
    expect(listed.SecurityGroupRules?.find(({ IsEgress }) => IsEgress)).toMatchObject({
      IpProtocol: '-1',
      FromPort: -1,
      CidrIpv4: '0.0.0.0/0',
    });
  });

  it('take the short form of one rule', async () => {
    const { ec2, groupId, describe } = await setUp();
    await ec2.get(
      ec2.owner.authorizeSecurityGroupIngress({ GroupId: groupId, ...SSH, CidrIp: '10.9.0.0/16' }),
    );
    const [group] = await describe({ GroupIds: [groupId] });
    expect(group?.IpPermissions).toMatchObject([{ ...SSH, IpRanges: [{ CidrIp: '10.9.0.0/16' }] }]);
  });

  it.each([
    ['the same rule twice', [...ssh('10.9.0.0/16'), ...ssh('10.9.0.0/16')], 'InvalidPermission.Duplicate'],
    ['a malformed CIDR', ssh('10.9.0.0/33'), 'InvalidParameterValue'],
    [
      'TCP without ports',
      [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
      'InvalidParameterValue',
    ],
    ['ports in the wrong order', [{ ...ssh('10.0.0.0/8')[0], ToPort: 21 }], 'InvalidParameterValue'],
    ['an unknown protocol', [{ ...ssh('10.0.0.0/8')[0], IpProtocol: 'tpc' }], 'InvalidParameterValue'],
    ['a rule for nobody', [{ ...SSH }], 'MissingParameter'],
    [
      'a group that is not there',
      [{ ...SSH, UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] }],
      'InvalidGroup.NotFound',
    ],
    [
      'a malformed group id',
      [{ ...SSH, UserIdGroupPairs: [{ GroupId: 'web' }] }],
      'InvalidGroupId.Malformed',
    ],
  ])('are refused: %s', async (_, IpPermissions, code) => {
    const { ec2, groupId } = await setUp();
    const work = ec2.owner.authorizeSecurityGroupIngress({ GroupId: groupId, IpPermissions });
    expect(await ec2.codeOf(work)).toBe(code);
  });

  it('say which rule exists already', async () => {
    const { ec2, groupId } = await setUp();
    const input = { GroupId: groupId, IpPermissions: ssh('10.9.0.0/16') };
    await ec2.get(ec2.owner.authorizeSecurityGroupIngress(input));
    expect(await ec2.messageOf(ec2.owner.authorizeSecurityGroupIngress(input))).toBe(
      'the specified rule "peer: 10.9.0.0/16, TCP, from port: 22, to port: 22, ALLOW" already exists',
    );
  });

  it('are revoked by what they say, or by id', async () => {
    const { ec2, groupId, describe } = await setUp();
    const input = { GroupId: groupId, IpPermissions: ssh('10.9.0.0/16') };
    const { SecurityGroupRules } = await ec2.get(ec2.owner.authorizeSecurityGroupIngress(input));
    await ec2.get(ec2.owner.revokeSecurityGroupIngress(input));
    expect(await ec2.codeOf(ec2.owner.revokeSecurityGroupIngress(input))).toBe('InvalidPermission.NotFound');
    const again = await ec2.get(ec2.owner.authorizeSecurityGroupIngress(input));
    const ids = again.SecurityGroupRules?.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '') ?? [];
    const { RevokedSecurityGroupRules } = await ec2.get(
      ec2.owner.revokeSecurityGroupIngress({ GroupId: groupId, SecurityGroupRuleIds: ids }),
    );
    expect(RevokedSecurityGroupRules).toMatchObject([
      { SecurityGroupRuleId: ids[0], CidrIpv4: '10.9.0.0/16' },
    ]);
    expect(ids).not.toEqual(SecurityGroupRules?.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
    expect((await describe({ GroupIds: [groupId] }))[0]?.IpPermissions).toEqual([]);
  });

  it('that are not there are only reported in a default VPC', async () => {
    const ec2 = new Ec2Clients({ defaultVpcs: true });
    const { GroupId } = await ec2.get(ec2.owner.createSecurityGroup({ GroupName: 'web', Description: 'x' }));
    const input = { GroupId, IpPermissions: ssh('10.9.0.0/16') };
    const { UnknownIpPermissions } = await ec2.get(ec2.owner.revokeSecurityGroupIngress(input));
    expect(UnknownIpPermissions).toMatchObject([{ ...SSH, IpRanges: [{ CidrIp: '10.9.0.0/16' }] }]);
  });

  it('change by ModifySecurityGroupRules and get other descriptions', async () => {
    const { ec2, groupId, describe } = await setUp();
    const input = { GroupId: groupId, IpPermissions: ssh('10.9.0.0/16') };
    const { SecurityGroupRules } = await ec2.get(ec2.owner.authorizeSecurityGroupIngress(input));
    const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId;
    const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.9.0.0/16' };
    const update = { SecurityGroupRuleId: id, SecurityGroupRule: rule };
    await ec2.get(ec2.owner.modifySecurityGroupRules({ GroupId: groupId, SecurityGroupRules: [update] }));
    const described = { SecurityGroupRuleId: id, Description: 'TLS' };
    await ec2.get(
      ec2.owner.updateSecurityGroupRuleDescriptionsIngress({
        GroupId: groupId,
        SecurityGroupRuleDescriptions: [described],
      }),
    );
    expect((await describe({ GroupIds: [groupId] }))[0]?.IpPermissions).toMatchObject([
      { FromPort: 443, IpRanges: [{ CidrIp: '10.9.0.0/16', Description: 'TLS' }] },
    ]);
  });

  it('have a quota for each direction', async () => {
    const { ec2, groupId } = await setUp();
    ec2.aws.ec2.setQuotas(MEMBER, 'eu-west-1', { rulesPerSecurityGroup: 1 });
    const allow = (cidr: string) =>
      ec2.owner.authorizeSecurityGroupIngress({ GroupId: groupId, IpPermissions: ssh(cidr) });
    await ec2.get(allow('10.9.0.0/16'));
    expect(await ec2.codeOf(allow('10.8.0.0/16'))).toBe('RulesPerSecurityGroupLimitExceeded');
  });

  it('take tags, at their creation and later', async () => {
    const { ec2, groupId } = await setUp();
    const TagSpecifications = [
      { ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'why', Value: 'bastion' }] },
    ];
    const { SecurityGroupRules } = await ec2.get(
      ec2.owner.authorizeSecurityGroupIngress({
        GroupId: groupId,
        IpPermissions: ssh('10.9.0.0/16'),
        TagSpecifications,
      }),
    );
    const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
    const found = await ec2.get(
      ec2.owner.describeSecurityGroupRules({ Filters: [{ Name: 'tag:why', Values: ['bastion'] }] }),
    );
    expect(found.SecurityGroupRules?.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)).toEqual([id]);
    await ec2.get(ec2.owner.deleteTags({ Resources: [id], Tags: [{ Key: 'why' }] }));
    const { Tags } = await ec2.get(ec2.owner.describeTags({}));
    expect(Tags).toEqual([]);
  });
});

describe('security groups over a peering', () => {
  async function peered() {
    const ec2 = new Ec2Clients();
    const { ownerVpc, otherVpc, peeringId } = await ec2.peered();
    const web = await ec2.group(ec2.owner, ownerVpc, 'web');
    const api = await ec2.group(ec2.other, otherVpc, 'api');
    const pair = (UserId?: string) => [{ ...SSH, UserIdGroupPairs: [{ GroupId: api, UserId }] }];
    const allow = (UserId: string | undefined = STRANGER) =>
      ec2.owner.authorizeSecurityGroupIngress({ GroupId: web, IpPermissions: pair(UserId) });
    const stale = async () =>
      (await ec2.get(ec2.owner.describeStaleSecurityGroups({ VpcId: ownerVpc }))).StaleSecurityGroupSet;
    return { ec2, ownerVpc, otherVpc, peeringId, web, api, allow, stale };
  }

  it('can name a group of the other VPC, and show the peering with it', async () => {
    const { ec2, otherVpc, peeringId, web, api, allow } = await peered();
    await ec2.get(allow());
    const { SecurityGroups } = await ec2.get(ec2.owner.describeSecurityGroups({ GroupIds: [web] }));
    expect(SecurityGroups?.[0]?.IpPermissions?.[0]?.UserIdGroupPairs).toEqual([
      {
        GroupId: api,
        UserId: STRANGER,
        VpcId: otherVpc,
        VpcPeeringConnectionId: peeringId,
        PeeringStatus: 'active',
      },
    ]);
  });

  it('need the other account’s id', async () => {
    const { ec2, allow } = await peered();
    expect(await ec2.codeOf(allow(MEMBER))).toBe('InvalidGroup.NotFound');
  });

  it('cannot name it once the peering is gone', async () => {
    const { ec2, peeringId, allow } = await peered();
    await ec2.endPeering(peeringId);
    expect(await ec2.messageOf(allow())).toBe(
      'You have specified two resources that belong to different networks.',
    );
  });

  it('cannot name a group of another VPC of the same account without a peering', async () => {
    const { ec2, ownerVpc } = await peered();
    const lone = await ec2.vpc(ec2.owner, '10.2.0.0/16');
    const [one, two] = [await ec2.group(ec2.owner, ownerVpc, 'one'), await ec2.group(ec2.owner, lone, 'two')];
    const IpPermissions = [{ ...SSH, UserIdGroupPairs: [{ GroupId: two }] }];
    const work = ec2.owner.authorizeSecurityGroupIngress({ GroupId: one, IpPermissions });
    expect(await ec2.codeOf(work)).toBe('InvalidGroup.NotFound');
  });

  it('cannot name a group in another region', async () => {
    const { ec2, web } = await peered();
    const far = ec2.client(STRANGER, 'us-east-1');
    const farGroup = await ec2.group(far, await ec2.vpc(far, '10.3.0.0/16'), 'far');
    const IpPermissions = [{ ...SSH, UserIdGroupPairs: [{ GroupId: farGroup, UserId: STRANGER }] }];
    const work = ec2.owner.authorizeSecurityGroupIngress({ GroupId: web, IpPermissions });
    expect(await ec2.codeOf(work)).toBe('InvalidGroup.NotFound');
  });

  it('tell their owner which VPCs refer to them', async () => {
    const { ec2, ownerVpc, peeringId, api, allow } = await peered();
    const references = async () =>
      (await ec2.get(ec2.other.describeSecurityGroupReferences({ GroupId: [api] })))
        .SecurityGroupReferenceSet;
    expect(await references()).toEqual([]);
    await ec2.get(allow());
    expect(await references()).toEqual([
      { GroupId: api, ReferencingVpcId: ownerVpc, VpcPeeringConnectionId: peeringId },
    ]);
  });

  it('are not stale while the peering is active', async () => {
    const { ec2, allow, stale } = await peered();
    await ec2.get(allow());
    expect(await stale()).toEqual([]);
  });

  it('go stale with the peering’s deletion, and stay so until someone revokes the rule', async () => {
    const { ec2, ownerVpc, otherVpc, peeringId, web, api, allow, stale } = await peered();
    await ec2.get(allow());
    await ec2.endPeering(peeringId);
    const pair = {
      GroupId: api,
      GroupName: 'api',
      UserId: STRANGER,
      VpcId: otherVpc,
      VpcPeeringConnectionId: peeringId,
      PeeringStatus: 'deleted',
    };
    const expected = {
      GroupId: web,
      GroupName: 'web',
      Description: 'the web tier',
      VpcId: ownerVpc,
      StaleIpPermissions: [{ ...SSH, UserIdGroupPairs: [pair] }],
      StaleIpPermissionsEgress: [],
    };
    expect(await stale()).toEqual([expected]);
    await ec2.pass(3 * 24 * 3_600_000); // longer than EC2 shows the peering itself
    expect(await stale()).toEqual([expected]);
    await ec2.get(
      ec2.owner.revokeSecurityGroupIngress({
        GroupId: web,
        IpPermissions: [{ ...SSH, UserIdGroupPairs: [{ GroupId: api, UserId: STRANGER }] }],
      }),
    );
    expect(await stale()).toEqual([]);
  });

  it('go stale with the other group’s deletion, which a reference does not prevent', async () => {
    const { ec2, otherVpc, peeringId, api, allow, stale } = await peered();
    await ec2.get(allow());
    await ec2.get(ec2.other.deleteSecurityGroup({ GroupId: api }));
    expect((await stale())?.[0]?.StaleIpPermissions?.[0]?.UserIdGroupPairs).toEqual([
      { GroupId: api, VpcId: otherVpc, VpcPeeringConnectionId: peeringId, PeeringStatus: 'active' },
    ]);
  });

  it.each([4, 256])('take no MaxResults of %d for the stale ones', async (MaxResults) => {
    const { ec2, ownerVpc } = await peered();
    const work = ec2.owner.describeStaleSecurityGroups({ VpcId: ownerVpc, MaxResults });
    expect(await ec2.codeOf(work)).toBe('InvalidParameterValue');
  });
});
