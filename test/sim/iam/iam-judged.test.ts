import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { SimulatedIam } from '../../../sim/iam/iam.ts';
import { lawRuns } from '../../support/law-runs.ts';

/**
 * Somebody else's evaluator of IAM policies answers random policies and requests as the model does. It is a development
 * dependency of this test alone (its licence is AGPL): nothing of it ships.
 */
const ORGANIZATION = 'o-a1b2c3d4e5';
const ACCOUNTS = ['111111111111', '222222222222'] as const;
const CALLER = ACCOUNTS[0];
const ROLE = `arn:aws:iam::${CALLER}:role/team/reader`;
const SESSION = `arn:aws:sts::${CALLER}:assumed-role/reader/session`;

const REGIONS = ['eu-west-1', 'us-east-1'];
const TAG_KEYS = ['autopeer:status', 'autopeer:rule', 'Name'];

interface Target {
  readonly action: string;
  readonly resource: string;
  readonly owner: string;
  readonly hasPolicy: boolean;
}

const on = (action: string, resource: (owner: string) => string, hasPolicy: boolean): Target[] =>
  ACCOUNTS.map((owner) => ({ action, resource: resource(owner), owner, hasPolicy }));

const OWN_ACCOUNT = (target: Target): boolean => target.owner === CALLER;

const TARGETS: readonly Target[] = [
  // EC2's resources have no policies of their own, so nobody calls into another account.
  ...on('ec2:CreateRoute', (owner) => `arn:aws:ec2:eu-west-1:${owner}:route-table/rtb-1`, false).filter(
    OWN_ACCOUNT,
  ),
  ...on('ec2:DeleteRoute', (owner) => `arn:aws:ec2:us-east-1:${owner}:route-table/rtb-2`, false).filter(
    OWN_ACCOUNT,
  ),
  ...on(
    'ec2:CreateTags',
    (owner) => `arn:aws:ec2:eu-west-1:${owner}:vpc-peering-connection/pcx-1`,
    false,
  ).filter(OWN_ACCOUNT),
  ...on('sqs:SendMessage', (owner) => `arn:aws:sqs:eu-west-1:${owner}:autopeer-work.fifo`, true),
  ...on('sns:Publish', (owner) => `arn:aws:sns:eu-west-1:${owner}:autopeer-notices`, true),
  ...on('events:PutEvents', (owner) => `arn:aws:events:eu-west-1:${owner}:event-bus/autopeer`, true),
  ...on('sts:AssumeRole', (owner) => `arn:aws:iam::${owner}:role/autopeer-member`, true),
];

const ACTION_PATTERNS = [
  ...new Set(TARGETS.map(({ action }) => action)),
  '*',
  'ec2:*',
  'ec2:*Route',
  'EC2:create*',
  'sqs:Send*',
  'sns:Publis?',
  'events:Put*',
  'sts:*',
];

const RESOURCE_PATTERNS = [
  ...TARGETS.map(({ resource }) => resource),
  '*',
  `arn:aws:ec2:*:${CALLER}:route-table/*`,
  'arn:aws:ec2:eu-west-1:*:vpc-peering-connection/*',
  'arn:aws:ec2:*:*:route-table/rtb-?',
  'arn:aws:sqs:*:222222222222:*',
  'arn:aws:sns:eu-west-?:*:autopeer-*',
  'arn:aws:events:*:*:event-bus/*',
  'arn:aws:iam::*:role/autopeer-*',
  'arn:aws:iam::*:role/other',
];

const CONDITION_VALUES: Readonly<Record<string, readonly string[]>> = {
  'aws:RequestedRegion': [...REGIONS, 'eu-*', '*-1', 'EU-WEST-1'],
  'aws:PrincipalAccount': [...ACCOUNTS, '1*'],
  'aws:PrincipalOrgID': [ORGANIZATION, 'o-other', 'o-*'],
  'aws:ResourceAccount': [...ACCOUNTS, '${aws:PrincipalAccount}'],
  'aws:TagKeys': [...TAG_KEYS, 'autopeer:*', '*'],
  'aws:RequestTag/Name': ['web', 'w*', 'WEB'],
};
const STRING_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'StringEqualsIfExists',
  'StringNotEqualsIfExists',
  'StringLikeIfExists',
  'StringNotLikeIfExists',
];
const SET_OPERATORS = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'].flatMap(
  (operator) => [`ForAllValues:${operator}`, `ForAnyValue:${operator}`],
);
const ARN_OPERATORS = ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals', 'ArnLikeIfExists'];
/** All with six parts: AWS does not say what a shorter one means. */
const ARN_VALUES = [
  ROLE,
  'arn:aws:iam::*:role/team/*',
  'arn:aws:iam::*:role/*',
  'arn:aws:iam::222222222222:*',
];

const some = (values: readonly string[], maxLength = 3): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });

const stringCondition = fc.constantFrom(...Object.keys(CONDITION_VALUES)).chain((key) =>
  fc.record({
    operator: fc.constantFrom(...(key === 'aws:TagKeys' ? SET_OPERATORS : STRING_OPERATORS)),
    key: fc.constant(key),
    values: some(CONDITION_VALUES[key] ?? []),
  }),
);
const arnCondition = fc.record({
  operator: fc.constantFrom(...ARN_OPERATORS),
  key: fc.constant('aws:PrincipalArn'),
  values: some(ARN_VALUES),
});
const nullCondition = fc.record({
  operator: fc.constant('Null'),
  key: fc.constantFrom(...Object.keys(CONDITION_VALUES)),
  values: fc.constantFrom(['true'], ['false']),
});

