import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclAssociation,
  NetworkAclEntry,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { ALL_IPV4 } from './defaults.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { dependencyViolation, invalidValue, limitExceeded, notFound, requireId } from './errors.ts';
import type { FilterTable } from './filters.ts';
import { createEntry, deleteEntry, replaceEntry, sameDirection } from './network-acl-entries.ts';
import type { NetworkAclEntryRecord, NetworkAclRecord, SubnetRecord } from './records.ts';
import { isAt, itemsAt, placeOf, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** The rule that denies whatever no other rule has matched; nobody can change it. */
const LAST_RULE_NUMBER = 32_767;

export function networkAclActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { NetworkAclId }: { NetworkAclId: string | undefined }) => [
    arnOf(call, 'network-acl', NetworkAclId),
  ];
  return {
    CreateNetworkAcl: ec2Action<CreateNetworkAclRequest, CreateNetworkAclResult>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'network-acl'), arnOf(call, 'vpc', VpcId)],
      run: (call, input) => createAcl(store, call, input),
    }),
    DeleteNetworkAcl: ec2Action<DeleteNetworkAclRequest, object>({
      mutates: true,
      resources,
      run: (call, { NetworkAclId }) => deleteAcl(store, store.networkAcl(call, NetworkAclId)),
    }),
    DescribeNetworkAcls: ec2Action<DescribeNetworkAclsRequest, DescribeNetworkAclsResult>({
      mutates: false,
      run: (call, input) => describeAcls(store, call, input),
    }),
    CreateNetworkAclEntry: ec2Action<CreateNetworkAclEntryRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => createEntry(store, store.networkAcl(call, input.NetworkAclId), input),
    }),
    ReplaceNetworkAclEntry: ec2Action<ReplaceNetworkAclEntryRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => replaceEntry(store.networkAcl(call, input.NetworkAclId), input),
    }),
    DeleteNetworkAclEntry: ec2Action<DeleteNetworkAclEntryRequest, object>({
      mutates: true,
      resources,
      run: (call, input) => deleteEntry(store.networkAcl(call, input.NetworkAclId), input),
    }),
    ReplaceNetworkAclAssociation: ec2Action<
      ReplaceNetworkAclAssociationRequest,
      ReplaceNetworkAclAssociationResult
    >({
      mutates: true,
      resources,
      run: (call, input) => replaceAssociation(store, call, input),
    }),
  };
}

function createAcl(store: Ec2Store, call: Call, input: CreateNetworkAclRequest): CreateNetworkAclResult {
  const vpc = store.vpc(call, input.VpcId);
  const tags = tagsFor('network-acl', input.TagSpecifications);
  const present = store.networkAclsOf(placeOf(call)).filter((acl) => acl.vpc === vpc);
  if (present.length >= store.quotas(vpc.ownerId, vpc.region).networkAclsPerVpc) {
    throw limitExceeded('NetworkAclLimitExceeded', 'network ACLs');
  }
  const acl: NetworkAclRecord = { ...store.newOwned('networkAcl', call), vpc, isDefault: false, entries: [] };
  store.networkAcls.add(acl);
  store.tags.set(call, acl.id, tags);
  return { NetworkAcl: toAcl(store, call, acl) };
}

function deleteAcl(store: Ec2Store, acl: NetworkAclRecord): object {
  if (acl.isDefault) throw invalidValue(`cannot delete default network ACL ${acl.id}`);
  if (subnetsOf(store, acl).length > 0) throw dependencyViolation('networkAcl', acl.id);
  store.networkAcls.delete(acl.id);
  store.tags.forget(acl.id);
  return {};
}

const subnetsOf = (store: Ec2Store, acl: NetworkAclRecord): SubnetRecord[] =>
  store
    .subnetsOf(acl.vpc)
    .filter(({ networkAcl }) => (networkAcl === undefined ? acl.isDefault : networkAcl.aclId === acl.id));

const associationIdOf = (store: Ec2Store, { id, networkAcl }: SubnetRecord): string =>
  networkAcl?.associationId ?? store.derivedId('networkAclAssociation', id);

/** The subnet keeps exactly one ACL all the time; with the new one the association has a new id. */
function replaceAssociation(
  store: Ec2Store,
  call: Call,
  input: ReplaceNetworkAclAssociationRequest,
): ReplaceNetworkAclAssociationResult {
  const id = requireId('networkAclAssociation', input.AssociationId);
  const acl = store.networkAcl(call, input.NetworkAclId);
  const subnet = itemsAt(store.subnets, call).find((candidate) => associationIdOf(store, candidate) === id);
  if (subnet === undefined || !isAt(subnet, call)) throw notFound('networkAclAssociation', id);
  if (subnet.vpc !== acl.vpc) {
    throw invalidValue(`network ACL ${acl.id} and subnet ${subnet.id} belong to different networks`);
  }
  const associationId = store.newId('networkAclAssociation');
  subnet.networkAcl = { associationId, aclId: acl.id };
  return { NewAssociationId: associationId };
}

