import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, HUB_REGION, type World } from '../../sim/world/world.ts';
import { maySend, sendTo, sessionKey } from '../support/hub-commands.ts';
import { aPair, APPS, aWorld } from '../support/world.ts';

const RELEASE = { verb: 'brake release', input: { count: 5, minutes: 60 } };
const SHOW = { verb: 'brake show' };
const ADMIN = `arn:aws:iam::${HUB_ACCOUNT}:user/administrator`;

/** What the function logged, without its other lines. */
const logged = (world: World) => world.aws.lambda.logs.map(({ entry }) => entry);
const invocations = (world: World) =>
  world.aws.lambda.invocations.filter(({ functionName }) => functionName.endsWith('-commands'));

async function releases(world: World): Promise<unknown> {
  const dynamoDb = new DynamoDBClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT) });
  const Key = { pk: { S: 'brake' }, sk: { S: 'brake' } };
  const get = new GetItemCommand({ TableName: world.hub.ref('Ledger'), Key });
  const { Item } = await world.aws.clock.drive(dynamoDb.send(get));
  return JSON.parse(Item?.['releases']?.S ?? '[]');
}

describe('a command', () => {
  it('is done, and recorded with its caller', async () => {
    const world = aWorld();
    const at = world.aws.clock.now();
    const answer = await sendTo(world, HUB_ACCOUNT, { body: RELEASE });
    expect(answer.status).toBe(200);
    expect(answer.read()).toEqual({
      result: {
        count: 5,
        used: 0,
        by: ADMIN,
        at: new Date(at).toISOString(),
        until: new Date(at + 3_600_000).toISOString(),
      },
    });
    expect(await releases(world)).toEqual([{ count: 5, used: 0, by: ADMIN, at, until: at + 3_600_000 }]);
    expect(logged(world)).toEqual([{ code: 'command.done', caller: ADMIN, verb: 'brake release' }]);
  });

  it('of a role’s session is recorded with the session’s name', async () => {
    const world = aWorld();
    const key = await sessionKey(world, 'NetworkAdmin', maySend(world));
    expect((await sendTo(world, key, { body: RELEASE })).status).toBe(200);
    expect(await releases(world)).toEqual([
      expect.objectContaining({ by: `arn:aws:sts::${HUB_ACCOUNT}:assumed-role/NetworkAdmin/jo` }),
    ]);
  });

  it('shows what is in force', async () => {
    const world = aWorld();
    await sendTo(world, HUB_ACCOUNT, { body: RELEASE });
    const { read } = await sendTo(world, HUB_ACCOUNT, { body: SHOW });
    expect(read()).toEqual({
      result: { cut: [], releases: [expect.objectContaining({ count: 5, by: ADMIN })], past: [] },
    });
  });

  it('that fails on the way is told as such, and leaves nothing', async () => {
    const world = aWorld();
    world.aws.faults.failNext('dynamodb', 'PutItem', new AwsError('AccessDeniedException', 'no'));
    const answer = await sendTo(world, HUB_ACCOUNT, { body: RELEASE });
    expect([answer.status, answer.text]).toEqual([502, 'Internal Server Error']);
    expect(await releases(world)).toEqual([]);
  });
});

describe('AWS lets nobody in', () => {
  const expectForbidden = async (world: World, key: string, sent = {}) => {
    const { status, text } = await sendTo(world, key, { body: RELEASE, ...sent });
    expect([status, text]).toEqual([403, '{"Message":"Forbidden"}']);
    expect(invocations(world)).toEqual([]);
  };

  it.each([
    ['who does not sign', { signed: false }],
    ['who signs for another service', { service: 'execute-api' }],
    ['who signs for another region', { region: 'us-east-1' }],
  ])('%s', (_what, sent) => expectForbidden(aWorld(), HUB_ACCOUNT, sent));

  it('of another account', () => expectForbidden(aWorld(), APPS));

  it('whose key nobody knows', () => expectForbidden(aWorld(), 'AKIAUNKNOWN'));

  it.each([0, 1])('who has one of the two permissions only', async (index) => {
    const world = aWorld();
    await expectForbidden(
      world,
      await sessionKey(world, 'NetworkAdmin', maySend(world).slice(index, index + 1)),
    );
  });
});

