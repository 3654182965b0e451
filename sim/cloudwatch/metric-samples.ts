import { busArn, ruleArn } from '../eventbridge/event-bus-arn.ts';
import type { SimulatedEventBridge } from '../eventbridge/eventbridge.ts';
import type { SimulatedLambda } from '../lambda/lambda.ts';
import type { SamplesOf } from './cloudwatch.ts';

/** The namespace that the functions' own counts are in: shared/lambda.ts. */
const OWN_NAMESPACE = 'autopeer';

/**
 * The metrics that `autopeer doctor` reads: how often a rule of the default bus has matched, and what the functions count.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
export const metricSamples =
  (events: SimulatedEventBridge, lambda: SimulatedLambda): SamplesOf =>
  (accountId, region, { Namespace, MetricName = '', Dimensions = [] }) => {
    const dimensions = new Map(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
    if (Namespace === 'AWS/Events' && MetricName === 'TriggeredRules') {
      const arn = ruleArn(busArn(accountId, region, 'default'), dimensions.get('RuleName') ?? '');
      return (events.triggered.get(arn) ?? []).map((atMs) => ({ atMs, value: 1 }));
    }
    if (Namespace !== OWN_NAMESPACE) return undefined;
    dimensions.delete('service');
    return lambda.counts
      .filter((count) => count.counter === MetricName)
      .filter((count) => JSON.stringify(Object.entries(count.dimensions)) === JSON.stringify([...dimensions]))
      .map(({ atMs }) => ({ atMs, value: 1 }));
  };
