import { readFileSync } from 'node:fs';
import { DeleteParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '../../analysis/doctor/finding.ts';
import { CODES } from '../../analysis/doctor/catalog.ts';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, HUB_REGION, ORGANIZATION_TRAIL, type World } from '../../sim/world/world.ts';
import { aWellWorld, doctor, findingsIn } from '../support/doctor.ts';
import { sendTo, sessionKey } from '../support/hub-commands.ts';
import { APPS, aPair, SHARED } from '../support/world.ts';

const HERE = 'eu-west-1';
const THERE = 'us-east-1';
const HOUR_MS = 3_600_000;
const FORWARD = 'autopeer-prod-forward-peering-events';
const bus = (account: string, region: string): string =>
  `arn:aws:events:${region}:${account}:event-bus/default`;
const queueUrl = (account: string, region: string, name: string): string =>
  `https://sqs.${region}.amazonaws.com/${account}/${name}`;

/** One account for each fault, so that all of them can be there at once. */
const account = (number: number): string => String(400_000_000_000 + number);
const BARE = account(1);
const NO_ROLE = account(2);
const OTHER_HUB = account(3);
const OLD_ROLE = account(4);
const WIDE_ROLE = account(5);
const RULE_OFF = account(6);
const ELSEWHERE = account(7);
const NO_FORWARD = account(8);
const UNDELIVERED = account(9);
const REGION_OFF = account(10);
const UNDER_SCP = account(11);
const DEAF = account(12);
const ENROLLED = [
  NO_ROLE,
  OTHER_HUB,
  OLD_ROLE,
  WIDE_ROLE,
  RULE_OFF,
  ELSEWHERE,
  NO_FORWARD,
  UNDELIVERED,
  REGION_OFF,
  UNDER_SCP,
  DEAF,
];

const send = (world: World, owner: string, region: string, name: string): Promise<unknown> => {
  const isFifo = name.endsWith('.fifo');
  const command = new SendMessageCommand({
    QueueUrl: queueUrl(owner, region, name),
    MessageBody: '{}',
    ...(isFifo ? { MessageGroupId: 'a', MessageDeduplicationId: 'a' } : {}),
  });
  return world.aws.clock.drive(new SQSClient({ region, ...world.aws.client(owner) }).send(command));
};

/** Changes what the member role of an account may do, or whom it trusts. */
function changeRole(
  { aws }: World,
  id: string,
  how: { trust?: object; peering?: (json: string) => string },
): void {
  const role = aws.iam.roleNamed(id, 'autopeer-prod-member');
  if (role === undefined) throw new Error('no member role');
  const json = JSON.stringify(role.documents.get('peering'));
  const peering: unknown = JSON.parse(how.peering?.(json) ?? json);
  aws.iam.deleteRole(role.arn);
  const made = aws.iam.createRole(id, role.name, how.trust ?? role.trustDocument);
  aws.iam.putRolePolicy(made.arn, 'peering', peering);
}

/** Everything that is wrong in the hub. */
async function breakHub(world: World): Promise<void> {
  const { aws } = world;
  await sendTo(world, HUB_ACCOUNT, { body: { verb: 'suspend', input: {} } });
  await world.settle();
  const { environment } = aws.lambda.config(world.hub.arn('CommandsLambdaFunction'));
  Object.assign(environment, { AUTOPEER_VERSION: '0.0.9' });
  aws.lambda.recycle();
  aws.iam.putResourcePolicy(world.hub.arn('HubBus'), { Statement: [] });
  aws.events.enableRule(world.hub.arn('HubBus'), 'autopeer-prod-intake-rule-1', false);
  aws.events.enableRule(bus(HUB_ACCOUNT, HUB_REGION), 'autopeer-prod-startSweep-rule-1', false);
  aws.dynamodb.protect(HUB_ACCOUNT, HUB_REGION, 'autopeer-prod-ledger', {
    deletion: false,
    pointInTime: false,
  });
  await send(world, HUB_ACCOUNT, HUB_REGION, 'autopeer-prod-last-work-dead-letters.fifo');
  const ssm = new SSMClient({ region: HUB_REGION, ...aws.client(HUB_ACCOUNT) });
  await aws.clock.drive(ssm.send(new DeleteParameterCommand({ Name: '/autopeer-prod/slack-webhook-url' })));
  aws.sns.topic(world.hub.arn('AlarmTopic')).subscriptions.clear();
}

