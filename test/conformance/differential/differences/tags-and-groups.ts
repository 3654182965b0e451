import { memberOf } from '../situation.ts';
import {
  API,
  both,
  either,
  onlyOurs,
  onlyTheirs,
  outcomes,
  PEERING,
  VPC_GUIDE,
  type KnownDifference,
} from './known.ts';

export const TAG_AND_GROUP_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'tags of a peering, seen by its accepter',
    sim: 'its own',
    moto: 'the requester’s',
    right: 'sim',
    source: `${PEERING}/vpc-peering-basics.html`,
    isCommon: true,
    fits: both(
      ({ path }) => /^VpcPeeringConnections?(\[\])?\.Tags\[\](\.Value)?$/.test(path),
      (difference, situation) => {
        const peering = situation.peeringAround(difference);
        return peering !== undefined && !situation.isAskerOf('Requester', peering);
      },
    ),
  },
  {
    id: 'tags of what is deleted',
    sim: 'gone with it',
    moto: 'kept',
    right: 'sim',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html',
    isCommon: true,
    fits: both(
      onlyTheirs(/^Tags\[\]$/),
      ({ moto }, situation) => situation.made(memberOf(moto, 'ResourceId'))?.isGone === true,
    ),
  },
  {
    id: 'deleting tags of what is not there',
    sim: '`….NotFound`',
    moto: 'done',
    right: 'either',
    source: `${API}/API_DeleteTags.html`,
    fits: ({ path, sim, moto }, { action }) =>
      action === 'DeleteTags' && path === '' && String(sim).endsWith('.NotFound') && moto === 'done',
  },
  {
    id: 'the rules of a default group',
    sim: 'its members reach each other',
    moto: 'nobody is let in',
    right: 'sim',
    source: `${VPC_GUIDE}/default-security-group.html`,
    isCommon: true,
    fits: both(
      onlyOurs(/^SecurityGroups\[\]\.IpPermissions\[\]$/),
      ({ around }) => memberOf(around.at(-1)?.sim, 'GroupName') === 'default',
    ),
  },
  {
    id: 'members of the answers about groups',
    sim: 'the tags of a new group, owner and ARN of a new rule, the revoked rules, the id of a deleted group',
    moto: 'none of these',
    right: 'sim',
    source: `${API}/API_CreateSecurityGroup.html`,
    isCommon: true,
    fits: either(
      both(onlyOurs(/^Tags\[\]$/), (_difference, { action }) => action === 'CreateSecurityGroup'),
      both(onlyOurs(/^(GroupId|Return)$/), (_difference, { action }) => action === 'DeleteSecurityGroup'),
      onlyOurs(/^SecurityGroupRules\[\]\.(GroupOwnerId|SecurityGroupRuleArn)$/),
      onlyOurs(/^RevokedSecurityGroupRules\[\]$/),
    ),
  },
  {
    id: 'a group in a VPC that is not there',
    sim: '`InvalidVpcID`',
    moto: 'done',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: both(
      either(
        outcomes(/^CreateSecurityGroup$/, 'InvalidVpcID.NotFound'),
        outcomes(/^CreateSecurityGroup$/, 'InvalidVpcID.Malformed'),
      ),
      (_difference, situation) =>
        situation.named('VpcId')?.isGone !== false || situation.isElsewhere('VpcId'),
    ),
  },
  {
    id: 'a rule for a group of a VPC that is not peered',
    sim: '`InvalidGroup.NotFound`',
    moto: 'written',
    right: 'sim',
    source: `${PEERING}/vpc-peering-security-groups.html`,
    fits: both(
      outcomes(/^AuthorizeSecurityGroupIngress$/, 'InvalidGroup.NotFound'),
      (_difference, { call, world }) => {
        const vpcs = [...JSON.stringify(call.input).matchAll(/sg#\d+/g)].map(
          ([token]) => world.find(token)?.vpc,
        );
        return new Set(vpcs).size > 1;
      },
    ),
  },
  {
    id: 'a rule for a group of a peered VPC',
    sim: 'with the peering and its status',
    moto: 'without',
    right: 'sim',
    source: `${API}/API_UserIdGroupPair.html`,
    fits: onlyOurs(
      /\.(ReferencedGroupInfo|UserIdGroupPairs\[\])\.(PeeringStatus|VpcId|VpcPeeringConnectionId)$/,
    ),
  },
  {
    id: 'deleting a group that another one refers to',
    sim: '`DependencyViolation`',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_DeleteSecurityGroup.html`,
    fits: both(outcomes(/^DeleteSecurityGroup$/, 'DependencyViolation'), (_difference, situation) => {
      const group = situation.named('GroupId');
      return group !== undefined && situation.world.alive('sg', (other) => other !== group).length > 0;
    }),
  },
];
