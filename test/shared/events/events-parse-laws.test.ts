import fc from 'fast-check';
import { parsePeeringId } from '../../../shared/domain/facts/ids.ts';
import { recordToEvent } from '../../../shared/events/record.ts';
import { parseEvent } from '../../../shared/events/registry.ts';
import { ACCEPTER, PEERING, aRecordedCall } from '../../support/recorded-calls.ts';

const ACTIONS = [
  'CreateVpcPeeringConnection',
  'AcceptVpcPeeringConnection',
  'RejectVpcPeeringConnection',
  'DeleteVpcPeeringConnection',
  'ModifyVpcPeeringConnectionOptions',
] as const;

/** Names and values that mean something to the parser, so that chance comes near what it reads. */
const NAMES = `source detail-type detail account region time eventName eventID errorCode requestParameters
  responseElements vpcPeeringConnection vpcPeeringConnectionId VpcPeeringConnectionId recipientAccountId awsRegion
  __proto__ constructor toString`.split(/\s+/);
const telling = fc.constantFrom(...NAMES);
const hint = fc.constantFrom(
  PEERING,
  ACCEPTER,
  'us-east-1',
  'aws.ec2',
  'AWS API Call via CloudTrail',
  ...ACTIONS,
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      hint,
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(fc.oneof(telling, fc.string()), tie('tree'), { maxKeys: 6 }),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  })).tree,
);

const validCall = fc
  .record({ eventName: fc.constantFrom(...ACTIONS), wrapped: fc.boolean() })
  .map(({ eventName, wrapped }) => {
    const answer = { vpcPeeringConnection: { vpcPeeringConnectionId: PEERING } };
    return aRecordedCall({
      eventName,
      requestParameters: wrapped
        ? { XRequest: { VpcPeeringConnectionId: PEERING } }
        : { vpcPeeringConnectionId: PEERING },
      responseElements: wrapped ? { XResponse: answer } : answer,
    });
  });

/** Every object within, with the names of its members. */
function places(value: unknown): { holder: object; name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((name) => [{ holder: value, name }, ...places(Reflect.get(value, name))]);
}

type Mutation = {
  at: number;
  to: { kind: 'value'; value: unknown } | { kind: 'gone' };
  name: string | undefined;
};
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  to: fc.oneof(
    json.map((value) => ({ kind: 'value' as const, value })),
    fc.constant({ kind: 'gone' as const }),
  ),
  // Beside the place instead of in it.
  name: fc.option(fc.oneof(telling, fc.string()), { nil: undefined }),
});

function mutate(event: unknown, mutations: readonly Mutation[]): void {
  for (const { at, to, name } of mutations) {
    const all = places(event);
    const place = all[at % all.length];
    if (place === undefined) return;
    const target = name ?? place.name;
    if (to.kind === 'gone') Reflect.deleteProperty(place.holder, place.name);
    else
      Object.defineProperty(place.holder, target, {
        value: to.value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
}

test('any JSON value comes to one of the three kinds, and is not changed', () => {
  fc.assert(
    fc.property(json, (value) => {
      const before = JSON.stringify(value);
      const kinds = [parseEvent(value), parseEvent(recordToEvent(value))].map(({ kind }) => kind);
      expect(['key', 'ignored', 'malformed']).toEqual(expect.arrayContaining(kinds));
      expect(JSON.stringify(value)).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test("however a valid event is changed, a key has the envelope's account and region", () => {
  fc.assert(
    fc.property(validCall, fc.array(mutation, { maxLength: 4 }), (event, mutations) => {
      mutate(event, mutations);
      const before = JSON.stringify(event);
      const parsed = parseEvent(event);
      expect(JSON.stringify(event)).toBe(before);
      if (parsed.kind !== 'key') return;
      expect(parsed.key.accountId).toBe(event['account']);
      expect(parsed.key.region).toBe(event['region']);
      expect(parsePeeringId(parsed.key.peeringId)).toBe(parsed.key.peeringId);
    }),
    { numRuns: 2_000 },
  );
});

test('whatever the wrapper is called, it gives the key that the flat shape gives', () => {
  // These are the flat shape's own names, so a member of that name is no wrapper.
  const name = fc.string().filter((text) => text.toLowerCase() !== 'vpcpeeringconnectionid');
  const actions = fc.constantFrom(...ACTIONS).filter((action) => action !== 'CreateVpcPeeringConnection');
  fc.assert(
    fc.property(name, actions, (wrapper, eventName) => {
      const requestParameters = { [wrapper]: { VpcPeeringConnectionId: PEERING } };
      const flat = parseEvent(aRecordedCall({ eventName }));
      expect(flat.kind).toBe('key');
      expect(parseEvent(aRecordedCall({ eventName, requestParameters }))).toEqual(flat);
    }),
  );
});

test('nothing but a key without an error code: a failed call never gives one', () => {
  fc.assert(
    fc.property(validCall, fc.string({ minLength: 1 }), (event, errorCode) => {
      const detail = { ...Object(event['detail']), errorCode };
      expect(parseEvent({ ...event, detail }).kind).toBe('ignored');
    }),
  );
});