describe('the function refuses', () => {
  const withCallers = (callers: object) => {
    const world = aWorld();
    const { environment } = world.aws.lambda.config(world.hub.arn('CommandsLambdaFunction'));
    Object.assign(environment, { COMMAND_CALLERS: JSON.stringify(callers) });
    return world;
  };

  it.each([
    ['a body that is no JSON', { body: 'release' }, 400, 'The body must be JSON'],
    ['a body of another form', { body: { verb: 'brake show', again: 1 } }, 400, 'The body must be JSON'],
    ['no body', {}, 400, 'The body must be JSON'],
    ['another method', { method: 'GET', body: SHOW }, 405, 'POST'],
    ['a body that is too large', { body: ' '.repeat(64 * 1024 + 1) }, 413, 'at most 65536 bytes'],
    ['a verb that is none', { body: { verb: 'constructor' } }, 404, 'brake release, brake show'],
    ['a count of nothing', { body: { ...RELEASE, input: { count: 0, minutes: 60 } } }, 400, 'count'],
    ['a count without bounds', { body: { ...RELEASE, input: { count: 1001, minutes: 60 } } }, 400, 'count'],
    ['more than a day', { body: { ...RELEASE, input: { count: 1, minutes: 1441 } } }, 400, 'minutes'],
    ['what it does not know', { body: { ...RELEASE, input: { ...RELEASE.input, by: 'me' } } }, 400, 'by'],
    ['input where there is none', { body: { ...SHOW, input: { all: true } } }, 400, 'all'],
  ])('%s, with words', async (_what, sent, status, words) => {
    const world = aWorld();
    const answer = await sendTo(world, HUB_ACCOUNT, sent);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
    expect(await releases(world)).toEqual([]);
    expect(logged(world)).toEqual([expect.objectContaining({ code: 'command.refused', caller: ADMIN })]);
  });

  it('whom the setting does not list for the verb', async () => {
    const world = withCallers({ '*': ['*'], 'brake release': [`arn:aws:iam::${HUB_ACCOUNT}:role/OnCall`] });
    const admin = await sessionKey(world, 'NetworkAdmin', maySend(world));
    const onCall = await sessionKey(world, 'OnCall', maySend(world));
    const refused = await sendTo(world, admin, { body: RELEASE });
    expect(refused.status).toBe(403);
    expect(refused.read()).toEqual({
      message: `arn:aws:iam::${HUB_ACCOUNT}:role/NetworkAdmin may not use "brake release": the setting commandCallers of the hub does not list it.`,
    });
    expect((await sendTo(world, admin, { body: SHOW })).status).toBe(200);
    expect((await sendTo(world, onCall, { body: RELEASE })).status).toBe(200);
    expect(await releases(world)).toHaveLength(1);
  });

  it.each([
    ['without a context', RELEASE],
    ['with no caller', { requestContext: { http: { method: 'POST' } }, body: JSON.stringify(RELEASE) }],
    [
      'with a caller of another account than he says',
      {
        requestContext: {
          http: { method: 'POST' },
          authorizer: { iam: { accountId: HUB_ACCOUNT, userArn: `arn:aws:iam::${APPS}:user/jo` } },
        },
        body: JSON.stringify(RELEASE),
      },
    ],
    ['that is nothing', undefined],
  ])('a direct invocation %s', async (_what, event) => {
    const world = aWorld();
    const invoked = world.aws.lambda.invoke(world.hub.arn('CommandsLambdaFunction'), event ?? null);
    expect(await world.aws.clock.drive(invoked)).toMatchObject({
      kind: 'success',
      payload: { statusCode: 403 },
    });
    expect(logged(world)).toEqual([
      { code: 'command.refused', caller: 'nobody', verb: '-', reason: 'no-caller' },
    ]);
    expect(await releases(world)).toEqual([]);
  });
});

