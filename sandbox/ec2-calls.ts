import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  AssociateRouteTableRequest,
  AssociateVpcCidrBlockRequest,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  CreateVpcRequest,
  CreateVpcResult,
  ModifyVpcAttributeRequest,
} from '@aws-sdk/client-ec2';
import type { SimulatedEc2 } from '../sim/ec2/ec2.ts';

/** The calls that build a world, with what they take and answer. */
interface Calls {
  CreateVpc: [CreateVpcRequest, CreateVpcResult];
  ModifyVpcAttribute: [ModifyVpcAttributeRequest, unknown];
  AssociateVpcCidrBlock: [AssociateVpcCidrBlockRequest, unknown];
  CreateRouteTable: [CreateRouteTableRequest, CreateRouteTableResult];
  CreateSubnet: [CreateSubnetRequest, CreateSubnetResult];
  AssociateRouteTable: [AssociateRouteTableRequest, unknown];
  CreateVpcPeeringConnection: [CreateVpcPeeringConnectionRequest, CreateVpcPeeringConnectionResult];
  AcceptVpcPeeringConnection: [AcceptVpcPeeringConnectionRequest, AcceptVpcPeeringConnectionResult];
}

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/**
 * Does a call as the account's administrator, behind the wire: what was there before the sandbox started leaves no
 * trace in CloudTrail.
 * @throws AwsError that EC2 answers with
 */
export function ec2Call<Action extends keyof Calls>(
  ec2: SimulatedEc2,
  { accountId, region }: Place,
  action: Action,
  input: Calls[Action][0],
): Calls[Action][1] {
  const caller = { accountId, arn: `arn:aws:iam::${accountId}:user/administrator` };
  const call = { service: 'ec2', action, region, caller, requestId: 'world', userAgent: 'sandbox' };
  return ec2.actions[action]?.run(call, input);
}
