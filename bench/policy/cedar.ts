import type { EntityJson, StatefulAuthorizationCall, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { at, type Library, Referee, type Translated, type Workload } from './engine.ts';
import { VPC_CIDRS_MAX } from './organization.ts';
import { cidrReading, type Effect, externalOf, type Rule, type RuleSide, type Selector } from './rules.ts';

/**
 * Cedar by the fastest way that its WebAssembly build has: the policies are parsed once by `preparsePolicySet` and stay
 * inside, and `statefulIsAuthorized` gets a call that was made before the clock runs, with no schema and only the two
 * entities that it is about. OUs and the account are parents, which `in` looks up by hash. What can stand in a
 * policy's scope stands there, for a scope that fails costs a third of a condition that fails; behind it the cheap
 * conditions come first.
 *
 * Cedar has no "for each" over a set: the CIDRs of a VPC are its attributes `cidr0` to `cidr2`.
 */
export function translateForCedar({ rules, requests }: Workload): Translated {
  const policies = rules.flatMap(policiesOf);
  const calls = requests.map(({ requester, accepter }): StatefulAuthorizationCall => ({
    principal: uidOf(requester),
    action: { type: 'Action', id: 'peer' },
    resource: uidOf(accepter),
    context: {},
    preparsedPolicySetId: POLICY_SET,
    entities: [entityOf(requester), entityOf(accepter)],
  }));
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  const names = new Map(policies.map(({ id, rule }) => [id, rule]));
  const referee = new Referee(rules);
  const nameOf = (id: string): string => names.get(id) ?? '';
  return { open: () => openCedar(staticPolicies, calls, (ids) => referee.decide(ids.map(nameOf))) };
}

const POLICY_SET = 'bench';

async function openCedar(
  staticPolicies: Record<string, string>,
  calls: readonly StatefulAuthorizationCall[],
  answerOf: (ids: readonly string[]) => ReturnType<Referee['decide']>,
): Promise<Library> {
  const { preparsePolicySet, statefulIsAuthorized } = await import('@cedar-policy/cedar-wasm/nodejs');
  const load: Library['load'] = () => {
    const parsed = preparsePolicySet(POLICY_SET, { staticPolicies });
    if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
    return {
      kind: 'sync',
      decide: (request) => {
        const answer = statefulIsAuthorized(at(calls, request));
        if (answer.type === 'failure')
          throw new Error(answer.errors.map(({ message }) => message).join('\n'));
        const { reason, errors } = answer.response.diagnostics;
        if (errors.length > 0) throw new Error(errors.map(({ error }) => error.message).join('\n'));
        return answerOf(reason);
      },
    };
  };
  return { load };
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
      ...Object.fromEntries(cidrs.map((arg, index) => [`cidr${index}`, { __extn: { fn: 'ip', arg } }])),
    },
    parents: [{ type: 'Account', id: accountId }, ...ous.map((id) => ({ type: 'Ou', id }))],
    tags: tags === 'unknown' ? {} : tags,
  };
}

interface Policy {
  readonly id: string;
  readonly rule: string;
  readonly text: string;
}

/** The two ways round of a `between` are two policies where a scope rules each out at once, and else one. */
function policiesOf({ name, effect, between, one, other }: Rule): readonly Policy[] {
  const way = (requester: RuleSide, accepter: RuleSide): readonly Term[] => [
    ...termsOf(requester, 'principal', effect),
    ...termsOf(accepter, 'resource', effect),
  ];
  const policy = (id: string, terms: readonly Term[]): Policy => ({
    id,
    rule: name,
    text: policyText(effect, terms),
  });
  const there = way(one, other);
  if (!between) return [policy(name, there)];
  const back = way(other, one);
  if (there.some(({ scope }) => scope !== undefined)) {
    return [policy(`${name}/there`, there), policy(`${name}/back`, back)];
  }
  const either = any([all(there.map(({ text }) => text)), all(back.map(({ text }) => text))]);
  return [policy(name, [{ text: either, scope: undefined }])];
}

type Variable = 'principal' | 'resource';

interface Term {
  readonly text: string;
  /** Set where the term could be a scope. */
  readonly scope: Variable | undefined;
}

function policyText(effect: Effect, terms: readonly Term[]): string {
  const scopes = (['principal', 'resource'] as const).map((variable) =>
    terms.find(({ scope }) => scope === variable),
  );
  const [principal, resource] = scopes;
  const rest = terms.filter((term) => !scopes.includes(term)).map(({ text }) => text);
  const head = `(${principal?.text ?? 'principal'}, action, ${resource?.text ?? 'resource'})`;
  const condition = rest.length === 0 ? '' : ` when { ${all(rest)} }`;
  return `${effect === 'deny' ? 'forbid' : 'permit'} ${head}${condition};`;
}

function termsOf({ selector }: RuleSide, variable: Variable, effect: Effect): readonly Term[] {
  const { accounts, ous, regions, tags, cidrs } = selector;
  const external = externalOf(selector, effect);
  const terms: Term[] = [];
  const add = (text: string): void => {
    terms.push({ text, scope: undefined });
  };
  if (accounts !== undefined) terms.push(under(variable, 'Account', accounts));
  if (ous !== undefined) terms.push(under(variable, 'Ou', ous));
  if (external !== undefined) add(`${external ? '' : '!'}${variable}.external`);
  if (regions !== undefined) add(oneOf(`${variable}.region`, regions));
  for (const [key, values] of Object.entries(tags ?? {})) {
    const tag = JSON.stringify(key);
    add(`${variable}.hasTag(${tag})`);
    add(oneOf(`${variable}.getTag(${tag})`, values));
  }
  if (cidrs !== undefined) add(cidrCondition(variable, cidrs, cidrReading(effect)));
  return terms;
}

function under(variable: Variable, type: string, ids: readonly string[]): Term {
  const [first = '', ...others] = ids.map((id) => `${type}::${JSON.stringify(id)}`);
  // A scope takes one entity.
  if (others.length === 0) return { text: `${variable} in ${first}`, scope: variable };
  return { text: `${variable} in [${[first, ...others].join(', ')}]`, scope: undefined };
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
    const slot = `cidr${index}`;
    const own = fits(`${variable}.${slot}`);
    // A VPC always has its first CIDR.
    if (index === 0) return own;
    const has = `${variable} has ${slot}`;
    return reading === 'within' ? `(!(${has}) || ${own})` : `(${has} && ${own})`;
  });
  return reading === 'within' ? all(slots) : any(slots);
}

const all = (terms: readonly string[]): string => terms.join(' && ');
const any = (terms: readonly string[]): string => `(${terms.join(' || ')})`;
