/** What is deep in a value of unknown form; undefined where it is not there. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let member = value;
  for (const name of path) {
    member = typeof member === 'object' && member !== null ? Reflect.get(member, name) : undefined;
  }
  return member;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const member = memberAt(value, ...path);
  return typeof member === 'string' ? member : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const member = memberAt(value, ...path);
  return Array.isArray(member) ? member : [];
}
