import { evaluateStack, type EvaluatedStack } from '../../../sim/cloudformation/cloudformation.ts';
import { parseTemplate } from '../../../sim/cloudformation/cloudformation-parse.ts';

const REQUEST = {
  stackName: 'hub',
  accountId: '999900001111',
  region: 'eu-west-1',
  ssmValue: (name: string) => (name === '/hub/organization-id' ? 'o-a1b2c3d4e5' : undefined),
};

const evaluate = (template: object | string, parameters: Record<string, string> = {}): EvaluatedStack =>
  evaluateStack({
    ...REQUEST,
    parameters,
    template: typeof template === 'string' ? parseTemplate(template) : template,
  });

/** The value of one expression, as the output of a stack with some resources, parameters and conditions. */
function valueOf(expression: unknown, parameters?: Record<string, string>): string | undefined {
  const stack = evaluate(
    {
      Parameters: {
        Stage: { Type: 'String', Default: 'prod' },
        Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
        OrganizationId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/hub/organization-id' },
      },
      Mappings: { Sizes: { prod: { memory: '512' } } },
      Conditions: {
        IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        IsOther: { 'Fn::Not': [{ Condition: 'IsProd' }] },
        Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsOther' }] },
        Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsOther' }] },
      },
      Resources: {
        Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work.fifo', FifoQueue: true } },
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: { 'Fn::Sub': 'hub-${Stage}' } } },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { Name: 'forward', EventBusName: { Ref: 'Bus' }, EventPattern: {} },
        },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'notices' } },
        Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'reader', Path: '/team/' } },
        Unnamed: { Type: 'AWS::SQS::Queue' },
      },
      Outputs: { Value: { Value: expression } },
    },
    parameters,
  );
  return stack.outputs['Value'];
}

describe('a template function', () => {
  test.each<[string, unknown, string]>([
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of an SSM parameter', { Ref: 'OrganizationId' }, 'o-a1b2c3d4e5'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '999900001111'],
    ['Ref of the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of a queue', { Ref: 'Work' }, 'https://sqs.eu-west-1.amazonaws.com/999900001111/work.fifo'],
    ['Ref of a bus', { Ref: 'Bus' }, 'hub-prod'],
    ['Ref of a topic', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:999900001111:notices'],
    ['Ref of a role', { Ref: 'Role' }, 'reader'],
    ['GetAtt of a queue', { 'Fn::GetAtt': ['Work', 'Arn'] }, 'arn:aws:sqs:eu-west-1:999900001111:work.fifo'],
    ['GetAtt of a queue’s name', { 'Fn::GetAtt': 'Work.QueueName' }, 'work.fifo'],
    ['GetAtt of a topic’s name', { 'Fn::GetAtt': ['Topic', 'TopicName'] }, 'notices'],
    [
      'GetAtt of a role with a path',
      { 'Fn::GetAtt': ['Role', 'Arn'] },
      'arn:aws:iam::999900001111:role/team/reader',
    ],
    [
      'GetAtt of a rule on a bus of its own',
      { 'Fn::GetAtt': ['Rule', 'Arn'] },
      'arn:aws:events:eu-west-1:999900001111:rule/hub-prod/forward',
    ],
    ['Sub', { 'Fn::Sub': '${Stage}/${AWS::Region}/${Work.QueueName}' }, 'prod/eu-west-1/work.fifo'],
    ['Sub with names of its own', { 'Fn::Sub': ['${a}-${Stage}', { a: { Ref: 'Bus' } }] }, 'hub-prod-prod'],
    ['Sub that keeps a literal', { 'Fn::Sub': '${!Stage}' }, '${Stage}'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }]] }, 'a-prod'],
    [
      'Join without the value that is none',
      { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] },
      'a-b',
    ],
    ['Select of a list parameter', { 'Fn::Select': [1, { Ref: 'Zones' }] }, 'b'],
    ['Split', { 'Fn::Select': ['2', { 'Fn::Split': [':', 'a:b:c'] }] }, 'c'],
    ['If', { 'Fn::If': ['IsProd', 'yes', 'no'] }, 'yes'],
    ['If of a negation', { 'Fn::If': ['IsOther', 'yes', 'no'] }, 'no'],
    ['If of And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['If of Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, '512'],
    ['a dynamic reference', 'id {{resolve:ssm:/hub/organization-id}}', 'id o-a1b2c3d4e5'],
  ])('%s', (_what, expression, expected) => {
    expect(valueOf(expression)).toBe(expected);
  });

  test('sees the parameters that are given', () => {
    expect(valueOf({ 'Fn::If': ['IsProd', 'yes', 'no'] }, { Stage: 'test' })).toBe('no');
  });

  test('gives a resource without a name one that is made up, always the same', () => {
    expect(valueOf({ 'Fn::GetAtt': ['Unnamed', 'QueueName'] })).toMatch(/^hub-Unnamed-[0-9A-Z]{12}$/);
    expect(valueOf({ Ref: 'Unnamed' })).toBe(valueOf({ Ref: 'Unnamed' }));
  });
});

