import type { Cidr } from '../../facts/cidr.ts';
import { quoted } from '../../words/foreign-text.ts';
import type { Role } from '../../facts/peering.ts';
import { blockOf } from './blocks.ts';
import {
  type Condition,
  contrary,
  judge,
  MAYBE,
  type SideView,
  tagOf,
  type Verdict,
  YES,
} from './conditions.ts';
import type { Judgement } from './judgement.ts';
import { type Node, nodeAt } from './nodes.ts';
import type { PolicySide } from './side.ts';
import { hasValue, listValues, type Values } from '../language/values.ts';

export type Outcome = 'holds' | 'unknown' | 'fails';

/** One condition of a selector against one fact of a side. */
export interface Evidence {
  readonly field: Condition['kind'] | 'except';
  /** What the selector wants; of a long list only the first few. */
  readonly wanted: readonly string[];
  /** How many entries the selector really lists. */
  readonly wantedCount: number;
  readonly outcome: Outcome;
  /** In words: `OU ou-ab12-prod0001` where it holds, `region us-east-1 is not eu-west-1` where it fails. */
  readonly text: string;
}

/** Why one side of a rule matches a VPC, or does not. */
export interface SideTrace {
  readonly role: Role;
  /** The group through which it matches, or comes nearest; `undefined` for a selector written in place. */
  readonly group: string | undefined;
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
}

/** What a selector with `external: true` wants. */
export const OUTSIDE = 'outside the organization';
const INSIDE = 'in the organization';
const DEFAULT_VPC = 'a default VPC';
const OTHER_VPC = 'not a default VPC';
const WANTED_MAX = 5;
/** One fact unknown is nearer than one that fails. */
const COST_UNKNOWN = 1;
const COST_FAILS = 1000;
const NOTHING = { cost: 0, held: 0 } as const;

/** How near a node is to matching: the less `cost` the nearer, and of equals the one of which more holds already. */
export interface Fit {
  /** Zero when it matches; more, the more of the conditions that it states do not hold. */
  readonly cost: number;
  /** How many of the conditions that it states hold. */
  readonly held: number;
}

export const sumOf = (one: Fit, other: Fit): Fit => ({
  cost: one.cost + other.cost,
  held: one.held + other.held,
});

export const isNearer = (one: Fit, other: Fit): boolean =>
  one.cost < other.cost || (one.cost === other.cost && one.held > other.held);

/** Weighs how far nodes are from matching, and says why. Lives as long as one decision. */
export class Tracer {
  readonly #nodes: readonly Node[];
  readonly #judgement: Judgement;
  readonly #fits = new Map<number, Fit>();

  constructor(nodes: readonly Node[], judgement: Judgement) {
    this.#nodes = nodes;
    this.#judgement = judgement;
  }

