import type { Path } from './faults.ts';

/* The values of a policy file as YAML gives them, before any schema has looked at them. */

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const memberOf = (value: unknown, key: string): unknown =>
  isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;

export const membersOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(isMapping(value) ? Object.entries(value) : []);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The groups that a side names itself: whether they exist, and what those are made of, is another question. */
export const groupsNamedBy = (side: unknown): readonly string[] =>
  (Array.isArray(side) ? listOf(side) : [side]).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : listOf(memberOf(entry, 'groups')).filter(isText),
  );

const isText = (value: unknown): value is string => typeof value === 'string';

/** The sides of a rule, each with its path. */
export function sidesOf(rule: unknown, path: Path): [Path, unknown][] {
  const between = listOf(memberOf(rule, 'between')).map((side, index): [Path, unknown] => [
    [...path, 'between', index],
    side,
  ]);
  const directed = ['requester', 'accepter'].map((key): [Path, unknown] => [
    [...path, key],
    memberOf(rule, key),
  ]);
  return [...directed, ...between];
}
