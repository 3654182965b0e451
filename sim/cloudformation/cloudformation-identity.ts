import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { dnsSuffixOf, formatArn } from '../arn.ts';

/** What `Ref` and `Fn::GetAtt` say of a resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a resource's identity is made of. */
export interface IdentityRequest {
  readonly type: string;
  readonly logicalId: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  /** One of the resource's properties, evaluated. */
  property(name: string): unknown;
  /** Where a function with a URL is called. */
  functionUrl(functionArn: string): string;
}

type Identify = (request: IdentityRequest) => ResourceIdentity;

/** The name that a template gives, or one that CloudFormation makes up. */
function nameOf(request: IdentityRequest, property: string): string {
  const given = request.property(property);
  if (typeof given === 'string') return given;
  return `${request.stackName}-${request.logicalId}-${suffix(request.stackName + request.logicalId)}`;
}

/** Twelve capitals and digits, as CloudFormation appends; the same for the same stack and logical id. */
function suffix(seed: string): string {
  let hash = 2166136261;
  let text = '';
  for (let index = 0; text.length < 12; index++) {
    hash = Math.imul(hash ^ (seed.codePointAt(index % seed.length) ?? 0), 16777619) >>> 0;
    text += (hash % 36).toString(36).toUpperCase();
  }
  return text;
}

/** A resource that only has a name. */
const named =
  (property: string, arn: (request: IdentityRequest, name: string) => string): Identify =>
  (request) => {
    const name = nameOf(request, property);
    return { ref: name, attributes: { Arn: arn(request, name) } };
  };

/** A resource that nothing refers to by more than its id. */
const anonymous: Identify = (request) => ({ ref: nameOf(request, ''), attributes: {} });

const lambdaArn = ({ region, accountId }: IdentityRequest, name: string): string =>
  formatArn('lambda', region, accountId, `function:${name}`);

/** By resource type; a type that is not here is not modelled. */
const IDENTITIES: Readonly<Record<string, Identify>> = {
  'AWS::SQS::Queue': (request) => {
    const given = nameOf(request, 'QueueName');
    const isFifo = String(request.property('FifoQueue')) === 'true';
    const name = isFifo && !given.endsWith('.fifo') ? `${given}.fifo` : given;
    const url = `https://sqs.${request.region}.${dnsSuffixOf(request.region)}/${request.accountId}/${name}`;
    const arn = formatArn('sqs', request.region, request.accountId, name);
    return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },
  'AWS::SNS::Topic': (request) => {
    const name = nameOf(request, 'TopicName');
    const arn = formatArn('sns', request.region, request.accountId, name);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
  'AWS::DynamoDB::Table': named('TableName', ({ region, accountId }, name) =>
    formatArn('dynamodb', region, accountId, `table/${name}`),
  ),
  'AWS::IAM::Role': named('RoleName', (request, name) => {
    const path = request.property('Path');
    const role = `role${typeof path === 'string' ? path : '/'}${name}`;
    return formatArn('iam', '', request.accountId, role, partitionOf(request.region).id);
  }),
  'AWS::Events::EventBus': (request) => {
    const name = nameOf(request, 'Name');
    const arn = formatArn('events', request.region, request.accountId, `event-bus/${name}`);
    return { ref: name, attributes: { Arn: arn, Name: name } };
  },
  'AWS::Events::Rule': (request) => {
    const name = nameOf(request, 'Name');
    const bus = request.property('EventBusName');
    const busName = typeof bus === 'string' ? (bus.split('event-bus/')[1] ?? bus) : 'default';
    const path = busName === 'default' ? name : `${busName}/${name}`;
    const arn = formatArn('events', request.region, request.accountId, `rule/${path}`);
    return { ref: busName === 'default' ? name : `${busName}|${name}`, attributes: { Arn: arn } };
  },
  'AWS::Lambda::Function': named('FunctionName', lambdaArn),
  'AWS::Lambda::Version': (request) => ({
    ref: `${functionArn(request)}:1`,
    attributes: { Version: '1', FunctionArn: `${functionArn(request)}:1` },
  }),
  'AWS::Lambda::Alias': (request) => ({
    ref: `${functionArn(request)}:${String(request.property('Name'))}`,
    attributes: {},
  }),
  'AWS::Lambda::Url': (request) => {
    const target = String(request.property('TargetFunctionArn'));
    const arn = target.startsWith('arn:') ? target : lambdaArn(request, target);
    return { ref: arn, attributes: { FunctionArn: arn, FunctionUrl: request.functionUrl(arn) } };
  },
  'AWS::Logs::LogGroup': named('LogGroupName', ({ region, accountId }, name) =>
    formatArn('logs', region, accountId, `log-group:${name}:*`),
  ),
  'AWS::CloudWatch::Alarm': named('AlarmName', ({ region, accountId }, name) =>
    formatArn('cloudwatch', region, accountId, `alarm:${name}`),
  ),
  'AWS::SSM::Parameter': (request) => ({
    ref: nameOf(request, 'Name'),
    attributes: { Type: String(request.property('Type')), Value: String(request.property('Value')) },
  }),
  'AWS::S3::Bucket': (request) => {
    const name = nameOf(request, 'BucketName').toLowerCase();
    return { ref: name, attributes: { Arn: formatArn('s3', '', '', name, partitionOf(request.region).id) } };
  },
  'AWS::S3::BucketPolicy': anonymous,
  'AWS::Logs::QueryDefinition': anonymous,
  'AWS::CloudWatch::Dashboard': anonymous,
  'AWS::SQS::QueuePolicy': anonymous,
  'AWS::SNS::TopicPolicy': anonymous,
  'AWS::SNS::Subscription': anonymous,
  'AWS::IAM::Policy': anonymous,
  'AWS::Events::EventBusPolicy': anonymous,
  'AWS::Lambda::Permission': anonymous,
  'AWS::Lambda::EventSourceMapping': anonymous,
  'AWS::Lambda::EventInvokeConfig': anonymous,
};

function functionArn(request: IdentityRequest): string {
  const name = String(request.property('FunctionName'));
  return name.startsWith('arn:') ? name : lambdaArn(request, name);
}

/** The identity of a resource; throws for a type that the simulation does not model. */
export function resourceIdentity(request: IdentityRequest): ResourceIdentity {
  const identify = IDENTITIES[request.type];
  if (identify === undefined) {
    throw new Error(`${request.logicalId}: the resource type ${request.type} is not modelled`);
  }
  return identify(request);
}
