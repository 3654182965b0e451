import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-ec2';
import type { BuiltVpc, World } from '../../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { toldBesidesPlaces } from '../../support/world.ts';

export const MINUTE_MS = 60_000;

export const STRICT = `${APPS_TO_SHARED}guardrails: { unsanctioned: quarantine }\n`;
export const TGW = 'tgw-0123456789abcdef0';

/** The policy with more in its allow rule. */
export const withRule = (more: string, policy = APPS_TO_SHARED): string =>
  policy.replace('accepter: shared }', `accepter: shared, ${more} }`);

/** The policy without its allow rule. */
export const withoutRule = (policy: string): string => policy.replace(/allow:\n.*\n/, '');

/** What the owner of a VPC does by hand. */
export const by = (world: World, vpc: BuiltVpc) => {
  const ec2 = world.ec2(vpc.accountId, vpc.region);
  const { clock } = world.aws;
  const [tableId = vpc.mainTableId] = vpc.tableIds;
  return {
    tableId,
    accept: (id: string) =>
      clock.drive(ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }))),
    associate: (CidrBlock: string) =>
      clock.drive(ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc.vpcId, CidrBlock }))),
    route: (input: Omit<CreateRouteCommandInput, 'RouteTableId'>, RouteTableId = tableId) =>
      clock.drive(ec2.send(new CreateRouteCommand({ RouteTableId, ...input }))),
    deleteRoute: (DestinationCidrBlock: string, RouteTableId = tableId) =>
      clock.drive(ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }))),
  };
};

export const messages = (world: World): readonly string[] =>
  toldBesidesPlaces(world).map(({ message }) => message);

/** autopeer's own calls of the given actions, since `from`. */
export const callsOf = (world: World, actions: readonly string[], from = 0): readonly string[] =>
  world.aws.calls
    .slice(from)
    .filter(
      ({ action, caller }) => actions.includes(action) && caller.roleArn?.includes('autopeer-prod') === true,
    )
    .map(({ action }) => action);

export const LEDGER_WRITES = ['PutItem', 'BatchWriteItem', 'DeleteItem', 'UpdateItem', 'TransactWriteItems'];

/** A connected pair, without anything left to do. */
export async function aConnectedPair(
  world: World,
  pair: { requester: BuiltVpc; accepter: BuiltVpc },
): Promise<string> {
  const peeringId = await world.requestPeering(pair.requester, pair.accepter);
  await world.settle();
  return peeringId;
}
