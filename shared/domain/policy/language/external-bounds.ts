import type { Finding, Path } from './faults.ts';
import { groupsNamedBy, isMapping, listOf, memberOf, membersOf, sidesOf } from './raw.ts';
import { GROUP_DEPTH_MAX } from './references.ts';

const NEEDS_BLOCKS = 'external: true needs cidrs: write the blocks of that VPC, such as cidrs: [10.8.0.0/21]';
const IN_ALL = 'is every address and bounds nothing';

/** A selector of the file, and whether a selector around it is bounded already. */
interface Visit {
  readonly selector: unknown;
  readonly path: Path;
  readonly isBounded: boolean;
}

/**
 * Whoever is outside the organization chooses his CIDRs himself, so an allow rule that lets him in names the blocks:
 * a selector with `external: true` has `cidrs`, or each of its groups has, or a selector around it has. A deny rule is
 * meant wide: a group that only deny rules use needs none, nor does one that is only left out (`except`).
 */
export function checkExternalBounds(file: unknown): Finding[] {
  const groups = membersOf(memberOf(file, 'groups'));
  const bounded = boundedGroups(groups);
  const entries = (section: string): Visit[] =>
    listOf(memberOf(file, section)).flatMap((rule, index) => sideVisits(rule, [section, index], groups));
  const allowing = reach(entries('allow'), groups);
  const used = [...allowing, ...reach(entries('deny'), groups)];
  const excepted = exceptedBy([...used.map(({ selector }) => selector), ...groups.values()], groups);
  const known = new Set([...used, ...reach(excepted, groups)].map(({ path }) => path.join('.')));
  const unused = [...groups.keys()].map((name) => groupVisit(name, groups, false));
  const unusedRoots = withoutUsers(unused.filter(({ path }) => !known.has(path.join('.'))));
  const findings = [...allowing, ...reach(unusedRoots, groups)].flatMap((visit) =>
    findingsAt(visit, bounded),
  );
  return [...new Map(findings.map((finding) => [finding.path.join('.'), finding])).values()];
}

function findingsAt({ selector, path, isBounded }: Visit, bounded: ReadonlySet<string>): Finding[] {
  const isIn = memberOf(selector, 'external') === true && !isBounded && !isBoundedSelector(selector, bounded);
  if (!isIn) return [];
  const whole = listOf(memberOf(selector, 'cidrs')).find(isWhole);
  const message = whole === undefined ? NEEDS_BLOCKS : `${whole} ${IN_ALL}: ${NEEDS_BLOCKS}`;
  return [{ path: [...path, whole === undefined ? 'external' : 'cidrs'], message }];
}

/** Every selector that these lead to, each once for either way round of being bounded. */
function reach(starts: readonly Visit[], groups: ReadonlyMap<string, unknown>): readonly Visit[] {
  const reached = new Map<string, Visit>();
  const waiting = [...starts];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const key = `${visit.path.join('.')} ${visit.isBounded}`;
    if (reached.has(key)) continue;
    reached.set(key, visit);
    const isBounded = visit.isBounded || namesBlocks(visit.selector);
    for (const name of groupNames(visit.selector, groups)) waiting.push(groupVisit(name, groups, isBounded));
  }
  return [...reached.values()];
}

const groupVisit = (name: string, groups: ReadonlyMap<string, unknown>, isBounded: boolean): Visit => ({
  selector: groups.get(name),
  path: ['groups', name],
  isBounded,
});

function sideVisits(rule: unknown, path: Path, groups: ReadonlyMap<string, unknown>): Visit[] {
  return sidesOf(rule, path).flatMap(([sidePath, side]) => {
    const entries = Array.isArray(side)
      ? listOf(side).map((entry, index): [Path, unknown] => [[...sidePath, index], entry])
      : [[sidePath, side] as const];
    return entries.flatMap(([entryPath, entry]): Visit[] => {
      if (typeof entry !== 'string') return [{ selector: entry, path: entryPath, isBounded: false }];
      return groups.has(entry) ? [groupVisit(entry, groups, false)] : [];
    });
  });
}

/** The groups that selectors leave out: whoever is in one of them is not let in by it. */
function exceptedBy(selectors: readonly unknown[], groups: ReadonlyMap<string, unknown>): readonly Visit[] {
  const names = selectors.flatMap((selector) => groupsNamedBy(memberOf(selector, 'except')));
  return names.filter((name) => groups.has(name)).map((name) => groupVisit(name, groups, false));
}

/** Those that no other of them refers to: what is bounded around a group counts for it. */
function withoutUsers(visits: readonly Visit[]): readonly Visit[] {
  const used = new Set(visits.flatMap(({ selector }) => listOf(memberOf(selector, 'groups'))));
  return visits.filter(({ path }) => !used.has(path[1]));
}

/** The groups whose own `cidrs` bound them, or those of all their groups: by layers, as deep as groups may go. */
function boundedGroups(groups: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const bounded = new Set<string>();
  for (let depth = 0; depth <= GROUP_DEPTH_MAX; depth += 1) {
    const before = bounded.size;
    for (const [name, selector] of groups) if (isBoundedSelector(selector, bounded)) bounded.add(name);
    if (bounded.size === before) break;
  }
  return bounded;
}

function isBoundedSelector(selector: unknown, bounded: ReadonlySet<string>): boolean {
  const names = listOf(memberOf(selector, 'groups'));
  const areBounded = names.length > 0 && names.every((name) => typeof name === 'string' && bounded.has(name));
  return namesBlocks(selector) || areBounded;
}

function namesBlocks(selector: unknown): boolean {
  const cidrs = listOf(memberOf(selector, 'cidrs'));
  return cidrs.length > 0 && !cidrs.some(isWhole);
}

const isWhole = (cidr: unknown): cidr is string => typeof cidr === 'string' && cidr.endsWith('/0');

const groupNames = (selector: unknown, groups: ReadonlyMap<string, unknown>): readonly string[] =>
  isMapping(selector)
    ? listOf(selector['groups'])
        .filter((name) => typeof name === 'string')
        .filter((name) => groups.has(name))
    : [];