const conditions = fc
  .array(fc.oneof(stringCondition, arnCondition, nullCondition), { maxLength: 2 })
  .map((lines) => {
    const block: Record<string, Record<string, readonly string[]>> = {};
    for (const { operator, key, values } of lines) block[operator] = { ...block[operator], [key]: values };
    return lines.length === 0 ? {} : { Condition: block };
  });

const actions = fc.oneof(
  { weight: 4, arbitrary: some(ACTION_PATTERNS).map((Action) => ({ Action })) },
  { weight: 1, arbitrary: some(ACTION_PATTERNS).map((NotAction) => ({ NotAction })) },
);
const resources = fc.oneof(
  { weight: 4, arbitrary: some(RESOURCE_PATTERNS).map((Resource) => ({ Resource })) },
  { weight: 1, arbitrary: some(RESOURCE_PATTERNS).map((NotResource) => ({ NotResource })) },
);
const effect = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ Effect: 'Allow' }) },
  { weight: 1, arbitrary: fc.constant({ Effect: 'Deny' }) },
);

const identityStatement = fc
  .tuple(effect, actions, resources, conditions)
  .map(([ofEffect, ofActions, ofResources, ofConditions]) => ({
    ...ofEffect,
    ...ofActions,
    ...ofResources,
    ...ofConditions,
  }));

const principal = fc.constantFrom<object | string>(
  '*',
  { AWS: '*' },
  { AWS: CALLER },
  { AWS: `arn:aws:iam::${CALLER}:root` },
  { AWS: ROLE },
  { AWS: [SESSION, ACCOUNTS[1]] },
  { AWS: ACCOUNTS[1] },
  { AWS: `arn:aws:iam::${CALLER}:role/other` },
);

const document = (statements: readonly object[]): object => ({
  Version: '2012-10-17',
  Statement: statements,
});

const question = fc.record({
  target: fc.constantFrom(...TARGETS),
  region: fc.constantFrom(...REGIONS),
  tags: fc.dictionary(fc.constantFrom(...TAG_KEYS), fc.constantFrom('web', 'db'), { maxKeys: 2 }),
  identity: fc.array(identityStatement, { maxLength: 3 }),
  onResource: fc.option(
    fc.array(fc.tuple(effect, actions, conditions, principal), { minLength: 1, maxLength: 2 }),
    {
      nil: undefined,
    },
  ),
});
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

/** Every role has a trust policy. */
const NOBODY = document([
  { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
]);

const resourceDocument = ({ onResource, target }: Question): object | undefined =>
  onResource === undefined || !target.hasPolicy
    ? target.action === 'sts:AssumeRole'
      ? NOBODY
      : undefined
    : document(
        onResource.map(([ofEffect, ofActions, ofConditions, Principal]) => ({
          ...ofEffect,
          ...ofActions,
          ...ofConditions,
          Principal,
          // A trust policy has no resource: it is the role.
          ...(target.action === 'sts:AssumeRole' ? {} : { Resource: target.resource }),
        })),
      );

function modelAllows(asked: Question): boolean {
  const { target, region, tags } = asked;
  const iam = new SimulatedIam(() => ORGANIZATION);
  const role = iam.createRole(CALLER, 'reader', NOBODY, { path: '/team/' });
  iam.putRolePolicy(role.arn, 'inline', document(asked.identity));
  const onResource = resourceDocument(asked);
  if (target.action === 'sts:AssumeRole') {
    iam.createRole(target.owner, 'autopeer-member', onResource ?? NOBODY);
  } else if (onResource !== undefined) {
    iam.putResourcePolicy(target.resource, onResource);
  }
  return iam.decide({
    caller: { accountId: CALLER, arn: SESSION, roleArn: role.arn },
    action: target.action,
    resource: target.resource,
    region,
    input: { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
  }).allowed;
}

async function judgeAllows(asked: Question): Promise<boolean> {
  const { target, region, tags } = asked;
  const onResource = resourceDocument(asked);
  const simulation: Simulation = {
    request: {
      principal: SESSION,
      action: target.action,
      resource: { resource: target.resource, accountId: target.owner },
      contextVariables: {
        'aws:PrincipalArn': ROLE,
        'aws:PrincipalAccount': CALLER,
        'aws:PrincipalOrgID': ORGANIZATION,
        'aws:ResourceAccount': target.owner,
        'aws:RequestedRegion': region,
        ...(Object.keys(tags).length === 0 ? {} : { 'aws:TagKeys': Object.keys(tags) }),
        ...(tags['Name'] === undefined ? {} : { 'aws:RequestTag/Name': tags['Name'] }),
      },
    },
    identityPolicies:
      asked.identity.length === 0 ? [] : [{ name: 'inline', policy: document(asked.identity) }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(onResource === undefined ? {} : { resourcePolicy: onResource }),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

describe('the model of IAM', () => {
  test('answers as another evaluator does', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        expect({ allowed: modelAllows(asked) }).toEqual({ allowed: await judgeAllows(asked) });
      }),
      { numRuns: lawRuns(5_000) },
    );
  });
});
