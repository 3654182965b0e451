import { createHash } from 'node:crypto';

declare const brand: unique symbol;
/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string & { readonly [brand]: 'Digest' };

const DIGEST_FORM = /^sha256:[0-9a-f]{64}$/;

/** For digests that come back from the ledger or from Slack. */
export function parseDigest(text: unknown): Digest | undefined {
  const isDigest = (value: unknown): value is Digest => typeof value === 'string' && DIGEST_FORM.test(value);
  return isDigest(text) ? text : undefined;
}

/** JSON with sorted keys and without undefined members: equal values give equal text. Lists keep their order. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([one], [other]) => compareText(one, other))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

export function digestOf(value: unknown): Digest {
  const hex = createHash('sha256').update(canonicalJson(value)).digest('hex');
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === undefined) throw new Error('a SHA-256 digest has 64 hexadecimal digits');
  return digest;
}

/** By UTF-16 code units: the same on every machine, whatever its locale. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Sorted and without repetitions. */
export function sortedUnique<Text extends string>(texts: readonly Text[]): readonly Text[] {
  return [...new Set(texts)].toSorted(compareText);
}