  fit(id: number): Fit {
    const known = this.#fits.get(id);
    if (known !== undefined) return known;
    const { conditions, oneOf, except } = nodeAt(this.#nodes, id);
    const own = ownFit(conditions, this.#judgement.view);
    const left = except === undefined ? NOTHING : fitOf(contrary(this.#judgement.of(except)));
    const member = oneOf === undefined ? undefined : this.#nearestMember(oneOf);
    const fit = sumOf(sumOf(own, left), member === undefined ? NOTHING : this.fit(member));
    this.#fits.set(id, fit);
    return fit;
  }

  trace(id: number, role: Role): SideTrace {
    const evidence: Evidence[] = [];
    let group: string | undefined;
    let at: number | undefined = id;
    while (at !== undefined) {
      const node: Node = nodeAt(this.#nodes, at);
      group ??= node.group;
      for (const condition of node.conditions) evidence.push(evidenceOf(condition, this.#judgement.view));
      if (node.except !== undefined) evidence.push(this.#exceptEvidence(node.except, role));
      at = node.oneOf === undefined ? undefined : this.#nearestMember(node.oneOf);
    }
    return { role, group, outcome: outcomeOf(this.#judgement.of(id)), evidence };
  }

  #exceptEvidence(id: number, role: Role): Evidence {
    const wanted = this.#namesOf(id);
    const outcome = outcomeOf(contrary(this.#judgement.of(id)));
    return {
      field: 'except',
      wanted: wanted.slice(0, WANTED_MAX),
      wantedCount: wanted.length,
      outcome,
      text: exceptText(outcome, this.trace(id, role)),
    };
  }

  /** What people call it: groups by their names, else what its conditions want. */
  #namesOf(id: number): readonly string[] {
    const { group, conditions, oneOf = [] } = nodeAt(this.#nodes, id);
    if (group !== undefined) return [group];
    return [...conditions.flatMap(wantedBy), ...oneOf.flatMap((part) => this.#namesOf(part))];
  }

  /** The first that matches, or else the one that comes nearest. */
  #nearestMember(members: readonly number[]): number | undefined {
    let best: number | undefined;
    for (const member of members) {
      if (this.#judgement.of(member) === YES) return member;
      if (best === undefined || isNearer(this.fit(member), this.fit(best))) best = member;
    }
    return best;
  }
}

/** What the silence of a selector means counts only where all that it states holds: it is no miss of its own. */
function ownFit(conditions: readonly Condition[], view: SideView): Fit {
  let fit: Fit = NOTHING;
  let implied = 0;
  for (const condition of conditions) {
    const verdict = judge(condition, view);
    if (condition.kind === 'membership' && !condition.isStated) implied += fitOf(verdict).cost;
    else fit = sumOf(fit, fitOf(verdict));
  }
  return fit.cost < COST_FAILS ? { ...fit, cost: fit.cost + implied } : fit;
}

function fitOf(verdict: Verdict): Fit {
  if (verdict === YES) return { cost: 0, held: 1 };
  return { cost: verdict === MAYBE ? COST_UNKNOWN : COST_FAILS, held: 0 };
}

const outcomeOf = (verdict: Verdict): Outcome =>
  verdict === YES ? 'holds' : verdict === MAYBE ? 'unknown' : 'fails';

/** @param excepted how the side fits what is left out */
function exceptText(outcome: Outcome, { group, evidence }: SideTrace): string {
  const texts = (of: Outcome): string =>
    shortList(evidence.filter((one) => one.outcome === of).map(({ text }) => text));
  const what = group === undefined ? '' : ` as ${group}`;
  switch (outcome) {
    case 'holds':
      return 'not excepted';
    case 'fails':
      return `it is excepted${what}${evidence.length === 0 ? '' : ` (${texts('holds')})`}`;
    case 'unknown':
      return `it may be excepted${what}: ${texts('unknown')}`;
  }
}

function evidenceOf(condition: Condition, view: SideView): Evidence {
  const wanted = wantedBy(condition);
  const outcome = outcomeOf(judge(condition, view));
  return {
    field: condition.kind,
    wanted: wanted.slice(0, WANTED_MAX),
    wantedCount: wanted.length,
    outcome,
    text: WORDS[outcome](condition, view),
  };
}

function wantedBy(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'membership':
      return [condition.external ? OUTSIDE : INSIDE];
    case 'defaultVpc':
      return [condition.isDefault ? DEFAULT_VPC : OTHER_VPC];
    case 'cidrs':
      return condition.set.cidrs;
    case 'tag':
      return listValues(condition.values).map((value) => `${condition.key}=${value}`);
    case 'accounts':
    case 'ous':
    case 'regions':
    case 'vpcs':
      return listValues(condition.values);
  }
}

const WORDS = { holds: whatHolds, fails: whatFails, unknown: whatLacks } as const;

function whatHolds(condition: Condition, view: SideView): string {
  const { side, ous } = view;
  switch (condition.kind) {
    case 'accounts':
      return `account ${side.accountId}`;
    case 'ous':
      return `OU ${ous.find((ou) => hasValue(condition.values, ou)) ?? ''}`;
    case 'membership':
      return condition.external ? OUTSIDE : INSIDE;
    case 'regions':
      return `region ${side.region}`;
    case 'vpcs':
      return side.vpcId;
    case 'defaultVpc':
      return condition.isDefault ? DEFAULT_VPC : OTHER_VPC;
    case 'tag':
      return `tag ${condition.key}=${tagOf(view.tags ?? {}, condition.key) ?? ''}`;
    case 'cidrs': {
      if (condition.reading === 'narrow') return `CIDR ${shortList(cidrsOf(side))}`;
      const hit = cidrsOf(side).find((cidr) => condition.set.touches(blockOf(cidr)));
      return `CIDR ${hit ?? ''} overlaps ${shortList(condition.set.cidrs, 'or')}`;
    }
  }
}

function whatFails(condition: Condition, view: SideView): string {
  const { side } = view;
  switch (condition.kind) {
    case 'accounts':
      return `account ${side.accountId} is not ${oneOf(condition.values)}`;
    case 'ous':
      return ouMiss(condition.values, view);
    case 'membership':
      return condition.external
        ? `account ${side.accountId} is in the organization, and the rule wants external: true`
        : `account ${side.accountId} is outside the organization, and the rule does not say external: true`;
    case 'regions':
      return `region ${side.region} is not ${oneOf(condition.values)}`;
    case 'vpcs':
      return `${side.vpcId} is not ${oneOf(condition.values)}`;
    case 'defaultVpc':
      return `${side.vpcId} is ${condition.isDefault ? OTHER_VPC : DEFAULT_VPC}`;
    case 'tag': {
      const value = tagOf(view.tags ?? {}, condition.key);
      return value === undefined
        ? `${side.vpcId} has no tag ${condition.key}`
        : `tag ${condition.key} of ${side.vpcId} is ${quoted(value)}, not ${oneOf(condition.values)}`;
    }
    case 'cidrs': {
      const wanted = shortList(condition.set.cidrs, 'or');
      if (condition.reading === 'wide') return `no CIDR of ${side.vpcId} overlaps ${wanted}`;
      const miss = cidrsOf(side).find((cidr) => !condition.set.covers(blockOf(cidr)));
      return `CIDR ${miss ?? ''} of ${side.vpcId} is not within ${wanted}`;
    }
  }
}

function ouMiss(values: Values, { side, ous, external }: SideView): string {
  const wanted = `OU ${shortList(listValues(values), 'or')}`;
  if (external) return `account ${side.accountId} is outside the organization, not in ${wanted}`;
  const [nearest, ...above] = ous;
  if (nearest === undefined) return `account ${side.accountId} is in no OU, so not in ${wanted}`;
  const under = above.length === 0 ? '' : ` under ${shortList(above)}`;
  return `account ${side.accountId} is in OU ${nearest}${under}, not in ${wanted}`;
}

function whatLacks(condition: Condition, { side, external }: SideView): string {
  if (condition.kind === 'defaultVpc') {
    const why = external ? 'nobody here can read' : 'it is not known yet';
    return `${why} whether ${side.vpcId} is a default VPC${external ? ', outside the organization' : ''}`;
  }
  const fact = condition.kind === 'cidrs' ? 'CIDRs' : 'tags';
  return external
    ? `nobody here can read the ${fact} of ${side.vpcId}, outside the organization`
    : `the ${fact} of ${side.vpcId} are not known yet`;
}

const cidrsOf = (side: PolicySide): readonly Cidr[] => (side.cidrs === 'unknown' ? [] : side.cidrs);

function oneOf(values: Values): string {
  const listed = listValues(values);
  return listed.length === 1 ? shortList(listed) : `one of ${shortList(listed)}`;
}

/** `a, b and 7 more` */
export function shortList(texts: readonly string[], word = 'and'): string {
  const shown = texts.slice(0, WANTED_MAX);
  const more = texts.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.pop();
  if (last === undefined) return '';
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`;
}
