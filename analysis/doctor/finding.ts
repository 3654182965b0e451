import { CHECKS, type Category, type Code } from './catalog.ts';
import type { Known, Unread } from './facts.ts';

/** `not-known`: it may be well or not; it could not be read. */
export type Severity = 'failure' | 'warning' | 'not-known' | 'ok';

/** What one look at one thing came to. */
export interface Verdict {
  readonly severity: Severity;
  /** What was found, in words. */
  readonly found: string;
  /** Where: an account, or an account and region. */
  readonly where?: string | undefined;
  /** Commands to copy, which people run themselves. */
  readonly fix?: readonly string[] | undefined;
}

/** A check's result: all places where the same was found are one. */
export interface Finding {
  readonly code: Code;
  readonly category: Category;
  readonly severity: Severity;
  readonly title: string;
  readonly found: string;
  readonly where: readonly string[];
  readonly todo: string;
  readonly fix: readonly string[];
  /** The page of this check, in the package and the repository. */
  readonly link: string;
}

const PAGE = 'docs/doctor.md';

export const failure = (found: string, rest: Omit<Verdict, 'severity' | 'found'> = {}): Verdict => ({
  severity: 'failure',
  found,
  ...rest,
});
export const warning = (found: string, rest: Omit<Verdict, 'severity' | 'found'> = {}): Verdict => ({
  severity: 'warning',
  found,
  ...rest,
});
export const well = (found: string, where?: string): Verdict => ({ severity: 'ok', found, where });

/** That something could not be read. */
export const unread = ({ why }: Unread, where?: string): Verdict => ({
  severity: 'not-known',
  found: why,
  where,
});

/** Looks at what is known; otherwise says why it is not. */
export function judge<Value>(
  fact: Known<Value>,
  where: string | undefined,
  look: (value: Value) => Verdict,
): Verdict {
  return fact.kind === 'known' ? look(fact.value) : unread(fact, where);
}

/**
 * One finding for each thing that is wrong or not known, with all places of it; where nothing is, one that says so. No
 * verdict at all is nothing to look at, and well.
 */
export function findingsOf(code: Code, verdicts: readonly Verdict[]): readonly Finding[] {
  const bad = verdicts.filter(({ severity }) => severity !== 'ok');
  if (bad.length === 0)
    return [findingOf(code, { severity: 'ok', found: wellWords(verdicts) }, verdicts.slice(0, 0))];
  const alike = Map.groupBy(bad, ({ severity, found }) => `${severity}\n${found}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [findingOf(code, first, group)];
  });
}

/** In words of its own where there is one verdict; of many how many there are. */
function wellWords(verdicts: readonly Verdict[]): string {
  const [first] = verdicts;
  if (first === undefined) return 'nothing to look at';
  return verdicts.length === 1 ? first.found : `all ${verdicts.length} looked at`;
}

function findingOf(code: Code, { severity, found }: Verdict, group: readonly Verdict[]): Finding {
  const { category, title, todo } = CHECKS[code];
  return {
    code,
    category,
    severity,
    title,
    found,
    where: group.flatMap(({ where }) => where ?? []),
    todo: severity === 'ok' ? '' : todo,
    fix: [...new Set(group.flatMap(({ fix = [] }) => fix))],
    link: `${PAGE}#${code.toLowerCase()}`,
  };
}

const ORDER: readonly Severity[] = ['failure', 'warning', 'not-known', 'ok'];

/** The worst first, then by code. */
export const bySeverity = (one: Finding, other: Finding): number =>
  ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity) || (one.code < other.code ? -1 : 1);
