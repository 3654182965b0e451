import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { egressRules } from './defaults.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue, limitExceeded, missingParameter } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { SecurityGroupRecord, VpcRecord } from './records.ts';
import { arnOfGroup, toSecurityGroup } from './security-group-view.ts';
import { placeOf, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html: a to z, A to Z, 0 to 9, and … */
const NAME = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export function securityGroupActions(store: Ec2Store): ActionTable {
  return {
    CreateSecurityGroup: ec2Action<CreateSecurityGroupRequest, CreateSecurityGroupResult>({
      mutates: true,
      resources: (call, { VpcId }) => [
        arnOf(call, 'security-group'),
        ...(VpcId === undefined ? [] : [arnOf(call, 'vpc', VpcId)]),
      ],
      run: (call, input) => createGroup(store, call, input),
    }),
    DeleteSecurityGroup: ec2Action<DeleteSecurityGroupRequest, DeleteSecurityGroupResult>({
      mutates: true,
      resources: (call, { GroupId }) => [arnOf(call, 'security-group', GroupId)],
      run: (call, input) => deleteGroup(store, groupOf(store, call, input)),
    }),
    DescribeSecurityGroups: ec2Action<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>({
      mutates: false,
      run: (call, input) => describeGroups(store, call, input),
    }),
  };
}

/** The group that a request names by id, or by name in the default VPC. */
export function groupOf(
  store: Ec2Store,
  call: Call,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): SecurityGroupRecord {
  if (input.GroupId !== undefined || input.GroupName === undefined) {
    return store.securityGroup(call, input.GroupId);
  }
  return namedGroup(store, call, input.GroupName);
}

/** Names alone are enough only in the default VPC. */
function namedGroup(store: Ec2Store, call: Call, name: string): SecurityGroupRecord {
  const vpc = defaultVpc(store, call);
  const found = store
    .securityGroupsOf(placeOf(call))
    .find((group) => group.vpc === vpc && group.name === name);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidGroup.NotFound',
    `The security group '${name}' does not exist in default VPC '${vpc.id}'`,
  );
}

function defaultVpc(store: Ec2Store, call: Call): VpcRecord {
  const found = store.defaultVpc(call);
  if (found === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  return found;
}

function createGroup(
  store: Ec2Store,
  call: Call,
  input: CreateSecurityGroupRequest,
): CreateSecurityGroupResult {
  const { GroupName: name, Description: description } = input;
  if (name === undefined || name === '') throw missingParameter('groupName');
  if (description === undefined || description === '') throw missingParameter('groupDescription');
  const vpc = input.VpcId === undefined ? defaultVpc(store, call) : store.vpc(call, input.VpcId);
  assertNames(name, description);
  const tags = tagsFor('security-group', input.TagSpecifications);
  const present = store.securityGroupsOf(placeOf(call));
  if (present.some((group) => group.vpc === vpc && group.name === name)) {
    throw new AwsError(
      'InvalidGroup.Duplicate',
      `The security group '${name}' already exists for VPC '${vpc.id}'`,
    );
  }
  if (present.length >= store.quotas(vpc.ownerId, vpc.region).securityGroupsPerRegion) {
    throw limitExceeded('SecurityGroupLimitExceeded', 'security groups');
  }
  const owned = store.newOwned('securityGroup', call);
  const group = { ...owned, vpc, name, description, rules: egressRules(store, vpc, owned.id) };
  store.securityGroups.add(group);
  store.tags.set(call, group.id, tags);
  return {
    GroupId: group.id,
    SecurityGroupArn: arnOfGroup(group),
    Tags: store.tags.get(call, group.id),
  };
}

function assertNames(name: string, description: string): void {
  if (name.toLowerCase() === 'default') {
    throw new AwsError('InvalidGroup.Reserved', `The security group '${name}' is reserved`);
  }
  if (name.startsWith('sg-')) {
    throw invalidValue(
      `invalid value for parameter groupName (${name}). Group names may not be in the format sg-*`,
    );
  }
  if (!NAME.test(name)) throw invalidValue(`Value (${name}) for parameter GroupName is invalid.`);
  if (!NAME.test(description)) {
    throw invalidValue(`Value (${description}) for parameter GroupDescription is invalid.`);
  }
}

/** A rule of a peered VPC that refers to the group does not stand in the way: it goes stale. */
function deleteGroup(store: Ec2Store, group: SecurityGroupRecord): DeleteSecurityGroupResult {
  if (group.name === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${group.id}" name: "${group.name}" cannot be deleted by a user`,
    );
  }
  const isUsed = store.securityGroups
    .with(group.vpc.id)
    .some(
      (other) =>
        other !== group && other.rules.some(({ peer }) => peer.kind === 'group' && peer.groupId === group.id),
    );
  const isWorn = store.networkInterfaces
    .with(group.vpc.id)
    .some(({ groupIds }) => groupIds.includes(group.id));
  if (isUsed || isWorn)
    throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
  store.securityGroups.delete(group.id);
  for (const id of [group.id, ...group.rules.map((rule) => rule.id)]) store.tags.forget(id);
  return { Return: true, GroupId: group.id };
}

function describeGroups(
  store: Ec2Store,
  call: Call,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const named = [
    ...(input.GroupIds ?? []).map((id) => store.securityGroup(call, id)),
    ...(input.GroupNames ?? []).map((name) => namedGroup(store, call, name)),
  ];
  const candidates = named.length > 0 ? named : store.securityGroupsOf(placeOf(call));
  const rows = candidates.map((group) => rowOf(group.order, () => toSecurityGroup(store, call, group)));
  const page = selectPage(rows, input, {
    ids: input.GroupIds,
    idsParameter: 'groupIds',
    filters: FILTERS,
    tags: ({ view }) => view.Tags ?? [],
    pageSize: store.options.pageSize,
  });
  return { SecurityGroups: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

type Group = Row<SecurityGroup>;
type Reader<Item> = (item: Item) => readonly (string | undefined)[];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
const PERMISSION_FILTERS: Readonly<Record<string, Reader<IpPermission>>> = {
  cidr: ({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp),
  'from-port': ({ FromPort }) => [FromPort?.toString()],
  'group-id': ({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupId }) => GroupId),
  'group-name': ({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupName }) => GroupName),
  'ipv6-cidr': ({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
  'prefix-list-id': ({ PrefixListIds = [] }) => PrefixListIds.map(({ PrefixListId }) => PrefixListId),
  protocol: ({ IpProtocol }) => [IpProtocol],
  'to-port': ({ ToPort }) => [ToPort?.toString()],
  'user-id': ({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ UserId }) => UserId),
};

const FILTERS: FilterTable<Group> = {
  description: ({ view }) => [view.Description],
  'group-id': ({ view }) => [view.GroupId],
  'group-name': ({ view }) => [view.GroupName],
  'owner-id': ({ view }) => [view.OwnerId],
  'vpc-id': ({ view }) => [view.VpcId],
  ...permissionFilters('ip-permission', ({ view }) => view.IpPermissions ?? []),
  ...permissionFilters('egress.ip-permission', ({ view }) => view.IpPermissionsEgress ?? []),
};

function permissionFilters(
  prefix: string,
  permissions: (group: Group) => readonly IpPermission[],
): FilterTable<Group> {
  return Object.fromEntries(
    Object.entries(PERMISSION_FILTERS).map(([name, read]) => [
      `${prefix}.${name}`,
      (group: Group) => permissions(group).flatMap(read),
    ]),
  );
}
