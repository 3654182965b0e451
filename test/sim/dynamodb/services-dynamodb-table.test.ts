import { readFileSync } from 'node:fs';

import { HUB, newAws, REGION } from '../world/services-support.ts';

const template = readFileSync('deploy/hub/ledger.yml', 'utf8').replaceAll('${self:custom.name}', 'autopeer');
const deployment = { template, accountId: HUB, region: REGION };

describe('a table does not deploy', () => {
  const table = (properties: object) => ({
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'table',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          ...properties,
        },
      },
    },
  });

  test.each<[string, object, string]>([
    ['that is not billed on demand', { BillingMode: 'PROVISIONED' }, 'the billing mode PROVISIONED'],
    ['with an index', { GlobalSecondaryIndexes: [] }, 'the property GlobalSecondaryIndexes is not modelled'],
    ['without a HASH key', { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] }, 'one HASH key'],
    [
      'with an attribute that is no key',
      {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      },
      'the attributes of the keys',
    ],
    [
      'with a key of another type',
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'BOOL' }] },
      'the type of pk is not S, N or B',
    ],
    [
      'with a recovery that is spelled wrong',
      { PointInTimeRecoverySpecification: { Enabled: true } },
      'the property Enabled is not modelled',
    ],
  ])('%s', (_what, properties, message) => {
    expect(() => newAws().deployMember({ ...deployment, template: table(properties) })).toThrow(message);
  });

  test('a second time with the same name', () => {
    const aws = newAws();
    aws.deployMember(deployment);

    expect(() => aws.deployMember(deployment)).toThrow('Table already exists: autopeer-ledger');
  });
});

test('Ref is the table’s name, GetAtt its ARN', () => {
  const stack = newAws().deployMember(deployment);

  expect(stack.ref('Ledger')).toBe('autopeer-ledger');
  expect(stack.arn('Ledger')).toBe(`arn:aws:dynamodb:${REGION}:${HUB}:table/autopeer-ledger`);
});
