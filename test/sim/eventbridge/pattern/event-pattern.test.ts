import { compilePattern } from '../../../../sim/eventbridge/pattern/compile.ts';

const EVENT = {
  source: 'aws.ec2',
  'detail-type': 'AWS API Call via CloudTrail',
  account: '111122223333',
  resources: ['arn:a', 'arn:b'],
  detail: {
    name: 'Frankfurt/eu-central-1',
    count: 5,
    ratio: 301.8,
    done: true,
    nothing: null,
    address: '10.0.0.33',
    address6: '2001:db8::5',
    text: 'a*b\\c',
    empty: '',
    tags: [
      { key: 'team', value: 'network' },
      { key: 'stage', value: 'prod' },
    ],
    none: [],
    nested: { leaf: 1 },
  },
};

const matches = (detail: object): boolean => compilePattern({ detail })(EVENT);

describe('a pattern', () => {
  test('matches when every field that it names fits', () => {
    expect(compilePattern({ source: ['aws.ec2'], detail: { count: [5] } })(EVENT)).toBe(true);
    expect(compilePattern({ source: ['aws.ec2'], detail: { count: [6] } })(EVENT)).toBe(false);
  });

  test('may be JSON text', () => {
    expect(compilePattern('{"source":["aws.ec2"]}')(EVENT)).toBe(true);
  });

  test('does not match a field that the event lacks', () => {
    expect(matches({ missing: ['x'] })).toBe(false);
    expect(compilePattern({ missing: { inner: ['x'] } })(EVENT)).toBe(false);
  });

  test('matches nothing that is no event', () => {
    expect(compilePattern({ source: ['x'] })('x')).toBe(false);
  });
});

test.each<[string, object, boolean]>([
  ['an exact text', { name: ['other', 'Frankfurt/eu-central-1'] }, true],
  ['an exact text of another case', { name: ['frankfurt/eu-central-1'] }, false],
  ['an exact number', { count: [5] }, true],
  ['a text where the event has a number', { count: ['5'] }, false],
  ['true', { done: [true] }, true],
  ['false where the event has true', { done: [false] }, false],
  ['null', { nothing: [null] }, true],
  ['null where the field is missing', { missing: [null] }, false],
  ['null where the field is empty', { empty: [null] }, false],
  ['the empty text', { empty: [''] }, true],
  ['an exact text by its operator', { name: [{ exactly: 'Frankfurt/eu-central-1' }] }, true],

  ['a prefix', { name: [{ prefix: 'Frank' }] }, true],
  ['a prefix of another case', { name: [{ prefix: 'frank' }] }, false],
  ['a prefix whatever the case', { name: [{ prefix: { 'equals-ignore-case': 'FRANK' } }] }, true],
  ['a prefix of a number', { count: [{ prefix: '5' }] }, false],
  ['a suffix', { name: [{ suffix: 'central-1' }] }, true],
  ['a suffix whatever the case', { name: [{ suffix: { 'equals-ignore-case': 'CENTRAL-1' } }] }, true],
  ['another suffix', { name: [{ suffix: 'west-1' }] }, false],
  ['a text whatever the case', { name: [{ 'equals-ignore-case': 'FRANKFURT/EU-CENTRAL-1' }] }, true],
  ['a part of a text whatever the case', { name: [{ 'equals-ignore-case': 'frankfurt' }] }, false],

  ['anything but a text', { name: [{ 'anything-but': 'Paris' }] }, true],
  ['anything but this text', { name: [{ 'anything-but': 'Frankfurt/eu-central-1' }] }, false],
  [
    'anything but a list of texts',
    { name: [{ 'anything-but': ['Paris', 'Frankfurt/eu-central-1'] }] },
    false,
  ],
  ['anything but a number', { count: [{ 'anything-but': 6 }] }, true],
  ['anything but a list of numbers', { count: [{ 'anything-but': [4, 5] }] }, false],
  ['anything but a text where the event has a number', { count: [{ 'anything-but': '5' }] }, true],
  ['anything but a text where the field is missing', { missing: [{ 'anything-but': 'x' }] }, false],
  ['anything but a prefix', { name: [{ 'anything-but': { prefix: 'Paris' } }] }, true],
  ['anything but this prefix', { name: [{ 'anything-but': { prefix: 'Frank' } }] }, false],
  ['anything but a list of prefixes', { name: [{ 'anything-but': { prefix: ['x', 'Frank'] } }] }, false],
  ['anything but a suffix', { name: [{ 'anything-but': { suffix: 'west-1' } }] }, true],
  ['anything but this suffix', { name: [{ 'anything-but': { suffix: ['central-1'] } }] }, false],
  [
    'anything but a text whatever the case',
    { done: [{ 'anything-but': { 'equals-ignore-case': 'x' } }] },
    true,
  ],
  [
    'anything but this text whatever the case',
    { name: [{ 'anything-but': { 'equals-ignore-case': ['frankfurt/EU-central-1'] } }] },
    false,
  ],
  ['anything but a wildcard', { name: [{ 'anything-but': { wildcard: '*/us-*' } }] }, true],
  ['anything but this wildcard', { name: [{ 'anything-but': { wildcard: ['*/eu-*'] } }] }, false],

  ['a number equal', { ratio: [{ numeric: ['=', 3.018e2] }] }, true],
  ['a number less', { count: [{ numeric: ['<', 5] }] }, false],
  ['a number less or equal', { count: [{ numeric: ['<=', 5] }] }, true],
  ['a number greater', { count: [{ numeric: ['>', 5] }] }, false],
  ['a number greater or equal', { count: [{ numeric: ['>=', 5] }] }, true],
  ['a number in a range', { count: [{ numeric: ['>', 0, '<=', 5] }] }, true],
  ['a number beyond a range', { count: [{ numeric: ['>=', 0, '<', 5] }] }, false],
  ['a number where the event has a text', { name: [{ numeric: ['>', 0] }] }, false],

  ['a field that exists', { count: [{ exists: true }] }, true],
  ['null, which exists', { nothing: [{ exists: true }] }, true],
  ['a field that does not exist', { missing: [{ exists: false }] }, true],
  ['a field that should not exist', { count: [{ exists: false }] }, false],
  ['an object, which is no leaf and so does not exist', { nested: [{ exists: false }] }, true],
  ['an empty list, which has no leaf', { none: [{ exists: true }] }, false],
  ['a missing field inside a missing object', { missing: { inner: [{ exists: false }] } }, true],
  ['a field that is missing or has a value', { missing: ['x', { exists: false }] }, true],

  ['a wildcard', { name: [{ wildcard: 'Frank*/eu-*-1' }] }, true],
  ['a wildcard that fits the empty text', { name: [{ wildcard: 'Frankfurt/eu-central-1*' }] }, true],
  ['a wildcard that does not fit', { name: [{ wildcard: 'Frank*/us-*' }] }, false],
  ['an escaped star and backslash', { text: [{ wildcard: 'a\\*b\\\\*' }] }, true],
  ['an escaped star, which is no wildcard', { name: [{ wildcard: 'Frank\\*' }] }, false],

  ['an IPv4 block', { address: [{ cidr: '10.0.0.0/24' }] }, true],
  ['another IPv4 block', { address: [{ cidr: '10.0.1.0/24' }] }, false],
  ['an IPv6 block', { address6: [{ cidr: '2001:db8::/64' }] }, true],
  ['another IPv6 block', { address6: [{ cidr: '2001:db9::/64' }] }, false],
  ['a block of the other family', { address6: [{ cidr: '0.0.0.0/0' }] }, false],
  ['a block where the event has no address', { name: [{ cidr: '0.0.0.0/0' }] }, false],

  ['a number however it is written', { count: [5.0, 1e1] }, true],
  ['a wildcard with a repeated part behind the star', { name: [{ wildcard: '*/eu-central-1' }] }, true],
  ['an empty prefix, which every text has', { name: [{ prefix: '' }] }, true],
  ['an empty prefix of a number', { count: [{ prefix: '' }] }, false],
  ['anything but a text where the event has null', { nothing: [{ 'anything-but': 'x' }] }, true],
  [
    'anything but a wildcard where the event has a number',
    { count: [{ 'anything-but': { wildcard: '*' } }] },
    true,
  ],
  ['null where the list is empty', { none: [null] }, false],
  ['a name with dots for a nested field', { 'nested.leaf': [1] }, true],
  ['any of several matches', { name: [{ prefix: 'x' }, { suffix: '-1' }] }, true],
])('the pattern of %s: %j is %s', (_what, detail, expected) => {
  expect(matches(detail)).toBe(expected);
});

