import { invalidPattern } from './invalid.ts';

/** `*` fits any text; `\*` and `\\` stand for themselves; nothing else may be escaped, nor may `*` repeat. */
export function compileWildcard(pattern: string): (text: string) => boolean {
  let source = '';
  let afterStar = false;
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern.charAt(index);
    if (char === '*') {
      if (afterStar) throw invalidPattern(`Consecutive wildcard characters at pos ${index - 1}`);
      source += '.*';
      afterStar = true;
      continue;
    }
    afterStar = false;
    if (char !== '\\') {
      source += RegExp.escape(char);
      continue;
    }
    const escaped = pattern.charAt(++index);
    if (escaped !== '*' && escaped !== '\\')
      throw invalidPattern(`Invalid escape character at pos ${index - 1}`);
    source += RegExp.escape(escaped);
  }
  const regex = new RegExp(`^${source}$`, 's');
  return (text) => regex.test(text);
}