/** Everything that is wrong in the accounts. */
async function breakMembers(world: World): Promise<void> {
  const { aws } = world;
  aws.iam.deleteRole(`arn:aws:iam::${NO_ROLE}:role/autopeer-prod-member`);
  const trust = { Effect: 'Allow', Principal: { AWS: APPS }, Action: 'sts:AssumeRole' };
  changeRole(world, OTHER_HUB, { trust: { Statement: trust } });
  changeRole(world, OLD_ROLE, { peering: (json) => json.replace('"ec2:CreateRoute",', '') });
  changeRole(world, WIDE_ROLE, {
    peering: (json) => json.replace('"ec2:CreateRoute",', '"ec2:CreateRoute","ec2:RunInstances",'),
  });
  aws.events.enableRule(bus(RULE_OFF, HERE), FORWARD, false);
  aws.events.requireRule(bus(RULE_OFF, THERE), FORWARD).targets.clear();
  aws.events.deleteRule(bus(RULE_OFF, THERE), FORWARD);
  const { targets } = aws.events.requireRule(bus(ELSEWHERE, HERE), FORWARD);
  for (const [id, target] of targets) targets.set(id, { ...target, arn: bus(APPS, HERE) });
  const older = aws.events.requireRule(bus(ELSEWHERE, THERE), FORWARD).targets;
  for (const [id, { deadLetterArn: _none, ...target }] of older) older.set(id, target);
  aws.iam.deleteRole(`arn:aws:iam::${NO_FORWARD}:role/autopeer-prod-forward-${HERE}`);
  aws.events.putRule(bus(NO_FORWARD, THERE), { name: FORWARD, pattern: '{"source":["aws.ec2"]}' });
  await send(world, UNDELIVERED, HERE, 'autopeer-prod-undelivered');
  const off = new AwsError('OptInRequired', 'You are not subscribed to this service.', 401);
  aws.faults.failSome({ service: 'ec2', accountId: REGION_OFF, region: THERE }, 1, off);
  aws.faults.deny('ec2', '*', UNDER_SCP);
  for (let count = 0; count < 3; count += 1) {
    aws.lambda.counts.push({
      functionName: 'sweepAccount',
      atMs: aws.clock.now(),
      counter: 'FoundBySweep',
      dimensions: { accountId: DEAF },
    });
  }
}

/** A world in which much is wrong, and what the doctor finds there. */
async function findInBroken(): Promise<{ exitCode: number; findings: readonly Finding[]; peering: string }> {
  const world = await aWellWorld();
  const { aws } = world;
  aws.organization.addAccount(BARE, { parentId: 'ou-ab12-shared01' });
  for (const id of ENROLLED) world.addMember(id, 'ou-ab12-shared01');
  const { requester, accepter } = await aPair(world);
  const deny = aws.faults.failSome(
    { action: 'CreateRoute', accountId: APPS },
    1,
    new AwsError('UnauthorizedOperation', 'no', 403),
  );
  const peering = await world.requestPeering(requester, accepter);
  await world.settle();
  deny();
  await breakMembers(world);
  const away = new AwsError('InternalFailure', 'An internal error has occurred', 500);
  const end = aws.faults.failSome({ action: 'DescribeSubnets', accountId: SHARED }, 1, away);
  await world.sweep();
  end();
  await breakHub(world);
  aws.ec2.setQuotas(SHARED, HERE, { activePeeringsPerVpc: 1, routesPerTable: 1 });
  const { exitCode, stdout } = await doctor(world);
  return { exitCode, findings: findingsIn(stdout), peering };
}

let broken: Awaited<ReturnType<typeof findInBroken>>;
beforeAll(async () => {
  broken = await findInBroken();
});

