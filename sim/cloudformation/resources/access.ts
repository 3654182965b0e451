import { partitionOf } from '../../../shared/domain/facts/partition.ts';
import { formatArn } from '../../arn.ts';
import type { Create, ResourceContext } from './context.ts';

const MANAGED_POLICY = /^arn:[\w-]+:iam::aws:policy\/service-role\/(\w+)$/;

/** AWS's own policies that the simulation knows. Logs are recorded without asking IAM. */
const MANAGED_POLICIES: Readonly<Record<string, unknown>> = {
  AWSLambdaBasicExecutionRole: {
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
  AWSLambdaSQSQueueExecutionRole: {
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Resource: '*',
      },
    ],
  },
};

export const createRole: Create = (properties, context, resource) => {
  const { iam } = context.services;
  const role = iam.createRole(
    context.accountId,
    resource.identity.ref,
    properties.any('AssumeRolePolicyDocument'),
    {
      path: properties.optionalText('Path') ?? '/',
      maxSessionSeconds: properties.optionalNumber('MaxSessionDuration') ?? 3600,
    },
  );
  for (const policy of properties.objects('Policies')) {
    iam.putRolePolicy(role.arn, policy.text('PolicyName'), policy.any('PolicyDocument'));
    policy.done();
  }
  for (const arn of properties.texts('ManagedPolicyArns')) {
    const [, name = ''] = MANAGED_POLICY.exec(arn) ?? [];
    const document = MANAGED_POLICIES[name];
    if (document === undefined)
      throw new Error(`${resource.logicalId}: the managed policy ${arn} is not modelled`);
    iam.putRolePolicy(role.arn, arn, document);
  }
  properties.ignore('RoleName', 'Description', 'Tags');
};

export const createPolicy: Create = (properties, context) => {
  const name = properties.text('PolicyName');
  const document = properties.any('PolicyDocument');
  for (const roleName of properties.texts('Roles')) {
    context.services.iam.putRolePolicy(roleArn(context, roleName), name, document);
  }
};

const roleArn = (context: ResourceContext, name: string): string =>
  context.services.iam.roleNamed(context.accountId, name)?.arn ??
  formatArn('iam', '', context.accountId, `role/${name}`, partitionOf(context.region).id);
