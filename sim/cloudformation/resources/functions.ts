import { formatArn } from '../../arn.ts';
import { SqsEventSource } from '../../lambda/sqs-event-source.ts';
import { AwsError } from '../../types.ts';
import type { Create, ResourceContext } from './context.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;
const DEFAULT_BATCH_SIZE = 10;

export const createFunction: Create = (properties, context, resource) => {
  if (context.code === undefined) {
    throw new Error(`${resource.logicalId}: this stack is deployed without the code of its functions`);
  }
  const handler = properties.text('Handler');
  if (!handler.endsWith('.handler'))
    throw new Error(`${resource.logicalId}: the handler ${handler} is not modelled`);
  const variables = properties.object('Environment');
  context.services.lambda.createFunction(
    {
      arn: resource.identity.attributes['Arn'] ?? '',
      name: resource.identity.ref,
      accountId: context.accountId,
      region: context.region,
      roleArn: properties.text('Role'),
      handlerPath: handler.slice(0, -'.handler'.length),
      timeoutSeconds: properties.optionalNumber('Timeout') ?? DEFAULT_TIMEOUT_SECONDS,
      memoryMb: properties.optionalNumber('MemorySize') ?? DEFAULT_MEMORY_MB,
      environment: Object.fromEntries(variables.object('Variables').entries()),
    },
    context.code,
  );
  variables.done();
  properties.ignore('FunctionName', 'Code', 'Runtime', 'Architectures', 'Description', 'Tags');
  properties.ignore('LoggingConfig', 'TracingConfig', 'EphemeralStorage', 'RuntimeManagementConfig');
};

export const createFunctionUrl: Create = (properties, context, resource) => {
  const authType = properties.text('AuthType');
  if (authType !== 'AWS_IAM' && authType !== 'NONE')
    throw new Error(`${resource.logicalId}: the AuthType ${authType} is not modelled`);
  const mode = properties.optionalText('InvokeMode') ?? 'BUFFERED';
  if (mode !== 'BUFFERED') throw new Error(`${resource.logicalId}: the InvokeMode ${mode} is not modelled`);
  const functionArn = namedFunction(context, properties.text('TargetFunctionArn'));
  const { accountId, region } = context.services.lambda.config(functionArn);
  context.services.functionUrls.add({ functionArn, accountId, region, authType });
};

export const createPermission: Create = (properties, context) => {
  const action = properties.text('Action');
  if (
    properties.optionalText('FunctionUrlAuthType') === 'NONE' ||
    properties.flag('InvokedViaFunctionUrl', false)
  ) {
    const open = namedFunction(context, properties.text('FunctionName'));
    context.services.functionUrls.admitAll(open, action);
    properties.ignore('Principal');
    return;
  }
  if (action !== 'lambda:InvokeFunction') throw new Error(`the permission ${action} is not modelled`);
  const functionArn = namedFunction(context, properties.text('FunctionName'));
  context.services.lambda.permit(functionArn, properties.text('SourceArn'));
  properties.ignore('Principal', 'SourceAccount');
};

export const createEventSourceMapping: Create = (properties, context) => {
  const { lambda, clock, sqs } = context.services;
  const sourceArn = properties.text('EventSourceArn');
  const queue = sqs.queue(sourceArn);
  if (queue === undefined) throw new Error(`the event source ${sourceArn} is not a queue of the simulation`);
  const scaling = properties.object('ScalingConfig');
  const maximumConcurrency = scaling.optionalNumber('MaximumConcurrency');
  scaling.done();
  const responses = properties.texts('FunctionResponseTypes');
  const functionArn = namedFunction(context, properties.text('FunctionName'));
  const batchSize = properties.optionalNumber('BatchSize') ?? DEFAULT_BATCH_SIZE;
  const windowSeconds = properties.optionalNumber('MaximumBatchingWindowInSeconds') ?? 0;
  properties.ignore('Tags');
  if (!properties.flag('Enabled', true)) return;
  const source = new SqsEventSource(lambda, clock, {
    queue,
    functionArn,
    batchSize,
    windowSeconds,
    reportsBatchItemFailures: responses.includes('ReportBatchItemFailures'),
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  });
  source.start();
};

export const createEventInvokeConfig: Create = (properties, context) => {
  const { lambda } = context.services;
  const functionArn = namedFunction(context, properties.text('FunctionName'));
  const destinations = properties.object('DestinationConfig');
  const destination = (name: string): string | undefined => {
    const arn = destinations.object(name).optionalText('Destination');
    if (arn === undefined) return undefined;
    const action = arn.includes(':sqs:') ? 'sqs:SendMessage' : 'sns:Publish';
    if (lambda.roleMay(functionArn, action, arn)) return arn;
    throw new AwsError(
      'InvalidParameterValueException',
      `The function's execution role does not have permissions to call ${action.split(':')[1]} on ${arn}`,
    );
  };
  const onFailure = destination('OnFailure');
  const onSuccess = destination('OnSuccess');
  destinations.done();
  const maximumRetryAttempts = properties.optionalNumber('MaximumRetryAttempts');
  const maximumEventAgeSeconds = properties.optionalNumber('MaximumEventAgeInSeconds');
  lambda.configureAsync(functionArn, {
    ...(maximumRetryAttempts === undefined ? {} : { maximumRetryAttempts }),
    ...(maximumEventAgeSeconds === undefined ? {} : { maximumEventAgeSeconds }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
  });
  properties.ignore('Qualifier');
};

function namedFunction(context: ResourceContext, nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return formatArn('lambda', context.region, context.accountId, `function:${nameOrArn}`);
}
