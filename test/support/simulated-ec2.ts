import type * as sdk from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../sim/clock.ts';
import { SimulatedEc2 } from '../../sim/ec2/ec2.ts';
import type { Ec2Options } from '../../sim/ec2/options.ts';
import { SeededRandom } from '../../sim/random.ts';
import { AwsError, type Call } from '../../sim/types.ts';

/** The request and the answer of each action that the tests call. */
interface Ec2Api {
  AcceptVpcPeeringConnection: [sdk.AcceptVpcPeeringConnectionRequest, sdk.AcceptVpcPeeringConnectionResult];
  AssociateRouteTable: [sdk.AssociateRouteTableRequest, sdk.AssociateRouteTableResult];
  AssociateSubnetCidrBlock: [sdk.AssociateSubnetCidrBlockRequest, sdk.AssociateSubnetCidrBlockResult];
  AssociateVpcCidrBlock: [sdk.AssociateVpcCidrBlockRequest, sdk.AssociateVpcCidrBlockResult];
  AttachInternetGateway: [sdk.AttachInternetGatewayRequest, object];
  AttachVpnGateway: [sdk.AttachVpnGatewayRequest, sdk.AttachVpnGatewayResult];
  AuthorizeSecurityGroupEgress: [
    sdk.AuthorizeSecurityGroupEgressRequest,
    sdk.AuthorizeSecurityGroupEgressResult,
  ];
  AuthorizeSecurityGroupIngress: [
    sdk.AuthorizeSecurityGroupIngressRequest,
    sdk.AuthorizeSecurityGroupIngressResult,
  ];
  CreateManagedPrefixList: [sdk.CreateManagedPrefixListRequest, sdk.CreateManagedPrefixListResult];
  CreateNetworkAcl: [sdk.CreateNetworkAclRequest, sdk.CreateNetworkAclResult];
  CreateNetworkAclEntry: [sdk.CreateNetworkAclEntryRequest, object];
  CreateNetworkInterface: [sdk.CreateNetworkInterfaceRequest, sdk.CreateNetworkInterfaceResult];
  CreateSecurityGroup: [sdk.CreateSecurityGroupRequest, sdk.CreateSecurityGroupResult];
  CreateVpnGateway: [sdk.CreateVpnGatewayRequest, sdk.CreateVpnGatewayResult];
  DescribeNetworkAcls: [sdk.DescribeNetworkAclsRequest, sdk.DescribeNetworkAclsResult];
  DescribeNetworkInterfaces: [sdk.DescribeNetworkInterfacesRequest, sdk.DescribeNetworkInterfacesResult];
  DescribeSecurityGroups: [sdk.DescribeSecurityGroupsRequest, sdk.DescribeSecurityGroupsResult];
  EnableVgwRoutePropagation: [sdk.EnableVgwRoutePropagationRequest, object];
  GetManagedPrefixListEntries: [
    sdk.GetManagedPrefixListEntriesRequest,
    sdk.GetManagedPrefixListEntriesResult,
  ];
  ModifyNetworkInterfaceAttribute: [sdk.ModifyNetworkInterfaceAttributeRequest, object];
  ReplaceNetworkAclAssociation: [
    sdk.ReplaceNetworkAclAssociationRequest,
    sdk.ReplaceNetworkAclAssociationResult,
  ];
  RevokeSecurityGroupEgress: [sdk.RevokeSecurityGroupEgressRequest, sdk.RevokeSecurityGroupEgressResult];
  CreateDefaultSubnet: [sdk.CreateDefaultSubnetRequest, sdk.CreateDefaultSubnetResult];
  CreateDefaultVpc: [sdk.CreateDefaultVpcRequest, sdk.CreateDefaultVpcResult];
  CreateInternetGateway: [sdk.CreateInternetGatewayRequest, sdk.CreateInternetGatewayResult];
  CreateRoute: [sdk.CreateRouteRequest, sdk.CreateRouteResult];
  CreateRouteTable: [sdk.CreateRouteTableRequest, sdk.CreateRouteTableResult];
  CreateSubnet: [sdk.CreateSubnetRequest, sdk.CreateSubnetResult];
  CreateTags: [sdk.CreateTagsRequest, object];
  CreateVpc: [sdk.CreateVpcRequest, sdk.CreateVpcResult];
  CreateVpcPeeringConnection: [sdk.CreateVpcPeeringConnectionRequest, sdk.CreateVpcPeeringConnectionResult];
  DeleteRoute: [sdk.DeleteRouteRequest, object];
  DeleteRouteTable: [sdk.DeleteRouteTableRequest, object];
  DeleteSubnet: [sdk.DeleteSubnetRequest, object];
  DeleteTags: [sdk.DeleteTagsRequest, object];
  DeleteVpc: [sdk.DeleteVpcRequest, object];
  DeleteVpcPeeringConnection: [sdk.DeleteVpcPeeringConnectionRequest, sdk.DeleteVpcPeeringConnectionResult];
  DescribeRouteTables: [sdk.DescribeRouteTablesRequest, sdk.DescribeRouteTablesResult];
  DescribeSubnets: [sdk.DescribeSubnetsRequest, sdk.DescribeSubnetsResult];
  DescribeTags: [sdk.DescribeTagsRequest, sdk.DescribeTagsResult];
  DescribeVpcAttribute: [sdk.DescribeVpcAttributeRequest, sdk.DescribeVpcAttributeResult];
  DescribeVpcPeeringConnections: [
    sdk.DescribeVpcPeeringConnectionsRequest,
    sdk.DescribeVpcPeeringConnectionsResult,
  ];
  DescribeVpcs: [sdk.DescribeVpcsRequest, sdk.DescribeVpcsResult];
  DisassociateRouteTable: [sdk.DisassociateRouteTableRequest, object];
  DisassociateSubnetCidrBlock: [
    sdk.DisassociateSubnetCidrBlockRequest,
    sdk.DisassociateSubnetCidrBlockResult,
  ];
  DisassociateVpcCidrBlock: [sdk.DisassociateVpcCidrBlockRequest, sdk.DisassociateVpcCidrBlockResult];
  ModifyVpcAttribute: [sdk.ModifyVpcAttributeRequest, object];
  ModifyVpcPeeringConnectionOptions: [
    sdk.ModifyVpcPeeringConnectionOptionsRequest,
    sdk.ModifyVpcPeeringConnectionOptionsResult,
  ];
  RejectVpcPeeringConnection: [sdk.RejectVpcPeeringConnectionRequest, sdk.RejectVpcPeeringConnectionResult];
  ReplaceRoute: [sdk.ReplaceRouteRequest, object];
  ReplaceRouteTableAssociation: [
    sdk.ReplaceRouteTableAssociationRequest,
    sdk.ReplaceRouteTableAssociationResult,
  ];
}
type ActionName = keyof Ec2Api;

