import { formatArn } from '../../arn.ts';
import type { Alarm } from './alarm.ts';
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
 * Evaluations are not modelled: an alarm says what its metric is now, which for what functions count is the sum of the
 * last period.
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
  const periodMs = (properties.optionalNumber('Period') ?? 60) * 1000;
  const { sqs, lambda, clock } = context.services;
  const queueArn = formatArn('sqs', context.region, context.accountId, dimensions.get('QueueName') ?? '');
  const alarm: Alarm = {
    name: resource.identity.ref,
    description: properties.optionalText('AlarmDescription') ?? '',
    actions: properties.texts('AlarmActions'),
    state: () => {
      if (namespace === OWN_NAMESPACE && JSON.stringify([...dimensions]) === OWN_DIMENSIONS) {
        const counted = lambda.countedSince(metric ?? '', clock.now() - periodMs);
        return compare(counted, threshold) ? 'ALARM' : 'OK';
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
  properties.ignore('AlarmName', 'Statistic', 'ExtendedStatistic', 'EvaluationPeriods', 'Tags', 'Unit');
  properties.ignore('DatapointsToAlarm', 'TreatMissingData', 'OKActions', 'ActionsEnabled', 'Metrics');
};
