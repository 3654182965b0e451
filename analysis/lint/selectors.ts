import type { Path } from '../../shared/domain/policy/language/faults.ts';
import type {
  DenyRuleFile,
  AllowRuleFile,
  PolicyFile,
  SelectorFile,
  SideFile,
} from '../../shared/domain/policy/language/schema.ts';

/** A selector with where it stands. */
export interface PlacedSelector {
  readonly path: Path;
  readonly selector: SelectorFile;
  /** Whether it says who is left out. */
  readonly isExcept: boolean;
}

/** Every selector of the file: those of groups, those written in place, and what each leaves out. */
export function selectorsOf(file: PolicyFile): readonly PlacedSelector[] {
  const groups = Object.entries(file.groups ?? {}).map(([name, selector]) => ({
    path: ['groups', name],
    selector,
    isExcept: false,
  }));
  const entries = rulesOf(file).flatMap(({ path, rule }) => entriesOf(rule, path));
  const written = [...groups, ...entries.flatMap((entry) => inPlace(entry, false))];
  const excepts = written.flatMap(({ path, selector }) =>
    entriesOfSide(selector.except, [...path, 'except']),
  );
  return [...written, ...excepts.flatMap((entry) => inPlace(entry, true))];
}

/** The names of groups that some rule refers to, directly or through other groups. */
export function usedGroups(file: PolicyFile): ReadonlySet<string> {
  const used = new Set<string>();
  const waiting = rulesOf(file).flatMap(({ path, rule }) =>
    entriesOf(rule, path).flatMap(({ entry }) => namesIn(entry)),
  );
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    const group = file.groups?.[name];
    if (group !== undefined) waiting.push(...namesIn(group));
  }
  return used;
}

interface PlacedEntry {
  readonly path: Path;
  readonly entry: string | SelectorFile;
}

function namesIn(entry: string | SelectorFile): readonly string[] {
  if (typeof entry === 'string') return [entry];
  const excepted = entriesOfSide(entry.except, []).flatMap((left) => namesIn(left.entry));
  return [...(entry.groups ?? []), ...excepted];
}

const inPlace = ({ path, entry }: PlacedEntry, isExcept: boolean): PlacedSelector[] =>
  typeof entry === 'string' ? [] : [{ path, selector: entry, isExcept }];

function rulesOf({ allow = [], deny = [] }: PolicyFile) {
  const place = <Rule extends AllowRuleFile | DenyRuleFile>(section: string, rules: readonly Rule[]) =>
    rules.map((rule, index) => ({ path: [section, index], rule }));
  return [...place('allow', allow), ...place('deny', deny)];
}

function entriesOf({ requester, accepter, between }: AllowRuleFile | DenyRuleFile, path: Path) {
  return [
    ...entriesOfSide(requester, [...path, 'requester']),
    ...entriesOfSide(accepter, [...path, 'accepter']),
    ...entriesOfSide(between?.[0], [...path, 'between', 0]),
    ...entriesOfSide(between?.[1], [...path, 'between', 1]),
  ];
}

/** The entries of a side, or of what a selector leaves out. */
export function entriesOfSide(side: SideFile | undefined, path: Path): readonly PlacedEntry[] {
  if (side === undefined) return [];
  if (!Array.isArray(side)) return [{ path, entry: side }];
  return side.map((entry, index) => ({ path: [...path, index], entry }));
}