describe('what cannot be resolved', () => {
  test.each<[string, unknown, string]>([
    [
      'an unknown name',
      { Ref: 'Nobody' },
      'Outputs.Value.Value.Ref: Unresolved resource dependencies [Nobody]',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Work', 'Colour'] },
      'the attribute Colour of Work is not modelled',
    ],
    ['an unknown condition', { 'Fn::If': ['IsRed', 1, 2] }, 'there is no condition IsRed'],
    ['an unknown function', { 'Fn::GetAZs': '' }, 'Outputs.Value.Value: Fn::GetAZs is not modelled'],
    [
      'an unknown key of a map',
      { 'Fn::FindInMap': ['Sizes', 'prod', 'disk'] },
      'there is no Sizes.prod.disk',
    ],
    ['a secret', '{{resolve:secretsmanager:x}}', 'cannot resolve {{resolve:secretsmanager:x}}'],
    ['an index beyond a list', { 'Fn::Select': [3, ['a']] }, 'Fn::Select finds nothing at 3'],
  ])('throws with its path: %s', (_what, expression, message) => {
    expect(() => valueOf(expression)).toThrow(message);
  });

  test('throws for a circle', () => {
    const named = (other: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: other } } });

    expect(() => evaluate({ Resources: { A: named('B'), B: named('A') } })).toThrow('Circular dependency');
  });

  test.each([
    [{ Parameters: { P: { Type: 'String' } } }, {}, 'Parameters.P: has no value'],
    [{}, { P: 'x' }, '[P] do not exist in the template'],
    [{ Parameters: { P: { Type: 'String', AllowedPattern: '\\d{12}' } } }, { P: 'x' }, "'x' does not match"],
    [{ Parameters: { P: { Type: 'String', AllowedValues: ['a', 'b'] } } }, { P: 'x' }, 'is not one of a, b'],
    [
      { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } } },
      {},
      'there is no SSM parameter /none',
    ],
    [{ Transform: 'AWS::Serverless-2016-10-31' }, {}, 'section Transform is not modelled'],
    [{ Resources: { V: { Type: 'AWS::EC2::VPC' } } }, {}, 'AWS::EC2::VPC is not modelled'],
  ])('throws for the template %j', (template, parameters, message) => {
    expect(() => evaluate({ Resources: {}, ...template }, parameters)).toThrow(message);
  });
});

describe('conditions of resources', () => {
  const TEMPLATE = `
Parameters:
  Home: { Type: String, Default: eu-west-1 }
Conditions:
  IsHome: !Equals [!Ref AWS::Region, !Ref Home]
Resources:
  Role:
    Type: AWS::IAM::Role
    Condition: IsHome
    Properties: { RoleName: reader }
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [IsHome, home, !Ref AWS::NoValue]
Outputs:
  Role: { Condition: IsHome, Value: !Ref Role }
`;

  test('leave out the resource and the outputs of it', () => {
    const there = evaluate(TEMPLATE);
    const elsewhere = evaluate(TEMPLATE, { Home: 'us-east-1' });

    expect(there.resources.map(({ logicalId }) => logicalId)).toEqual(['Role', 'Queue']);
    expect(there.outputs).toEqual({ Role: 'reader' });
    expect(elsewhere.resources.map(({ logicalId }) => logicalId)).toEqual(['Queue']);
    expect(elsewhere.outputs).toEqual({});
  });

  test('leave out a property that has no value', () => {
    expect(evaluate(TEMPLATE, { Home: 'us-east-1' }).resources[0]?.properties).toEqual({});
  });
});

describe('a YAML template', () => {
  test('may use the short forms, nested, in blocks and in flow', () => {
    const template = parseTemplate(`
Resources:
  A:
    Properties:
      Principal: { AWS: !Sub 'arn:aws:iam::\${Id}:root' }
      Arn: !GetAtt Work.Arn
      List: !Join [',', [!Ref A, !Select [0, !Split ['-', !Ref B]]]]
      Sub: !Sub
        - \${a}
        - a: !GetAtt [Work, QueueName]
      If: !If
        - Is
        - { Ref: x }
        - !Ref y
      Date: 2010-09-09
`);

    expect(template).toEqual({
      Resources: {
        A: {
          Properties: {
            Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${Id}:root' } },
            Arn: { 'Fn::GetAtt': ['Work', 'Arn'] },
            List: {
              'Fn::Join': [',', [{ Ref: 'A' }, { 'Fn::Select': [0, { 'Fn::Split': ['-', { Ref: 'B' }] }] }]],
            },
            Sub: { 'Fn::Sub': ['${a}', { a: { 'Fn::GetAtt': ['Work', 'QueueName'] } }] },
            If: { 'Fn::If': ['Is', { Ref: 'x' }, { Ref: 'y' }] },
            Date: '2010-09-09',
          },
        },
      },
    });
  });

  test('that is broken is refused', () => {
    expect(() => parseTemplate('a: [1')).toThrow('Flow sequence');
  });
});
