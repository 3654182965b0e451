import type { Event, RuleProperties, TopLevelCondition } from 'json-rules-engine';
import type { PolicySide } from '../../shared/domain/policy/side.ts';
import { type AddressRange, isWithin, overlaps, rangeOf } from './address-range.ts';
import { at, type Library, type Translated, type Workload } from './engine.ts';
import {
  type Answer,
  cidrReading,
  type Effect,
  externalOf,
  OUTCOMES,
  type Rule,
  type RuleSide,
  UNMATCHED,
} from './rules.ts';

/**
 * json-rules-engine as its documentation makes it fast: deny rules have the highest priority, then those that allow,
 * then those that need an approval, and the first level with a match stops the engine. Facts are constants, one for
 * each field, so that no JSON path is walked; they are made before the clock runs, CIDRs already parsed. The values
 * of rules stay plain JSON, for the engine copies each rule for each run; the CIDRs among them are parsed once.
 */
export function translateForJsonRules({ rules, requests }: Workload): Translated {
  const properties = rules.map(ruleOf);
  const facts = requests.map(({ requester, accepter }) => ({
    ...factsOf('requester', requester),
    ...factsOf('accepter', accepter),
  }));
  return { open: () => openJsonRules(properties, facts) };
}

type Facts = Readonly<Record<string, unknown>>;

async function openJsonRules(rules: RuleProperties[], facts: readonly Facts[]): Promise<Library> {
  const { Engine } = await import('json-rules-engine');
  const load: Library['load'] = () => {
    const engine = new Engine();
    const ranges = new Map<string, AddressRange>();
    const listed = (cidr: string): AddressRange => {
      const range = ranges.get(cidr) ?? rangeOf(cidr);
      ranges.set(cidr, range);
      return range;
    };
    engine.addOperator<readonly string[], readonly string[]>('containsAny', (own, wanted) =>
      wanted.some((value) => own.includes(value)),
    );
    engine.addOperator<readonly AddressRange[], readonly string[]>('within', (own, wanted) =>
      own.every((range) => wanted.some((cidr) => isWithin(range, listed(cidr)))),
    );
    engine.addOperator<readonly AddressRange[], readonly string[]>('overlap', (own, wanted) =>
      own.some((range) => wanted.some((cidr) => overlaps(range, listed(cidr)))),
    );
    for (const rule of rules) engine.addRule(rule);
    engine.on('success', () => {
      engine.stop();
    });
    const decide = async (request: number): Promise<Answer> => {
      const { events } = await engine.run(at(facts, request));
      return answerOf(events);
    };
    return { kind: 'async', decide };
  };
  return { load };
}

/** The events are all of one priority. */
function answerOf(events: readonly Event[]): Answer {
  let best: Answer = UNMATCHED;
  for (const { type, params } of events) {
    const effect = EFFECTS.find((effect) => effect === type);
    const rule: unknown = params?.['rule'];
    if (effect === undefined || typeof rule !== 'string') throw new Error(`there is no event ${type}`);
    if (best.rule === undefined || rule < best.rule) best = { kind: OUTCOMES[effect], rule };
  }
  return best;
}

const EFFECTS = ['deny', 'allow', 'approve'] as const;
const RULE_PRIORITIES: Readonly<Record<Effect, number>> = { deny: 3, allow: 2, approve: 1 };

function ruleOf({ name, effect, between, one, other }: Rule): RuleProperties {
  const way = (requester: RuleSide, accepter: RuleSide): TopLevelCondition => ({
    all: [...conditionsOf(requester, 'requester', effect), ...conditionsOf(accepter, 'accepter', effect)],
  });
  return {
    conditions: between ? { any: [way(one, other), way(other, one)] } : way(one, other),
    event: { type: effect, params: { rule: name } },
    priority: RULE_PRIORITIES[effect],
  };
}

type Side = 'requester' | 'accepter';

interface Condition {
  readonly fact: string;
  readonly operator: string;
  readonly value: unknown;
}

function conditionsOf({ selector }: RuleSide, side: Side, effect: Effect): Condition[] {
  const { accounts, ous, regions, tags, cidrs } = selector;
  const external = externalOf(selector, effect);
  const conditions: Condition[] = [];
  const add = (field: string, operator: string, value: unknown): void => {
    conditions.push({ fact: `${side}-${field}`, operator, value });
  };
  const addOneOf = (field: string, list: readonly string[]): void => {
    if (list.length === 1) add(field, 'equal', list[0]);
    else add(field, 'in', list);
  };
  const addAnyOf = (field: string, list: readonly string[]): void => {
    if (list.length === 1) add(field, 'contains', list[0]);
    else add(field, 'containsAny', list);
  };
  if (accounts !== undefined) addOneOf('account', accounts);
  if (ous !== undefined) addAnyOf('ous', ous);
  if (external !== undefined) add('external', 'equal', external);
  if (regions !== undefined) addOneOf('region', regions);
  for (const [key, values] of Object.entries(tags ?? {})) {
    addAnyOf(
      'tags',
      values.map((value) => `${key}=${value}`),
    );
  }
  if (cidrs !== undefined) add('cidrs', cidrReading(effect), cidrs);
  return conditions;
}

function factsOf(side: Side, { accountId, region, membership, cidrs, tags }: PolicySide): Facts {
  return {
    [`${side}-account`]: accountId,
    [`${side}-ous`]: membership.kind === 'member' ? membership.ous : [],
    [`${side}-external`]: membership.kind === 'external',
    [`${side}-region`]: region,
    [`${side}-tags`]: Object.entries(tags === 'unknown' ? {} : tags).map(([key, value]) => `${key}=${value}`),
    [`${side}-cidrs`]: cidrs === 'unknown' ? [] : cidrs.map(rangeOf),
  };
}
