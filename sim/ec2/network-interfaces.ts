import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidCombination, missingParameter } from './errors.ts';
import type { FilterTable } from './filters.ts';
import { interfaceAddresses } from './interface-addresses.ts';
import type { NetworkInterfaceRecord, SubnetRecord } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** DescribeNetworkInterfaces takes 5 to 1000. */
const LOWEST_MAX_RESULTS = 5;

/** Interfaces that nothing is attached to: there are no instances in the model. */
export function networkInterfaceActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { NetworkInterfaceId }: { NetworkInterfaceId: string | undefined }) => [
    arnOf(call, 'network-interface', NetworkInterfaceId),
  ];
  return {
    CreateNetworkInterface: ec2Action<CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult>({
      mutates: true,
      resources: (call, { SubnetId, Groups = [] }) => [
        arnOf(call, 'network-interface'),
        arnOf(call, 'subnet', SubnetId),
        ...Groups.map((id) => arnOf(call, 'security-group', id)),
      ],
      run: (call, input) => ({ NetworkInterface: toInterface(store, call, create(store, call, input)) }),
    }),
    ModifyNetworkInterfaceAttribute: ec2Action<ModifyNetworkInterfaceAttributeRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => modify(store, call, input),
    }),
    DeleteNetworkInterface: ec2Action<DeleteNetworkInterfaceRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => {
        const { id } = store.networkInterface(call, input.NetworkInterfaceId);
        store.networkInterfaces.delete(id);
        store.tags.forget(id);
        return {};
      },
    }),
    DescribeNetworkInterfaces: ec2Action<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult>({
      mutates: false,
      run: (call, input) => describe(store, call, input),
    }),
  };
}

