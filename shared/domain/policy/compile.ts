import type { Region } from '../ids.ts';
import { type Digest, digestOf } from './canonical.ts';
import type { Reading } from './conditions.ts';
import { CoverFinder } from './covers.ts';
import type { AllowRule, DenyRule, PolicyModel } from './model.ts';
import { type Node, NodeTable } from './nodes.ts';
import { type Ends, PairIndex } from './pair-index.ts';
import { type TraitFinder, TraitTable } from './traits.ts';

export interface CompiledRule<Rule> {
  readonly rule: Rule;
  /** One way round, or two for a `between`. */
  readonly ends: readonly Ends[];
}

/** All allow rules, or all deny rules. A rule's rank is its place by name. */
export interface RuleSet<Rule> {
  readonly rules: readonly CompiledRule<Rule>[];
}

/** The rules that have the same two nodes, by rank. Nodes are read to allow or to deny, so all do the one or the other. */
export interface Pair extends Ends {
  /** The first deny rule. */
  readonly deny: number | undefined;
  /** The first allow rule that asks for nothing more. */
  readonly free: number | undefined;
  /** The allow rules that need an approval. */
  readonly approvals: readonly number[];
}

/** Every selector of the policy, once for each reading that it has. */
export interface CompiledSelectors {
  readonly nodes: readonly Node[];
  readonly pairs: readonly Pair[];
  readonly index: PairIndex;
  /** Finds what the index looks for. */
  readonly traits: TraitFinder;
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
  readonly dryRun: { readonly all: boolean; readonly rules: ReadonlySet<string> };
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
  const allow = { rules: compileRules(model.allow, table, 'narrow') };
  const deny = { rules: compileRules(model.deny, table, 'wide') };
  const dryRules = [...model.allow, ...model.deny].filter((rule) => rule.dryRun);
  return {
    version: digestOf({ ...model, groups: [...model.groups] }),
    regions: model.regions,
    defaults: model.defaults,
    guardrails: model.guardrails,
    dryRun: { all: model.dryRun, rules: new Set(dryRules.map(({ name }) => name)) },
    model,
    selectors: compileSelectors(table.nodes, [...deny.rules, ...allow.rules]),
    allow,
    deny,
  };
}

function compileRules<Rule extends AllowRule | DenyRule>(
  rules: readonly Rule[],
  table: NodeTable,
  reading: Reading,
): readonly CompiledRule<Rule>[] {
  return rules.map((rule) => ({ rule, ends: compileEnds(rule, table, reading) }));
}

function compileSelectors(
  nodes: readonly Node[],
  rules: readonly CompiledRule<AnyRule>[],
): CompiledSelectors {
  const traits = new TraitTable();
  const covers = new CoverFinder(nodes, traits);
  const pairs = pairsOf(rules);
  const index = new PairIndex(
    pairs,
    covers.coversOf(pairs.map(({ requester }) => requester)),
    covers.coversOf(pairs.map(({ accepter }) => accepter)),
    traits.count,
  );
  return { nodes, pairs, index, traits: traits.finder(index.traits) };
}

interface GrowingPair extends Ends {
  deny: number | undefined;
  free: number | undefined;
  readonly approvals: number[];
}

function pairsOf(rules: readonly CompiledRule<AnyRule>[]): readonly Pair[] {
  const pairs = new Map<string, GrowingPair>();
  const ranks = { allow: 0, deny: 0 };
  for (const { rule, ends } of rules) {
    const rank = ranks[rule.kind];
    ranks[rule.kind] += 1;
    for (const { requester, accepter } of ends) {
      const key = `${requester} ${accepter}`;
      const pair = pairs.get(key) ?? { requester, accepter, deny: undefined, free: undefined, approvals: [] };
      pairs.set(key, pair);
      if (rule.kind === 'deny') pair.deny ??= rank;
      else if (rule.needsApproval) pair.approvals.push(rank);
      else pair.free ??= rank;
    }
  }
  return [...pairs.values()];
}

type AnyRule = AllowRule | DenyRule;

function compileEnds({ ends }: AnyRule, table: NodeTable, reading: Reading): readonly Ends[] {
  const node = (side: Parameters<NodeTable['sideNode']>[0]): number => table.sideNode(side, reading);
  if (ends.kind === 'directed') return [{ requester: node(ends.requester), accepter: node(ends.accepter) }];
  const [one, other] = [node(ends.one), node(ends.other)];
  const there = { requester: one, accepter: other };
  return one === other ? [there] : [there, { requester: other, accepter: one }];
}
