import { busArn } from '../../eventbridge/event-bus-arn.ts';
import type { EventTarget } from '../../eventbridge/event-rules.ts';
import type { Create, ResourceContext } from './context.ts';
import type { Properties } from './properties.ts';

export const createEventBus: Create = (properties, context, resource) => {
  context.services.events.createBus(context.accountId, context.region, resource.identity.ref);
  properties.ignore('Name', 'Description', 'Tags');
};

export const createEventBusPolicy: Create = (properties, context) => {
  const bus = namedBus(context, properties.optionalText('EventBusName'));
  const statement = properties.any('Statement');
  context.services.iam.addResourceStatements(bus, { Statement: statement });
  properties.ignore('StatementId');
};

export const createRule: Create = (properties, context, resource) => {
  const { events } = context.services;
  const bus = namedBus(context, properties.optionalText('EventBusName'));
  const pattern = properties.any('EventPattern');
  const schedule = properties.optionalText('ScheduleExpression');
  const name = resource.identity.ref.split('|').at(-1) ?? '';
  const rule = events.putRule(bus, {
    name,
    enabled: (properties.optionalText('State') ?? 'ENABLED') === 'ENABLED',
    ...(pattern === undefined
      ? {}
      : { pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern) }),
    ...(schedule === undefined ? {} : { schedule }),
  });
  events.putTargets(bus, name, properties.objects('Targets').map(ruleTarget));
  context.rules.push(rule);
  properties.ignore('Name', 'Description', 'Tags');
};

function ruleTarget(target: Properties): EventTarget {
  const optional = (name: string, field: keyof EventTarget, from = target): Partial<EventTarget> => {
    const value = from.optionalText(name);
    return value === undefined ? {} : { [field]: value };
  };
  const built: EventTarget = {
    id: target.text('Id'),
    arn: target.text('Arn'),
    ...optional('RoleArn', 'roleArn'),
    ...optional('Input', 'input'),
    ...optional('InputPath', 'inputPath'),
    ...optional('Arn', 'deadLetterArn', target.object('DeadLetterConfig')),
    ...optional('MessageGroupId', 'messageGroupId', target.object('SqsParameters')),
  };
  // Handing an event over never fails for a while only, in the simulation; so there is nothing to retry.
  target.ignore('RetryPolicy');
  target.done();
  return built;
}

function namedBus(context: ResourceContext, nameOrArn: string | undefined): string {
  if (nameOrArn?.startsWith('arn:') === true) return nameOrArn;
  return busArn(context.accountId, context.region, nameOrArn ?? 'default');
}
