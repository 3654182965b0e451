import * as sdk from '@aws-sdk/client-ec2';
import { SimulatedAws, type SimulatedAwsOptions } from '../../../sim/aws.ts';
import { as, failureOf, MEMBER, REGION, STRANGER } from '../world/services-support.ts';

/** Longer than any transition of a peering. */
const SETTLED_MS = 30_000;

/** EC2 as clients see it: through the SDK and the wire. Calls are made by command name. */
export class Ec2Clients {
  readonly aws: SimulatedAws;
  readonly owner: sdk.EC2;
  readonly other: sdk.EC2;

  constructor(ec2: SimulatedAwsOptions['ec2'] = {}) {
    this.aws = new SimulatedAws({ seed: 1, ec2: { pageSize: 1000, ...ec2 } });
    this.owner = this.client(MEMBER);
    this.other = this.client(STRANGER);
  }

  client(accountId: string, region = REGION): sdk.EC2 {
    return new sdk.EC2({ ...as(this.aws, accountId, region), maxAttempts: 1 });
  }

  /** The answer, in virtual time. */
  get<T>(work: Promise<T>): Promise<T> {
    return this.aws.clock.drive(work);
  }

  /** The code of the error that the call ends with. */
  async codeOf(work: Promise<unknown>): Promise<string> {
    return (await failureOf(this.aws, work)).name;
  }

  async messageOf(work: Promise<unknown>): Promise<string> {
    return (await failureOf(this.aws, work)).message;
  }

  async vpc(owner: sdk.EC2, cidr: string): Promise<string> {
    const { Vpc } = await this.get(owner.createVpc({ CidrBlock: cidr }));
    return Vpc?.VpcId ?? '';
  }

  async subnet(owner: sdk.EC2, vpcId: string, cidr: string): Promise<string> {
    const { Subnet } = await this.get(owner.createSubnet({ VpcId: vpcId, CidrBlock: cidr }));
    return Subnet?.SubnetId ?? '';
  }

  async group(owner: sdk.EC2, vpcId: string, name: string): Promise<string> {
    const input = { VpcId: vpcId, GroupName: name, Description: `the ${name} tier` };
    const { GroupId } = await this.get(owner.createSecurityGroup(input));
    return GroupId ?? '';
  }

  async pass(durationMs: number): Promise<void> {
    await this.aws.clock.run(this.aws.clock.now() + durationMs);
  }

  /** A VPC of each account, and an active peering between them. */
  async peered() {
    const ownerVpc = await this.vpc(this.owner, '10.0.0.0/16');
    const otherVpc = await this.vpc(this.other, '10.1.0.0/16');
    const { VpcPeeringConnection } = await this.get(
      this.owner.createVpcPeeringConnection({ VpcId: ownerVpc, PeerVpcId: otherVpc, PeerOwnerId: STRANGER }),
    );
    const peeringId = VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
    await this.pass(SETTLED_MS);
    await this.get(this.other.acceptVpcPeeringConnection({ VpcPeeringConnectionId: peeringId }));
    await this.pass(SETTLED_MS);
    return { ownerVpc, otherVpc, peeringId };
  }

  async endPeering(peeringId: string): Promise<void> {
    await this.get(this.owner.deleteVpcPeeringConnection({ VpcPeeringConnectionId: peeringId }));
    await this.pass(SETTLED_MS);
  }
}
