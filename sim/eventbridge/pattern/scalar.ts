import type { SourceNode } from './json-source.ts';

/** A leaf of an event: what a match expression looks at. */
export type Scalar = string | number | boolean | null;

/** Whether one leaf of an event fits a match expression. */
export type ScalarMatch = (value: Scalar) => boolean;

export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** An object of JSON: not null, not a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Looks at strings only; other leaves do not fit. */
export const onString =
  (match: (text: string) => boolean): ScalarMatch =>
  (value) =>
    typeof value === 'string' && match(value);

/** A leaf equal to this one. Numbers are equal by value, however they are written. */
export function exactly(node: SourceNode & { readonly text: string }): ScalarMatch {
  const wanted: unknown = node.kind === 'string' ? node.text : JSON.parse(node.text);
  return (value) => value === wanted;
}
