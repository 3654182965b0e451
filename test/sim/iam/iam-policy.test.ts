import { applies, parsePolicy } from '../../../sim/iam/iam-policy.ts';

const CONTEXT: Readonly<Record<string, readonly string[]>> = {
  'aws:principalarn': ['arn:aws:iam::111122223333:role/team/reader'],
  'aws:requestedregion': ['eu-west-1'],
  'aws:tagkeys': ['autopeer:status', 'autopeer:rule'],
};

/** Whether a statement applies to `ec2:CreateRoute` on a route table. */
function isAbout(statement: object): boolean {
  const [parsed] = parsePolicy({ Statement: [{ Effect: 'Allow', ...statement }] }, 'test').statements;
  if (parsed === undefined) throw new Error('no statement');
  return applies(parsed, {
    action: 'ec2:CreateRoute',
    resource: 'arn:aws:ec2:eu-west-1:111122223333:route-table/rtb-1',
    context: (key) => CONTEXT[key],
  });
}

const ALL = { Action: 'ec2:CreateRoute', Resource: '*' };
const when = (operator: string, key: string, value: unknown): boolean =>
  isAbout({ ...ALL, Condition: { [operator]: { [key]: value } } });

describe('a statement', () => {
  test.each([
    [{ Action: 'ec2:CreateRoute', Resource: '*' }, true],
    [{ Action: 'ec2:createroute', Resource: '*' }, true],
    [{ Action: ['ec2:Describe*', 'ec2:Create?oute'], Resource: '*' }, true],
    [{ Action: 'ec2:Create', Resource: '*' }, false],
    [{ Action: '*', Resource: '*' }, true],
    [{ NotAction: 'ec2:Delete*', Resource: '*' }, true],
    [{ NotAction: ['ec2:CreateRoute'], Resource: '*' }, false],
    [{ Action: '*', Resource: 'arn:aws:ec2:*:111122223333:route-table/*' }, true],
    [{ Action: '*', Resource: 'arn:aws:ec2:*:444455556666:route-table/*' }, false],
    [{ Action: '*', Resource: ['arn:aws:ec2:*:*:vpc/*', 'arn:aws:ec2:eu-*:*:route-table/rtb-?'] }, true],
    [{ Action: '*', NotResource: 'arn:aws:ec2:*:*:vpc/*' }, true],
    [{ Action: '*', NotResource: 'arn:aws:ec2:*:*:route-table/*' }, false],
  ])('%j is about the call: %s', (statement, expected) => {
    expect(isAbout(statement)).toBe(expected);
  });
});

describe('a condition', () => {
  test.each([
    ['StringEquals', 'aws:RequestedRegion', ['us-east-1', 'eu-west-1'], true],
    ['StringEquals', 'aws:requestedregion', 'us-east-1', false],
    ['StringNotEquals', 'aws:RequestedRegion', 'us-east-1', true],
    ['StringEqualsIgnoreCase', 'aws:RequestedRegion', 'EU-WEST-1', true],
    ['StringLike', 'aws:RequestedRegion', 'eu-*', true],
    ['StringNotLike', 'aws:RequestedRegion', 'eu-*', false],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/team/*', true],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/team/reader', true],
    ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/other', true],
    ['ArnLike', 'aws:PrincipalArn', 'arn:*', false],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-1', false],
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-1', true],
    ['StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-1', true],
    ['StringEqualsIfExists', 'aws:RequestedRegion', 'us-east-1', false],
    ['Null', 'aws:PrincipalOrgID', 'true', true],
    ['Null', 'aws:RequestedRegion', true, false],
    ['ForAllValues:StringLike', 'aws:TagKeys', 'autopeer:*', true],
    ['ForAllValues:StringEquals', 'aws:TagKeys', 'autopeer:rule', false],
    ['ForAnyValue:StringEquals', 'aws:TagKeys', 'autopeer:rule', true],
  ])('%s of %s with %j: %s', (operator, key, value, expected) => {
    expect(when(operator, key, value)).toBe(expected);
  });

  test('holds only if all of its lines do', () => {
    const Condition = {
      StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
      ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/other' },
    };

    expect(isAbout({ ...ALL, Condition })).toBe(false);
  });
});

describe('what the simulation does not model is refused, never passed', () => {
  test.each([
    [{ ...ALL, Condition: { DateGreaterThan: { 'aws:RequestedRegion': 'x' } } }, 'operator DateGreaterThan'],
    [{ ...ALL, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }, 'key aws:SourceVpc'],
    [{ ...ALL, Principal: { Federated: 'x' } }, 'Federated'],
    [{ ...ALL, NotPrincipal: '*' }, 'NotPrincipal'],
    [{ ...ALL, Resource: 'arn:aws:iam::*:user/${aws:username}' }, 'policy variables'],
    [{ ...ALL, Resource: 'arn:aws:ec2:*:*:*/rtb-1' }, 'type of a resource'],
    [{ Action: '*', NotResource: 'arn:aws:iam::*:r*/x' }, 'type of a resource'],
    [{ Resource: '*' }, 'neither Action nor NotAction'],
    [{ ...ALL, Effect: 'Maybe' }, 'Effect'],
  ])('%j', (statement, message) => {
    expect(() => isAbout(statement)).toThrow(message);
  });
});
