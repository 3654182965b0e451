import { AwsError, type Call } from '../types.ts';

const SECOND_MS = 1000;
const THROTTLED_STATUS = 503;

/** How many requests may come at once, and how many more every second. */
interface Bucket {
  readonly size: number;
  readonly perSecond: number;
}

const NON_MUTATING: Bucket = { size: 100, perSecond: 20 };
const UNFILTERED: Bucket = { size: 50, perSecond: 10 };
const MUTATING: Bucket = { size: 50, perSecond: 5 };
const TAGGING: Bucket = { size: 100, perSecond: 10 };

/** Those that cost EC2 more when they are asked without filters, ids and pages. */
const COSTLY_UNFILTERED: ReadonlySet<string> = new Set(['DescribeSecurityGroups']);

/** Actions with a bucket of their own size; resource-intensive ones have the same as other mutating ones. */
const OWN_BUCKETS: ReadonlyMap<string, Bucket> = new Map([
  ['CreateTags', TAGGING],
  ['DeleteTags', TAGGING],
  ['DescribeStaleSecurityGroups', { size: 20, perSecond: 5 }],
  ['CreateDefaultVpc', { size: 1, perSecond: 1 }],
]);

interface Level {
  tokens: number;
  atMs: number;
}

/**
 * The token buckets of the EC2 API: one for each account, region and action. They fill continuously, in virtual time.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export class RequestBuckets {
  readonly #levels = new Map<string, Level>();

  /** Takes a token for the request, or throws `RequestLimitExceeded`. */
  take(call: Call, input: unknown, nowMs: number): void {
    const bucket = bucketOf(call.action, input);
    const key = `${call.caller.accountId} ${call.region} ${call.action} ${bucket.size}`;
    const level = this.#levels.get(key) ?? { tokens: bucket.size, atMs: nowMs };
    this.#levels.set(key, level);
    const refilled = ((nowMs - level.atMs) / SECOND_MS) * bucket.perSecond;
    level.tokens = Math.min(bucket.size, level.tokens + refilled);
    level.atMs = nowMs;
    if (level.tokens < 1) {
      throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.', THROTTLED_STATUS);
    }
    level.tokens -= 1;
  }
}

function bucketOf(action: string, input: unknown): Bucket {
  const own = OWN_BUCKETS.get(action);
  if (own !== undefined) return own;
  if (COSTLY_UNFILTERED.has(action) && isUnfiltered(input)) return UNFILTERED;
  return /^(Describe|Get|List|Search)/.test(action) ? NON_MUTATING : MUTATING;
}

const isUnfiltered = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  Object.entries(input).every(([name, value]) => name === 'DryRun' || value === undefined);