/** One account in one region, calling EC2. */
export interface Ec2User {
  readonly accountId: string;
  readonly region: string;
  do<Name extends ActionName>(action: Name, input: Ec2Api[Name][0]): Ec2Api[Name][1];
  /** The code of the error that the call ends with; `'no error'` where it succeeds. */
  codeOf<Name extends ActionName>(action: Name, input: Ec2Api[Name][0]): string;
}

export const SECOND_MS = 1000;
export const HOUR_MS = 3600 * SECOND_MS;
export const DAY_MS = 24 * HOUR_MS;
export const START_MS = Date.UTC(2026, 10, 2);

/** Longer than any transition of the model, shorter than any period of visibility. */
export const SETTLED_MS = 30 * SECOND_MS;

export class Ec2World {
  readonly clock = new VirtualClock(START_MS);
  readonly ec2: SimulatedEc2;
  readonly requester = this.user('111122223333', 'eu-west-1');
  readonly accepter = this.user('444455556666', 'eu-west-1');
  readonly stranger = this.user('777788889999', 'eu-west-1');

  constructor(options: Partial<Ec2Options> = {}) {
    this.ec2 = new SimulatedEc2({ clock: this.clock, random: new SeededRandom(1), options });
  }

  user(accountId: string, region: string): Ec2User {
    const run = <Name extends ActionName>(action: Name, input: Ec2Api[Name][0]): Ec2Api[Name][1] => {
      const call = callOf(action, accountId, region);
      const definition = this.ec2.actions[action];
      if (definition === undefined) throw new Error(`${action} is not simulated`);
      // The table gives each action its own types, which its index signature cannot say.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return definition.run(call, input) as Ec2Api[Name][1];
    };
    return {
      accountId,
      region,
      do: run,
      codeOf: (action, input) => {
        try {
          run(action, input);
          return 'no error';
        } catch (error) {
          if (error instanceof AwsError) return error.code;
          throw error;
        }
      },
    };
  }