function create(store: Ec2Store, call: Call, input: CreateNetworkInterfaceRequest): NetworkInterfaceRecord {
  const subnet = store.subnet(call, input.SubnetId);
  const tags = tagsFor('network-interface', input.TagSpecifications);
  const groupIds = groupsOf(store, call, subnet, input.Groups);
  const taken = store.networkInterfaces.with(subnet.vpc.id).flatMap(addressesOf);
  const created: NetworkInterfaceRecord = {
    ...store.newOwned('networkInterface', call),
    vpc: subnet.vpc,
    subnet,
    description: input.Description ?? '',
    ...interfaceAddresses(subnet, new Set(taken), {
      ipv4: input.PrivateIpAddress,
      ipv6: (input.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
      ipv6Count: input.Ipv6AddressCount,
    }),
    groupIds,
    sourceDestCheck: true,
  };
  store.networkInterfaces.add(created);
  store.tags.set(call, created.id, tags);
  return created;
}

const addressesOf = ({ ipv4, ipv6 }: NetworkInterfaceRecord): readonly string[] => [
  ...(ipv4 === undefined ? [] : [ipv4]),
  ...ipv6,
];

/** The VPC's default group where the request names none. */
function groupsOf(
  store: Ec2Store,
  call: Call,
  { id, vpc }: SubnetRecord,
  wanted: readonly string[] = [],
): readonly string[] {
  if (wanted.length === 0) {
    return store
      .securityGroupsOf(vpc)
      .filter((group) => group.vpc === vpc && group.name === 'default')
      .map((group) => group.id);
  }
  return wanted.map((groupId) => {
    const group = store.securityGroup(call, groupId);
    if (group.vpc === vpc) return group.id;
    throw new AwsError(
      'InvalidParameter',
      `Security group ${groupId} and subnet ${id} belong to different networks.`,
    );
  });
}

/** One attribute a call: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html */
function modify(store: Ec2Store, call: Call, input: ModifyNetworkInterfaceAttributeRequest): object {
  const found = store.networkInterface(call, input.NetworkInterfaceId);
  const given = [input.Groups, input.SourceDestCheck, input.Description].filter((one) => one !== undefined);
  if (given.length === 0) throw missingParameter('attribute');
  if (given.length > 1) throw invalidCombination('Fields for multiple attribute types specified');
  if (input.Groups !== undefined) found.groupIds = groupsOf(store, call, found.subnet, input.Groups);
  found.sourceDestCheck = input.SourceDestCheck?.Value ?? found.sourceDestCheck;
  found.description = input.Description?.Value ?? found.description;
  return {};
}

function describe(
  store: Ec2Store,
  call: Call,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const ids = input.NetworkInterfaceIds;
  const candidates = ids?.length
    ? ids.map((id) => store.networkInterface(call, id))
    : itemsAt(store.networkInterfaces, call);
  const rows = candidates.map((each) => rowOf(each.order, () => toInterface(store, call, each)));
  const page = selectPage(rows, input, {
    ids,
    idsParameter: 'networkInterfaceIds',
    filters: FILTERS,
    tags: ({ view }) => view.TagSet ?? [],
    lowestMaxResults: LOWEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  return { NetworkInterfaces: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

function toInterface(store: Ec2Store, call: Call, each: NetworkInterfaceRecord): NetworkInterface {
  const { ipv4, ipv6, groupIds } = each;
  return {
    NetworkInterfaceId: each.id,
    OwnerId: each.ownerId,
    VpcId: each.vpc.id,
    SubnetId: each.subnet.id,
    AvailabilityZone: each.subnet.availabilityZone,
    Description: each.description,
    InterfaceType: 'interface',
    RequesterManaged: false,
    SourceDestCheck: each.sourceDestCheck,
    Status: 'available',
    ...(ipv4 !== undefined && {
      PrivateIpAddress: ipv4,
      PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: ipv4 }],
    }),
    Ipv6Addresses: ipv6.map((Ipv6Address) => ({ Ipv6Address })),
    Groups: groupIds.map((GroupId) => ({ GroupId, GroupName: store.securityGroups.get(GroupId)?.name })),
    TagSet: store.tags.get(call, each.id),
  };
}

type InterfaceRow = Row<NetworkInterface>;

/** Those whose values the model has; all other filters of the page match nothing. */
const KNOWN_FILTERS: FilterTable<InterfaceRow> = {
  'addresses.primary': () => ['true'],
  'addresses.private-ip-address': ({ view }) => [view.PrivateIpAddress],
  'availability-zone': ({ view }) => [view.AvailabilityZone],
  description: ({ view }) => [view.Description],
  'group-id': ({ view }) => (view.Groups ?? []).map(({ GroupId }) => GroupId),
  'interface-type': ({ view }) => [view.InterfaceType],
  'ipv6-addresses.ipv6-address': ({ view }) =>
    (view.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address),
  'network-interface-id': ({ view }) => [view.NetworkInterfaceId],
  'owner-id': ({ view }) => [view.OwnerId],
  'private-ip-address': ({ view }) => [view.PrivateIpAddress],
  'requester-managed': () => ['false'],
  'source-dest-check': ({ view }) => [String(view.SourceDestCheck)],
  status: ({ view }) => [view.Status],
  'subnet-id': ({ view }) => [view.SubnetId],
  'vpc-id': ({ view }) => [view.VpcId],
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
const FILTERS: FilterTable<InterfaceRow> = {
  ...Object.fromEntries(
    [
      'association.allocation-id',
      'association.association-id',
      'addresses.association.owner-id',
      'addresses.association.public-ip',
      'association.ip-owner-id',
      'association.public-ip',
      'association.public-dns-name',
      'attachment.attach-time',
      'attachment.attachment-id',
      'attachment.delete-on-termination',
      'attachment.device-index',
      'attachment.instance-id',
      'attachment.instance-owner-id',
      'attachment.status',
      'availability-zone-id',
      'mac-address',
      'operator.managed',
      'operator.principal',
      'private-dns-name',
      'requester-id',
    ].map((name) => [name, () => []]),
  ),
  ...KNOWN_FILTERS,
};
