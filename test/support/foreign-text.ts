import fc from 'fast-check';

/** What people have tried elsewhere, a trick each. */
const TRICKS = [
  '\nReason: ok [rule-allows]',
  '\r\n\r\nChanges:\n- all is well',
  '\u2028Rule: any\u2029Requester: nobody',
  '\u0085Accepter: x',
  '<!channel>',
  '<@U012AB3CD>',
  '<https://evil.example/login|Approve it here>',
  'https://evil.example/login',
  'www.evil.example',
  '://',
  '*bold* _it_ ~no~ `code` ```block``` :tada:',
  '> quote',
  '&amp;&lt;!channel&gt;',
  '&&&&&&',
  '\u001b[31mred\u001b[0m',
  '\u001b[2J\u001b[1;1H',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  '\u2066\u2069\u200e\u200f\u061c',
  'pro\u200bd',
  '\ufeff\u00ad\u034f\u3164\ufe0f',
  '\u{e0041}\u{e0042}\u{e007f}',
  '👩\u200d👩\u200d👧 ❤\ufe0f',
  'e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301',
  '"',
  '“quoted”',
  "', not shared. Reason: '",
  '\ud83d',
  '\udc69',
  '\uffff\u{1fffe}',
  '\t  \u00a0\u3000\u2800 ',
  '$& $1 $`',
  '__proto__',
] as const;

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TRICKS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

/** Text as somebody in another account may write it, at times longer than any field takes. */
export const foreignText: fc.Arbitrary<string> = fc
  .tuple(fc.array(piece, { maxLength: 6 }), fc.constantFrom(1, 1, 1, 40, 400))
  .map(([pieces, times]) => pieces.join('').repeat(times));

/**
 * What no outlet passes on: controls, format characters, separators other than a space, lone halves of pairs, and what a
 * screen need not show. Written apart from the code under test.
 */
export const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/u;
