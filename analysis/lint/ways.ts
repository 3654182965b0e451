import type { CompiledPolicy, CompiledRule } from '../../shared/domain/policy/decision/compile.ts';
import type { AllowRule, DenyRule } from '../../shared/domain/policy/language/model.ts';
import { contradictionOf, implies, type OuWithin, type Term, termsOf } from './terms.ts';

/** One way in which a pair of VPCs can match a rule. */
export interface Way {
  readonly requester: Term;
  readonly accepter: Term;
}

/** A rule with all the ways in which it can match. */
export interface RuleWays<Rule extends AllowRule | DenyRule> {
  readonly rule: Rule;
  /** `rule a`, or `trial rule a` */
  readonly title: string;
  /** Those that are possible; `undefined` where there are too many to look at, and nothing is claimed. */
  readonly ways: readonly Way[] | undefined;
  /** Why the first of the others is impossible. */
  readonly obstacle: string | undefined;
}

/** Two sides of long lists multiply; see {@link RuleWays}. */
const WAYS_MAX = 1024;

/** @param trials the names of the trial rules among them */
export function rulesWithWays(policy: CompiledPolicy, trials: ReadonlySet<string> = new Set()) {
  const titled = <Rule extends AllowRule | DenyRule>(compiled: CompiledRule<Rule>): RuleWays<Rule> => {
    const { name } = compiled.rule;
    return { ...waysOf(policy, compiled), title: `${trials.has(name) ? 'trial rule' : 'rule'} ${name}` };
  };
  return { allow: policy.allow.rules.map(titled), deny: policy.deny.rules.map(titled) };
}

function waysOf<Rule extends AllowRule | DenyRule>(
  policy: CompiledPolicy,
  { rule, ends }: CompiledRule<Rule>,
): Omit<RuleWays<Rule>, 'title'> {
  const ways: Way[] = [];
  let obstacle: string | undefined;
  for (const end of ends) {
    const requesters = termsOf(policy.selectors.nodes, end.requester);
    const accepters = termsOf(policy.selectors.nodes, end.accepter);
    if (requesters === undefined || accepters === undefined) return { rule, ways: undefined, obstacle };
    if (ways.length + requesters.length * accepters.length > WAYS_MAX) {
      return { rule, ways: undefined, obstacle };
    }
    for (const requester of requesters) {
      for (const accepter of accepters) {
        const found = obstacleOf({ requester, accepter }, policy);
        if (found === undefined) ways.push({ requester, accepter });
        else obstacle ??= found;
      }
    }
  }
  return { rule, ways, obstacle };
}

function obstacleOf({ requester, accepter }: Way, { regions }: CompiledPolicy): string | undefined {
  const contradiction = contradictionOf(requester) ?? contradictionOf(accepter);
  if (contradiction !== undefined) return contradiction;
  if (canBeGoverned(requester, regions) || canBeGoverned(accepter, regions)) return undefined;
  return `neither side can be in the organization and in a governed region (${regions.join(', ')})`;
}

export const canBeGoverned = ({ external, regions }: Term, governed: readonly string[]): boolean =>
  external !== true && (regions === undefined || governed.some((region) => regions.has(region)));

export const impliesWay = (inner: Way, outer: Way, ouWithin: OuWithin): boolean =>
  implies(inner.requester, outer.requester, ouWithin) && implies(inner.accepter, outer.accepter, ouWithin);

/** Finds the rules whose ways may hold a given way, without a look at all others. */
export class WayIndex<Rule extends AllowRule | DenyRule> {
  readonly #requesters = new Map<string, Set<RuleWays<Rule>>>();
  readonly #accepters = new Map<string, Set<RuleWays<Rule>>>();
  readonly #ancestors: (ou: string) => readonly string[];

  constructor(rules: readonly RuleWays<Rule>[], ancestors: (ou: string) => readonly string[]) {
    this.#ancestors = ancestors;
    for (const rule of rules) {
      for (const { requester, accepter } of rule.ways ?? []) {
        file(this.#requesters, requester, rule);
        file(this.#accepters, accepter, rule);
      }
    }
  }

  /** All rules of which one way may be implied by this one, and some more. */
  candidates({ requester, accepter }: Way): readonly RuleWays<Rule>[] {
    const one = this.#find(this.#requesters, requester);
    const other = this.#find(this.#accepters, accepter);
    return [...(one.size <= other.size ? one : other)];
  }

  /** What a term implies names at least the term's own values, or the OUs above them. */
  #find(index: ReadonlyMap<string, Set<RuleWays<Rule>>>, term: Term): ReadonlySet<RuleWays<Rule>> {
    const keys = [ANYWHERE];
    for (const field of ['accounts', 'vpcs', 'regions'] as const) {
      for (const value of first(term[field])) keys.push(`${field}:${value}`);
    }
    for (const set of term.ous) {
      for (const ou of first(set)) keys.push(...[ou, ...this.#ancestors(ou)].map((at) => `ous:${at}`));
    }
    for (const [key, values] of term.tags)
      for (const value of first(values)) keys.push(`tag:${key}=${value}`);
    return keys.reduce((found, key) => found.union(index.get(key) ?? new Set()), new Set<RuleWays<Rule>>());
  }
}

const ANYWHERE = '*';

const first = (values: ReadonlySet<string> | undefined): string[] => [...(values ?? [])].slice(0, 1);

function file<Rule>(index: Map<string, Set<Rule>>, term: Term, rule: Rule): void {
  for (const key of keysOf(term)) {
    const filed = index.get(key);
    if (filed === undefined) index.set(key, new Set([rule]));
    else filed.add(rule);
  }
}

/** By one field only, of which every entry is a key. */
function keysOf({ accounts, vpcs, ous: [ous], tags, regions }: Term): readonly string[] {
  if (accounts !== undefined) return [...accounts].map((value) => `accounts:${value}`);
  if (vpcs !== undefined) return [...vpcs].map((value) => `vpcs:${value}`);
  if (ous !== undefined) return [...ous].map((value) => `ous:${value}`);
  for (const [key, values] of tags) return [...values].map((value) => `tag:${key}=${value}`);
  if (regions !== undefined) return [...regions].map((value) => `regions:${value}`);
  return [ANYWHERE];
}
