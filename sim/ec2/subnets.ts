import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2';
import { formatArn } from '../arn.ts';
import { contains, overlaps, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { cidrsInForce, prefixOf, subnetCidr } from './cidrs.ts';
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
import { zonesOf } from './regions.ts';
import type { SubnetRecord, VpcRecord } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** AWS keeps five addresses of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_ADDRESSES = 5;

export function subnetActions(store: Ec2Store): ActionTable {
  return {
    CreateSubnet: ec2Action<CreateSubnetRequest, CreateSubnetResult>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'subnet'), arnOf(call, 'vpc', VpcId)],
      run: (call, input) => ({ Subnet: toSubnet(store, call, addSubnet(store, call, input)) }),
    }),
    DeleteSubnet: ec2Action<DeleteSubnetRequest, object>({
      mutates: true,
      resources: (call, { SubnetId }) => [arnOf(call, 'subnet', SubnetId)],
      run: (call, { SubnetId }) => deleteSubnet(store, store.subnet(call, SubnetId)),
    }),
    ModifySubnetAttribute: ec2Action<ModifySubnetAttributeRequest, object>({
      mutates: true,
      resources: (call, { SubnetId }) => [arnOf(call, 'subnet', SubnetId)],
      run: (call, input) => modifySubnetAttribute(store.subnet(call, input.SubnetId), input),
    }),
    DescribeSubnets: ec2Action<DescribeSubnetsRequest, DescribeSubnetsResult>({
      mutates: false,
      run: (call, input) => describeSubnets(store, call, input),
    }),
  };
}

/** @param isDefault one of the subnets that a default VPC has in each zone */
export function addSubnet(
  store: Ec2Store,
  call: Call,
  input: CreateSubnetRequest,
  isDefault = false,
): SubnetRecord {
  const vpc = store.vpc(call, input.VpcId);
  if (store.subnetsOf(vpc).length >= store.quotas(vpc.ownerId, vpc.region).subnetsPerVpc) {
    throw limitExceeded('SubnetLimitExceeded', 'subnets');
  }
  const tags = tagsFor('subnet', input.TagSpecifications);
  const cidr = input.CidrBlock === undefined ? undefined : subnetCidr(input.CidrBlock, 'ipv4');
  const ipv6 = input.Ipv6CidrBlock === undefined ? undefined : subnetCidr(input.Ipv6CidrBlock, 'ipv6');
  if (cidr === undefined && !(input.Ipv6Native === true && ipv6 !== undefined))
    throw missingParameter('cidrBlock');
  for (const block of [cidr, ipv6]) if (block !== undefined) assertFits(store, vpc, block);
  const subnet: SubnetRecord = {
    ...store.newOwned('subnet', call),
    vpc,
    cidr,
    ipv6Cidr: ipv6 && {
      id: store.newId('subnetCidrAssociation'),
      cidr: ipv6,
      associatedAt: store.now(),
    },
    availabilityZone: zoneOf(call.region, input),
    isDefaultForAz: isDefault,
    mapPublicIpOnLaunch: isDefault,
    assignIpv6AddressOnCreation: cidr === undefined,
    enableDns64: false,
    networkAcl: undefined,
  };
  store.subnets.add(subnet);
  store.tags.set(call, subnet.id, tags);
  return subnet;
}

/** The zone that the request names, by name or by id; else the first one. */
export function zoneOf(
  region: string,
  {
    AvailabilityZone,
    AvailabilityZoneId,
  }: Pick<CreateSubnetRequest, 'AvailabilityZone' | 'AvailabilityZoneId'>,
): string {
  const zones = zonesOf(region);
  const wanted = AvailabilityZone ?? AvailabilityZoneId;
  const found =
    wanted === undefined ? zones[0] : zones.find(({ name, id }) => name === wanted || id === wanted);
  if (found !== undefined) return found.name;
  throw invalidValue(
    `Value (${wanted}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map(({ name }) => name).join(', ')}.`,
  );
}

