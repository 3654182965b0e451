import { CreateRouteCommand } from '@aws-sdk/client-ec2';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { APPS, aWorld, SHARED } from '../support/world.ts';

/** DynamoDB's items, EventBridge's entries and SNS's messages are smaller than the sentences below. */
const MANY = 46;
/** Fewer than the routes that a table takes. */
const PARTS = 45;

async function aLargePair(world: World) {
  const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', MANY);
  const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16', MANY);
  await world.settle();
  return { requester, accepter };
}

/** In each table, routes to somebody else's gateway for parts of the other VPC. */
async function shadow(world: World, vpc: BuiltVpc): Promise<void> {
  const client = world.ec2(vpc.accountId, vpc.region);
  const routes = vpc.tableIds.flatMap((RouteTableId) =>
    Array.from({ length: PARTS }, (_, part) => {
      const DestinationCidrBlock = `10.2.${part}.0/24`;
      return { RouteTableId, DestinationCidrBlock, TransitGatewayId: 'tgw-0123456789abcdef0' };
    }),
  );
  for (const route of routes) await world.aws.clock.drive(client.send(new CreateRouteCommand(route)));
}

const messages = ({ aws }: World): readonly string[] => aws.sns.published.map(({ message }) => message);

it('a request with thousands of obstacles is held, and the notice names some and the number of the rest', async () => {
  const world = aWorld();
  const { requester, accepter } = await aLargePair(world);
  await shadow(world, requester);
  await world.settle();
  await world.requestPeering(requester, accepter);
  await world.settle();
  expect(world.deadLetters()).toEqual([]);
  const [held, ...more] = messages(world);
  expect(more).toEqual([]);
  expect(held).toContain('routes 10.2.0.0/24, a part of 10.2.0.0/16, to tgw-0123456789abcdef0');
  expect(held).toContain(`and ${MANY * PARTS - 50} more`);
});

it('a dry run of thousands of steps is told once, with the first of them', async () => {
  const policy = APPS_TO_SHARED.replace(
    'accepter: shared }',
    'accepter: shared, dryRun: true, connect: { routes: { destinations: subnet-cidrs } } }',
  );
  const world = aWorld({ policy });
  const { requester, accepter } = await aLargePair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  expect(world.deadLetters()).toEqual([]);
  const [planned, ...more] = messages(world).filter((text) => text.startsWith('Peering Planned'));
  expect(more).toEqual([]);
  expect(planned).toContain(`accept the peering in ${SHARED} eu-west-1`);
  expect(planned).toContain(`and ${1 + 2 * MANY * MANY + 2 - 500} more`);
});
