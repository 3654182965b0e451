import { AwsError } from '../types.ts';

/**
 * What EC2 calls each kind of resource in its errors.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const KINDS = {
  vpc: {
    prefix: 'vpc',
    noun: 'vpc',
    parameter: 'vpcId',
    notFound: 'InvalidVpcID.NotFound',
    malformed: 'InvalidVpcID.Malformed',
  },
  subnet: {
    prefix: 'subnet',
    noun: 'subnet',
    parameter: 'subnetId',
    notFound: 'InvalidSubnetID.NotFound',
    malformed: 'InvalidSubnetID.Malformed',
  },
  routeTable: {
    prefix: 'rtb',
    noun: 'routeTable',
    parameter: 'routeTableId',
    notFound: 'InvalidRouteTableID.NotFound',
    malformed: 'InvalidRouteTableId.Malformed',
  },
  peering: {
    prefix: 'pcx',
    noun: 'vpcPeeringConnection',
    parameter: 'vpcPeeringConnectionId',
    notFound: 'InvalidVpcPeeringConnectionID.NotFound',
    // Id here, ID above: that is how EC2 spells them.
    malformed: 'InvalidVpcPeeringConnectionId.Malformed',
  },
  internetGateway: {
    prefix: 'igw',
    noun: 'internetGateway',
    parameter: 'internetGatewayId',
    notFound: 'InvalidInternetGatewayID.NotFound',
    malformed: 'InvalidInternetGatewayId.Malformed',
  },
  networkInterface: {
    prefix: 'eni',
    noun: 'networkInterface',
    parameter: 'networkInterfaceId',
    notFound: 'InvalidNetworkInterfaceID.NotFound',
    malformed: 'InvalidNetworkInterfaceId.Malformed',
  },
  routeTableAssociation: {
    prefix: 'rtbassoc',
    noun: 'association',
    parameter: 'associationId',
    notFound: 'InvalidAssociationID.NotFound',
    malformed: 'InvalidAssociationID.Malformed',
  },
  securityGroup: {
    prefix: 'sg',
    noun: 'security group',
    parameter: 'groupId',
    notFound: 'InvalidGroup.NotFound',
    malformed: 'InvalidGroupId.Malformed',
  },
  securityGroupRule: {
    prefix: 'sgr',
    noun: 'security group rule',
    parameter: 'securityGroupRuleId',
    notFound: 'InvalidSecurityGroupRuleId.NotFound',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
  },
  networkAcl: {
    prefix: 'acl',
    noun: 'networkAcl',
    parameter: 'networkAclId',
    notFound: 'InvalidNetworkAclID.NotFound',
    malformed: 'InvalidNetworkAclId.Malformed',
  },
  networkAclAssociation: {
    prefix: 'aclassoc',
    noun: 'association',
    parameter: 'associationId',
    notFound: 'InvalidAssociationID.NotFound',
    malformed: 'InvalidAssociationID.Malformed',
  },
  prefixList: {
    prefix: 'pl',
    noun: 'prefix list',
    parameter: 'prefixListId',
    notFound: 'InvalidPrefixListID.NotFound',
    malformed: 'InvalidPrefixListId.Malformed',
  },
  vpnGateway: {
    prefix: 'vgw',
    noun: 'vpnGateway',
    parameter: 'vpnGatewayId',
    notFound: 'InvalidVpnGatewayID.NotFound',
    malformed: 'InvalidVpnGatewayID.Malformed',
  },
  cidrAssociation: {
    prefix: 'vpc-cidr-assoc',
    noun: 'vpc CIDR block association',
    parameter: 'associationId',
    notFound: 'InvalidVpcCidrBlockAssociationID.NotFound',
    malformed: 'InvalidVpcCidrBlockAssociationID.Malformed',
  },
  subnetCidrAssociation: {
    prefix: 'subnet-cidr-assoc',
    noun: 'subnet CIDR block association',
    parameter: 'associationId',
    notFound: 'InvalidSubnetCidrBlockAssociationID.NotFound',
    malformed: 'InvalidSubnetCidrBlockAssociationID.Malformed',
  },
} as const;

export type Kind = keyof typeof KINDS;

export function hasForm(kind: Kind, id: string): boolean {
  const { prefix } = KINDS[kind];
  return id.startsWith(`${prefix}-`) && /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length + 1));
}

/** The id that a request must carry, in the form of its kind. */
export function requireId(kind: Kind, id: string | undefined): string {
  const { prefix, parameter, malformed } = KINDS[kind];
  if (id === undefined || id === '') throw missingParameter(parameter);
  if (!hasForm(kind, id)) {
    throw new AwsError(malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
  return id;
}

export function notFound(kind: Kind, id: string): AwsError {
  // Of groups, and of nothing else, EC2 does not say that it is the ID that does not exist.
  const what = kind === 'securityGroup' ? 'security group' : `${KINDS[kind].noun} ID`;
  return new AwsError(KINDS[kind].notFound, `The ${what} '${id}' does not exist`);
}

export const missingParameter = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombination', message);

export const notPermitted = (message: string): AwsError => new AwsError('OperationNotPermitted', message);

export const dependencyViolation = (kind: Kind, id: string): AwsError =>
  new AwsError(
    'DependencyViolation',
    `The ${KINDS[kind].noun} '${id}' has dependencies and cannot be deleted.`,
  );

/** A quota that is used up: `VpcLimitExceeded` and its like. */
export const limitExceeded = (code: string, what: string): AwsError =>
  new AwsError(code, `The maximum number of ${what} has been reached.`);

/** A resource without which the model cannot stand: its absence is a bug of the simulation, not an answer of AWS. */
export function mustExist<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`simulated EC2: ${what} is missing`);
  return value;
}