describe('lists in events', () => {
  test('match when any of their values does', () => {
    expect(compilePattern({ resources: ['arn:b'] })(EVENT)).toBe(true);
    expect(compilePattern({ resources: ['arn:c'] })(EVENT)).toBe(false);
  });

  test('match anything-but when any value is another', () => {
    expect(compilePattern({ resources: [{ 'anything-but': 'arn:a' }] })(EVENT)).toBe(true);
  });

  test('of objects match when one object fits the whole of a nested pattern', () => {
    expect(matches({ tags: { key: ['team'], value: ['network'] } })).toBe(true);
    expect(matches({ tags: { key: ['team'], value: ['prod'] } })).toBe(false);
  });
});

describe('fields', () => {
  test('named twice count as named the second time', () => {
    expect(compilePattern('{"detail":{"count":[6]},"detail":{"count":[5]}}')(EVENT)).toBe(true);
  });

  test('of an event may have dots in their names', () => {
    expect(compilePattern({ a: { b: { c: [1] } } })({ a: { 'b.c': 1 } })).toBe(true);
    expect(compilePattern({ a: { b: { c: [1] } } })({ 'a.b.c.d': 1 })).toBe(false);
  });

  test('that must not exist must not in the very element that fits the rest', () => {
    const open = { tags: { key: ['team'], note: [{ exists: false }] } };
    expect(matches(open)).toBe(true);
    const noted = { tags: [{ key: 'team', note: 'x' }, { key: 'stage' }] };
    expect(compilePattern({ detail: open })({ detail: noted })).toBe(false);
  });
});

describe('$or', () => {
  test('matches when one of its branches does, together with the fields beside it', () => {
    const branches = [{ count: [6] }, { done: [true] }];

    expect(matches({ $or: branches })).toBe(true);
    expect(matches({ $or: branches, name: ['Paris'] })).toBe(false);
    expect(matches({ $or: [{ count: [6] }, { done: [false] }] })).toBe(false);
  });

  test('may be nested', () => {
    expect(
      matches({ $or: [{ count: [6] }, { done: [true], $or: [{ count: [7] }, { ratio: [301.8] }] }] }),
    ).toBe(true);
  });

  test('of one branch, or with an operator for a field, is a field of that name', () => {
    expect(compilePattern({ $or: { a: ['b'] } })({ $or: { a: 'b' } })).toBe(true);
    expect(compilePattern({ $or: [{ prefix: 'x' }] })({ $or: 'xyz' })).toBe(true);
    expect(compilePattern({ $or: [{ prefix: 'x' }, { prefix: 'y' }] })({ $or: 'yes' })).toBe(true);
  });
});
