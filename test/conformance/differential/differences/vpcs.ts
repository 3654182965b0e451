import { memberOf } from '../situation.ts';
import { API, both, onlyOurs, onlyTheirs, outcomes, VPC_GUIDE, type KnownDifference } from './known.ts';

const isDisassociated = (association: unknown): boolean =>
  memberOf(memberOf(association, 'CidrBlockState'), 'State') === 'disassociated';

export const VPC_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'a new VPC',
    sim: 'pending in the answer of CreateVpc',
    moto: 'available',
    right: 'sim',
    source: `${API}/API_CreateVpc.html`,
    isCommon: true,
    fits: ({ path, sim, moto }) => path === 'Vpc.State' && sim === 'pending' && moto === 'available',
  },
  {
    id: 'DHCP options',
    sim: 'the id of a set',
    moto: '`default`',
    right: 'either',
    source: `${API}/API_Vpc.html`,
    isCommon: true,
    fits: ({ path, moto }) => /^Vpcs?(\[\])?\.DhcpOptionsId$/.test(path) && moto === 'default',
  },
  {
    id: 'members of a subnet',
    sim: '`EnableDns64` and `MapCustomerOwnedIpOnLaunch`',
    moto: 'neither',
    right: 'sim',
    source: `${API}/API_Subnet.html`,
    isCommon: true,
    fits: onlyOurs(/^Subnets?(\[\])?\.(EnableDns64|MapCustomerOwnedIpOnLaunch)$/),
  },
  {
    id: 'which zone a name means',
    sim: 'one of them',
    moto: 'another',
    right: 'either',
    source: 'https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html',
    fits: ({ path }) => /^Subnets?(\[\])?\.AvailabilityZoneId$/.test(path),
  },
  {
    id: 'a CIDR for the requester of a pending request',
    sim: '`OperationNotPermitted`',
    moto: 'done',
    right: 'sim',
    source: `${VPC_GUIDE}/vpc-cidr-blocks.html#add-cidr-block-restrictions`,
    fits: both(outcomes(/^AssociateVpcCidrBlock$/, 'OperationNotPermitted'), (_difference, { call, world }) =>
      world.isAsking(String(call.input['VpcId'])),
    ),
  },
  {
    id: 'a CIDR that overlaps the VPC’s own, a route or a peer’s',
    sim: '`InvalidVpc.Range`',
    moto: 'done',
    right: 'sim',
    source: `${VPC_GUIDE}/vpc-cidr-blocks.html#add-cidr-block-restrictions`,
    fits: outcomes(/^AssociateVpcCidrBlock$/, 'InvalidVpc.Range'),
  },
  {
    id: 'a CIDR after it was disassociated',
    sim: 'no longer listed',
    moto: 'listed as disassociated; new route tables lead to it',
    right: 'either',
    source: `${API}/API_VpcCidrBlockState.html`,
    fits: (difference, situation) =>
      isDisassociated(difference.moto) ||
      (onlyTheirs(/\.Routes\[\]$/)(difference, situation) &&
        memberOf(difference.moto, 'GatewayId') === 'local'),
  },
  {
    id: 'DNS hostnames without DNS support',
    sim: '`InvalidParameterValue`',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_ModifyVpcAttribute.html`,
    fits: outcomes(/^ModifyVpcAttribute$/, 'InvalidParameterValue'),
  },
  {
    id: 'a second internet gateway of a VPC',
    sim: '`InvalidParameterValue`',
    moto: 'done',
    right: 'sim',
    source: `${VPC_GUIDE}/VPC_Internet_Gateway.html`,
    fits: both(outcomes(/^AttachInternetGateway$/, 'InvalidParameterValue'), (_difference, { call, world }) =>
      world.made.some(({ kind, vpc }) => kind === 'igw' && vpc === call.input['VpcId']),
    ),
  },
  {
    id: 'a VPC with an internet gateway or a group',
    sim: 'cannot be deleted',
    moto: 'deleted',
    right: 'sim',
    source: `${VPC_GUIDE}/delete-vpc.html`,
    fits: both(outcomes(/^DeleteVpc$/, 'DependencyViolation'), (_difference, { call, world }) =>
      [...world.alive('igw'), ...world.alive('sg')].some(({ vpc }) => vpc === call.input['VpcId']),
    ),
  },
];