describe('each planted fault is shown as what it is', () => {
  const hub: readonly [string, Finding['severity'], string][] = [
    ['AP102', 'warning', 'the hub is 0.0.9'],
    ['AP104', 'failure', 'the bus does not let the roles that forward put events'],
    ['AP105', 'failure', 'the rule autopeer-prod-intake-rule-1 is disabled'],
    ['AP105', 'failure', 'the rule autopeer-prod-startSweep-rule-1 is disabled'],
    ['AP106', 'failure', 'the ledger’s table may be deleted'],
    ['AP106', 'failure', 'the ledger’s table has no point-in-time recovery'],
    ['AP107', 'failure', 'the alarm autopeer-prod-last-work-dead-letters rings'],
    ['AP109', 'warning', 'nobody is subscribed to the notices, and Slack is not set'],
    ['AP117', 'warning', 'nobody is subscribed to the alarms'],
    ['AP110', 'failure', '1 in the queue autopeer-prod-last-work-dead-letters.fifo'],
    ['AP112', 'failure', 'DescribeSubnets'],
    ['AP113', 'warning', `autopeer is suspended since`],
    ['AP115', 'warning', 'UnauthorizedOperation'],
  ];
  it.each(hub)('in the hub: %s, a %s: %s', (code, severity, words) => {
    expect(broken.findings).toContainEqual(
      expect.objectContaining({ code, severity, found: expect.stringContaining(words) }),
    );
  });

  const places: readonly [string, Finding['severity'], string, string][] = [
    ['AP116', 'failure', 'cannot assume the member role', `${BARE} ${HERE}`],
    ['AP116', 'failure', 'may not read', `${REGION_OFF} ${THERE}`],
    ['AP201', 'not-known', 'cannot be assumed: AccessDenied', BARE],
    ['AP202', 'failure', 'the member role is not there', NO_ROLE],
    ['AP202', 'failure', 'the member role trusts another hub', OTHER_HUB],
    ['AP203', 'failure', 'may not ec2:createroute', OLD_ROLE],
    ['AP204', 'warning', 'may also ec2:runinstances', WIDE_ROLE],
    ['AP205', 'failure', 'is disabled', `${RULE_OFF} ${HERE}`],
    ['AP205', 'failure', 'is not there', `${RULE_OFF} ${THERE}`],
    ['AP206', 'failure', 'does not lead to the hub’s bus', `${ELSEWHERE} ${HERE}`],
    ['AP206', 'warning', 'what cannot be forwarded is lost', `${ELSEWHERE} ${THERE}`],
    ['AP207', 'failure', 'is not there', `${NO_FORWARD} ${HERE}`],
    ['AP208', 'failure', 'listens to other events', `${NO_FORWARD} ${THERE}`],
    ['AP209', 'failure', 'events lie in the queue', `${UNDELIVERED} ${HERE}`],
    ['AP211', 'failure', 'OptInRequired: the region is off', `${REGION_OFF} ${THERE}`],
    ['AP211', 'failure', 'a service control policy denies it', `${UNDER_SCP} ${HERE}`],
    ['AP212', 'warning', '3 peerings were changed in a day only because the sweep came by', DEAF],
    ['AP213', 'warning', '1 of 1 peerings', `${SHARED} ${HERE}`],
    ['AP214', 'warning', '1 of 1 routes', `${SHARED} ${HERE}`],
  ];
  it.each(places)('in the accounts: %s, a %s: %s in %s', (code, severity, words, where) => {
    expect(broken.findings).toContainEqual(
      expect.objectContaining({
        code,
        severity,
        found: expect.stringContaining(words),
        where: expect.arrayContaining([where]),
      }),
    );
  });

  it('and nothing else is: an account without a fault is in no finding', () => {
    expect(broken.exitCode).toBe(1);
    const spared = broken.findings.filter(({ where }) => where.some((place) => place.startsWith(APPS)));
    expect(spared).toEqual([]);
    expect(new Set(broken.findings.map(({ code }) => code))).toEqual(new Set(CODES));
  });
});

