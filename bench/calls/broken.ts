import { AwsError } from '../../sim/types.ts';
import { World } from '../../sim/world/world.ts';
import { APPS, IRELAND, SHARED } from './scenarios.ts';

const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1', 'us-west-2'];
const DENIED_REGION = 'us-west-2';
const FIRST_ACCOUNT = 100_000_000_000;
/** What changes the ledger; the chart of the organization, which each sweep keeps, is not counted. */
const WRITES = new Set(['BatchWriteItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']);
const SWEEPS = 3;

export interface Broken {
  readonly name: string;
  readonly deadLetters: number;
  /** Messages that people got, in all sweeps. */
  readonly notices: number;
  /** What the last hour wrote into the ledger. */
  readonly writes: number;
  /** Calls to EC2 that the last hour made and AWS refused. */
  readonly refused: number;
}

/** What is broken for good in some places: what it costs, and what people hear of it. */
export async function sweepBroken(
  newWorld: () => World,
  accounts: number,
  denied: number,
): Promise<Broken[]> {
  return [await deniedRegion(accounts, denied), await blockedPeerings(newWorld(), 100)];
}

/** A service control policy denies one region in some of the accounts. */
async function deniedRegion(accounts: number, denied: number): Promise<Broken> {
  const world = new World({
    seed: 1,
    policy: `version: 1\nregions: [${REGIONS.join(', ')}]\n`,
    regions: REGIONS,
    wire: 'direct',
    ec2: { pageSize: 1000 },
    organization: { pageSize: 20 },
  });
  const unit = world.aws.organization.addOrganizationalUnit('All').id;
  for (let index = 0; index < accounts; index++) world.addMember(String(FIRST_ACCOUNT + index), unit);
  await world.settle();
  const error = new AwsError(
    'UnauthorizedOperation',
    'with an explicit deny in a service control policy',
    403,
  );
  for (let index = 0; index < denied; index++) {
    const accountId = String(FIRST_ACCOUNT + index);
    world.aws.faults.failSome({ service: 'ec2', accountId, region: DENIED_REGION }, 1, error);
  }
  return hours(`${SWEEPS} sweeps of ${accounts} accounts, ${denied} of which deny one region`, world);
}

/** Peerings that are connected but for one side's DNS, which is denied. */
async function blockedPeerings(world: World, peerings: number): Promise<Broken> {
  world.aws.faults.deny('ec2', 'ModifyVpcPeeringConnectionOptions', SHARED);
  const hub = await world.buildVpc(SHARED, IRELAND, '10.200.0.0/16', 1);
  for (let index = 0; index < peerings; index++) {
    const spoke = await world.buildVpc(APPS, IRELAND, `10.${index}.0.0/16`, 1);
    await world.requestPeering(spoke, hub);
  }
  await world.settle();
  world.aws.sns.published.length = 0;
  return hours(`${SWEEPS} hours with ${peerings} peerings of which a step is denied`, world);
}

async function hours(name: string, world: World): Promise<Broken> {
  let from = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    from = world.aws.calls.length;
    await world.sweep();
  }
  const last = world.aws.calls.slice(from);
  return {
    name,
    deadLetters: world.deadLetters().length,
    notices: world.aws.sns.published.length,
    writes: last.filter(
      ({ action, input, service }) =>
        service === 'dynamodb' && WRITES.has(action) && !JSON.stringify(input).includes('"organization"'),
    ).length,
    refused: last.filter(({ service, errorCode }) => service === 'ec2' && errorCode !== undefined).length,
  };
}
