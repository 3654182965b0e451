import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { HUB_ACCOUNT, HUB_REGION, ORGANIZATION_TRAIL } from '../../sim/world/world.ts';
import { APPS, aPair, aWorld } from '../support/world.ts';

/** Over HTTP's bytes, as in the sandbox: what `autopeer doctor` reads, and nothing that ships does. */
const world = aWorld({ wire: 'http' });
const { aws } = world;
const clientOf = (accountId: string, region = HUB_REGION) => ({
  region,
  ...aws.client(accountId),
  maxAttempts: 1,
});

describe('CloudTrail', () => {
  const trails = new CloudTrailClient(clientOf(APPS, 'us-east-1'));

  it('shows the organization’s trail to its accounts, in every region, by its ARN', async () => {
    const { trailList = [] } = await aws.clock.drive(trails.send(new DescribeTrailsCommand({})));
    expect(trailList).toEqual([
      expect.objectContaining({
        Name: ORGANIZATION_TRAIL,
        IsOrganizationTrail: true,
        HomeRegion: HUB_REGION,
      }),
    ]);
    const Name = trailList[0]?.TrailARN;
    expect(await aws.clock.drive(trails.send(new GetTrailStatusCommand({ Name })))).toMatchObject({
      IsLogging: true,
    });
    expect(
      await aws.clock.drive(trails.send(new GetEventSelectorsCommand({ TrailName: Name }))),
    ).toMatchObject({
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
    });
    const byName = trails.send(new GetTrailStatusCommand({ Name: ORGANIZATION_TRAIL }));
    await expect(aws.clock.drive(byName)).rejects.toMatchObject({ name: 'TrailNotFoundException' });
  });

  it('shows no shadow where none is asked for', async () => {
    const asked = trails.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
    expect((await aws.clock.drive(asked)).trailList).toEqual([]);
  });
});

describe('CloudWatch', () => {
  const watch = new CloudWatchClient(clientOf(HUB_ACCOUNT));

  it('lists alarms by the beginning of their names, with their states', async () => {
    const asked = watch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'autopeer-prod-last-' }));
    const { MetricAlarms = [] } = await aws.clock.drive(asked);
    expect(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['autopeer-prod-last-work-dead-letters', 'OK'],
      ['autopeer-prod-last-event-dead-letters', 'OK'],
    ]);
  });

  it('sums how often a rule has matched, the newest period first', async () => {
    await aPair(world);
    const end = aws.clock.now() + 1;
    const query = {
      Id: 'a',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Events',
          MetricName: 'TriggeredRules',
          Dimensions: [{ Name: 'RuleName', Value: 'autopeer-prod-forward-peering-events' }],
        },
        Period: 3600,
        Stat: 'Sum',
      },
    };
    const asked = new CloudWatchClient(clientOf(APPS)).send(
      new GetMetricDataCommand({
        MetricDataQueries: [query],
        StartTime: new Date(0),
        EndTime: new Date(end),
      }),
    );
    const { MetricDataResults: [result] = [] } = await aws.clock.drive(asked);
    expect(result?.Timestamps).toEqual([new Date(Math.floor(end / 3_600_000) * 3_600_000)]);
    expect(result?.Values?.[0]).toBeGreaterThan(0);
  });
});

describe('IAM', () => {
  const iam = new IAMClient(clientOf(APPS, 'us-east-1'));

  it('gives a role’s policies as they were written, percent-encoded', async () => {
    const RoleName = 'autopeer-prod-member';
    const { Role } = await aws.clock.drive(iam.send(new GetRoleCommand({ RoleName })));
    expect(Role).toMatchObject({ Path: '/', Arn: `arn:aws:iam::${APPS}:role/${RoleName}` });
    const asked = iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'peering' }));
    const { PolicyDocument = '' } = await aws.clock.drive(asked);
    expect(PolicyDocument).toMatch(/^%7B/);
    expect(JSON.parse(decodeURIComponent(PolicyDocument))).toMatchObject({
      Statement: expect.arrayContaining([expect.objectContaining({ Sid: 'Route' })]),
    });
  });

  it('deletes a role once its policies are gone', async () => {
    const role = { RoleName: 'autopeer-prod-forward-us-east-1' };
    const { PolicyNames = [] } = await aws.clock.drive(iam.send(new ListRolePoliciesCommand(role)));
    expect(PolicyNames).not.toEqual([]);
    const early = iam.send(new DeleteRoleCommand(role));
    await expect(aws.clock.drive(early)).rejects.toMatchObject({ name: 'DeleteConflictException' });
    for (const PolicyName of PolicyNames) {
      await aws.clock.drive(iam.send(new DeleteRolePolicyCommand({ ...role, PolicyName })));
    }
    await aws.clock.drive(iam.send(new DeleteRoleCommand(role)));
    const gone = iam.send(new ListAttachedRolePoliciesCommand(role));
    await expect(aws.clock.drive(gone)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('has an error of its own for what is not there', async () => {
    const asked = iam.send(new GetRoleCommand({ RoleName: 'nobody' }));
    await expect(aws.clock.drive(asked)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

it('DynamoDB tells how a table is protected', async () => {
  const dynamoDb = new DynamoDBClient(clientOf(HUB_ACCOUNT));
  const TableName = 'autopeer-prod-ledger';
  const table = await aws.clock.drive(dynamoDb.send(new DescribeTableCommand({ TableName })));
  const backups = await aws.clock.drive(dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName })));
  expect(table.Table).toMatchObject({ DeletionProtectionEnabled: true, TableStatus: 'ACTIVE' });
  expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
    PointInTimeRecoveryStatus: 'ENABLED',
  });
  const gone = dynamoDb.send(new DescribeTableCommand({ TableName: 'gone' }));
  await expect(aws.clock.drive(gone)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

it('EventBridge shows the policy of a bus', async () => {
  const events = new EventBridgeClient(clientOf(HUB_ACCOUNT));
  const { Policy = '' } = await aws.clock.drive(
    events.send(new DescribeEventBusCommand({ Name: 'autopeer-prod' })),
  );
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Effect: 'Allow', Action: 'events:PutEvents' }] });
});
