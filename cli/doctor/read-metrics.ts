import { CloudWatchClient, GetMetricDataCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { call } from '../../shared/aws/calls.ts';
import { using, type Config } from './clients.ts';

const HOUR_SECONDS = 3600;
/** CloudWatch keeps hours for 455 days; two weeks are what the undelivered queue keeps too. */
const LOOK_BACK_MS = 14 * 24 * HOUR_SECONDS * 1000;
const DAY_MS = 24 * HOUR_SECONDS * 1000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_QUERIES = 500;

/**
 * The last hour in which a rule matched an event, as an instant: CloudWatch counts it whether it could be forwarded or not.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export const readLastEvent = (rule: string, now: number, config: Config): Promise<string | undefined> =>
  using(new CloudWatchClient(config), async (client) => {
    const metric = {
      Namespace: 'AWS/Events',
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: rule }],
    };
    const [points] = await sums(client, [metric], now - LOOK_BACK_MS, now);
    const last = points?.filter(({ value }) => value > 0).toSorted((one, other) => other.atMs - one.atMs)[0];
    return last === undefined ? undefined : new Date(last.atMs).toISOString();
  });

/** By account: the peerings that changed in the last day only because a sweep came by. */
export const readFoundBySweep = (
  accounts: readonly string[],
  now: number,
  config: Config,
): Promise<ReadonlyMap<string, number>> =>
  using(new CloudWatchClient(config), async (client) => {
    const found = new Map<string, number>();
    for (let from = 0; from < accounts.length; from += MAX_QUERIES) {
      const asked = accounts.slice(from, from + MAX_QUERIES);
      const metrics = asked.map((account) => ({
        Namespace: 'autopeer',
        MetricName: 'FoundBySweep',
        Dimensions: [
          { Name: 'service', Value: 'autopeer' },
          { Name: 'accountId', Value: account },
        ],
      }));
      const answers = await sums(client, metrics, now - DAY_MS, now);
      for (const [index, account] of asked.entries()) {
        found.set(
          account,
          (answers[index] ?? []).reduce((sum, { value }) => sum + value, 0),
        );
      }
    }
    return found;
  });

interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** The sum of each hour that counted anything, of each metric. */
async function sums(
  client: CloudWatchClient,
  metrics: readonly Metric[],
  from: number,
  to: number,
): Promise<readonly (readonly Point[])[]> {
  const command = new GetMetricDataCommand({
    MetricDataQueries: metrics.map((metric, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric: metric, Period: HOUR_SECONDS, Stat: 'Sum' },
    })),
    StartTime: new Date(from),
    EndTime: new Date(to),
  });
  const { MetricDataResults = [] } = await call('GetMetricData', 'the metrics', () => client.send(command));
  return metrics.map((_metric, index) => {
    const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === `m${index}`) ?? {};
    return Timestamps.map((at, point) => ({ atMs: at.getTime(), value: Values[point] ?? 0 }));
  });
}
