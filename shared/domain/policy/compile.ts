import type { Region } from '../ids.ts';
import { type Digest, digestOf } from './canonical.ts';
import type { Reading } from './conditions.ts';
import { ROLE_BITS, type Uses } from './judgement.ts';
import type { AllowRule, DenyRule, PolicyModel } from './model.ts';
import { indexNodes, type NodeIndex } from './node-index.ts';
import { type Node, nodeAt, NodeTable } from './nodes.ts';

/** The two nodes of one way round of a rule. */
export interface CompiledEnds {
  readonly requester: number;
  readonly accepter: number;
}

export interface CompiledRule<Rule> {
  readonly rule: Rule;
  /** One way round, or two for a `between`. */
  readonly ends: readonly CompiledEnds[];
}

/** The rules that have the same two nodes, by rank. */
export interface Pair {
  /** The first that asks for nothing more. */
  readonly free: number | undefined;
  /** Those that need an approval. */
  readonly approvals: readonly number[];
}

/** All allow rules, or all deny rules. A rule's rank is its place by name. */
export interface RuleSet<Rule> {
  readonly rules: readonly CompiledRule<Rule>[];
  /** By the requester's node, then by the accepter's. */
  readonly pairs: ReadonlyMap<number, ReadonlyMap<number, Pair>>;
}

/** Every selector of the policy, once for each reading that it has. */
export interface CompiledSelectors {
  readonly nodes: readonly Node[];
  readonly index: NodeIndex;
  readonly uses: Uses;
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
export function compilePolicy(model: PolicyModel): CompiledPolicy {
  const table = new NodeTable(model.groups);
  const allow = compileRules(model.allow, table, 'narrow');
  const deny = compileRules(model.deny, table, 'wide');
  const { nodes } = table;
  return {
    version: digestOf({ ...model, groups: [...model.groups] }),
    regions: model.regions,
    defaults: model.defaults,
    guardrails: model.guardrails,
    model,
    selectors: { nodes, index: indexNodes(nodes), uses: usesOf(nodes, [...allow.rules, ...deny.rules]) },
    allow,
    deny,
  };
}

function compileRules<Rule extends AllowRule | DenyRule>(
  rules: readonly Rule[],
  table: NodeTable,
  reading: Reading,
): RuleSet<Rule> {
  const compiled = rules.map((rule) => ({ rule, ends: compileEnds(rule, table, reading) }));
  const pairs = new Map<number, Map<number, { free: number | undefined; approvals: number[] }>>();
  compiled.forEach(({ rule, ends }, rank) => {
    for (const { requester, accepter } of ends) {
      const partners =
        pairs.get(requester) ?? new Map<number, { free: number | undefined; approvals: number[] }>();
      pairs.set(requester, partners);
      const pair = partners.get(accepter) ?? { free: undefined, approvals: [] };
      partners.set(accepter, pair);
      if (rule.kind === 'allow' && rule.needsApproval) pair.approvals.push(rank);
      else pair.free ??= rank;
    }
  });
  return { rules: compiled, pairs };
}

function compileEnds(
  { ends }: AllowRule | DenyRule,
  table: NodeTable,
  reading: Reading,
): readonly CompiledEnds[] {
  const node = (side: Parameters<NodeTable['sideNode']>[0]): number => table.sideNode(side, reading);
  if (ends.kind === 'directed') return [{ requester: node(ends.requester), accepter: node(ends.accepter) }];
  const [one, other] = [node(ends.one), node(ends.other)];
  const there = { requester: one, accepter: other };
  return one === other ? [there] : [there, { requester: other, accepter: one }];
}

/** A node serves in a role when a rule has it there, or when it is a part of one that does. */
function usesOf(nodes: readonly Node[], rules: readonly CompiledRule<unknown>[]): Uses {
  const uses = new Uint8Array(nodes.length);
  const mark = (start: number, bit: number): void => {
    const waiting = [start];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const before = uses[id] ?? 0;
      if ((before & bit) !== 0) continue;
      uses[id] = before | bit;
      waiting.push(...(nodeAt(nodes, id).oneOf ?? []));
    }
  };
  for (const { ends } of rules) {
    for (const { requester, accepter } of ends) {
      mark(requester, ROLE_BITS.requester);
      mark(accepter, ROLE_BITS.accepter);
    }
  }
  return uses;
}