  async pass(durationMs: number): Promise<void> {
    await this.clock.run(this.clock.now() + durationMs);
  }

  /** A VPC; with `dns`, one that allows DNS resolution over a peering. */
  vpc(owner: Ec2User, cidr: string, { dns = false } = {}): string {
    const vpcId = owner.do('CreateVpc', { CidrBlock: cidr }).Vpc?.VpcId ?? '';
    if (dns) owner.do('ModifyVpcAttribute', { VpcId: vpcId, EnableDnsHostnames: { Value: true } });
    return vpcId;
  }

  mainTable(owner: Ec2User, vpcId: string): sdk.RouteTable {
    const filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ];
    return owner.do('DescribeRouteTables', { Filters: filters }).RouteTables?.[0] ?? {};
  }

  route(owner: Ec2User, routeTableId: string, destination: string): sdk.Route | undefined {
    return owner
      .do('DescribeRouteTables', { RouteTableIds: [routeTableId] })
      .RouteTables?.[0]?.Routes?.find((route) => route.DestinationCidrBlock === destination);
  }

  /** Two VPCs and a request from the requester's to the accepter's; still initiating. */
  request({
    requester = this.requester,
    accepter = this.accepter,
    requesterCidr = '10.0.0.0/16',
    accepterCidr = '10.1.0.0/16',
    dns = false,
  } = {}) {
    const requesterVpc = this.vpc(requester, requesterCidr, { dns });
    const accepterVpc = this.vpc(accepter, accepterCidr, { dns });
    const peeringId = this.ask(requester, requesterVpc, accepter, accepterVpc);
    return { requesterVpc, accepterVpc, peeringId };
  }

  ask(requester: Ec2User, requesterVpc: string, accepter: Ec2User, accepterVpc: string): string {
    const { VpcPeeringConnection } = requester.do('CreateVpcPeeringConnection', {
      VpcId: requesterVpc,
      PeerVpcId: accepterVpc,
      PeerOwnerId: accepter.accountId,
      PeerRegion: accepter.region,
    });
    return VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
  }

  async pending(request: Parameters<Ec2World['request']>[0] = {}) {
    const made = this.request(request);
    await this.pass(SETTLED_MS);
    return made;
  }

  async active(request: Parameters<Ec2World['request']>[0] = {}) {
    const made = await this.pending(request);
    const accepter = request?.accepter ?? this.accepter;
    accepter.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: made.peeringId });
    await this.pass(SETTLED_MS);
    return made;
  }

  async deleted(request: Parameters<Ec2World['request']>[0] = {}) {
    const made = await this.active(request);
    const requester = request?.requester ?? this.requester;
    requester.do('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: made.peeringId });
    await this.pass(SETTLED_MS);
    return made;
  }

  /** The peering as this user sees it; `undefined` where it is NotFound to him. */
  see(user: Ec2User, peeringId: string): sdk.VpcPeeringConnection | undefined {
    const input = { VpcPeeringConnectionIds: [peeringId] };
    if (user.codeOf('DescribeVpcPeeringConnections', input) !== 'no error') return undefined;
    return user.do('DescribeVpcPeeringConnections', input).VpcPeeringConnections?.[0];
  }

  stateSeenBy(user: Ec2User, peeringId: string): string {
    return this.see(user, peeringId)?.Status?.Code ?? 'not found';
  }
}

export function callOf(action: string, accountId: string, region: string): Call {
  return {
    service: 'ec2',
    action,
    region,
    caller: { accountId, arn: `arn:aws:iam::${accountId}:user/administrator` },
    requestId: '99846af0-8804-4df0-b148-d77d4a5aa578',
    userAgent: 'aws-cli/2.31.0',
  };
}
