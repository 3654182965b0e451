/** How a list that was cut ends. */
const REST = /^and (\d+) more$/;
/** Room for that end, with whatever its reader puts before it. */
const REST_SIZE = 40;

/** Whether it is no sentence of the list, but tells how many more there are. */
export const isRest = (sentence: string): boolean => REST.test(sentence);

/**
 * The first sentences of a list, and how many more there are: so much as people read, and as fits into an item, an event
 * and a message, whatever the size of a network. A list that was cut before may be cut again.
 */
export function atMost(sentences: readonly string[], most: number): readonly string[] {
  if (sentences.length <= most) return sentences;
  const cutBefore = REST.exec(sentences.at(-1) ?? '')?.[1];
  const rest =
    cutBefore === undefined ? sentences.length - most : sentences.length - 1 - most + Number(cutBefore);
  return [...sentences.slice(0, most), `and ${rest} more`];
}

/**
 * The first sentences of a list whose sizes together are no more than `maxSize`, and how many more there are.
 *
 * @param sizeOf the size of one sentence, with what separates it from the next
 */
export function fitting(
  sentences: readonly string[],
  maxSize: number,
  sizeOf: (sentence: string) => number,
): readonly string[] {
  let size = 0;
  let fits = 0;
  for (const [index, sentence] of sentences.entries()) {
    size += sizeOf(sentence);
    if (size > maxSize) return atMost(sentences, fits);
    if (size + REST_SIZE <= maxSize) fits = index + 1;
  }
  return sentences;
}
