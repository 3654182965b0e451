import { compilePattern } from '../../sim/event-pattern/compile.ts';

const leaf = (...list: unknown[]): object => ({ detail: { field: list } });

describe('EventBridge refuses', () => {
  test.each([
    ['what is no JSON', '{', 'The pattern is not valid JSON'],
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
      'a number out of bounds',
      leaf({ numeric: ['>', 6e9] }),
      'Value must be between -5.0E9 and 5.0E9, inclusive',
    ],
    ['a CIDR without a mask', leaf({ cidr: '10.0.0.0' }), "Malformed CIDR, one '/' required"],
    [
      'a CIDR with a wrong mask',
      leaf({ cidr: '10.0.0.0/x' }),
      'Malformed CIDR, mask bits must be an integer',
    ],
    ['a CIDR with too long a mask', leaf({ cidr: '10.0.0.0/33' }), 'IPv4 mask bits must be < 33'],
    ['a CIDR with a wrong address', leaf({ cidr: '10.0.0/24' }), 'Nonstandard IP address: 10.0.0'],
    ['two wildcards in a row', leaf({ wildcard: 'a**' }), 'Consecutive wildcard characters at pos 1'],
    ['an escape of something else', leaf({ wildcard: 'a\\b' }), 'Invalid escape character at pos 1'],
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
  ])('%s', (_what, pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'InvalidEventPatternException',
        message: `Event pattern is not valid. Reason: ${reason}`,
      }),
    );
  });
});
