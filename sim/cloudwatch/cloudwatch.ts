import type {
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  GetMetricDataInput,
  GetMetricDataOutput,
  Metric,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';

import { formatArn } from '../arn.ts';
import type { Alarm } from '../cloudformation/resources/alarm.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';

/** One count at one instant. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** What a metric of an account and region has counted; `undefined` of one that the simulation does not model. */
export type SamplesOf = (accountId: string, region: string, metric: Metric) => readonly Sample[] | undefined;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_QUERIES = 500;
const ALARMS_PAGE = 100;

/** Simulated CloudWatch: alarms of the stacks, and the sums of few metrics. */
export class SimulatedCloudWatch {
  readonly actions: ActionTable;
  readonly #samplesOf: SamplesOf;
  /** By account and region. */
  readonly #alarms = new Map<string, Alarm[]>();

  constructor(samplesOf: SamplesOf) {
    this.#samplesOf = samplesOf;
    this.actions = this.#reads();
  }

  addAlarm(accountId: string, region: string, alarm: Alarm): void {
    const place = `${accountId}/${region}`;
    this.#alarms.set(place, [...(this.#alarms.get(place) ?? []), alarm]);
  }

  #reads(): ActionTable {
    return {
      DescribeAlarms: action<DescribeAlarmsInput, DescribeAlarmsOutput>({
        mutates: false,
        run: (call, input) => this.#describe(call, input),
      }),
      GetMetricData: action<GetMetricDataInput, GetMetricDataOutput>({
        mutates: false,
        run: (call, input) => this.#data(call, input),
      }),
    };
  }

  #describe(call: Call, { AlarmNamePrefix = '', AlarmNames, NextToken }: DescribeAlarmsInput) {
    const { accountId } = call.caller;
    const all = this.#alarms.get(`${accountId}/${call.region}`) ?? [];
    const found = all.filter(({ name }) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix));
    const { items, next } = pageOfList(found, ALARMS_PAGE, NextToken, () => {
      throw new AwsError('InvalidNextToken', 'The next token is not valid.');
    });
    return {
      MetricAlarms: items.map((alarm) => ({
        AlarmName: alarm.name,
        AlarmArn: formatArn('cloudwatch', call.region, accountId, `alarm:${alarm.name}`),
        AlarmDescription: alarm.description,
        AlarmActions: [...alarm.actions],
        StateValue: alarm.state(),
      })),
      ...next,
    };
  }

  #data(call: Call, input: GetMetricDataInput): GetMetricDataOutput {
    const { MetricDataQueries: queries = [], StartTime, EndTime } = input;
    if (queries.length > MAX_QUERIES || StartTime === undefined || EndTime === undefined) {
      throw new AwsError(
        'ValidationError',
        `The request must have at most ${MAX_QUERIES} queries, and a time.`,
      );
    }
    const time = { from: StartTime.getTime(), to: EndTime.getTime() };
    return { MetricDataResults: queries.map((query) => this.#sums(call, query, time)) };
  }

  /** Periods with the sum of each, the newest first; one that counted nothing has no point. */
  #sums(
    call: Call,
    { Id, MetricStat, Expression }: MetricDataQuery,
    { from, to }: { readonly from: number; readonly to: number },
  ): MetricDataResult {
    const { Metric: metric, Period, Stat } = MetricStat ?? {};
    if (Expression !== undefined || metric === undefined || Period === undefined || Stat !== 'Sum') {
      throw new Error('the simulation models sums of metrics only');
    }
    const samples = this.#samplesOf(call.caller.accountId, call.region, metric);
    if (samples === undefined) throw new Error(`the metric ${metric.MetricName ?? ''} is not modelled`);
    const sums = new Map<number, number>();
    for (const { atMs, value } of samples) {
      if (atMs < from || atMs >= to) continue;
      const period = Math.floor(atMs / (Period * 1000)) * Period * 1000;
      sums.set(period, (sums.get(period) ?? 0) + value);
    }
    const points = [...sums].toSorted(([one], [other]) => other - one);
    return {
      Id,
      Label: metric.MetricName,
      Timestamps: points.map(([atMs]) => new Date(atMs)),
      Values: points.map(([, value]) => value),
      StatusCode: 'Complete',
    };
  }
}
