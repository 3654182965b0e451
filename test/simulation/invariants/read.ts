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

/** @throws where there is no such text: that is a fault of the simulation */
export function given(answer: unknown, ...path: readonly string[]): string {
  const text = textAt(answer, ...path);
  if (text !== undefined) return text;
  throw new Error(`the simulation answered without ${path.join('.')}`);
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const member = memberAt(value, ...path);
  return Array.isArray(member) ? member : [];
}
