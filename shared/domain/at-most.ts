/**
 * The first sentences of a list, and how many more there are: so much as people read, and as fits into an item, an event
 * and a message, whatever the size of a network.
 */
export function atMost(sentences: readonly string[], most: number): readonly string[] {
  if (sentences.length <= most) return sentences;
  return [...sentences.slice(0, most), `and ${sentences.length - most} more`];
}
