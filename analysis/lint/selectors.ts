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
}

/** Every selector of the file: those of groups, and those written in place. */
export function selectorsOf(file: PolicyFile): readonly PlacedSelector[] {
  const groups = Object.entries(file.groups ?? {}).map(([name, selector]) => ({
    path: ['groups', name],
    selector,
  }));
  return [...groups, ...rulesOf(file).flatMap(({ path, rule }) => entriesOf(rule, path).flatMap(inPlace))];
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
    waiting.push(...(file.groups?.[name]?.groups ?? []));
  }
  return used;
}

interface PlacedEntry {
  readonly path: Path;
  readonly entry: string | SelectorFile;
}

const namesIn = (entry: string | SelectorFile): readonly string[] =>
  typeof entry === 'string' ? [entry] : (entry.groups ?? []);

const inPlace = ({ path, entry }: PlacedEntry): PlacedSelector[] =>
  typeof entry === 'string' ? [] : [{ path, selector: entry }];

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

function entriesOfSide(side: SideFile | undefined, path: Path): readonly PlacedEntry[] {
  if (side === undefined) return [];
  if (!Array.isArray(side)) return [{ path, entry: side }];
  return side.map((entry, index) => ({ path: [...path, index], entry }));
}
