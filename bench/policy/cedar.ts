import type { EntityJson, StatefulAuthorizationCall, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicySide } from '../../shared/domain/policy/side.ts';
import { at, type Library, type Translated, type Workload } from './engine.ts';
import { VPC_CIDRS_MAX } from './organization.ts';
import {
  type Answer,
  cidrReading,
  externalOf,
  OUTCOMES,
  type Rule,
  type RuleSide,
  type Selector,
  UNMATCHED,
} from './rules.ts';

/**
 * Cedar by the fastest way that its WebAssembly build has: the policies are parsed once by `preparsePolicySet` and stay
 * inside, and `statefulIsAuthorized` gets a call that was made before the clock runs, with no schema and only the two
 * entities that it is about. OUs and the account are parents, so that `in` looks one up by hash; the cheap conditions
 * stand first. A rule is one policy, both ways round of a `between` included.
 *
 * Cedar has no "for each" over a set: the CIDRs of a VPC are its attributes `cidr0` to `cidr2`.
 */
export function translateForCedar({ rules, requests }: Workload): Translated {
  const policies = Object.fromEntries(rules.map((rule) => [rule.name, policyOf(rule)]));
  const effects = new Map(rules.map(({ name, effect }) => [name, effect]));
  const calls = requests.map(({ requester, accepter }): StatefulAuthorizationCall => ({
    principal: uidOf(requester),
    action: { type: 'Action', id: 'peer' },
    resource: uidOf(accepter),
    context: {},
    preparsedPolicySetId: POLICY_SET,
    entities: [entityOf(requester), entityOf(accepter)],
  }));
  return { open: () => openCedar(policies, effects, calls) };
}

const POLICY_SET = 'bench';

async function openCedar(
  policies: Readonly<Record<string, string>>,
  effects: ReadonlyMap<string, Rule['effect']>,
  calls: readonly StatefulAuthorizationCall[],
): Promise<Library> {
  const { preparsePolicySet, statefulIsAuthorized } = await import('@cedar-policy/cedar-wasm/nodejs');
  const load: Library['load'] = () => {
    const parsed = preparsePolicySet(POLICY_SET, { staticPolicies: policies });
    if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
    return {
      kind: 'sync',
      decide: (request) => {
        const answer = statefulIsAuthorized(at(calls, request));
        if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('\n'));
        const { reason, errors } = answer.response.diagnostics;
        if (errors.length > 0) throw new Error(errors.map(({ error }) => error.message).join('\n'));
        return answerOf(reason, effects);
      },
    };
  };
  return { load };
}

/** Cedar names every policy that took part: forbids alone if there is one. One that needs no approval goes first. */
function answerOf(names: readonly string[], effects: ReadonlyMap<string, Rule['effect']>): Answer {
  let best: { readonly rule: string; readonly effect: Rule['effect'] } | undefined;
  for (const rule of names) {
    const effect = effects.get(rule);
    if (effect === undefined) throw new Error(`there is no rule ${rule}`);
    const sameEffect = best?.effect === effect;
    if (best === undefined || (sameEffect ? rule < best.rule : best.effect === 'approve')) best = { rule, effect };
  }
  return best === undefined ? UNMATCHED : { kind: OUTCOMES[best.effect], rule: best.rule };
}

const uidOf = ({ vpcId }: PolicySide): TypeAndId => ({ type: 'Vpc', id: vpcId });

function entityOf(side: PolicySide): EntityJson {
  const { accountId, region, membership, cidrs, tags } = side;
  if (cidrs === 'unknown' || cidrs.length > VPC_CIDRS_MAX) {
    throw new Error('the policies look at so many known CIDRs and no more');
  }
  const ous = membership.kind === 'member' ? membership.ous : [];
  return {
    uid: uidOf(side),
    attrs: {
      external: membership.kind === 'external',
      region,
      ...Object.fromEntries(cidrs.map((cidr, index) => [`cidr${index}`, ip(cidr)])),
    },
    parents: [{ type: 'Account', id: accountId }, ...ous.map((id) => ({ type: 'Ou', id }))],
    tags: tags === 'unknown' ? {} : tags,
  };
}

const ip = (arg: string) => ({ __extn: { fn: 'ip', arg } });

function policyOf({ effect, between, one, other }: Rule): string {
  const way = (requester: RuleSide, accepter: RuleSide): string =>
    all([...conditionsOf(requester, 'principal', effect), ...conditionsOf(accepter, 'resource', effect)]);
  const ways = between ? any([way(one, other), way(other, one)]) : way(one, other);
  return `${effect === 'deny' ? 'forbid' : 'permit'} (principal, action, resource) when { ${ways} };`;
}

type Variable = 'principal' | 'resource';

function conditionsOf({ selector }: RuleSide, variable: Variable, effect: Rule['effect']): readonly string[] {
  const { accounts, ous, regions, tags, cidrs } = selector;
  const external = externalOf(selector, effect);
  const conditions: string[] = [];
  if (accounts !== undefined) conditions.push(under(variable, 'Account', accounts));
  if (ous !== undefined) conditions.push(under(variable, 'Ou', ous));
  if (external !== undefined) conditions.push(`${external ? '' : '!'}${variable}.external`);
  if (regions !== undefined) conditions.push(oneOf(`${variable}.region`, regions));
  for (const [key, values] of Object.entries(tags ?? {})) {
    const tag = JSON.stringify(key);
    conditions.push(`${variable}.hasTag(${tag})`, oneOf(`${variable}.getTag(${tag})`, values));
  }
  if (cidrs !== undefined) conditions.push(cidrCondition(variable, cidrs, cidrReading(effect)));
  return conditions;
}

function under(variable: Variable, type: string, ids: readonly string[]): string {
  const uids = ids.map((id) => `${type}::${JSON.stringify(id)}`);
  return `${variable} in ${uids.length === 1 ? uids.join('') : `[${uids.join(', ')}]`}`;
}

function oneOf(value: string, list: readonly string[]): string {
  const texts = list.map((text) => JSON.stringify(text));
  return texts.length === 1 ? `${value} == ${texts.join('')}` : `[${texts.join(', ')}].contains(${value})`;
}

function cidrCondition(
  variable: Variable,
  cidrs: NonNullable<Selector['cidrs']>,
  reading: ReturnType<typeof cidrReading>,
): string {
  const fits = (own: string): string =>
    any(
      cidrs.map((text) => {
        const listed = `ip(${JSON.stringify(text)})`;
        const within = `${own}.isInRange(${listed})`;
        return reading === 'within' ? within : `${within} || ${listed}.isInRange(${own})`;
      }),
    );
  const slots = Array.from({ length: VPC_CIDRS_MAX }, (_, index) => {
    const name = `cidr${index}`;
    const own = fits(`${variable}.${name}`);
    // A VPC always has its first CIDR.
    if (index === 0) return own;
    return reading === 'within'
      ? `(!(${variable} has ${name}) || ${own})`
      : `(${variable} has ${name} && ${own})`;
  });
  return reading === 'within' ? all(slots) : any(slots);
}

const all = (terms: readonly string[]): string => terms.join(' && ');
const any = (terms: readonly string[]): string => `(${terms.join(' || ')})`;
