const compiled = new Map<string, RegExp>();

/** Whether `text` fits a pattern of IAM: `*` is any text, `?` any one character, all else itself. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === text;
  const known = compiled.get(pattern);
  if (known !== undefined) return known.test(text);
  const expression = compile(pattern);
  compiled.set(pattern, expression);
  return expression.test(text);
}

function compile(pattern: string): RegExp {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (char) => {
    if (char === '*') return '.*';
    return char === '?' ? '.' : `\\${char}`;
  });
  return new RegExp(`^${source}$`, 's');
}