describe('one after the other', () => {
  let world: World;
  beforeEach(async () => {
    world = await aWellWorld();
  });
  const problems = async (asked: Parameters<typeof doctor>[1] = {}) => {
    const { exitCode, stdout } = await doctor(world, asked);
    const found = findingsIn(stdout).filter(({ severity }) => severity !== 'ok');
    return {
      exitCode,
      found: found.map(({ code, severity, found: words }) => `${code} ${severity} ${words}`),
    };
  };

  it('a world that is well has nothing wrong, in every check, and is only read', async () => {
    const from = world.aws.calls.length;
    expect(await problems()).toEqual({ exitCode: 0, found: [] });
    const written = world.aws.calls.slice(from).map(({ action }) => action);
    expect(written.filter((action) => !/^(Get|Describe|List|Query|AssumeRole)/.test(action))).toEqual([]);
  });

  it.each([
    ['that does not log', (trail: Trail) => (trail.isLogging = false), 'no trail logs: organization'],
    [
      'that takes no management events',
      (trail: Trail) => (trail.selectors = [{ IncludeManagementEvents: false }]),
      'no trail takes management events that write: organization',
    ],
    [
      'that takes reads only',
      (trail: Trail) => (trail.selectors = [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true }]),
      'no trail takes management events that write: organization',
    ],
  ])('a trail %s', async (_what, change, words) => {
    change(world.aws.trails.named(ORGANIZATION_TRAIL));
    expect(await problems()).toEqual({ exitCode: 1, found: [`AP210 failure ${words}`] });
  });

  it('no trail', async () => {
    world.aws.trails.remove(ORGANIZATION_TRAIL);
    expect(await problems()).toEqual({ exitCode: 1, found: ['AP210 failure there is no trail'] });
  });

  it('a sweep that is overdue', async () => {
    await world.aws.clock.run(world.aws.clock.now() + 3 * HOUR_MS);
    expect(await problems()).toEqual({
      exitCode: 1,
      found: [
        'AP107 failure the alarm autopeer-prod-sweep-overdue rings',
        'AP111 failure the last sweep was at 2026-01-01T00:00:00.000Z, 181 minutes ago',
      ],
    });
  });

  it('no hub of that name', async () => {
    const { exitCode, found } = await problems({ name: 'autopeer-dev', roleName: 'autopeer-prod-read' });
    expect(exitCode).toBe(1);
    expect(found).toContain('AP101 failure there is no hub autopeer-dev in eu-west-1');
  });

  it('what may not be read is not known, with the policy that denies it, and fails nothing', async () => {
    world.aws.faults.deny('sts', 'AssumeRole', HUB_ACCOUNT);
    expect(await problems()).toEqual({
      exitCode: 0,
      found: expect.arrayContaining([
        'AP201 not-known the role for people cannot be assumed: AccessDenied: a service control policy denies it',
      ]),
    });
  });

  it('a hub that is older than the verb, of which only the ledger’s part is not known', async () => {
    const older = { status: 404, body: '{"message":"There is no such command."}' };
    const { exitCode, stdout } = await doctor(world, {}, HUB_ACCOUNT, older);
    const found = findingsIn(stdout).filter(({ severity }) => severity !== 'ok');
    expect(exitCode).toBe(0);
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'AP102 warning',
      ...['AP111', 'AP112', 'AP113', 'AP114', 'AP115', 'AP116'].map((code) => `${code} not-known`),
    ]);
  });

  it('--wait looks again until it is well', async () => {
    world.aws.events.enableRule(bus(APPS, HERE), FORWARD, false);
    const from = world.aws.clock.now();
    world.aws.clock.schedule(10 * 60_000, () => world.aws.events.enableRule(bus(APPS, HERE), FORWARD, true));
    expect(await problems({ wait: 20 })).toEqual({ exitCode: 0, found: [] });
    expect(world.aws.clock.now() - from).toBeLessThan(11 * 60_000);
  });

  it('text says where, what to do, and with --fix-hints which commands', async () => {
    world.aws.events.enableRule(bus(APPS, HERE), FORWARD, false);
    const { stdout } = await doctor(world, { output: 'text', fixHints: true });
    expect(stdout.split('\n')).toEqual([
      `failure    AP205  the rule that forwards is disabled (${APPS} ${HERE})`,
      '           should be: the rule that forwards events is there and enabled',
      '           Enable the rule, or deploy the member stack to the region.',
      `           $ aws events enable-rule --name ${FORWARD} --region ${HERE}  # in ${APPS}`,
      '           docs/doctor.md#ap205',
      '31 checks: 1 failed, 0 to look at, 0 not known, 30 ok',
      '',
    ]);
  });
});

interface CopiedStatement {
  readonly Action: string | string[];
  readonly Resource: string;
}

/** The policies to copy, which the pages have. */
const policiesOf = (page: string): readonly CopiedStatement[] =>
  [...readFileSync(page, 'utf8').matchAll(/```json\n(\{\s+"Version".*?)```/gs)].flatMap(([, json = '{}']) => {
    const { Statement }: { readonly Statement: readonly CopiedStatement[] } = JSON.parse(json);
    return Statement;
  });

it('the policy of docs/doctor.md, with that for commands, is all that a person needs, and has nothing else', async () => {
  const ReadPrincipalArn = `arn:aws:iam::${HUB_ACCOUNT}:role/NetworkAdmin`;
  const world = await aWellWorld({ memberParameters: { ReadPrincipalArn } });
  const ssm = new SSMClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT) });
  await world.aws.clock.drive(
    ssm.send(new DeleteParameterCommand({ Name: '/autopeer-prod/slack-webhook-url' })),
  );
  const own = policiesOf('docs/doctor.md');
  const key = await sessionKey(world, 'NetworkAdmin', [...own, ...policiesOf('docs/operations.md')]);
  const used = new Set<string>();
  world.aws.iam.watch(({ caller, action }) => {
    if (caller.roleArn === ReadPrincipalArn) used.add(action);
  });
  const { exitCode, stdout } = await doctor(world, {}, key);
  expect(exitCode).toBe(0);
  expect(findingsIn(stdout).filter(({ severity }) => severity === 'not-known')).toEqual([]);
  const unused = own.flatMap(({ Action }) => Action).filter((action) => !used.has(action));
  expect(unused).toEqual([]);
});

type Trail = ReturnType<World['aws']['trails']['named']>;
