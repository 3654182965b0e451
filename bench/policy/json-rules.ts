import type { RuleProperties, TopLevelCondition } from 'json-rules-engine';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { type AddressRange, isWithin, overlaps, rangeOf } from './address-range.ts';
import { at, type Library, Referee, type Translated, type Workload } from './engine.ts';
import { cidrReading, type Effect, externalOf, type Rule, type RuleSide } from './rules.ts';

/**
 * json-rules-engine as its documentation makes it fast, by priorities: those that deny come first, then those that
 * allow, then those that need an approval, and the first level with a match stops the engine; of a rule the first
 * condition is looked at before the others. Facts are constants, one for each field, so that no JSON path is walked;
 * they are made before the clock runs, CIDRs parsed. The engine copies a rule each time that it looks at it: so
 * values are plain texts, events hold a name only, and the CIDRs of rules are parsed once, into a map.
 */
export function translateForJsonRules({ rules, requests }: Workload): Translated {
  const properties = rules.map(ruleOf);
  const facts = requests.map(({ requester, accepter }) => ({
    ...factsOf('requester', requester),
    ...factsOf('accepter', accepter),
  }));
  return { open: () => openJsonRules(properties, facts, new Referee(rules)) };
}

type Facts = Readonly<Record<string, unknown>>;

async function openJsonRules(
  rules: readonly RuleProperties[],
  facts: readonly Facts[],
  referee: Referee,
): Promise<Library> {
  const { Engine } = await import('json-rules-engine');
  const load: Library['load'] = () => {
    const engine = new Engine();
    const ranges = new Map<string, AddressRange>();
    const listed = (cidr: string): AddressRange => {
      const known = ranges.get(cidr);
      if (known !== undefined) return known;
      const range = rangeOf(cidr);
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
    const decide = async (request: number) => {
      const { events } = await engine.run(at(facts, request));
      return referee.decide(events.map(({ type }) => type));
    };
    return { kind: 'async', decide };
  };
  return { load };
}

const RULE_PRIORITIES: Readonly<Record<Effect, number>> = { deny: 3, allow: 2, approve: 1 };
/** Above that of the others, which is 1. */
const FIRST_CONDITION_PRIORITY = 2;

function ruleOf({ name, effect, between, one, other }: Rule): RuleProperties {
  const way = (requester: RuleSide, accepter: RuleSide): TopLevelCondition => {
    const conditions = [
      ...conditionsOf(requester, 'requester', effect),
      ...conditionsOf(accepter, 'accepter', effect),
    ];
    const all = conditions.map((condition, index) =>
      index === 0 ? { ...condition, priority: FIRST_CONDITION_PRIORITY } : condition,
    );
    return { all };
  };
  return {
    conditions: between ? { any: [way(one, other), way(other, one)] } : way(one, other),
    event: { type: name },
    priority: RULE_PRIORITIES[effect],
  };
}

type Side = 'requester' | 'accepter';

interface Condition {
  readonly fact: string;
  readonly operator: string;
  readonly value: unknown;
}

function conditionsOf({ selector }: RuleSide, side: Side, effect: Effect): readonly Condition[] {
  const { accounts, ous, regions, tags, cidrs } = selector;
  const external = externalOf(selector, effect);
  const conditions: Condition[] = [];
  const add = (field: string, operator: string, value: unknown): void => {
    conditions.push({ fact: `${side}-${field}`, operator, value });
  };
  const addOneOf = (field: string, list: readonly string[]): void =>
    list.length === 1 ? add(field, 'equal', list[0]) : add(field, 'in', list);
  const addAnyOf = (field: string, list: readonly string[]): void =>
    list.length === 1 ? add(field, 'contains', list[0]) : add(field, 'containsAny', list);
  if (accounts !== undefined) addOneOf('account', accounts);
  if (ous !== undefined) addAnyOf('ous', ous);
  for (const [key, values] of Object.entries(tags ?? {})) {
    const wanted = values.map((value) => tagText(key, value));
    addAnyOf('tags', wanted);
  }
  if (cidrs !== undefined) add('cidrs', cidrReading(effect), cidrs);
  if (external !== undefined) add('external', 'equal', external);
  if (regions !== undefined) addOneOf('region', regions);
  return conditions;
}

function factsOf(side: Side, { accountId, region, membership, cidrs, tags }: PolicySide): Facts {
  const known = tags === 'unknown' ? {} : tags;
  return {
    [`${side}-account`]: accountId,
    [`${side}-ous`]: membership.kind === 'member' ? membership.ous : [],
    [`${side}-external`]: membership.kind === 'external',
    [`${side}-region`]: region,
    [`${side}-tags`]: Object.entries(known).map(([key, value]) => tagText(key, value)),
    [`${side}-cidrs`]: cidrs === 'unknown' ? [] : cidrs.map(rangeOf),
  };
}

/** Neither keys nor values of the bench have an equals sign. */
const tagText = (key: string, value: string): string => `${key}=${value}`;
