/** Whether `text` fits a pattern of IAM: `*` is any text, `?` any one character, all else itself. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) => {
    if (char === '*') return '.*';
    return char === '?' ? '.' : `\\${char}`;
  });
  return new RegExp(`^${source}$`, 's').test(text);
}
