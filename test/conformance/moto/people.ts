import {
  AssociateRouteTableCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeTagsCommand,
  DescribeVpcPeeringConnectionsCommand,
  ModifyVpcAttributeCommand,
  type EC2Client,
  type Route,
  type VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { parsePeeringId, type PeeringId } from '../../../shared/domain/facts/ids.ts';
import { given } from '../given.ts';
import { MotoClients } from './clients.ts';
import { emitCloudTrail } from './cloudtrail.ts';

/** Where a VPC is, and its tables. */
export interface MotoVpc {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidr: string;
  /** Of its one subnet. */
  readonly tableId: string;
}

/** The people of the member accounts: what they do is what autopeer hears of. */
export class People {
  readonly #clients: MotoClients;
  readonly #receive: (event: unknown) => Promise<void>;
  #areHeard = true;

  constructor(url: string, receive: (event: unknown) => Promise<void>) {
    this.#clients = new MotoClients(url);
    this.#receive = receive;
  }

  /** Does something of which no event comes. EventBridge's delivery is best effort. */
  async unheard<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#areHeard = false;
    try {
      return await act();
    } finally {
      this.#areHeard = true;
    }
  }

  async buildVpc(accountId: string, region: string, cidr: string): Promise<MotoVpc> {
    const ec2 = await this.ec2({ accountId, region });
    const vpcId = given((await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }))).Vpc?.VpcId);
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }));
    const block = cidr.replace(/\/16$/, '/24');
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: block }));
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const tableId = given(RouteTable?.RouteTableId);
    const association = { RouteTableId: tableId, SubnetId: given(Subnet?.SubnetId) };
    await ec2.send(new AssociateRouteTableCommand(association));
    return { accountId, region, vpcId, cidr, tableId };
  }

  async request(requester: MotoVpc, accepter: MotoVpc): Promise<PeeringId> {
    const command = new CreateVpcPeeringConnectionCommand({
      VpcId: requester.vpcId,
      PeerVpcId: accepter.vpcId,
      PeerOwnerId: accepter.accountId,
      PeerRegion: accepter.region,
    });
    const { VpcPeeringConnection: made } = await (await this.ec2(requester)).send(command);
    return given(parsePeeringId(made?.VpcPeeringConnectionId));
  }

  async delete(by: MotoVpc, peeringId: string): Promise<void> {
    const command = new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
    await (await this.ec2(by)).send(command);
  }

  async see(by: MotoVpc, peeringId: string): Promise<VpcPeeringConnection> {
    const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [peeringId] });
    return given((await (await this.ec2(by)).send(command)).VpcPeeringConnections?.[0]);
  }

  /** Every route of the VPC that is not local, as `rtb-… 10.2.0.0/16 pcx-…`. */
  async routes(vpc: MotoVpc): Promise<readonly string[]> {
    return (await this.#routes(vpc)).map(
      ({ tableId, DestinationCidrBlock, VpcPeeringConnectionId }) =>
        `${tableId} ${DestinationCidrBlock} ${VpcPeeringConnectionId}`,
    );
  }

  async routeStates(vpc: MotoVpc): Promise<readonly (string | undefined)[]> {
    return (await this.#routes(vpc)).map(({ State }) => State);
  }

  async #routes(vpc: MotoVpc): Promise<readonly (Route & { readonly tableId: string | undefined })[]> {
    const command = new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc.vpcId] }] });
    const { RouteTables = [] } = await (await this.ec2(vpc)).send(command);
    return RouteTables.flatMap(({ RouteTableId: tableId, Routes = [] }) =>
      Routes.filter(({ GatewayId }) => GatewayId !== 'local').map((route) => ({ ...route, tableId })),
    );
  }

  async tag(by: MotoVpc, resourceId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await (await this.ec2(by)).send(new CreateTagsCommand({ Resources: [resourceId], Tags }));
  }

  /** The tags that this account has put on something, by key. */
  async tags(by: MotoVpc, resourceId: string): Promise<Readonly<Record<string, string>>> {
    const command = new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [resourceId] }] });
    const { Tags = [] } = await (await this.ec2(by)).send(command);
    return Object.fromEntries(Tags.map(({ Key, Value }) => [given(Key), given(Value)]));
  }

  ec2({ accountId, region }: { accountId: string; region: string }): Promise<EC2Client> {
    return this.#clients.ec2(accountId, region, (client) => {
      emitCloudTrail(client, accountId, region, async (event) => {
        if (this.#areHeard) await this.#receive(event);
      });
    });
  }
}