function describeAcls(
  store: Ec2Store,
  call: Call,
  input: DescribeNetworkAclsRequest,
): DescribeNetworkAclsResult {
  const ids = input.NetworkAclIds;
  const candidates = ids?.length
    ? ids.map((id) => store.networkAcl(call, id))
    : store.networkAclsOf(placeOf(call));
  const rows = candidates.map((acl) => rowOf(acl.order, () => toAcl(store, call, acl)));
  const page = selectPage(rows, input, {
    ids,
    idsParameter: 'networkAclIds',
    filters: FILTERS,
    tags: ({ view }) => view.Tags ?? [],
    pageSize: store.options.pageSize,
  });
  return { NetworkAcls: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

function toAcl(store: Ec2Store, call: Call, acl: NetworkAclRecord): NetworkAcl {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.vpc.id,
    OwnerId: acl.ownerId,
    IsDefault: acl.isDefault,
    Associations: subnetsOf(store, acl).map((subnet): NetworkAclAssociation => ({
      NetworkAclAssociationId: associationIdOf(store, subnet),
      NetworkAclId: acl.id,
      SubnetId: subnet.id,
    })),
    Entries: [true, false].flatMap((isEgress) => [
      ...acl.entries.filter(sameDirection(isEgress)).map(toEntry),
      lastEntry(isEgress),
    ]),
    Tags: store.tags.get(call, acl.id),
  };
}

const lastEntry = (isEgress: boolean): NetworkAclEntry => ({
  CidrBlock: ALL_IPV4,
  Egress: isEgress,
  Protocol: '-1',
  RuleAction: 'deny',
  RuleNumber: LAST_RULE_NUMBER,
});

const toEntry = (entry: NetworkAclEntryRecord): NetworkAclEntry => ({
  ...(entry.cidr.includes(':') ? { Ipv6CidrBlock: entry.cidr } : { CidrBlock: entry.cidr }),
  Egress: entry.isEgress,
  Protocol: entry.protocol,
  RuleAction: entry.action,
  RuleNumber: entry.ruleNumber,
  ...(entry.ports && { PortRange: { From: entry.ports.from, To: entry.ports.to } }),
  ...(entry.icmp && { IcmpTypeCode: { Type: entry.icmp.type, Code: entry.icmp.code } }),
});

type AclRow = Row<NetworkAcl>;
const associations = ({ view }: AclRow) => view.Associations ?? [];
const entries = ({ view }: AclRow) => view.Entries ?? [];
/** The filter names protocols where the answer numbers them. */
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
const FILTERS: FilterTable<AclRow> = {
  'association.association-id': (row) => associations(row).map((one) => one.NetworkAclAssociationId),
  'association.network-acl-id': (row) => associations(row).map((one) => one.NetworkAclId),
  'association.subnet-id': (row) => associations(row).map((one) => one.SubnetId),
  default: ({ view }) => [String(view.IsDefault)],
  'entry.cidr': (row) => entries(row).map((entry) => entry.CidrBlock),
  'entry.egress': (row) => entries(row).map((entry) => String(entry.Egress)),
  'entry.icmp.code': (row) => entries(row).map((entry) => entry.IcmpTypeCode?.Code?.toString()),
  'entry.icmp.type': (row) => entries(row).map((entry) => entry.IcmpTypeCode?.Type?.toString()),
  'entry.ipv6-cidr': (row) => entries(row).map((entry) => entry.Ipv6CidrBlock),
  'entry.port-range.from': (row) => entries(row).map((entry) => entry.PortRange?.From?.toString()),
  'entry.port-range.to': (row) => entries(row).map((entry) => entry.PortRange?.To?.toString()),
  'entry.protocol': (row) => entries(row).flatMap(({ Protocol = '' }) => [Protocol, PROTOCOLS[Protocol]]),
  'entry.rule-action': (row) => entries(row).map((entry) => entry.RuleAction),
  'entry.rule-number': (row) => entries(row).map((entry) => String(entry.RuleNumber)),
  'network-acl-id': ({ view }) => [view.NetworkAclId],
  'owner-id': ({ view }) => [view.OwnerId],
  'vpc-id': ({ view }) => [view.VpcId],
};
