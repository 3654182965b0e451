import type {
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  Tenancy,
  Vpc,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { amazonIpv6Cidr, ipv4View, ipv6View, vpcCidr } from './cidrs.ts';
import { selectPage } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import {
  dependencyViolation,
  invalidCombination,
  invalidValue,
  limitExceeded,
  missingParameter,
} from './errors.ts';
import type { FilterTable } from './filters.ts';
import { isSameAccount, isUnderWay, stateAt } from './peering-state.ts';
import type { CidrAssociation, PeeringRecord, VpcRecord } from './records.ts';
import { countAt, itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

export function vpcActions(store: Ec2Store): ActionTable {
  return {
    CreateVpc: ec2Action<CreateVpcRequest, CreateVpcResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'vpc')],
      run: (call, input) => createVpc(store, call, input),
    }),
    DeleteVpc: ec2Action<DeleteVpcRequest, object>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'vpc', VpcId)],
      run: (call, { VpcId }) => deleteVpc(store, call, store.vpc(call, VpcId)),
    }),
    DescribeVpcs: ec2Action<DescribeVpcsRequest, DescribeVpcsResult>({
      mutates: false,
      run: (call, input) => describeVpcs(store, call, input),
    }),
    ModifyVpcAttribute: ec2Action<ModifyVpcAttributeRequest, object>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'vpc', VpcId)],
      run: (call, input) => modifyVpcAttribute(store.vpc(call, input.VpcId), input),
    }),
    DescribeVpcAttribute: ec2Action<DescribeVpcAttributeRequest, DescribeVpcAttributeResult>({
      mutates: false,
      run: (call, { VpcId, Attribute }) => describeVpcAttribute(store.vpc(call, VpcId), Attribute),
    }),
  };
}

function createVpc(store: Ec2Store, call: Call, input: CreateVpcRequest): CreateVpcResult {
  const vpc = addVpc(store, call, input);
  return { Vpc: { ...toVpc(store, call, vpc), State: 'pending' } };
}

/** A VPC with its main route table. Its default security group and ACL come to be once somebody asks for them. */
export function addVpc(store: Ec2Store, call: Call, input: CreateVpcRequest, isDefault = false): VpcRecord {
  if (input.CidrBlock === undefined) throw missingParameter('cidrBlock');
  const tags = tagsFor('vpc', input.TagSpecifications);
  const { vpcsPerRegion } = store.quotas(call.caller.accountId, call.region);
  if (countAt(store.vpcs, call) >= vpcsPerRegion) throw limitExceeded('VpcLimitExceeded', 'VPCs');
  const now = store.now();
  const associate = (cidr: CidrAssociation['cidr']): CidrAssociation => ({
    id: store.newId('cidrAssociation'),
    cidr,
    associatedAt: now,
  });
  const ipv6 =
    input.Ipv6CidrBlock === undefined
      ? input.AmazonProvidedIpv6CidrBlock === true && amazonIpv6Cidr(store)
      : vpcCidr(input.Ipv6CidrBlock, 'ipv6');
  const vpc: VpcRecord = {
    ...store.newOwned('vpc', call),
    cidrs: [associate(vpcCidr(input.CidrBlock, 'ipv4'))],
    ipv6Cidrs: ipv6 === false ? [] : [associate(ipv6)],
    dhcpOptionsId: `dopt-0${store.random.hex(16)}`,
    tenancy: input.InstanceTenancy ?? 'default',
    // A VPC that is not the default one begins with DNS support and without DNS hostnames.
    // https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-support
    dnsSupport: true,
    dnsHostnames: isDefault,
    isDefault,
  };
  store.vpcs.add(vpc);
  store.tags.set(call, vpc.id, tags);
  const main = {
    ...store.newOwned('routeTable', call),
    vpc,
    associations: [{ id: store.newId('routeTableAssociation'), subnetId: undefined }],
    gateways: [],
    routes: [],
    propagating: [],
  };
  store.routeTables.add(main);
  return vpc;
}

/** https://docs.aws.amazon.com/vpc/latest/peering/delete-vpc-peering-connection.html says what happens to peerings. */
function deleteVpc(store: Ec2Store, call: Call, vpc: VpcRecord): object {
  const now = store.now();
  const peerings = store.peeringsOf(vpc);
  const isBlocked =
    store.subnetsOf(vpc).length > 0 ||
    store
      .tablesOf(vpc)
      .some(({ associations }) => associations.every(({ subnetId }) => subnetId !== undefined)) ||
    store.gatewayOf(vpc) !== undefined ||
    store.vpnGatewayOf(vpc) !== undefined ||
    store.securityGroups.with(vpc.id).some(({ name }) => name !== 'default') ||
    store.networkAcls.with(vpc.id).some((acl) => !acl.isDefault) ||
    peerings.some(
      (peering) =>
        stateAt(peering, now) === 'pending-acceptance' &&
        peering.accepter.vpc === vpc &&
        !isSameAccount(peering),
    );
  if (isBlocked) throw dependencyViolation('vpc', vpc.id);
  for (const peering of peerings) endWithVpc(store, call, peering, vpc);
  for (const all of [store.routeTables, store.securityGroups, store.networkAcls]) {
    for (const { id } of all.with(vpc.id)) {
      all.delete(id);
      store.tags.forget(id);
    }
  }
  store.vpcs.delete(vpc.id);
  store.tags.forget(vpc.id);
  return {};
}

