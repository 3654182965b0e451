import { canonicalJson } from '../../shared/domain/policy/language/canonical.ts';
import type { AllowRule, DenyRule } from '../../shared/domain/policy/language/model.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import type { OuWithin } from './terms.ts';
import { impliesWay, type RuleWays, type Way, WayIndex } from './ways.ts';

/** A finding about a rule as a whole. */
export interface RuleFinding {
  readonly code: 'never-matches' | 'covered' | 'cancelled-by-deny' | 'deny-hits-nothing';
  readonly rule: string;
  /** The rules that make this one useless, if any do. */
  readonly by: readonly string[];
  readonly message: string;
}

export interface RulesWithWays {
  readonly allow: readonly RuleWays<AllowRule>[];
  readonly deny: readonly RuleWays<DenyRule>[];
}

/** How the OUs nest, as far as that is known. */
export interface OuNesting {
  readonly within: OuWithin;
  readonly ancestors: (ou: string) => readonly string[];
}

/** Rules that change nothing because of what they say themselves, or of what other rules say. */
export function findUselessRules({ allow, deny }: RulesWithWays, nesting: OuNesting): readonly RuleFinding[] {
  const never = [...allow, ...deny].flatMap(neverMatches);
  const denyIndex = new WayIndex(deny, nesting.ancestors);
  const cancelled = allow.flatMap((rule) => cancelledByDeny(rule, denyIndex, nesting));
  const told = new Set([...never, ...cancelled].map(({ rule }) => rule));
  const left = <Rule extends AllowRule | DenyRule>(rules: readonly RuleWays<Rule>[]) =>
    rules.filter(({ rule }) => !told.has(rule.name));
  const allowIndex = new WayIndex(allow, nesting.ancestors);
  const covered = [
    ...left(allow).flatMap((rule) => coveredBy(rule, allowIndex, nesting, allowRemainder)),
    ...left(deny).flatMap((rule) => coveredBy(rule, denyIndex, nesting, denyRemainder)),
  ];
  return [...never, ...cancelled, ...covered];
}

function neverMatches({ rule, title, ways, obstacle }: RuleWays<AllowRule | DenyRule>): RuleFinding[] {
  if (ways === undefined || ways.length > 0) return [];
  const message = `${title} can never match: ${obstacle ?? 'it contradicts itself'}. Correct its selectors, or take it out`;
  return [{ code: 'never-matches', rule: rule.name, by: [], message }];
}

function cancelledByDeny(
  { rule, title, ways = [] }: RuleWays<AllowRule>,
  denies: WayIndex<DenyRule>,
  { within }: OuNesting,
): RuleFinding[] {
  if (ways.length === 0) return [];
  const by = new Set<string>();
  for (const way of ways) {
    const stopper = denies
      .candidates(way)
      .find((deny) => deny.ways?.some((outer) => impliesWay(way, outer, within)));
    if (stopper === undefined) return [];
    by.add(stopper.rule.name);
  }
  const names = [...by];
  const message = `${title} allows nothing: deny ${names.length === 1 ? 'rule' : 'rules'} ${shortList(names)} ${names.length === 1 ? 'stops' : 'stop'} all that it matches. Narrow the deny, or take this rule out`;
  return [{ code: 'cancelled-by-deny', rule: rule.name, by: names, message }];
}

/** What is lost with the rule, in words; `undefined` where it still has an effect of its own. */
type Remainder<Rule> = (rule: Rule, cover: Rule, areEqual: boolean) => string | undefined;

function coveredBy<Rule extends AllowRule | DenyRule>(
  { rule, title, ways = [] }: RuleWays<Rule>,
  index: WayIndex<Rule>,
  { within }: OuNesting,
  remainder: Remainder<Rule>,
): RuleFinding[] {
  const [firstWay] = ways;
  if (firstWay === undefined) return [];
  const covers = (outer: readonly Way[], inner: readonly Way[]): boolean =>
    inner.every((way) => outer.some((wider) => impliesWay(way, wider, within)));
  const candidates = index.candidates(firstWay).toSorted(byName);
  for (const candidate of candidates) {
    if (candidate.rule.name === rule.name || candidate.ways === undefined) continue;
    if (!covers(candidate.ways, ways)) continue;
    const said = remainder(rule, candidate.rule, covers(ways, candidate.ways));
    if (said === undefined) continue;
    const message = `${title} changes nothing: ${candidate.title} matches all that it matches${said}`;
    return [{ code: 'covered', rule: rule.name, by: [candidate.rule.name], message }];
  }
  return [];
}

type Named = RuleWays<AllowRule | DenyRule>;
const byName = (one: Named, other: Named): number => (one.rule.name < other.rule.name ? -1 : 1);

/** Mirrors the order in which allow rules go: without approval first, then by name. */
const allowRemainder: Remainder<AllowRule> = (rule, cover, areEqual) => {
  // It goes on when the other one's time is over.
  if ((cover.expires ?? Infinity) < (rule.expires ?? Infinity)) return undefined;
  if ((rule.approval === undefined) !== (cover.approval === undefined)) {
    return rule.approval !== undefined
      ? ' and needs no approval, so nobody is ever asked. Narrow the wider rule, or take this one out'
      : undefined;
  }
  const isFirst = rule.name < cover.name;
  const options = ({ connect, limits, approval }: AllowRule): string =>
    canonicalJson({ connect, limits, approval });
  if (options(rule) === options(cover)) {
    // Of two that are the same in all, one is reported.
    const isSame = areEqual && rule.expires === cover.expires;
    return isSame && isFirst ? undefined : ', with the same options. Take one of them out';
  }
  return isFirst
    ? undefined
    : ' and goes first by its name, so the connect and limits here never apply. Give this rule a name before it, or take it out';
};

const denyRemainder: Remainder<DenyRule> = (rule, cover, areEqual) => {
  // Where both match, people read the reason of the first by name.
  const isFirst = rule.name < cover.name;
  if (isFirst && (areEqual || (rule.reason !== undefined && rule.reason !== cover.reason))) return undefined;
  return '. Take one of them out';
};
