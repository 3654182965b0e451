import type { Region } from '../../facts/ids.ts';
import { type Digest, digestOf } from '../language/canonical.ts';
import type { Reading } from './conditions.ts';
import { CoverFinder } from './covers.ts';
import type { AllowRule, DenyRule, PolicyModel } from '../language/model.ts';
import { isOver } from '../language/expiry.ts';
import { hasNotes, withoutNotes } from '../language/notes.ts';
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
  /** The same without trial rules, owners and tickets: of two policies that have it in common every live decision is the same. */
  readonly liveVersion: Digest;
  /** The governed regions. */
  readonly regions: readonly Region[];
  readonly defaults: PolicyModel['defaults'];
  readonly guardrails: PolicyModel['guardrails'];
  readonly dryRun: { readonly all: boolean };
  readonly statusTags: boolean;
  /** The whole file, trial rules too. */
  readonly model: PolicyModel;
  /** Of live rules. */
  readonly selectors: CompiledSelectors;
  /** The live rules. */
  readonly allow: RuleSet<AllowRule>;
  /** The live rules. */
  readonly deny: RuleSet<DenyRule>;
  /**
   * The same policy with its trial rules as live ones: its decision, where it is another, is what they would change.
   * An approval counts for both. `undefined` where there are none.
   */
  readonly trial: CompiledPolicy | undefined;
  /** The live allow rules whose time is over, as if they were all that there is; `undefined` where there are none. */
  readonly expired: CompiledPolicy | undefined;
}

/**
 * Compiles once, for many decisions at one time: see PolicyInTime.
 *
 * @param now epoch milliseconds
 */
export function compilePolicy(source: PolicyModel, now: number): CompiledPolicy {
  // A copy of its own: nobody can change it from outside, and its texts lie close together in memory instead of
  // being slices of the file, which a decision would wait for.
  const model = structuredClone(source);
  const { allow, deny } = model;
  const [inForce, over] = [
    allow.filter((rule) => !isOver(rule, now)),
    allow.filter((rule) => isOver(rule, now)),
  ];
  // Trial rules and expired ones go before anything is built: no index, rank or nearest rule can know of them.
  const live = { ...model, allow: inForce.filter(isLive), deny: deny.filter(isLive) };
  const whole = { ...versionsOf(model), model };
  const lapsed = { ...model, allow: over.filter(isLive), deny: [] };
  const none = { trial: undefined, expired: undefined };
  const expired = lapsed.allow.length === 0 ? undefined : { ...compileLive(lapsed), ...whole, ...none };
  const isAllLive = [...inForce, ...deny].every(isLive);
  const tried = { ...model, allow: inForce.map(asLive), deny: deny.map(asLive) };
  const trial = isAllLive
    ? undefined
    : { ...compileLive(tried), ...whole, model: tried, trial: undefined, expired };
  return { ...compileLive(live), ...whole, trial, expired };
}

/** The same at all times: that a rule expires outdates no approval of another one. */
function versionsOf(model: PolicyModel): Pick<CompiledPolicy, 'version' | 'liveVersion'> {
  const { allow, deny } = model;
  const version = versionOf(model);
  const isBare = [...allow, ...deny].every((rule) => isLive(rule) && !hasNotes(rule));
  if (isBare) return { version, liveVersion: version };
  const bare = {
    ...model,
    allow: withoutNotes(allow.filter(isLive)),
    deny: withoutNotes(deny.filter(isLive)),
  };
  return { version, liveVersion: versionOf(bare) };
}

const isLive = ({ dryRun }: AnyRule): boolean => !dryRun;
const asLive = <Rule extends AnyRule>(rule: Rule): Rule => ({ ...rule, dryRun: false });
const versionOf = (model: PolicyModel): Digest => digestOf({ ...model, groups: [...model.groups] });

/** A policy whose rules are all live. */
function compileLive(
  model: PolicyModel,
): Omit<CompiledPolicy, 'version' | 'liveVersion' | 'model' | 'trial' | 'expired'> {
  const table = new NodeTable(model.groups);
  const allow = { rules: compileRules(model.allow, table, 'narrow') };
  const deny = { rules: compileRules(model.deny, table, 'wide') };
  return {
    regions: model.regions,
    defaults: model.defaults,
    guardrails: model.guardrails,
    dryRun: { all: model.dryRun },
    statusTags: model.statusTags,
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
      else if (rule.approval !== undefined) pair.approvals.push(rank);
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

export function ruleAt<Rule>(set: RuleSet<Rule>, rank: number): CompiledRule<Rule> {
  const compiled = set.rules[rank];
  if (compiled === undefined) throw new Error(`there is no rule of rank ${rank}`);
  return compiled;
}
