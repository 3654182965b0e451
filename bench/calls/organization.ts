import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { World } from '../../sim/world/world.ts';

const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1', 'us-west-2'];
const POLICY = `version: 1\nregions: [${REGIONS.join(', ')}]\n`;
/** One OU for so many accounts. */
const ACCOUNTS_PER_OU = 50;
/** Organizations lists at most 20 a page. */
const ITEMS_PER_PAGE = 20;
const EC2_CALLS_PER_PLACE = 4;
const FIRST_ACCOUNT = 100_000_000_000;
const BYTES_PER_MB = 1_000_000;
const MINUTE_MS = 60_000;
/** Records of calls that are held before they are counted and thrown away. */
const RECORDS_KEPT = 5000;
/** Not the queues, whose calls are Lambda's and not autopeer's for the most part. */
const COUNTED = new Set(['ec2', 'sts', 'organizations', 'dynamodb']);

export interface OrganizationSweep {
  readonly name: string;
  readonly calls: number;
  readonly least: number;
  readonly virtualMinutes: number;
  /** Calls that EC2 refused because of its request limits. */
  readonly throttled: number;
  /** What a warm function keeps when the sweep is over, in megabytes of heap. */
  readonly keptMb: number;
  readonly above: readonly string[];
}

/**
 * A whole sweep with nothing to do, of so many accounts in four regions, at EC2's published request limits: calls to
 * EC2, STS, Organizations and the ledger, virtual time, and what the functions keep in memory.
 *
 * @param callMs what a call takes, in virtual milliseconds
 */
export async function sweepOrganization(accounts: number, callMs: number): Promise<OrganizationSweep> {
  const world = new World({
    seed: 1,
    policy: POLICY,
    regions: REGIONS,
    latencyMs: callMs,
    // Thousands of accounts: without the bytes of HTTP, which change no number here.
    wire: 'direct',
    ec2: { pageSize: 1000, throttling: true },
    organization: { pageSize: ITEMS_PER_PAGE },
  });
  const { organization, clock } = world.aws;
  let unit = '';
  for (let index = 0; index < accounts; index++) {
    if (index % ACCOUNTS_PER_OU === 0) unit = organization.addOrganizationalUnit(`Unit ${index}`).id;
    world.addMember(String(FIRST_ACCOUNT + index), unit);
  }
  await world.settle();
  const tally = new Tally(world);
  const startMs = clock.now();
  await world.sweep();
  tally.take();
  const withFunctionsMb = heapMb();
  world.aws.lambda.recycle();
  if (world.deadLetters().length > 0) throw new Error('the sweep left dead letters');
  const least = new Map([
    ['ec2', accounts * REGIONS.length * EC2_CALLS_PER_PLACE],
    // The hub and the management account have no member role, which shows when it is asked for.
    ['sts', organization.accounts.size],
    ['organizations', pages(organization.accounts.size)],
    // The chart is kept and, by somebody at least, read.
    ['dynamodb', 2],
  ]);
  return {
    name: `sweep of ${accounts.toLocaleString('en')} accounts in ${REGIONS.length} regions`,
    calls: sum(tally.calls),
    least: sum(least),
    virtualMinutes: (tally.lastMs + callMs - startMs) / MINUTE_MS,
    throttled: tally.throttled,
    // Each has read the chart once; one call has kept it.
    keptMb: (withFunctionsMb - heapMb()) / Math.max(1, (tally.calls.get('dynamodb') ?? 0) - 1),
    above: [...tally.calls].flatMap(([service, calls]) => {
      const needed = least.get(service) ?? 0;
      return calls > needed
        ? [`${service}: ${calls}, least ${needed}: ${WHY.get(service) ?? 'not explained'}`]
        : [];
    }),
  };
}

const pages = (items: number): number => Math.ceil(items / ITEMS_PER_PAGE);

const WHY: ReadonlyMap<string, string> = new Map([
  ['sts', 'the regions of one account came to two functions, which opened a session each'],
  ['dynamodb', 'each warm function reads the chart of the organization'],
  ['ec2', 'calls that EC2 refused because of its request limits, and more pages'],
]);

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, each) => all + each, 0);

/** Counts calls by service, and throws their records away as they come, which would be most of the memory. */
class Tally {
  readonly calls = new Map<string, number>();
  throttled = 0;
  lastMs = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#forget();
    world.aws.watch({ before: () => (world.aws.calls.length > RECORDS_KEPT ? this.take() : undefined) });
  }

  take(): void {
    for (const { service, errorCode, atMs } of this.#world.aws.calls) {
      if (!COUNTED.has(service)) continue;
      this.calls.set(service, (this.calls.get(service) ?? 0) + 1);
      if (errorCode === 'RequestLimitExceeded') this.throttled += 1;
      this.lastMs = Math.max(this.lastMs, atMs);
    }
    this.#forget();
  }

  #forget(): void {
    const { calls, lambda } = this.#world.aws;
    calls.length = 0;
    lambda.invocations.length = 0;
    lambda.logs.length = 0;
    lambda.counts.length = 0;
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const isGarbageCollector = (value: unknown): value is () => void => typeof value === 'function';

function heapMb(): number {
  if (!isGarbageCollector(collectGarbage)) throw new Error('V8 gives no garbage collector to call');
  collectGarbage();
  return process.memoryUsage().heapUsed / BYTES_PER_MB;
}
