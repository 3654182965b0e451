import type { Difference } from './compare.ts';
import type { PlannedCall } from './world.ts';

/** A difference that is known and understood. */
export interface KnownDifference {
  readonly id: string;
  readonly sim: string;
  readonly moto: string;
  readonly right: 'sim' | 'moto' | 'either';
  readonly source: string;
  /** After this the sides no longer have the same, though both did what they were asked to. */
  readonly diverges?: boolean;
  readonly fits: (difference: Difference, call: PlannedCall) => boolean;
}

type Fits = KnownDifference['fits'];

/** A member of an answer that only the simulation has, or only moto. */
const onlyOurs =
  (path: RegExp): Fits =>
  ({ path: at, moto }) =>
    path.test(at) && moto === undefined;
const onlyTheirs =
  (path: RegExp): Fits =>
  ({ path: at, sim }) =>
    path.test(at) && sim === undefined;
/** The simulation refuses what moto does. */
const refused =
  (action: RegExp, code: string, moto: RegExp = /^done$/): Fits =>
  (difference, call) =>
    difference.path === '' &&
    action.test(call.action) &&
    difference.sim === code &&
    moto.test(String(difference.moto));

const API = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';
const PEERING = 'https://docs.aws.amazon.com/vpc/latest/peering';

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'a new VPC is pending',
    sim: 'CreateVpc answers the state pending',
    moto: 'available',
    right: 'sim',
    source: `${API}/API_CreateVpc.html`,
    fits: ({ path, sim, moto }) => path === 'Vpc.State' && sim === 'pending' && moto === 'available',
  },
  {
    id: 'DHCP options have an id',
    sim: 'the id of a set of DHCP options',
    moto: '`default`',
    right: 'sim',
    source: `${API}/API_Vpc.html`,
    fits: ({ path, moto }) => /^Vpcs?(\[\])?\.DhcpOptionsId$/.test(path) && moto === 'default',
  },
  {
    id: 'members of a subnet',
    sim: 'EnableDns64 and MapCustomerOwnedIpOnLaunch',
    moto: 'neither',
    right: 'sim',
    source: `${API}/API_Subnet.html`,
    fits: onlyOurs(/^Subnets?(\[\])?\.(EnableDns64|MapCustomerOwnedIpOnLaunch)$/),
  },
  {
    id: 'which zone a name means',
    sim: 'another zone',
    moto: 'than here',
    right: 'either',
    source: 'https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html',
    fits: ({ path }) => /^Subnets?(\[\])?\.AvailabilityZoneId$/.test(path),
  },
  {
    id: 'a request has an expiration time',
    sim: 'shown until it is accepted',
    moto: 'never shown',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnection.html`,
    fits: onlyOurs(/^VpcPeeringConnections?(\[\])?\.ExpirationTime$/),
  },
  {
    id: 'every CIDR of a side',
    sim: 'CidrBlockSet',
    moto: 'the primary CIDR alone',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnectionVpcInfo.html`,
    fits: onlyOurs(/VpcInfo\.CidrBlockSet\[\]$/),
  },
  {
    id: 'the accepter’s CIDR before acceptance',
    sim: 'not shown while a request is pending, or failed',
    moto: 'shown',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnectionVpcInfo.html`,
    fits: onlyTheirs(/\.AccepterVpcInfo\.CidrBlock$/),
  },
  {
    id: 'the other side’s options',
    sim: 'not shown to the other account, nor before acceptance',
    moto: 'shown',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnectionVpcInfo.html`,
    fits: onlyTheirs(/VpcInfo\.PeeringOptions$/),
  },
  {
    id: 'overlapping CIDRs',
    sim: 'the request fails',
    moto: 'it is pending like any other',
    right: 'sim',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    fits: ({ path, sim }) => path.endsWith('.Status.Code') && sim === 'failed',
  },
  {
    id: 'malformed ids',
    sim: '…Malformed',
    moto: '…NotFound',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: ({ path, sim, moto }) =>
      path === '' && String(sim).endsWith('.Malformed') && String(moto).toLowerCase().endsWith('notfound'),
  },
  {
    id: 'how NotFound of a peering is spelled',
    sim: 'InvalidVpcPeeringConnectionID.NotFound',
    moto: 'InvalidVpcPeeringConnectionId.NotFound',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: ({ path, sim, moto }) =>
      path === '' &&
      sim === 'InvalidVpcPeeringConnectionID.NotFound' &&
      moto === 'InvalidVpcPeeringConnectionId.NotFound',
  },
  {
    id: 'filters of peerings',
    sim: 'applied',
    moto: 'not looked at',
    right: 'sim',
    source: `${API}/API_DescribeVpcPeeringConnections.html`,
    fits: (difference, call) =>
      'Filters' in call.input && onlyTheirs(/^VpcPeeringConnections\[\]$/)(difference, call),
  },
  {
    id: 'a route to a peering that has ended',
    sim: 'InvalidVpcPeeringConnectionID.NotFound',
    moto: 'CreateRoute and ReplaceRoute take it',
    right: 'either',
    source: `${API}/API_CreateRoute.html`,
    fits: refused(
      /^(Create|Replace)Route$/,
      'InvalidVpcPeeringConnectionID.NotFound',
      /^(done|InvalidParameterValue)$/,
    ),
  },
  {
    id: 'transitions of a peering',
    sim: 'InvalidStateTransition from a state without that transition',
    moto: 'done',
    right: 'sim',
    source: `${PEERING}/vpc-peering-basics.html#vpc-peering-lifecycle`,
    fits: refused(/^(Accept|Reject|Delete)VpcPeeringConnection$/, 'InvalidStateTransition'),
  },
  {
    id: 'routes to a peering that is not active',
    sim: 'blackhole',
    moto: 'active',
    right: 'sim',
    source: `${PEERING}/vpc-peering-routing.html`,
    fits: ({ path, sim, moto }) =>
      path.endsWith('.Routes[].State') && sim === 'blackhole' && moto === 'active',
  },
  {
    id: 'options of a peering that is not active, or of the other side',
    sim: 'OperationNotPermitted',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_ModifyVpcPeeringConnectionOptions.html`,
    fits: refused(/^ModifyVpcPeeringConnectionOptions$/, 'OperationNotPermitted'),
  },
  {
    id: 'DNS over a peering without DNS hostnames',
    sim: 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    moto: 'done',
    right: 'sim',
    source: `${PEERING}/vpc-peering-dns.html`,
    fits: refused(
      /^ModifyVpcPeeringConnectionOptions$/,
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    ),
  },
  {
    id: 'the answer to a change of options',
    sim: 'the side that was changed',
    moto: 'both sides',
    right: 'either',
    source: `${API}/API_ModifyVpcPeeringConnectionOptions.html`,
    fits: onlyTheirs(/^(Requester|Accepter)PeeringConnectionOptions$/),
  },
  {
    id: 'a CIDR for the requester of a pending request',
    sim: 'OperationNotPermitted',
    moto: 'done',
    right: 'sim',
    source:
      'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions',
    fits: refused(/^AssociateVpcCidrBlock$/, 'OperationNotPermitted'),
  },
  {
    id: 'tags of a peering',
    sim: 'each account and region has its own',
    moto: 'the accepter sees the requester’s',
    right: 'sim',
    source: `${PEERING}/vpc-peering-basics.html`,
    fits: ({ path }) => /^VpcPeeringConnections?(\[\])?\.Tags\[\](\.Value)?$/.test(path),
  },
  {
    id: 'tags of what is deleted',
    sim: 'gone with it',
    moto: 'kept',
    right: 'sim',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html',
    fits: onlyTheirs(/^Tags\[\]$/),
  },
  {
    id: 'a peer VPC that is not there',
    sim: 'the request comes to be, and fails',
    moto: 'InvalidVpcID.NotFound',
    right: 'sim',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    fits: ({ path, sim, moto }, { action }) =>
      path === '' &&
      action === 'CreateVpcPeeringConnection' &&
      sim === 'done' &&
      moto === 'InvalidVpcID.NotFound',
  },
  {
    id: 'deleting a VPC to which a request is pending',
    sim: 'DependencyViolation',
    moto: 'done',
    right: 'either',
    source: `${PEERING}/delete-vpc-peering-connection.html`,
    fits: refused(/^DeleteVpc$/, 'DependencyViolation'),
  },
  {
    id: 'deleting a pending request as its accepter',
    sim: 'OperationNotPermitted',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_DeleteVpcPeeringConnection.html`,
    fits: refused(/^DeleteVpcPeeringConnection$/, 'OperationNotPermitted'),
  },
  {
    id: 'a second peering of the same two VPCs',
    sim: 'VpcPeeringConnectionAlreadyExists when it is accepted',
    moto: 'done',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: refused(/^AcceptVpcPeeringConnection$/, 'VpcPeeringConnectionAlreadyExists'),
  },
  {
    id: 'the association of a deleted subnet',
    sim: 'gone with it',
    moto: 'kept',
    right: 'either',
    source: `${API}/API_DeleteSubnet.html`,
    fits: (difference, call) =>
      onlyTheirs(/^RouteTables\[\]\.Associations\[\]$/)(difference, call) ||
      (call.action === 'DeleteRouteTable' &&
        difference.path === '' &&
        difference.moto === 'DependencyViolation'),
  },
  {
    id: 'an association replaced by itself',
    sim: 'a new association',
    moto: 'the same one',
    right: 'either',
    source: `${API}/API_ReplaceRouteTableAssociation.html`,
    diverges: true,
    fits: ({ path }, { action }) => action === 'ReplaceRouteTableAssociation' && path === 'NewAssociationId',
  },
  {
    id: 'the message of an ended peering',
    sim: 'who ended it, or why it failed',
    moto: '`Inactive`, or the message of another state',
    right: 'either',
    source: `${API}/API_VpcPeeringConnectionStateReason.html`,
    fits: ({ path, sim }) =>
      path.endsWith('.Status.Message') && /^(Rejected|Deleted|Failed) /.test(String(sim)),
  },
  {
    id: 'the peerings of a deleted VPC',
    sim: 'deleted with it',
    moto: 'as they were',
    right: 'sim',
    source: `${PEERING}/delete-vpc-peering-connection.html`,
    fits: ({ path, sim }) => path.endsWith('.Status.Code') && sim === 'deleted',
  },
  {
    id: 'a failed request in the accepter’s account',
    sim: 'not shown',
    moto: 'shown as pending',
    right: 'sim',
    source: `${PEERING}/vpc-peering-basics.html#vpc-peering-lifecycle`,
    fits: (difference, call) =>
      onlyTheirs(/^VpcPeeringConnections\[\]$/)(difference, call) ||
      refused(/VpcPeeringConnection$/, 'InvalidVpcPeeringConnectionID.NotFound')(difference, call),
  },
  {
    id: 'a local route and a peering',
    sim: 'InvalidParameterValue: a local route is not deleted, nor led to a peering',
    moto: 'done',
    right: 'sim',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/replace-local-route-target.html',
    fits: refused(/^(Create|Replace|Delete)Route$/, 'InvalidParameterValue'),
  },
  {
    id: 'a CIDR that the VPC has, or that a route or a peer is in the way of',
    sim: 'InvalidVpc.Range',
    moto: 'done',
    right: 'sim',
    source:
      'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions',
    fits: refused(/^AssociateVpcCidrBlock$/, 'InvalidVpc.Range'),
  },
  {
    id: 'the table of a subnet that is associated already',
    sim: 'the table is looked at',
    moto: 'whatever it is, the present association is the answer',
    right: 'sim',
    source: `${API}/API_AssociateRouteTable.html`,
    diverges: true,
    fits: ({ path, moto }, { action }) => action === 'AssociateRouteTable' && path === '' && moto === 'done',
  },
  {
    id: 'the filter route.state',
    sim: 'applied',
    moto: 'an error, since it is not implemented',
    right: 'sim',
    source: `${API}/API_DescribeRouteTables.html`,
    fits: ({ path, moto }, { action, input }) =>
      action === 'DescribeRouteTables' && path === '' && moto === 'Error' && 'Filters' in input,
  },
  {
    id: 'a CIDR that is no longer the VPC’s',
    sim: 'no longer listed',
    moto: 'listed as disassociated; new route tables lead to it',
    right: 'either',
    source: `${API}/API_VpcCidrBlockState.html`,
    fits: (difference, call) =>
      isDisassociated(difference.moto) ||
      (difference.path.endsWith('.Routes[]') &&
        onlyTheirs(/./)(difference, call) &&
        isLocal(difference.moto)),
  },
  {
    id: 'which of two faults is named',
    sim: 'the unknown peering',
    moto: 'the route that is there already',
    right: 'either',
    source: `${API}/API_CreateRoute.html`,
    fits: refused(/^CreateRoute$/, 'InvalidVpcPeeringConnectionID.NotFound', /^RouteAlreadyExists$/),
  },
  {
    id: 'a route to the VPC’s own CIDR',
    sim: 'RouteAlreadyExists: the local route',
    moto: 'done, in the place of the local route',
    right: 'sim',
    source: `https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html`,
    fits: refused(/^CreateRoute$/, 'RouteAlreadyExists'),
  },
  {
    id: 'a peering that is not there, asked for by its id',
    sim: 'InvalidVpcPeeringConnectionID.NotFound',
    moto: 'an empty list',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: ({ path, sim, moto }, { action }) =>
      action === 'DescribeVpcPeeringConnections' &&
      path === '' &&
      /^InvalidVpcPeeringConnectionId\.(NotFound|Malformed)$/i.test(String(sim)) &&
      moto === 'done',
  },
  {
    id: 'DNS hostnames without DNS support',
    sim: 'InvalidParameterValue',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_ModifyVpcAttribute.html`,
    fits: refused(/^ModifyVpcAttribute$/, 'InvalidParameterValue'),
  },
  {
    id: 'how NotFound of a CIDR association is spelled',
    sim: 'InvalidVpcCidrBlockAssociationID.NotFound',
    moto: 'InvalidVpcCidrBlockAssociationIdError.NotFound',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: ({ path, sim, moto }) =>
      path === '' &&
      sim === 'InvalidVpcCidrBlockAssociationID.NotFound' &&
      moto === 'InvalidVpcCidrBlockAssociationIdError.NotFound',
  },
  {
    id: 'the rules of a default group',
    sim: 'its members reach each other',
    moto: 'nobody is let in',
    right: 'sim',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html',
    fits: (difference, call) =>
      onlyOurs(/^SecurityGroups\[\]\.IpPermissions\[\]$/)(difference, call) &&
      memberOf(difference.around.at(-1)?.sim, 'GroupName') === 'default',
  },
  {
    id: 'members of the answers about groups',
    sim: 'the tags of a new group, owner and ARN of a new rule, the id of a deleted group',
    moto: 'none of these',
    right: 'sim',
    source: `${API}/API_CreateSecurityGroup.html`,
    fits: (difference, call) =>
      (call.action === 'CreateSecurityGroup' && onlyOurs(/^Tags\[\]$/)(difference, call)) ||
      (call.action === 'DeleteSecurityGroup' && onlyOurs(/^(GroupId|Return)$/)(difference, call)) ||
      onlyOurs(/^SecurityGroupRules\[\]\.(GroupOwnerId|SecurityGroupRuleArn)$/)(difference, call),
  },
  {
    id: 'a group in a VPC that is not there',
    sim: 'InvalidVpcID.NotFound',
    moto: 'done',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: ({ path, sim, moto }, { action }) =>
      action === 'CreateSecurityGroup' &&
      path === '' &&
      String(sim).startsWith('InvalidVpcID.') &&
      moto === 'done',
  },
  {
    id: 'deleting tags of what is not there',
    sim: '….NotFound',
    moto: 'done',
    right: 'either',
    source: `${API}/API_DeleteTags.html`,
    fits: ({ path, sim, moto }, { action }) =>
      action === 'DeleteTags' && path === '' && String(sim).endsWith('.NotFound') && moto === 'done',
  },
  {
    id: 'a second internet gateway of a VPC',
    sim: 'InvalidParameterValue',
    moto: 'done',
    right: 'sim',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html',
    fits: refused(/^AttachInternetGateway$/, 'InvalidParameterValue'),
  },
];

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const isDisassociated = (association: unknown): boolean =>
  memberOf(memberOf(association, 'CidrBlockState'), 'State') === 'disassociated';

const isLocal = (route: unknown): boolean => memberOf(route, 'GatewayId') === 'local';
