import type { Region } from '../ids.ts';
import { type Digest, digestOf } from './canonical.ts';
import type { Reading } from './conditions.ts';
import { CoverFinder } from './covers.ts';
import type { AllowRule, DenyRule, PolicyModel } from './model.ts';
import { type Node, NodeTable } from './nodes.ts';
import { type Ends, PairIndex } from './pair-index.ts';
import { TraitTable } from './traits.ts';

export interface CompiledRule<Rule> {
  readonly rule: Rule;
  /** One way round, or two for a `between`. */
  readonly ends: readonly Ends[];
}

/** The rules that have the same two nodes, by rank. */
export interface Pair extends Ends {
  /** The first that asks for nothing more. */
  readonly free: number | undefined;
  /** Those that need an approval. */
  readonly approvals: readonly number[];
}

/** All allow rules, or all deny rules. A rule's rank is its place by name. */
export interface RuleSet<Rule> {
  readonly rules: readonly CompiledRule<Rule>[];
  readonly pairs: readonly Pair[];
  readonly index: PairIndex;
}

/** Every selector of the policy, once for each reading that it has. */
export interface CompiledSelectors {
  readonly nodes: readonly Node[];
  readonly traits: TraitTable;
}

/**
 * A policy ready to decide. Immutable: deciding leaves no trace in it, so that one request can never change what
 * becomes of the next.
 */
export interface CompiledPolicy {
  /** `sha256:…` of the canonical form: comments, layout and order do not change it, anything else does. */
  readonly version: Digest;
  /** The governed regions. */
  readonly regions: readonly Region[];
  readonly defaults: PolicyModel['defaults'];
  readonly guardrails: PolicyModel['guardrails'];
  readonly model: PolicyModel;
  readonly selectors: CompiledSelectors;
  readonly allow: RuleSet<AllowRule>;
  readonly deny: RuleSet<DenyRule>;
}

/**
 * Compiles once, for many decisions.
 *
 * @example
 * ```ts
 * const policy = compilePolicy(model);
 * const decisions = requests.map((request) => decide(policy, request));
 * ```
 */
export function compilePolicy(source: PolicyModel): CompiledPolicy {
  // A copy of its own: nobody can change it from outside, and its texts lie close together in memory instead of
  // being slices of the file, which a decision would wait for.
  const model = structuredClone(source);
  const table = new NodeTable(model.groups);
  const allow = compileRules(model.allow, table, 'narrow');
  const deny = compileRules(model.deny, table, 'wide');
  const { nodes } = table;
  const traits = new TraitTable();
  const finder = new CoverFinder(nodes, traits);
  return {
    version: digestOf({ ...model, groups: [...model.groups] }),
    regions: model.regions,
    defaults: model.defaults,
    guardrails: model.guardrails,
    model,
    selectors: { nodes, traits },
    allow: indexRules(allow, finder, traits.count),
    deny: indexRules(deny, finder, traits.count),
  };
}

function compileRules<Rule extends AllowRule | DenyRule>(
  rules: readonly Rule[],
  table: NodeTable,
  reading: Reading,
): readonly CompiledRule<Rule>[] {
  return rules.map((rule) => ({ rule, ends: compileEnds(rule, table, reading) }));
}

function indexRules<Rule extends AllowRule | DenyRule>(
  rules: readonly CompiledRule<Rule>[],
  finder: CoverFinder,
  traitCount: number,
): RuleSet<Rule> {
  const pairs = pairsOf(rules);
  const requesters = finder.coversOf(pairs.map(({ requester }) => requester));
  const accepters = finder.coversOf(pairs.map(({ accepter }) => accepter));
  return { rules, pairs, index: new PairIndex(pairs, requesters, accepters, traitCount) };
}

interface GrowingPair extends Ends {
  free: number | undefined;
  readonly approvals: number[];
}

function pairsOf(rules: readonly CompiledRule<AllowRule | DenyRule>[]): readonly Pair[] {
  const pairs = new Map<string, GrowingPair>();
  rules.forEach(({ rule, ends }, rank) => {
    for (const { requester, accepter } of ends) {
      const key = `${requester} ${accepter}`;
      const pair = pairs.get(key) ?? { requester, accepter, free: undefined, approvals: [] };
      pairs.set(key, pair);
      if (rule.kind === 'allow' && rule.needsApproval) pair.approvals.push(rank);
      else pair.free ??= rank;
    }
  });
  return [...pairs.values()];
}

function compileEnds({ ends }: AllowRule | DenyRule, table: NodeTable, reading: Reading): readonly Ends[] {
  const node = (side: Parameters<NodeTable['sideNode']>[0]): number => table.sideNode(side, reading);
  if (ends.kind === 'directed') return [{ requester: node(ends.requester), accepter: node(ends.accepter) }];
  const [one, other] = [node(ends.one), node(ends.other)];
  const there = { requester: one, accepter: other };
  return one === other ? [there] : [there, { requester: other, accepter: one }];
}
