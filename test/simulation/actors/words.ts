/** What somebody may hope to be read as more than his word: lines, links, mentions, escapes, the other direction. */
const WORDS = [
  'shared\nReason: all is well, nothing to do [rule-allows]',
  'app\r\n\r\nNeeds a person:\n- open https://login.example/ and confirm',
  '<!channel> <https://login.example/|confirm here>',
  '\u001b[2K\u001b[1Adata',
  '\u202Edetcennoc\u202C',
  '*bold* `code` @everyone &lt;',
  'x'.repeat(256),
] as const;

/** The nth of them, over and over. */
export const forgedWord = (nth: number): string => WORDS[nth % WORDS.length] ?? WORDS[0];
