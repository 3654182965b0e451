import type { Finding, Path } from './faults.ts';
import { ANY } from '../decision/fields.ts';
import { groupsNamedBy, isMapping, listOf, memberOf, membersOf, sidesOf } from './raw.ts';
import { checkPeople } from './people.ts';
import { didYouMean } from './suggest.ts';

/** Groups of groups of groups…: deeper than this nobody can follow. Also bounds the recursion of decisions. */
export const GROUP_DEPTH_MAX = 16;
/** A file with more unknown names than this is wrong in a way that guessing each name does not help. */
const SUGGESTIONS_MAX = 100;

/**
 * What a schema cannot say: names that lead nowhere, names used twice, circles of groups, rules with wrong ends.
 * Works on the raw values, so that these faults come together with those of the schema.
 */
export function checkReferences(file: unknown): Finding[] {
  const groups = membersOf(memberOf(file, 'groups'));
  const known = new Set([...groups.keys(), ANY]);
  const approvers = [...membersOf(memberOf(file, 'approvers')).keys()];
  const findings: Finding[] = [];
  const unknownGroup = (name: string, path: Path): void => {
    if (known.has(name)) return;
    const suggestion = findings.length < SUGGESTIONS_MAX ? didYouMean(name, known) : '';
    findings.push({ path, message: `unknown group '${name}'${suggestion || ': define it under groups'}` });
  };
  for (const [name, selector] of groups) {
    const path = ['groups', name];
    if (name === ANY) {
      const message = `the group '${ANY}' is built in and means every VPC: choose another name`;
      findings.push({ path, message, atKey: true });
    }
    checkSelector(selector, path, unknownGroup, findings);
  }
  const rules = new Map<string, string>();
  for (const section of ['allow', 'deny']) {
    listOf(memberOf(file, section)).forEach((rule, index) => {
      const path = [section, index];
      checkRuleName(memberOf(rule, 'name'), [...path, 'name'], rules, findings);
      if (isMapping(rule)) checkEnds(rule, path, findings);
      findings.push(...unknownApprovers(memberOf(rule, 'approval'), [...path, 'approval'], approvers));
      for (const [sidePath, side] of sidesOf(rule, path)) {
        checkSide(side, sidePath, unknownGroup, findings);
      }
    });
  }
  findings.push(...checkNesting(groups), ...checkPeople(file));
  return findings;
}

function checkRuleName(name: unknown, path: Path, seen: Map<string, string>, findings: Finding[]): void {
  if (typeof name !== 'string') return;
  const earlier = seen.get(name);
  const here = `${path[0]}[${path[1]}]`;
  if (earlier === undefined) seen.set(name, here);
  else
    findings.push({
      path,
      message: `the rule name '${name}' is taken by ${earlier}: give each rule its own`,
    });
}

function unknownApprovers(approval: unknown, path: Path, known: readonly string[]): Finding[] {
  const by = memberOf(approval, 'by');
  const named: [Path, unknown][] = Array.isArray(by)
    ? by.map((name, index) => [[...path, 'by', index], name])
    : [[[...path, 'by'], by]];
  return named.flatMap(([at, name]) => {
    if (typeof name !== 'string' || known.includes(name)) return [];
    const suggestion = didYouMean(name, known) || ': define them under approvers';
    return [{ path: at, message: `unknown approvers '${name}'${suggestion}` }];
  });
}

function checkEnds(rule: Readonly<Record<string, unknown>>, path: Path, findings: Finding[]): void {
  const has = (key: string): boolean => rule[key] !== undefined;
  const directed = ['requester', 'accepter'];
  if (has('between')) {
    const extra = directed.filter(has);
    if (extra.length === 0) return;
    const message = `write either between, or requester and accepter: not between with ${extra.join(' and ')}`;
    findings.push({ path: [...path, 'between'], message, atKey: true });
    return;
  }
  const missing = directed.filter((key) => !has(key));
  if (missing.length === 0) return;
  const message = `the rule lacks ${missing.join(' and ')}: write requester and accepter, or between: [one, other]`;
  findings.push({ path, message });
}

type UnknownGroup = (name: string, path: Path) => void;

function checkSide(side: unknown, path: Path, unknownGroup: UnknownGroup, findings: Finding[]): void {
  if (typeof side === 'string') unknownGroup(side, path);
  else if (Array.isArray(side)) {
    side.forEach((entry, index) => {
      if (!Array.isArray(entry)) checkSide(entry, [...path, index], unknownGroup, findings);
    });
  } else checkSelector(side, path, unknownGroup, findings);
}

function checkSelector(selector: unknown, path: Path, unknownGroup: UnknownGroup, findings: Finding[]): void {
  if (!isMapping(selector)) return;
  if (Object.keys(selector).length === 0) {
    const message = `an empty selector would take in every VPC: name what it selects, or use the group '${ANY}'`;
    findings.push({ path, message });
  }
  const tags = selector['tags'];
  if (isMapping(tags) && Object.keys(tags).length === 0) {
    const message = 'tags is empty: name at least one tag, or leave the key out';
    findings.push({ path: [...path, 'tags'], message });
  }
  listOf(selector['groups']).forEach((name, index) => {
    if (typeof name === 'string') unknownGroup(name, [...path, 'groups', index]);
  });
  if (selector['except'] !== undefined) {
    checkSide(selector['except'], [...path, 'except'], unknownGroup, findings);
  }
}

/** Circles and overlong chains among groups; goes by layers, for a recursion could exhaust the stack. */
function checkNesting(groups: ReadonlyMap<string, unknown>): Finding[] {
  const waiting = new Map<string, string[]>();
  for (const [name, selector] of groups) {
    const names = [...groupsNamedBy(selector), ...groupsNamedBy(memberOf(selector, 'except'))];
    waiting.set(
      name,
      names.filter((entry) => groups.has(entry)),
    );
  }
  // Each round settles the groups whose members are settled: what a bounded number of rounds cannot settle is
  // in a circle, leads into one, or stands on too long a chain.
  for (let depth = 0; depth <= GROUP_DEPTH_MAX && waiting.size > 0; depth += 1) {
    const settled = [...waiting].filter(([, names]) => !names.some((name) => waiting.has(name)));
    for (const [name] of settled) waiting.delete(name);
  }
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const start of waiting.keys()) {
    const circle = circleFrom(start, waiting);
    if (circle === undefined || circle.some((name) => told.has(name))) continue;
    for (const name of circle) told.add(name);
    const message = `the groups go in a circle: ${[...circle, circle[0]].join(' → ')}; take one reference out`;
    findings.push({ path: ['groups', circle[0] ?? start, 'groups'], message });
  }
  if (findings.length > 0 || waiting.size === 0) return findings;
  const [first] = waiting.keys();
  const message = `groups refer to groups more than ${GROUP_DEPTH_MAX} deep here: name the groups directly`;
  return [{ path: ['groups', first ?? ''], message }];
}

/** Follows unsettled references until a group comes again: the circle it ends in. */
function circleFrom(start: string, waiting: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const trail: string[] = [];
  const places = new Map<string, number>();
  let name: string | undefined = start;
  while (name !== undefined && !places.has(name)) {
    places.set(name, trail.length);
    trail.push(name);
    name = waiting.get(name)?.find((next) => waiting.has(next));
  }
  return name === undefined ? undefined : trail.slice(places.get(name));
}
