import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as organizations from '@aws-sdk/client-organizations';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';

import { AwsError } from '../types.ts';
import type { WireService } from './answer.ts';
import { awsJson, awsQuery, ec2Query } from './protocols.ts';
import { errorsOf, operationsOf } from './schema.ts';
import { oldSqsNames } from './sqs-query.ts';

const INVALID_TOKEN = 'The security token included in the request is invalid.';

const EXPIRED_TOKEN = 'The security token included in the request is expired';

/** Each family of services refuses credentials with codes of its own. */
const JSON_REFUSALS = {
  unknownCredentials: new AwsError('UnrecognizedClientException', INVALID_TOKEN),
  expiredCredentials: new AwsError('ExpiredTokenException', EXPIRED_TOKEN),
};
const QUERY_REFUSALS = {
  unknownCredentials: new AwsError('InvalidClientTokenId', INVALID_TOKEN, 403),
  expiredCredentials: new AwsError('ExpiredToken', EXPIRED_TOKEN, 403),
};
const EC2_REFUSALS = {
  unknownCredentials: new AwsError(
    'AuthFailure',
    'AWS was not able to validate the provided access credentials',
    401,
  ),
  expiredCredentials: new AwsError('RequestExpired', 'Request has expired.'),
};

const json = (clientPackage: object, target: string, version: '1.0' | '1.1' = '1.1'): WireService => ({
  protocol: awsJson({ version, target }),
  operations: operationsOf(clientPackage),
  ...JSON_REFUSALS,
});

/**
 * The services that the simulation speaks, by signing name. Names, versions and targets are those of the SDK's
 * own client packages; no shape is written by hand.
 */
export const WIRE_SERVICES: ReadonlyMap<string, WireService> = new Map<string, WireService>([
  [
    'ec2',
    {
      protocol: ec2Query({ version: '2016-11-15' }),
      operations: operationsOf(ec2),
      ...EC2_REFUSALS,
    },
  ],
  [
    'sts',
    {
      protocol: awsQuery({ namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', version: '2011-06-15' }),
      operations: operationsOf(sts),
      ...QUERY_REFUSALS,
    },
  ],
  [
    'sns',
    {
      protocol: awsQuery({ namespace: 'http://sns.amazonaws.com/doc/2010-03-31/', version: '2010-03-31' }),
      operations: operationsOf(sns),
      ...QUERY_REFUSALS,
    },
  ],
  [
    'iam',
    {
      protocol: awsQuery({ namespace: 'https://iam.amazonaws.com/doc/2010-05-08/', version: '2010-05-08' }),
      operations: operationsOf(iam),
      ...QUERY_REFUSALS,
    },
  ],
  [
    'sqs',
    {
      protocol: awsJson({
        version: '1.0',
        target: 'AmazonSQS',
        errorNamespace: 'com.amazonaws.sqs',
        queryErrors: errorsOf(sqs),
      }),
      older: {
        protocol: awsQuery({
          namespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
          version: '2012-11-05',
          names: oldSqsNames(errorsOf(sqs)),
        }),
        speaks: ({ method, headers }) =>
          method === 'GET' ||
          headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true,
      },
      operations: operationsOf(sqs),
      ...QUERY_REFUSALS,
    },
  ],
  ['events', json(eventbridge, 'AWSEvents')],
  ['dynamodb', json(dynamodb, 'DynamoDB_20120810', '1.0')],
  ['ssm', json(ssm, 'AmazonSSM')],
  ['organizations', json(organizations, 'AWSOrganizationsV20161128')],
  ['servicequotas', json(serviceQuotas, 'ServiceQuotasV20190624')],
  ['monitoring', json(cloudwatch, 'GraniteServiceVersion20100801', '1.0')],
  ['cloudtrail', json(cloudtrail, 'CloudTrail_20131101')],
]);