it('a function gets the event that AWS documents', async () => {
  const world = aWorld();
  const key = await sessionKey(world, 'NetworkAdmin', maySend(world));
  await sendTo(world, key, { body: SHOW });
  const [id] = new URL(world.hub.outputs['CommandsUrl'] ?? '').host.split('.');
  expect(invocations(world)[0]?.event).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: { 'user-agent': 'test' },
    requestContext: {
      accountId: HUB_ACCOUNT,
      apiId: id,
      authorizer: {
        iam: {
          accessKey: key,
          accountId: HUB_ACCOUNT,
          callerId: expect.stringMatching(/^AROA[0-9A-F]{17}:jo$/),
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: `arn:aws:sts::${HUB_ACCOUNT}:assumed-role/NetworkAdmin/jo`,
          userId: expect.stringMatching(/^AROA[0-9A-F]{17}:jo$/),
        },
      },
      domainName: `${id}.lambda-url.${HUB_REGION}.on.aws`,
      domainPrefix: id,
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: expect.any(String),
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: Date.UTC(2026, 0, 1),
    },
    body: JSON.stringify(SHOW),
    isBase64Encoded: false,
  });
});

describe('who may write', () => {
  const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

  /** The roles of the hub that may write an item of this partition. */
  function writersOf(pk: string): readonly string[] {
    const world = aWorld();
    const resource = world.hub.arn('Ledger');
    const item = { pk: { S: pk }, sk: { S: 'x' } };
    return world.hub.logicalIds('AWS::IAM::Role').filter((logicalId) => {
      const arn = world.hub.arn(logicalId);
      const caller = { accountId: HUB_ACCOUNT, arn, roleArn: arn };
      return WRITES.some(
        (action) =>
          world.aws.iam.decide({
            caller,
            action: `dynamodb:${action}`,
            resource,
            region: HUB_REGION,
            input: action === 'PutItem' ? { Item: item } : { Key: item },
          }).allowed,
      );
    });
  }

  it('the brake: the functions that cut, and the commands', () => {
    expect(writersOf('brake').toSorted()).toEqual(['CommandsRole', 'ReconcileRole']);
  });

  it('whether autopeer is suspended: the commands, and the start of a sweep, which tells that its time is over', () => {
    expect(writersOf('suspension').toSorted()).toEqual(['CommandsRole', 'StartSweepRole']);
  });

  it('releases of contested peerings: the commands', () => {
    expect(writersOf('contests')).toEqual(['CommandsRole']);
  });

  it('what waits for people: the reconcile; what they say to it: the commands, and the clicks in Slack', () => {
    expect(writersOf('asked')).toEqual(['ReconcileRole']);
    expect(writersOf('approvals').toSorted()).toEqual(['AnswerSlackRole', 'CommandsRole']);
  });

  it('dead letters: the function that reads them, and the commands, which forget them', () => {
    expect(writersOf('dead-letters').toSorted()).toEqual(['CommandsRole', 'OnDeadLetterRole']);
  });

  it('why something failed: the functions that read a queue', () => {
    expect(writersOf('failures').toSorted()).toEqual([
      'AnswerSlackRole',
      'RecheckRole',
      'ReconcileRole',
      'SweepRole',
      'TellSlackRole',
    ]);
  });

  it.each([
    ['OnDeadLetterRole', 'dead-letters', true],
    ['OnDeadLetterRole', 'peering#pcx-11111111', false],
    ['CommandsRole', 'dead-letters', true],
    // It shows which steps AWS refuses; it may write nothing of a peering.
    ['CommandsRole', 'peering#pcx-11111111', true],
    ['CommandsRole', 'vpc#vpc-11111111', false],
  ])('%s may query %s: %s', (logicalId, pk, expected) => {
    const world = aWorld();
    const arn = world.hub.arn(logicalId);
    const decision = world.aws.iam.decide({
      caller: { accountId: HUB_ACCOUNT, arn, roleArn: arn },
      action: 'dynamodb:Query',
      resource: world.hub.arn('Ledger'),
      region: HUB_REGION,
      input: {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: 'letter#' } },
      },
    });
    expect(decision.allowed).toBe(expected);
  });

  it('what is remembered of a peering, and reserved in a VPC: not the commands', () => {
    expect(writersOf('peering#pcx-11111111')).toEqual(['ReconcileRole']);
    expect(writersOf('vpc#vpc-11111111')).toEqual(['ReconcileRole']);
  });
});

