import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AttachVpnGatewayCommand,
  CreateVpnGatewayCommand,
  EnableVgwRoutePropagationCommand,
} from '@aws-sdk/client-ec2';
import type { Fate } from '../../../sim/faults.ts';
import { AwsError, type Call } from '../../../sim/types.ts';
import { HUB_ACCOUNT, HUB_REGION, type BuiltVpc, type World } from '../../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, APPS, aWorld, pass } from '../../support/world.ts';
import { aConnectedPair, by, messages, STRICT, TGW, withoutRule, withRule } from './support.ts';

const VENDOR = '999900001111';

/** What a lost or an older ledger does not have. */
async function forgetConsent(world: World, peeringId: string): Promise<void> {
  const client = new DynamoDBClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT), maxAttempts: 1 });
  const command = new DeleteItemCommand({
    TableName: world.hub.ref('Ledger'),
    Key: { pk: { S: `peering#${peeringId}` }, sk: { S: 'consent' } },
  });
  await world.aws.clock.drive(client.send(command));
}

/** A VPN whose routers announce a block to the VPC's own table; answers the gateway. */
async function announce(world: World, vpc: BuiltVpc, block: string): Promise<string> {
  const ec2 = world.ec2(vpc.accountId, vpc.region);
  const { clock } = world.aws;
  const { VpnGateway } = await clock.drive(ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' })));
  const gatewayId = VpnGateway?.VpnGatewayId ?? '';
  const { vpcId: VpcId } = vpc;
  await clock.drive(ec2.send(new AttachVpnGatewayCommand({ VpnGatewayId: gatewayId, VpcId })));
  const RouteTableId = by(world, vpc).tableId;
  await clock.drive(ec2.send(new EnableVgwRoutePropagationCommand({ GatewayId: gatewayId, RouteTableId })));
  world.aws.ec2.propagate(gatewayId, [block]);
  return gatewayId;
}

it('a greedy peer who adds the very block that a VPN announces does not get its traffic', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const gatewayId = await announce(world, requester, '10.50.0.0/16');
  const peeringId = await aConnectedPair(world, { requester, accepter });
  const { tableId } = by(world, requester);
  const before = [
    `${tableId} 10.2.0.0/16 ${peeringId} active`,
    `${tableId} 10.50.0.0/16 ${gatewayId} active`,
  ];
  expect(await world.routes(requester)).toEqual(before);
  await by(world, accepter).associate('10.50.0.0/16');
  await world.settle();
  await world.sweep();
  expect(await world.routes(requester)).toEqual(before);
  expect(messages(world).at(-1)).toContain(`10.50.0.0/16, which ${accepter.vpcId} got after the accept`);
});

describe('where nobody remembers the consent', () => {
  it('a CIDR for containers beside an outsider’s VPC does not cut production', async () => {
    const policy = `
version: 1
regions: [eu-west-1]
groups:
  apps: { ous: [ou-ab12-apps0001], cidrs: [10.1.0.0/16] }
  vendor: { accounts: ['${VENDOR}'], external: true, cidrs: [10.8.0.0/16] }
allow:
  - { name: vendor, requester: apps, accepter: vendor }
guardrails: { unsanctioned: quarantine }
`;
    const world = aWorld({ policy, regions: ['eu-west-1'] });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const vendor = await world.buildVpc(VENDOR, 'eu-west-1', '10.8.0.0/16');
    const peeringId = await aConnectedPair(world, { requester, accepter: vendor });
    await by(world, vendor).accept(peeringId);
    await world.sweep();
    await forgetConsent(world, peeringId);
    await by(world, requester).associate('100.64.0.0/16');
    await world.settle();
    await world.sweep();
    expect(await world.routes(requester)).toEqual([
      `${requester.tableIds[0]} 10.8.0.0/16 ${peeringId} active`,
    ]);
  });

  it('a hand-written wide route does not let a greedy peer cut production', async () => {
    const policy = STRICT.replace(
      'shared: { ous: [ou-ab12-shared01] }',
      'shared: { ous: [ou-ab12-shared01], cidrs: [10.2.0.0/16] }',
    );
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    await by(world, requester).route({
      DestinationCidrBlock: '10.0.0.0/8',
      VpcPeeringConnectionId: peeringId,
    });
    await world.settle();
    const before = await world.routes(requester);
    await forgetConsent(world, peeringId);
    await by(world, accepter).associate('10.50.0.0/16');
    await world.settle();
    await world.sweep();
    expect(await world.routes(requester)).toEqual(before);
  });
});

describe('while the ledger takes no writes', () => {
  const failure = new AwsError('InternalServerError', 'The service failed.', 500);
  const policy = withRule('connect: { routes: { newCidrs: hold } }');

  async function request() {
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    const state = async () => (await world.peering(requester, peeringId))?.Status?.Code;
    const route = `${requester.tableIds[0]} 10.2.0.0/16 ${peeringId} active`;
    return { world, requester, state, route };
  }

  it('nothing is accepted, so that what was judged is never lost', async () => {
    const { world, requester, state, route } = await request();
    const failing = { service: 'dynamodb', action: 'BatchWriteItem' };
    const end = world.aws.faults.failSome(failing, 1, failure);
    await pass(world, 60_000);
    expect(await state()).toBe('pending-acceptance');
    end();
    await world.settle();
    expect(await world.routes(requester)).toEqual([route]);
  });

  it('what was accepted right before gets its routes when it takes them again', async () => {
    const { world, requester, state, route } = await request();
    let isAccepted = false;
    const fateOf = ({ action }: Call): Fate | undefined => {
      isAccepted ||= action === 'AcceptVpcPeeringConnection';
      return isAccepted && action === 'BatchWriteItem' ? { kind: 'fail', error: failure } : undefined;
    };
    world.aws.faults.leaveTo({ of: fateOf });
    await pass(world, 60_000);
    expect(await state()).toBe('active');
    expect(await world.routes(requester)).toEqual([]);
    world.aws.faults.leaveTo(undefined);
    await world.settle();
    expect(await world.routes(requester)).toEqual([route]);
  });
});

describe('a wider route that came after the accept', () => {
  async function start(policy: string) {
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    const mine = by(world, requester);
    await mine.route({ DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: TGW });
    await world.settle();
    const route = `${mine.tableId} 10.2.0.0/16 ${peeringId} active`;
    return { world, requester, mine, route };
  }

  it('does not keep a route that was consented to from being repaired', async () => {
    const { world, requester, mine, route } = await start(APPS_TO_SHARED);
    await mine.deleteRoute('10.2.0.0/16');
    await world.settle();
    expect(await world.routes(requester)).toContain(route);
    expect(messages(world).at(-1)).toContain(`routes 10.0.0.0/8 to ${TGW}`);
  });

  it('does not keep a quarantine by mistake from being undone', async () => {
    const { world, requester, route } = await start(STRICT);
    world.changePolicy(withoutRule(STRICT));
    await world.sweep();
    expect(await world.routes(requester)).not.toContain(route);
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await world.routes(requester)).toContain(route);
  });
});
