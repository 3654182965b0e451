import { parseEvent } from '../../../shared/events/registry.ts';
import { ACCEPTER, PEERING, REQUESTER, aRecordedCall } from '../../support/recorded-calls.ts';
import type { CallOverrides } from '../../support/recorded-calls.ts';

const parse = (overrides: CallOverrides) => parseEvent(aRecordedCall(overrides));
const answer = { vpcPeeringConnection: { vpcPeeringConnectionId: PEERING } };

describe('the five peering actions give a key', () => {
  const inRequest = { vpcPeeringConnectionId: PEERING };
  const inWrappedRequest = { XRequest: { VpcPeeringConnectionId: PEERING } };
  const wrappedAnswer = { XResponse: { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/', ...answer } };
  const done = { requestId: 'r-1', _return: true };

  test.each([
    ['CreateVpcPeeringConnection', 'flat', { vpcId: 'vpc-1' }, { requestId: 'r-1', ...answer }],
    ['CreateVpcPeeringConnection', 'wrapped', { XRequest: { VpcId: 'vpc-1' } }, wrappedAnswer],
    ['AcceptVpcPeeringConnection', 'flat', inRequest, { requestId: 'r-1', ...answer }],
    ['AcceptVpcPeeringConnection', 'wrapped', inWrappedRequest, wrappedAnswer],
    ['RejectVpcPeeringConnection', 'flat', inRequest, done],
    ['RejectVpcPeeringConnection', 'wrapped', inWrappedRequest, { XResponse: { return: true } }],
    ['DeleteVpcPeeringConnection', 'flat', inRequest, done],
    ['DeleteVpcPeeringConnection', 'wrapped', inWrappedRequest, { XResponse: { return: true } }],
    ['ModifyVpcPeeringConnectionOptions', 'flat', inRequest, done],
    ['ModifyVpcPeeringConnectionOptions', 'wrapped', inWrappedRequest, { XResponse: { return: true } }],
  ])('%s, %s', (eventName, _shape, requestParameters, responseElements) => {
    expect(parse({ eventName, requestParameters, responseElements })).toEqual({
      kind: 'key',
      key: { peeringId: PEERING, accountId: REQUESTER, region: 'eu-west-1' },
      eventName,
      eventId: '0c0f7a52-6a54-4c1c-8b8a-7f4f0a3a1d11',
      at: Date.UTC(2026, 10, 2, 8, 15, 3),
    });
  });

  test('also where a wrapped answer is PascalCase inside', () => {
    const responseElements = { R: { VpcPeeringConnection: { VpcPeeringConnectionId: PEERING } } };
    expect(parse({ eventName: 'CreateVpcPeeringConnection', responseElements })).toMatchObject({
      key: { peeringId: PEERING },
    });
  });

  // The wrapped shape writes what is empty as "".
  test.each([null, '', { vpcPeeringConnectionId: null }, { XRequest: { VpcPeeringConnectionId: '' } }])(
    'from the answer where the request does not name the peering: %j',
    (requestParameters) => {
      const eventName = 'AcceptVpcPeeringConnection';
      expect(parse({ eventName, requestParameters, responseElements: answer })).toMatchObject({
        key: { peeringId: PEERING },
      });
    },
  );

  test('a creation never takes the id from the request, which its caller writes', () => {
    const call = { eventName: 'CreateVpcPeeringConnection', responseElements: { requestId: 'r-1' } };
    expect(parse(call)).toMatchObject({
      kind: 'malformed',
      reason: 'detail.responseElements.vpcPeeringConnection.vpcPeeringConnectionId: is missing',
    });
  });

  test('an old id of eight digits is one', () => {
    expect(parse({ requestParameters: { vpcPeeringConnectionId: 'pcx-0a1b2c3d' } }).kind).toBe('key');
  });
});

describe("pain 4: the key's account and region are the envelope's, not what a caller writes", () => {
  test('other accounts and regions in the request and the answer change nothing', () => {
    const liar = { ownerId: ACCEPTER, region: 'us-east-1' };
    const parsed = parse({
      eventName: 'AcceptVpcPeeringConnection',
      requestParameters: { vpcPeeringConnectionId: PEERING, account: ACCEPTER, region: 'us-east-1' },
      responseElements: {
        vpcPeeringConnection: {
          vpcPeeringConnectionId: PEERING,
          requesterVpcInfo: liar,
          accepterVpcInfo: liar,
        },
      },
      detail: { userIdentity: { accountId: ACCEPTER } },
    });
    expect(parsed).toMatchObject({ key: { accountId: REQUESTER, region: 'eu-west-1' } });
  });

  test.each([
    ['recipientAccountId', ACCEPTER, "is not the envelope's account"],
    ['awsRegion', 'us-east-1', "is not the envelope's region"],
    ['eventSource', 'sqs.amazonaws.com', "is not the envelope's source"],
  ])('a record whose %s contradicts its envelope is malformed', (member, value, what) => {
    expect(parse({ detail: { [member]: value } })).toMatchObject({
      kind: 'malformed',
      reason: `detail.${member}: ${what}`,
    });
  });

  test('a record of the China regions may name the service in their way', () => {
    expect(parse({ detail: { eventSource: 'ec2.amazonaws.com.cn' } }).kind).toBe('key');
  });

  test.each(['recipientAccountId', 'awsRegion', 'eventSource'])('a record may lack %s', (member) => {
    expect(parse({ detail: { [member]: undefined } }).kind).toBe('key');
  });
});

describe('well-formed events that yield nothing are ignored', () => {
  test.each([
    ['failed-call', { errorCode: 'Client.UnauthorizedOperation' }],
    ['failed-call', { errorCode: 'Server.InternalError' }],
    ['failed-call', { errorCode: 'AccessDenied' }],
    ['dry-run', { errorCode: 'Client.DryRunOperation' }],
    ['dry-run', { errorCode: 'DryRunOperation' }],
  ])('%s: %j', (reason, failure) => {
    const detail = { ...failure, errorMessage: 'no', responseElements: null };
    const eventName = 'CreateVpcPeeringConnection';
    expect(parse({ eventName, detail })).toEqual({ kind: 'ignored', reason, eventName });
  });

  test('a failed call of an action that is not ours counts as failed', () => {
    const detail = { errorCode: 'Client.VpcLimitExceeded' };
    expect(parse({ eventName: 'CreateVpc', detail })).toMatchObject({ reason: 'failed-call' });
  });

  test.each([null, undefined, ''])('an error code of %j is no failure', (errorCode) => {
    expect(parse({ detail: { errorCode } }).kind).toBe('key');
  });

  test.each(['DescribeVpcPeeringConnections', 'deleteVpcPeeringConnection', 'constructor', 'toString'])(
    'the action %s is none of ours',
    (eventName) => {
      expect(parse({ eventName })).toEqual({ kind: 'ignored', reason: 'unknown-event-name', eventName });
    },
  );

  test.each([
    ['DeleteVpc', true],
    ['AssociateVpcCidrBlock', true],
    ['DisassociateVpcCidrBlock', true],
    ['CreateSubnet', true],
    ['CreateDefaultSubnet', true],
    ['DeleteSubnet', true],
    ['AssociateSubnetCidrBlock', true],
    ['DisassociateSubnetCidrBlock', true],
    ['CreateDefaultVpc', false],
    ['CreateRouteTable', false],
    ['DeleteRouteTable', false],
    ['AssociateRouteTable', false],
    ['ReplaceRouteTableAssociation', false],
    ['DisassociateRouteTable', false],
    ['CreateRoute', false],
    ['ReplaceRoute', false],
    ['DeleteRoute', false],
    ['EnableVgwRoutePropagation', false],
    ['DisableVgwRoutePropagation', false],
    ['CreateManagedPrefixList', false],
    ['ModifyManagedPrefixList', false],
    ['RestoreManagedPrefixListVersion', false],
    ['ModifyVpcAttribute', false],
  ])(
    '%s is about the account and region that the envelope names, whatever it says itself; about their peers: %s',
    (eventName, affectsPeers) => {
      const requestParameters = { vpcId: 'vpc-of-nobody', region: 'us-east-1' };
      expect(parse({ eventName, requestParameters })).toMatchObject({
        kind: 'place',
        place: { accountId: '111122223333', region: 'eu-west-1' },
        affectsPeers,
      });
    },
  );

  test.each([
    [['vpc-0123456789abcdef0'], 'place'],
    [['i-0123456789abcdef0', 'rtb-0123456789abcdef0'], 'place'],
    [['i-0123456789abcdef0', 'pcx-0123456789abcdef0'], 'ignored'],
    [[], 'ignored'],
    // What cannot be read may be of interest.
    [[7], 'place'],
  ])('tags of %j: %s', (ids, kind) => {
    const requestParameters = { resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) } };
    for (const eventName of ['CreateTags', 'DeleteTags']) {
      expect(parse({ eventName, requestParameters }).kind).toBe(kind);
    }
  });

  test('tags of something in a shape that AWS does not write are looked at', () => {
    expect(parse({ eventName: 'CreateTags', requestParameters: {} }).kind).toBe('place');
  });

  test.each(['aws.s3', 'autopeer', 'constructor', ''])('the source %j is none of ours', (source) => {
    expect(parse({ envelope: { source } })).toMatchObject({ kind: 'ignored', reason: 'unknown-source' });
  });

  test('another detail type of EC2 is none of ours, whatever its detail is', () => {
    const envelope = {
      'detail-type': 'EC2 Instance State-change Notification',
      detail: { state: 'running' },
    };
    expect(parse({ envelope })).toEqual({
      kind: 'ignored',
      reason: 'unknown-detail-type',
      eventName: '(unnamed)',
    });
  });
});

