import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';
import type { World } from '../../sim/world.ts';

/** What autopeer asks EC2 in this account and region is never answered. */
const hang = (world: World, accountId: string, region: string) =>
  world.aws.faults.hang({ service: 'ec2', accountId, region, roleName: 'autopeer-prod-member' });

const runsOf = (world: World, name: string, from = 0) =>
  world.aws.lambda.invocations.slice(from).filter(({ functionName }) => functionName.endsWith(name));

describe('one endpoint that hangs', () => {
  it('does not take its nine innocent neighbours of the batch into the dead-letter queue', async () => {
    const world = aWorld({ latencyMs: 80 });
    const { organization } = world.aws;
    const unit = organization.addOrganizationalUnit('More').id;
    for (let index = 0; index < 7; index++) world.addMember(String(700_000_000_000 + index), unit);
    await world.settle();
    hang(world, SHARED, 'us-east-1');
    await world.sweep();
    expect(world.deadLetters().map((body) => JSON.parse(body))).toEqual([
      expect.objectContaining({ accountId: SHARED, region: 'us-east-1' }),
    ]);
  });
});
