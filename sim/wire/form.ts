/** A form's dotted keys as a tree: `Filter.1.Name=x` is `Filter` → `1` → `Name`, whose value is `x`. */
export interface FormNode {
  value?: string;
  readonly children: Map<string, FormNode>;
}

const emptyNode = (): FormNode => ({ children: new Map() });

/** Reads `application/x-www-form-urlencoded` text. */
export function parseForm(body: string): FormNode {
  const root = emptyNode();
  for (const [key, value] of new URLSearchParams(body)) {
    let node = root;
    for (const part of key.split('.')) {
      const child = node.children.get(part) ?? emptyNode();
      node.children.set(part, child);
      node = child;
    }
    node.value = value;
  }
  return root;
}

/** The children with numeric names, in the order of their numbers. */
export function numbered(node: FormNode): readonly FormNode[] {
  return [...node.children]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([left], [right]) => Number(left) - Number(right))
    .map(([, child]) => child);
}