/** A peering goes with either of its VPCs; a request on its way to a VPC that is gone fails. */
function endWithVpc(store: Ec2Store, call: Call, peering: PeeringRecord, vpc: VpcRecord): void {
  const now = store.now();
  const state = stateAt(peering, now);
  if (state === 'initiating-request' && peering.accepter.vpc === vpc) {
    peering.failedAt = peering.pendingAt;
  } else if (isUnderWay(peering, now)) {
    peering.deletion = { at: now, deletedAt: now + store.options.deletingMs, by: call.caller.accountId };
  }
}

function modifyVpcAttribute(vpc: VpcRecord, input: ModifyVpcAttributeRequest): object {
  const support = input.EnableDnsSupport?.Value;
  const hostnames = input.EnableDnsHostnames?.Value;
  // One attribute a call: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
  if (support !== undefined && hostnames !== undefined) {
    throw invalidCombination('Fields for multiple attribute types specified');
  }
  if (hostnames === true && !vpc.dnsSupport) {
    throw invalidValue('DNS hostnames can be enabled only where DNS support is enabled');
  }
  vpc.dnsSupport = support ?? vpc.dnsSupport;
  vpc.dnsHostnames = hostnames ?? vpc.dnsHostnames;
  return {};
}

function describeVpcAttribute(vpc: VpcRecord, attribute: string | undefined): DescribeVpcAttributeResult {
  switch (attribute) {
    case 'enableDnsSupport':
      return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
    case 'enableDnsHostnames':
      return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
    case 'enableNetworkAddressUsageMetrics':
      return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: false } };
    case undefined:
      throw missingParameter('attribute');
    default:
      throw invalidValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
}

function describeVpcs(store: Ec2Store, call: Call, input: DescribeVpcsRequest): DescribeVpcsResult {
  const ids = input.VpcIds;
  const candidates = ids?.length ? ids.map((id) => store.vpc(call, id)) : itemsAt(store.vpcs, call);
  const page = selectPage(candidates, input, {
    ids,
    idsParameter: 'vpcIds',
    filters: filters(store.now()),
    tags: ({ id }) => store.tags.get(call, id),
    pageSize: store.options.pageSize,
  });
  return { Vpcs: page.items.map((vpc) => toVpc(store, call, vpc)), NextToken: page.nextToken };
}

export function toVpc(store: Ec2Store, call: Call, vpc: VpcRecord): Vpc {
  const now = store.now();
  return {
    VpcId: vpc.id,
    OwnerId: vpc.ownerId,
    CidrBlock: vpc.cidrs[0]?.cidr,
    CidrBlockAssociationSet: vpc.cidrs.map((association) => ipv4View(association, now)),
    // EC2 leaves the IPv6 set out where a VPC has none.
    ...(vpc.ipv6Cidrs.length > 0 && {
      Ipv6CidrBlockAssociationSet: vpc.ipv6Cidrs.map((association) => ipv6View(association, vpc, now)),
    }),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: tenancy(vpc.tenancy),
    IsDefault: vpc.isDefault,
    State: 'available',
    Tags: store.tags.get(call, vpc.id),
  };
}

const tenancy = (text: string): Tenancy => (text === 'dedicated' ? 'dedicated' : 'default');

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
function filters(now: number): FilterTable<VpcRecord> {
  const states = (associations: readonly CidrAssociation[]) =>
    associations.map(({ associatedAt }) => (now < associatedAt ? 'associating' : 'associated'));
  return {
    cidr: ({ cidrs }) => [cidrs[0]?.cidr],
    'cidr-block': ({ cidrs }) => [cidrs[0]?.cidr],
    'cidr-block-association.cidr-block': ({ cidrs }) => cidrs.map(({ cidr }) => cidr),
    'cidr-block-association.association-id': ({ cidrs }) => cidrs.map(({ id }) => id),
    'cidr-block-association.state': ({ cidrs }) => states(cidrs),
    'dhcp-options-id': ({ dhcpOptionsId }) => [dhcpOptionsId],
    'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Cidrs }) => ipv6Cidrs.map(({ cidr }) => cidr),
    'ipv6-cidr-block-association.ipv6-pool': ({ ipv6Cidrs }) => ipv6Cidrs.map(() => 'Amazon'),
    'ipv6-cidr-block-association.association-id': ({ ipv6Cidrs }) => ipv6Cidrs.map(({ id }) => id),
    'ipv6-cidr-block-association.state': ({ ipv6Cidrs }) => states(ipv6Cidrs),
    'is-default': ({ isDefault }) => [String(isDefault)],
    'owner-id': ({ ownerId }) => [ownerId],
    state: () => ['available'],
    'vpc-id': ({ id }) => [id],
  };
}