describe('malformed events say which path is wrong', () => {
  test.each(['source', 'detail-type', 'account', 'region', 'time', 'detail'])('%s is missing', (member) => {
    expect(parse({ envelope: { [member]: undefined } })).toMatchObject({
      kind: 'malformed',
      reason: `${member}: is missing`,
    });
  });

  test.each(['eventName', 'eventID'])('detail.%s is missing', (member) => {
    expect(parse({ detail: { [member]: undefined } })).toMatchObject({
      kind: 'malformed',
      reason: `detail.${member}: is missing`,
    });
  });

  test('every fault at once', () => {
    expect(parse({ envelope: { account: 1, region: 2, time: 3 } })).toMatchObject({
      reason: 'account: is not text of twelve digits; region: is not the code of a region; time: is not text',
    });
  });

  test.each([
    ['an account that lost its leading zero', { account: 12345678901 }],
    ['an account in a list', { account: [REQUESTER] }],
    ['a region with a line break', { region: 'eu-west-1\n' }],
    ['a time without a zone', { time: '2026-11-02T08:15:03' }],
    ['a day that does not exist', { time: '2026-02-30T08:15:03Z' }],
    ['a very long time', { time: `2026-11-02T08:15:03.${'0'.repeat(100)}Z` }],
    ['a detail that is text', { detail: JSON.stringify({ eventName: 'DeleteVpcPeeringConnection' }) }],
    ['a detail that is a list', { detail: [] }],
  ])('%s', (_what, envelope) => {
    expect(parse({ envelope }).kind).toBe('malformed');
  });

  test.each([
    ['an error code that is no text', { errorCode: 5 }],
    ['an event id that is no deduplication id', { eventID: 'a b' }],
    ['an event id that is too long', { eventID: 'a'.repeat(129) }],
    ['a name that is no action', { eventName: 'Delete\u001b[31m' }],
  ])('%s', (_what, detail) => {
    expect(parse({ detail }).kind).toBe('malformed');
  });

  test.each([
    undefined,
    null,
    [],
    {},
    'pcx-0a1b2c3d',
    7,
    { XRequest: null },
    { XRequest: [] },
    { XRequest: {} },
  ])('request parameters of %j name no peering', (requestParameters) => {
    expect(parse({ requestParameters })).toMatchObject({
      kind: 'malformed',
      reason: 'detail.requestParameters.vpcPeeringConnectionId: is missing',
    });
  });

  test.each(['pcx-', 'pcx-0A1B2C3D', 'vpc-0a1b2c3d', 'pcx-0a1b2c3d ', 5, true, {}, [PEERING]])(
    'a peering id of %j is none',
    (vpcPeeringConnectionId) => {
      expect(parse({ requestParameters: { vpcPeeringConnectionId } })).toMatchObject({
        kind: 'malformed',
        reason: 'detail.requestParameters.vpcPeeringConnectionId: is not the id of a peering connection',
      });
    },
  );

  test('two wrappers with a peering each', () => {
    const wrapper = { VpcPeeringConnectionId: PEERING };
    expect(parse({ requestParameters: { A: wrapper, B: wrapper } })).toMatchObject({
      kind: 'malformed',
      reason: 'detail.requestParameters.vpcPeeringConnectionId: is there more than once',
    });
  });

  test.each([null, 5, 'text', true, [], [{}]])('the event is %j', (event) => {
    expect(parseEvent(event)).toEqual({
      kind: 'malformed',
      reason: 'the event: is not an object',
      eventName: '(unnamed)',
    });
  });
});