describe('health, for autopeer doctor', () => {
  const BARE = '444444444444';

  it('answers the last sweep, the places that may not be read, dead letters and steps that AWS refuses', async () => {
    const world = aWorld();
    world.aws.organization.addAccount(BARE, { parentId: 'ou-ab12-shared01' });
    const { requester, accepter } = await aPair(world);
    const denied = new AwsError('UnauthorizedOperation', 'You are not authorized.', 403);
    const permit = world.aws.faults.failSome({ action: 'CreateRoute', accountId: APPS }, 1, denied);
    const away = new AwsError('InternalFailure', 'An internal error has occurred', 500);
    const end = world.aws.faults.failSome({ action: 'DescribeSubnets', region: 'us-east-1' }, 1, away);
    const peering = await world.requestPeering(requester, accepter);
    await world.settle();
    const swept = world.aws.clock.now();
    await world.sweep();
    end();
    permit();
    const { status, read } = await sendTo(world, HUB_ACCOUNT, {
      body: { verb: 'health', input: { peerings: [peering, 'pcx-0123456789abcdef0'] } },
    });
    expect(status).toBe(200);
    expect(read()).toEqual({
      result: {
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        at: new Date(world.aws.clock.now()).toISOString(),
        lastSweep: { at: new Date(swept).toISOString(), accounts: expect.any(Number) },
        suspended: null,
        cutWithinHour: 0,
        deadLetters: [expect.objectContaining({ letters: expect.any(Number) })],
        places: expect.arrayContaining([
          expect.objectContaining({
            account: BARE,
            region: 'eu-west-1',
            state: 'no-member-role',
            code: 'AccessDenied',
          }),
        ]),
        placesLeft: 0,
        blocked: [
          expect.objectContaining({ peering, problem: expect.stringContaining('UnauthorizedOperation') }),
        ],
      },
    });
  });

  it('writes nothing, and tells nobody, though the time of a suspension is over', async () => {
    const world = aWorld();
    await sendTo(world, HUB_ACCOUNT, { body: { verb: 'suspend', input: { minutes: 1 } } });
    await world.settle();
    await world.aws.clock.run(world.aws.clock.now() + 120_000);
    const [from, told] = [world.aws.calls.length, world.aws.sns.published.length];
    const { read } = await sendTo(world, HUB_ACCOUNT, { body: { verb: 'health' } });
    await world.settle();
    expect(read()).toMatchObject({ result: { suspended: null, lastSweep: null } });
    expect(
      world.aws.calls
        .slice(from)
        .map(({ action }) => action)
        .toSorted(),
    ).toEqual(['GetItem', 'GetItem', 'GetItem', 'Query', 'Query']);
    expect(world.aws.sns.published).toHaveLength(told);
  });

  it('takes no more than a hundred peerings, and ids only', async () => {
    const world = aWorld();
    for (const peerings of [['vpc-1'], Array.from({ length: 101 }, () => 'pcx-0123456789abcdef0')]) {
      const { status } = await sendTo(world, HUB_ACCOUNT, { body: { verb: 'health', input: { peerings } } });
      expect(status).toBe(400);
    }
  });
});
