import type { BuiltVpc, World } from '../../sim/world/world.ts';

export const IRELAND = 'eu-west-1';
export const VIRGINIA = 'us-east-1';
export const REGIONS: readonly string[] = [IRELAND, VIRGINIA];
export const APPS = '111111111111';
export const SHARED = '222222222222';

export const POLICY = `
version: 1
regions: [${IRELAND}, ${VIRGINIA}]
groups:
  apps: { ous: [ou-ab12-apps0001] }
  shared: { ous: [ou-ab12-shared01] }
allow:
  - { name: apps-to-shared, requester: apps, accepter: shared }
`;

/** What is there before the work that is measured. */
interface Pair {
  readonly requester: BuiltVpc;
  readonly accepter: BuiltVpc;
  readonly peeringId: string;
}

/** A piece of work whose calls are counted. */
export interface Scenario {
  readonly name: string;
  /** The end of the name of the function that does it. */
  readonly functionName: 'reconcilePeering' | 'sweepAccount';
  /** Calls that no tool could do without, by `service:Action`, in one account and region for a sweep. */
  readonly least: Readonly<Record<string, number>>;
  /** Makes what must be there, and answers with the work itself. */
  readonly prepare: (world: World) => Promise<() => Promise<void>>;
}

/**
 * What a decision rests on: the state, each side's own view of it, its VPC and tables, the subnets that fall back to
 * the main table, the accounts with the OUs above them, and the ledger.
 */
const READ_BOTH_SIDES = {
  'sts:AssumeRole': 2,
  'organizations:DescribeAccount': 2,
  'dynamodb:Query': 1,
  'ec2:DescribeVpcPeeringConnections': 2,
  'ec2:DescribeVpcs': 2,
  'ec2:DescribeSubnets': 2,
  'ec2:DescribeRouteTables': 2,
};

export const SCENARIOS: readonly Scenario[] = [
  connect('connect across accounts, 3 route tables a side', 3, IRELAND),
  connect('connect across accounts, 30 route tables a side', 30, IRELAND),
  connect('connect between regions, 3 route tables a side', 3, VIRGINIA),
  {
    name: 'reconcile with nothing to do',
    functionName: 'reconcilePeering',
    least: { ...READ_BOTH_SIDES },
    prepare: async (world) => {
      const { requester, peeringId } = await connected(world);
      await forget(world);
      return () => world.hint(requester, peeringId);
    },
  },
  {
    name: 'clean up after a deletion, 3 route tables a side',
    functionName: 'reconcilePeering',
    least: {
      'sts:AssumeRole': 2,
      'organizations:DescribeAccount': 2,
      'dynamodb:Query': 1,
      'dynamodb:BatchWriteItem': 1,
      'ec2:DescribeVpcPeeringConnections': 1,
      // What leads to the peering, and again right before it is deleted.
      'ec2:DescribeRouteTables': 4,
      'ec2:DeleteRoute': 6,
      'events:PutEvents': 1,
    },
    prepare: async (world) => {
      const { requester, peeringId } = await connected(world);
      await forget(world);
      return () => world.deletePeering(requester, peeringId);
    },
  },
  ...[1, 50, 125].map(sweepOf),
];

function connect(name: string, tables: number, accepterRegion: string): Scenario {
  return {
    name,
    functionName: 'reconcilePeering',
    least: {
      ...READ_BOTH_SIDES,
      // Each side's peerings, and the look that this one has become active.
      'ec2:DescribeVpcPeeringConnections': 3,
      'ec2:AcceptVpcPeeringConnection': 1,
      'ec2:CreateRoute': 2 * tables,
      'ec2:ModifyVpcPeeringConnectionOptions': 2,
      'ec2:CreateTags': 2,
      // The claims, where the sides are, and what is planned, 25 items a call.
      'dynamodb:BatchWriteItem': Math.ceil((2 * tables + 2) / 25),
      'events:PutEvents': 1,
    },
    prepare: async (world) => {
      const { requester, accepter } = await twoVpcs(world, tables, accepterRegion);
      return async () => {
        await world.requestPeering(requester, accepter);
      };
    },
  };
}

function sweepOf(peerings: number): Scenario {
  return {
    name: `sweep of an account and region with ${peerings} peerings and nothing to do`,
    functionName: 'sweepAccount',
    least: {
      'ec2:DescribeVpcPeeringConnections': 1,
      'ec2:DescribeVpcs': 1,
      'ec2:DescribeSubnets': 1,
      'ec2:DescribeRouteTables': 1,
    },
    prepare: async (world) => {
      for (let made = 0; made < peerings; made += 20) {
        // The default quota is 50 peerings a VPC; twenty stay well below it.
        const requester = await world.buildVpc(APPS, IRELAND, `10.${made / 20}.0.0/16`);
        for (let index = made; index < Math.min(made + 20, peerings); index++) {
          const accepter = await world.buildVpc(SHARED, IRELAND, `10.${100 + index}.0.0/16`);
          await world.requestPeering(requester, accepter);
        }
        await world.settle();
      }
      await forget(world);
      return () => world.sweep();
    },
  };
}

async function twoVpcs(world: World, tables: number, accepterRegion: string) {
  const requester = await world.buildVpc(APPS, IRELAND, '10.1.0.0/16', tables);
  const accepter = await world.buildVpc(SHARED, accepterRegion, '10.2.0.0/16', tables);
  await world.settle();
  await forget(world);
  return { requester, accepter };
}

async function connected(world: World): Promise<Pair> {
  const { requester, accepter } = await twoVpcs(world, 3, IRELAND);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { requester, accepter, peeringId };
}

/** Half an hour later every function starts cold, and no cache helps. */
async function forget(world: World): Promise<void> {
  await world.settle();
  await world.aws.clock.run(world.aws.clock.now() + 30 * 60_000);
  world.aws.lambda.recycle();
}
