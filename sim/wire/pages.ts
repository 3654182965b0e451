/**
 * One page of a list, for services whose tokens are plain text. The token is the place of the next item.
 * @param refuse throws the service's error for a token that it did not make
 */
export function pageOfList<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
  refuse: () => never,
): { items: Item[]; next: { NextToken?: string } } {
  const start = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? NaN);
  if (!Number.isInteger(start) || start > items.length) refuse();
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: `page-${end}` } : {} };
}