/** A block of a subnet: within one of the VPC's, apart from those of the other subnets. */
export function assertFits(store: Ec2Store, vpc: VpcRecord, block: Cidr): void {
  if (!cidrsInForce(vpc, store.now()).some((outer) => contains(outer, block))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${block}' is invalid.`);
  }
  const taken = store.subnetsOf(vpc).flatMap(({ cidr, ipv6Cidr }) => [cidr, ipv6Cidr?.cidr]);
  if (taken.some((other) => other !== undefined && overlaps(other, block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${block}' conflicts with another subnet`);
  }
}

/** One attribute a call: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
function modifySubnetAttribute(subnet: SubnetRecord, input: ModifySubnetAttributeRequest): object {
  const mapPublicIp = input.MapPublicIpOnLaunch?.Value;
  const assignIpv6 = input.AssignIpv6AddressOnCreation?.Value;
  const dns64 = input.EnableDns64?.Value;
  const given = [mapPublicIp, assignIpv6, dns64].filter((value) => value !== undefined);
  if (given.length === 0) throw missingParameter('attribute');
  if (given.length > 1) throw invalidCombination('Fields for multiple attribute types specified');
  if (assignIpv6 === true && subnet.ipv6Cidr === undefined) {
    throw invalidValue(`Invalid value for parameter 'subnet': ${subnet.id} has no IPv6 CIDR block`);
  }
  subnet.mapPublicIpOnLaunch = mapPublicIp ?? subnet.mapPublicIpOnLaunch;
  subnet.assignIpv6AddressOnCreation = assignIpv6 ?? subnet.assignIpv6AddressOnCreation;
  subnet.enableDns64 = dns64 ?? subnet.enableDns64;
  return {};
}

function deleteSubnet(store: Ec2Store, subnet: SubnetRecord): object {
  const isUsed = store.networkInterfaces.with(subnet.vpc.id).some((each) => each.subnet === subnet);
  if (isUsed) throw dependencyViolation('subnet', subnet.id);
  for (const { associations } of store.tablesOf(subnet.vpc)) {
    const index = associations.findIndex(({ subnetId }) => subnetId === subnet.id);
    if (index >= 0) associations.splice(index, 1);
  }
  store.subnets.delete(subnet.id);
  store.tags.forget(subnet.id);
  return {};
}

function describeSubnets(store: Ec2Store, call: Call, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const ids = input.SubnetIds;
  const candidates = ids?.length ? ids.map((id) => store.subnet(call, id)) : itemsAt(store.subnets, call);
  const page = selectPage(candidates, input, {
    ids,
    idsParameter: 'subnetIds',
    filters: FILTERS,
    tags: ({ id }) => store.tags.get(call, id),
    pageSize: store.options.pageSize,
  });
  return { Subnets: page.items.map((subnet) => toSubnet(store, call, subnet)), NextToken: page.nextToken };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html */
const HOSTNAME_TYPE = 'ip-name';

const zoneIdOf = ({ region, availabilityZone }: SubnetRecord): string | undefined =>
  zonesOf(region).find(({ name }) => name === availabilityZone)?.id;

const arnOfSubnet = ({ id, region, ownerId }: SubnetRecord): string =>
  formatArn('ec2', region, ownerId, `subnet/${id}`);

const freeAddresses = (cidr: Cidr | undefined): number =>
  cidr === undefined ? 0 : 2 ** (32 - prefixOf(cidr)) - RESERVED_ADDRESSES;

export function toSubnet(store: Ec2Store, call: Call, subnet: SubnetRecord): Subnet {
  return {
    SubnetId: subnet.id,
    SubnetArn: arnOfSubnet(subnet),
    VpcId: subnet.vpc.id,
    OwnerId: subnet.ownerId,
    CidrBlock: subnet.cidr,
    Ipv6CidrBlockAssociationSet:
      subnet.ipv6Cidr === undefined
        ? []
        : [
            {
              AssociationId: subnet.ipv6Cidr.id,
              Ipv6CidrBlock: subnet.ipv6Cidr.cidr,
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ],
    AvailabilityZone: subnet.availabilityZone,
    AvailableIpAddressCount: freeAddresses(subnet.cidr),
    AvailabilityZoneId: zoneIdOf(subnet),
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    DefaultForAz: subnet.isDefaultForAz,
    EnableDns64: subnet.enableDns64,
    Ipv6Native: subnet.cidr === undefined,
    MapCustomerOwnedIpOnLaunch: false,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: HOSTNAME_TYPE,
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: 'available',
    Tags: store.tags.get(call, subnet.id),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
const FILTERS: FilterTable<SubnetRecord> = {
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  availabilityZone: ({ availabilityZone }) => [availabilityZone],
  'availability-zone-id': (subnet) => [zoneIdOf(subnet)],
  availabilityZoneId: (subnet) => [zoneIdOf(subnet)],
  'available-ip-address-count': ({ cidr }) => [String(freeAddresses(cidr))],
  cidr: ({ cidr }) => [cidr],
  'cidr-block': ({ cidr }) => [cidr],
  cidrBlock: ({ cidr }) => [cidr],
  'customer-owned-ipv4-pool': () => [],
  'default-for-az': ({ isDefaultForAz }) => [String(isDefaultForAz)],
  'enable-dns64': ({ enableDns64 }) => [String(enableDns64)],
  'enable-lni-at-device-index': () => [],
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Cidr }) => [ipv6Cidr?.cidr],
  'ipv6-cidr-block-association.association-id': ({ ipv6Cidr }) => [ipv6Cidr?.id],
  'ipv6-cidr-block-association.state': ({ ipv6Cidr }) => [ipv6Cidr && 'associated'],
  'ipv6-native': ({ cidr }) => [String(cidr === undefined)],
  'map-customer-owned-ip-on-launch': () => ['false'],
  'map-public-ip-on-launch': ({ mapPublicIpOnLaunch }) => [String(mapPublicIpOnLaunch)],
  'outpost-arn': () => [],
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => ['false'],
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => ['false'],
  'private-dns-name-options-on-launch.hostname-type': () => [HOSTNAME_TYPE],
  'owner-id': ({ ownerId }) => [ownerId],
  state: () => ['available'],
  'subnet-arn': (subnet) => [arnOfSubnet(subnet)],
  'subnet-id': ({ id }) => [id],
  'vpc-id': ({ vpc }) => [vpc.id],
};
