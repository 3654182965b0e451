import type { Region } from '../ids.ts';
import { type Digest, digestOf } from './canonical.ts';
import type { Reading } from './conditions.ts';
import { ALONE, type NodeFlags, ROLE_BITS } from './judgement.ts';
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
  readonly accepter: number;
  /** The first that asks for nothing more. */
  readonly free: number | undefined;
  /** Those that need an approval. */
  readonly approvals: readonly number[];
}

/** The rules of one requester's node. */
export interface Partners {
  readonly list: readonly Pair[];
  /** Only for a long list, of which few match. */
  readonly byAccepter: ReadonlyMap<number, Pair> | undefined;
}

/** All allow rules, or all deny rules. A rule's rank is its place by name. */
export interface RuleSet<Rule> {
  readonly rules: readonly CompiledRule<Rule>[];
  /** By the requester's node. */
  readonly pairs: readonly (Partners | undefined)[];
}

/** Every selector of the policy, once for each reading that it has. */
export interface CompiledSelectors {
  readonly nodes: readonly Node[];
  readonly index: NodeIndex;
  readonly flags: NodeFlags;
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
  const allow = compileRules(model.allow, table, 'narrow');
  const deny = compileRules(model.deny, table, 'wide');
  const { nodes } = table;
  const dryRules = [...model.allow, ...model.deny].filter(({ dryRun }) => dryRun);
  return {
    version: digestOf({ ...model, groups: [...model.groups] }),
    regions: model.regions,
    defaults: model.defaults,
    guardrails: model.guardrails,
    dryRun: { all: model.dryRun, rules: new Set(dryRules.map(({ name }) => name)) },
    model,
    selectors: { nodes, index: indexNodes(nodes), flags: flagsOf(nodes, [...allow.rules, ...deny.rules]) },
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
  return { rules: compiled, pairs: pairsOf(compiled, table.nodes.length) };
}

interface GrowingPair {
  readonly accepter: number;
  free: number | undefined;
  readonly approvals: number[];
}

/** Up to this many partners, looking at each is faster than a map, and takes less memory. */
const LISTED_PARTNERS_MAX = 8;

function pairsOf(
  rules: readonly CompiledRule<AllowRule | DenyRule>[],
  nodeCount: number,
): readonly (Partners | undefined)[] {
  const byRequester = new Map<number, Map<number, GrowingPair>>();
  rules.forEach(({ rule, ends }, rank) => {
    for (const { requester, accepter } of ends) {
      const partners = byRequester.get(requester) ?? new Map<number, GrowingPair>();
      byRequester.set(requester, partners);
      const pair = partners.get(accepter) ?? { accepter, free: undefined, approvals: [] };
      partners.set(accepter, pair);
      if (rule.kind === 'allow' && rule.needsApproval) pair.approvals.push(rank);
      else pair.free ??= rank;
    }
  });
  return Array.from({ length: nodeCount }, (_, node) => {
    const partners = byRequester.get(node);
    if (partners === undefined) return undefined;
    const isLong = partners.size > LISTED_PARTNERS_MAX;
    return { list: [...partners.values()], byAccepter: isLong ? partners : undefined };
  });
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

function flagsOf(nodes: readonly Node[], rules: readonly CompiledRule<unknown>[]): NodeFlags {
  const flags = new Uint8Array(nodes.length);
  // A node serves in a role when a rule has it there, or when it is a part of one that does.
  const mark = (
    start: number,
    { member, external }: { readonly member: number; readonly external: number },
  ) => {
    const waiting = [start];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const before = flags[id] ?? 0;
      if ((before & (member | external)) !== 0) continue;
      const { conditions, oneOf } = nodeAt(nodes, id);
      const membership = conditions.find(({ kind }) => kind === 'membership');
      const wantsExternal = membership?.kind === 'membership' ? membership.external : undefined;
      const others = conditions.length - (membership === undefined ? 0 : 1);
      flags[id] =
        before |
        (wantsExternal === true ? 0 : member) |
        (wantsExternal === false ? 0 : external) |
        (oneOf === undefined && others === 1 ? ALONE : 0);
      waiting.push(...(oneOf ?? []));
    }
  };
  for (const { ends } of rules) {
    for (const { requester, accepter } of ends) {
      mark(requester, ROLE_BITS.requester);
      mark(accepter, ROLE_BITS.accepter);
    }
  }
  return flags;
}
