import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  Subnet,
} from '@aws-sdk/client-ec2';
import { contains, overlaps, type Cidr } from '../../shared/domain/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { cidrsInForce, prefixOf, subnetCidr } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { missingParameter } from './errors.ts';
import { applyFilters, type FilterTable } from './filters.ts';
import { pageOf } from './paging.ts';
import type { SubnetRecord, VpcRecord } from './records.ts';
import { isAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

const HIGHEST_MAX_RESULTS = 1000;
/** AWS keeps five addresses of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_ADDRESSES = 5;

export function subnetActions(store: Ec2Store): ActionTable {
  return {
    CreateSubnet: ec2Action<CreateSubnetRequest, CreateSubnetResult>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'subnet'), arnOf(call, 'vpc', VpcId)],
      run: (call, input) => createSubnet(store, call, input),
    }),
    DeleteSubnet: ec2Action<DeleteSubnetRequest, object>({
      mutates: true,
      resources: (call, { SubnetId }) => [arnOf(call, 'subnet', SubnetId)],
      run: (call, { SubnetId }) => deleteSubnet(store, store.subnet(call, SubnetId)),
    }),
    DescribeSubnets: ec2Action<DescribeSubnetsRequest, DescribeSubnetsResult>({
      mutates: false,
      run: (call, input) => describeSubnets(store, call, input),
    }),
  };
}

function createSubnet(store: Ec2Store, call: Call, input: CreateSubnetRequest): CreateSubnetResult {
  const vpc = store.vpc(call, input.VpcId);
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
      id: `subnet-cidr-assoc-0${store.random.hex(16)}`,
      cidr: ipv6,
      associatedAt: store.now(),
    },
    availabilityZone: input.AvailabilityZone ?? `${call.region}a`,
  };
  store.subnets.set(subnet.id, subnet);
  store.tags.set(call, subnet.id, tags);
  return { Subnet: toSubnet(store, call, subnet) };
}

function assertFits(store: Ec2Store, vpc: VpcRecord, block: Cidr): void {
  if (!cidrsInForce(vpc, store.now()).some((outer) => contains(outer, block))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${block}' is invalid.`);
  }
  const taken = store.subnetsOf(vpc).flatMap(({ cidr, ipv6Cidr }) => [cidr, ipv6Cidr?.cidr]);
  if (taken.some((other) => other !== undefined && overlaps(other, block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${block}' conflicts with another subnet`);
  }
}

function deleteSubnet(store: Ec2Store, subnet: SubnetRecord): object {
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
  const candidates = ids?.length
    ? ids.map((id) => store.subnet(call, id))
    : [...store.subnets.values()].filter((subnet) => isAt(subnet, call));
  const matching = applyFilters(candidates, input.Filters, FILTERS, {
    tags: ({ id }) => store.tags.get(call, id),
  });
  const page = pageOf(matching, input, {
    ids,
    idsParameter: 'subnetIds',
    highestMaxResults: HIGHEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  return { Subnets: page.items.map((subnet) => toSubnet(store, call, subnet)), NextToken: page.nextToken };
}

const arnOfSubnet = ({ id, region, ownerId }: SubnetRecord): string =>
  `arn:aws:ec2:${region}:${ownerId}:subnet/${id}`;

const freeAddresses = (cidr: Cidr | undefined): number =>
  cidr === undefined ? 0 : 2 ** (32 - prefixOf(cidr)) - RESERVED_ADDRESSES;

function toSubnet(store: Ec2Store, call: Call, subnet: SubnetRecord): Subnet {
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
    AssignIpv6AddressOnCreation: false,
    DefaultForAz: false,
    Ipv6Native: subnet.cidr === undefined,
    MapPublicIpOnLaunch: false,
    State: 'available',
    Tags: store.tags.get(call, subnet.id),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
const FILTERS: FilterTable<SubnetRecord> = {
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  availabilityZone: ({ availabilityZone }) => [availabilityZone],
  'available-ip-address-count': ({ cidr }) => [String(freeAddresses(cidr))],
  cidr: ({ cidr }) => [cidr],
  'cidr-block': ({ cidr }) => [cidr],
  cidrBlock: ({ cidr }) => [cidr],
  'default-for-az': () => ['false'],
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6Cidr }) => [ipv6Cidr?.cidr],
  'ipv6-cidr-block-association.association-id': ({ ipv6Cidr }) => [ipv6Cidr?.id],
  'ipv6-cidr-block-association.state': ({ ipv6Cidr }) => [ipv6Cidr && 'associated'],
  'ipv6-native': ({ cidr }) => [String(cidr === undefined)],
  'map-public-ip-on-launch': () => ['false'],
  'owner-id': ({ ownerId }) => [ownerId],
  state: () => ['available'],
  'subnet-arn': (subnet) => [arnOfSubnet(subnet)],
  'subnet-id': ({ id }) => [id],
  'vpc-id': ({ vpc }) => [vpc.id],
};
