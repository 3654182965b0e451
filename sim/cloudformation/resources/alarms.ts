import { formatArn } from '../../arn.ts';
import type { SimulatedLambda } from '../../lambda/lambda.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import type { Create } from './context.ts';

const COMPARE: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** What Powertools adds to each count of shared/lambda.ts. */
const OWN_NAMESPACE = 'autopeer';
const OWN_DIMENSIONS = JSON.stringify([['service', 'autopeer']]);

/**
 * Evaluations are not modelled as such: an alarm says what its metric is now, which for what functions count are the sums of
 * the last periods.
 */
export const createAlarm: Create = (properties, context, resource) => {
  const namespace = properties.optionalText('Namespace');
  const metric = properties.optionalText('MetricName');
  const threshold = properties.optionalNumber('Threshold') ?? 0;
  const compare = COMPARE[properties.text('ComparisonOperator')];
  if (compare === undefined)
    throw new Error(`${resource.logicalId}: the comparison operator is not modelled`);
  const dimensions = new Map(
    properties.objects('Dimensions').map((dimension) => [dimension.text('Name'), dimension.text('Value')]),
  );
  const own: OwnMetric = {
    counter: metric ?? '',
    periodMs: (properties.optionalNumber('Period') ?? 60) * 1000,
    periods: properties.optionalNumber('EvaluationPeriods') ?? 1,
    breachesWith: (value) => compare(value, threshold),
    missing: properties.optionalText('TreatMissingData') ?? 'missing',
    needed:
      properties.optionalNumber('DatapointsToAlarm') ?? properties.optionalNumber('EvaluationPeriods') ?? 1,
  };
  const { sqs, lambda, clock } = context.services;
  const madeAt = clock.now();
  const queueArn = formatArn('sqs', context.region, context.accountId, dimensions.get('QueueName') ?? '');
  const alarm: Alarm = {
    name: resource.identity.ref,
    description: properties.optionalText('AlarmDescription') ?? '',
    actions: properties.texts('AlarmActions'),
    state: () => {
      if (namespace === OWN_NAMESPACE && JSON.stringify([...dimensions]) === OWN_DIMENSIONS) {
        return stateOf(own, lambda, madeAt, clock.now());
      }
      if (namespace !== 'AWS/SQS' || metric !== 'ApproximateNumberOfMessagesVisible')
        return 'INSUFFICIENT_DATA';
      const queue = sqs.queue(queueArn);
      if (queue === undefined) return 'INSUFFICIENT_DATA';
      return compare(queue.counts().visible, threshold) ? 'ALARM' : 'OK';
    },
  };
  context.alarms.push(alarm);
  context.services.cloudwatch.addAlarm(context.accountId, context.region, alarm);
  properties.ignore('AlarmName', 'Statistic', 'ExtendedStatistic', 'Tags', 'Unit');
  properties.ignore('OKActions', 'ActionsEnabled', 'Metrics');
};

/** An alarm over what functions count. */
interface OwnMetric {
  readonly counter: string;
  readonly periodMs: number;
  readonly periods: number;
  /** Of so many periods that breach it rings. */
  readonly needed: number;
  readonly missing: string;
  breachesWith(value: number): boolean;
}

/**
 * A period in which nothing was counted has no data. What was before the alarm was there is not looked at.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function stateOf(alarm: OwnMetric, lambda: SimulatedLambda, madeAt: number, now: number): AlarmState {
  const { counter, periodMs, periods, needed, missing } = alarm;
  const breaching = Array.from({ length: periods }, (_, index) => {
    const until = now - index * periodMs;
    const counted = lambda.countedWithin(counter, until - periodMs, until);
    if (counted > 0) return alarm.breachesWith(counted);
    return missing === 'breaching' && until - periodMs >= madeAt;
  });
  return breaching.filter(Boolean).length >= needed ? 'ALARM' : 'OK';
}
