import type { Names } from './names.ts';
import type { Kind, Made, PlannedCall, SequenceWorld } from './world.ts';

/** What a successful call makes or ends, as later steps may choose it. `output` is the simulation's. */
export function recordCall(
  { place, action, input }: PlannedCall,
  output: unknown,
  names: Names,
  world: SequenceWorld,
): void {
  const made = (kind: Kind, path: readonly string[], rest: Partial<Made> = {}): void => {
    const token = names.token('sim', String(read(output, path)));
    if (token === undefined || world.find(token) !== undefined) return;
    world.made.push({ kind, token, place, vpc: text(input['VpcId']), isGone: false, ...rest });
  };
  const gone = (token: unknown): void => {
    for (const one of world.made) if (one.token === token || one.of === token) one.isGone = true;
  };
  const vpcOf = (token: unknown): string | undefined => world.find(String(token))?.vpc;
  const cidr = { cidr: String(input['CidrBlock']) };
  switch (action) {
    case 'CreateVpc': {
      const vpc = names.token('sim', String(read(output, ['Vpc', 'VpcId'])));
      made('vpc', ['Vpc', 'VpcId'], { ...cidr, vpc });
      made('vpc-cidr-assoc', ['Vpc', 'CidrBlockAssociationSet', '0', 'AssociationId'], { vpc, of: vpc });
      return;
    }
    case 'AssociateVpcCidrBlock':
      return made('vpc-cidr-assoc', ['CidrBlockAssociation', 'AssociationId'], {
        ...cidr,
        of: text(input['VpcId']),
      });
    case 'CreateSubnet':
      return made('subnet', ['Subnet', 'SubnetId'], cidr);
    case 'CreateRouteTable':
      return made('rtb', ['RouteTable', 'RouteTableId']);
    case 'CreateInternetGateway':
      return made('igw', ['InternetGateway', 'InternetGatewayId']);
    case 'CreateSecurityGroup':
      return made('sg', ['GroupId']);
    case 'AttachInternetGateway':
      for (const one of world.made)
        if (one.token === input['InternetGatewayId']) one.vpc = text(input['VpcId']);
      return;
    case 'AssociateRouteTable':
      return made('rtbassoc', ['AssociationId'], {
        vpc: vpcOf(input['RouteTableId']),
        of: text(input['SubnetId']),
      });
    case 'ReplaceRouteTableAssociation': {
      const of = world.find(String(input['AssociationId']))?.of;
      made('rtbassoc', ['NewAssociationId'], { vpc: vpcOf(input['RouteTableId']), of });
      if (names.token('sim', String(read(output, ['NewAssociationId']))) !== input['AssociationId']) {
        gone(input['AssociationId']);
      }
      return;
    }
    case 'CreateVpcPeeringConnection':
      return made('pcx', ['VpcPeeringConnection', 'VpcPeeringConnectionId'], {
        peerVpc: text(input['PeerVpcId']),
        accepterPlace: world.place(input['PeerOwnerId'], input['PeerRegion']),
      });
    case 'AcceptVpcPeeringConnection': {
      const accepted = world.find(String(input['VpcPeeringConnectionId']));
      if (accepted !== undefined) accepted.isAccepted = true;
      return;
    }
    case 'ModifyVpcAttribute': {
      const vpc = world.find(String(input['VpcId']));
      const value = read(input, ['EnableDnsHostnames', 'Value']);
      if (vpc !== undefined) vpc.hasDnsHostnames = value === undefined ? false : value === true;
      return;
    }
    case 'DeleteVpc':
      // Its peerings go with it.
      for (const one of world.made) {
        if (one.kind === 'pcx' && [one.vpc, one.peerVpc].includes(text(input['VpcId']))) one.isGone = true;
      }
      return gone(input['VpcId']);
    case 'DeleteSubnet':
    case 'DeleteRouteTable':
    case 'DeleteSecurityGroup':
    case 'DeleteVpcPeeringConnection':
    case 'RejectVpcPeeringConnection':
    case 'DisassociateRouteTable':
    case 'DisassociateVpcCidrBlock':
      return gone(Object.values(input)[0]);
    default:
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const read = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
