import { compilePattern } from '../../../../sim/eventbridge/pattern/compile.ts';
import { AwsError } from '../../../../sim/types.ts';

const leaf = (...list: unknown[]): object => ({ detail: { field: list } });

describe('EventBridge refuses', () => {
  test.each([
    ['what is no JSON', '{', 'Unexpected end-of-input: was expecting double-quote to start field name'],
    ['what is no object', '[]', 'Filter is not an object'],
    ['an empty pattern', {}, 'Empty objects are not allowed'],
    ['an empty nested pattern', { detail: {} }, 'Empty objects are not allowed'],
    ['a value that is not in a list', { source: 'aws.ec2' }, '"source" must be an object or an array'],
    ['an empty list', leaf(), 'Empty arrays are not allowed'],
    ['a list in a list', leaf(['a']), 'Match value must be String, number, true, false, or null'],
    ['an unknown operator', leaf({ contains: 'a' }), 'Unrecognized match type contains'],
    ['an operator without a name', leaf({}), 'Match expression name not found'],
    ['two operators in one', leaf({ prefix: 'a', suffix: 'b' }), 'Only one key allowed in match expression'],
    ['a prefix that is no text', leaf({ prefix: 5 }), 'prefix match pattern must be a string'],
    ['a suffix that is no text', leaf({ suffix: null }), 'suffix match pattern must be a string'],
    [
      'an unknown form of prefix',
      leaf({ prefix: { wildcard: 'a' } }),
      'Unsupported prefix pattern: wildcard',
    ],
    [
      'exists of something else',
      leaf({ exists: 'yes' }),
      'exists match pattern must be either true or false.',
    ],
    ['numeric without a list', leaf({ numeric: 5 }), 'Value of numeric must be an array.'],
    ['numeric without an operator', leaf({ numeric: [5] }), 'Invalid member in numeric match: 5'],
    [
      'numeric with an unknown operator',
      leaf({ numeric: ['~', 5] }),
      'Unrecognized numeric range operator: ~',
    ],
    ['numeric with a text', leaf({ numeric: ['<', '5'] }), 'Value of < must be numeric'],
    ['numeric equal to a text', leaf({ numeric: ['=', '5'] }), 'Value of equals must be numeric'],
    [
      'a range that starts above',
      leaf({ numeric: ['<', 5, '>', 1] }),
      'Too many elements in numeric expression',
    ],
    ['a range with a wrong end', leaf({ numeric: ['>', 1, '=', 5] }), 'Bad numeric range operator: ='],
    [
      'a range with a number for an operator',
      leaf({ numeric: ['>', 1, 5] }),
      'Bad value in numeric range: 5',
    ],
    [
      'a range with too much',
      leaf({ numeric: ['>', 1, '<', 5, '<'] }),
      'Too many terms in numeric range expression',
    ],
    ['a range that is empty', leaf({ numeric: ['>', 5, '<', 1] }), 'Bottom must be less than top'],
    [
      'a number that no double is',
      '{"a":[{"numeric":[">",9007199254740993]}]}',
      'Cannot compare number : 9007199254740993',
    ],
    ['numeric without anything', leaf({ numeric: [] }), 'Invalid member in numeric match: ]'],
    ['a CIDR without a mask', leaf({ cidr: '10.0.0.0' }), "Malformed CIDR, one '/' required"],
    [
      'a CIDR with a wrong mask',
      leaf({ cidr: '10.0.0.0/x' }),
      'Malformed CIDR, mask bits must be an integer',
    ],
    ['a CIDR with too long a mask', leaf({ cidr: '10.0.0.0/33' }), 'IPv4 mask bits must be < 32'],
    ['a CIDR with a wrong address', leaf({ cidr: '10.0.0/24' }), 'Nonstandard IP address: 10.0.0'],
    ['two wildcards in a row', leaf({ wildcard: 'a**' }), 'Consecutive wildcard characters at pos 2'],
    ['an escape of something else', leaf({ wildcard: 'a\\b' }), 'Invalid escape character at pos 2'],
    [
      'anything-but of true',
      leaf({ 'anything-but': true }),
      'Value of anything-but must be an array or single string/number value.',
    ],
    [
      'anything-but of texts and numbers',
      leaf({ 'anything-but': ['a', 5] }),
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [
      'anything-but of null in a list',
      leaf({ 'anything-but': [null] }),
      'Inside anything but list, start|null|boolean is not supported.',
    ],
    [
      'anything-but of an unknown operator',
      leaf({ 'anything-but': { cidr: 'x' } }),
      'Unsupported anything-but pattern: cidr',
    ],
    [
      'anything-but of an empty prefix',
      leaf({ 'anything-but': { prefix: '' } }),
      'Null prefix/suffix not allowed',
    ],
    [
      'a list for a block of addresses',
      leaf({ cidr: ['10.0.0.0/8'] }),
      'prefix match pattern must be a string',
    ],
    ['a negative mask', leaf({ cidr: '10.0.0.0/-1' }), 'Malformed CIDR, mask bits must not be negative'],
    [
      'too many stars',
      leaf({ wildcard: '*/*/*/*/*/*/end' }),
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    ],
    [
      'anything-but of a prefix whatever the case',
      leaf({ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }),
      'Value of anything-but must be an array or single string/number value.',
    ],
    [
      'anything-but of a wildcard that is no text',
      leaf({ 'anything-but': { wildcard: [1] } }),
      'wildcard match pattern must be a string',
    ],
    [
      'anything-but of a number whatever the case',
      leaf({ 'anything-but': { 'equals-ignore-case': 1 } }),
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
    ],
    [
      'two operators, the first of which counts',
      leaf({ numeric: ['=', 1], prefix: 'a' }),
      'Too many elements in numeric expression',
    ],
    ['a prefix of nothing whatever the case', leaf({ prefix: {} }), 'Prefix expression name not found'],
  ])('%s', (_what, pattern, reason) => {
    const { code, message } = refusal(pattern);
    expect(code).toBe('InvalidEventPatternException');
    // Behind the reason it tells where it stopped; of some reasons it does not.
    expect(message.split('\n')[0]).toBe(`Event pattern is not valid. Reason: ${reason}`);
  });
});

test('EventBridge fails of an empty list within anything-but', () => {
  expect(refusal(leaf({ 'anything-but': { prefix: [] } }))).toMatchObject({
    code: 'InternalFailure',
    httpStatus: 500,
  });
});

describe('EventBridge tells where it stopped', () => {
  test.each([
    ['behind a number', '{"a": 42}', [9]],
    ['behind the quote that opens a text', '{"a": "b"}', [8]],
    ['behind the value of an unknown operator', '{"a": [{"NUMERIC": true}]}', [24]],
    ['behind a text that it has read', '{"a": [{"numeric": [">", 0, ">", 1]}]}', [32]],
    ['at the end of a list', '{"a": []}', [9]],
    ['twice within a list of anything-but', '{"a": [{"anything-but": {"prefix": [1]}}]}', [38, 38]],
    ['not at all of a block of addresses', '{"a": [{"cidr": "10.0.0.0"}]}', []],
    ['behind a word that is no JSON', '{"a": b}', [8]],
  ])('%s', (_what, pattern, columns) => {
    const places = columns.map((column) => `at [Source: (String)"${pattern}"; line: 1, column: ${column}]`);
    expect(refusal(pattern).message.split('\n ').slice(1)).toEqual(places);
  });

  test('by line', () => {
    expect(refusal('{\n  "a": []\n}').message).toMatch(/; line: 2, column: 10\]$/);
  });

  test('and shows no more than five hundred characters', () => {
    const pattern = `{"a": [${'"b", '.repeat(200)}{}]}`;
    expect(refusal(pattern).message).toContain(
      `${pattern.slice(0, 500)}"[truncated ${pattern.length - 500} chars]`,
    );
  });
});

function refusal(pattern: unknown): AwsError {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('the pattern was expected to be refused');
}