describe('hostile input', () => {
  test('names on the prototype are no members', () => {
    const event: unknown = JSON.parse(`{"__proto__": ${JSON.stringify(aRecordedCall())}}`);
    expect(parseEvent(event).kind).toBe('malformed');
    const requestParameters: unknown = Object.create({ vpcPeeringConnectionId: PEERING });
    expect(parse({ requestParameters }).kind).toBe('malformed');
  });

  test('a wrapper that is named __proto__ pollutes nothing', () => {
    const requestParameters: unknown = JSON.parse(
      `{"__proto__": {"VpcPeeringConnectionId": "${PEERING}", "polluted": true}}`,
    );
    expect(parse({ requestParameters }).kind).toBe('key');
    expect('polluted' in {}).toBe(false);
  });

  test('nesting a hundred thousand levels deep', () => {
    const depth = 100_000;
    const deep: unknown = JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));
    expect(parse({ requestParameters: deep }).kind).toBe('malformed');
    expect(parse({ detail: { userIdentity: deep } }).kind).toBe('key');
  });

  test('a million characters where an id should be', () => {
    const long = 'a'.repeat(1_000_000);
    const parsed = parse({
      envelope: { account: long, region: long, time: long },
      detail: { eventName: long, eventID: long, awsRegion: long },
    });
    expect(parsed.kind).toBe('malformed');
    expect(JSON.stringify(parsed).length).toBeLessThan(1_000);
  });

  test('more wrappers than any record has are not searched', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`W${index}`, {}]));
    const requestParameters = { ...many, Last: { VpcPeeringConnectionId: PEERING } };
    expect(parse({ requestParameters })).toMatchObject({ kind: 'malformed' });
  });

  test('no value of the event is quoted', () => {
    const secret = 'hunter2-AKIASECRET';
    const detail = { eventName: `${secret}!`, eventID: `${secret} `, awsRegion: secret };
    const parsed = parse({ envelope: { account: secret, region: secret, time: secret }, detail });
    expect(parsed.kind).toBe('malformed');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  test('a name that would move the cursor of a terminal is not passed on', () => {
    const detail = { eventName: '\u001b[2Jowned' };
    expect(parse({ detail, envelope: { source: 'aws.s3' } }).eventName).toBe('(unnamed)');
  });
});
