import type { Draw } from './draw.ts';

/** Policies made of the first one, by their places among the plan's. */
export interface PolicyVariants {
  readonly base: number;
  /** With trial rules; with the same under other names. */
  readonly trials: readonly number[];
  /** Which allow less, or take routes back. */
  readonly narrower: readonly number[];
  /** Which allows nothing, and cuts. */
  readonly cutting: number;
}

interface PolicyFile {
  readonly allow: readonly RuleFile[];
  readonly deny: readonly RuleFile[];
  readonly defaults: { readonly connect: { readonly routes: object } };
  readonly guardrails: object;
}
interface RuleFile {
  readonly name: string;
  readonly between?: readonly string[];
  readonly dryRun?: boolean;
  readonly connect?: object;
}

/** Adds to the drawn policies what is made of the first of them. */
export function withVariants(
  draw: Draw,
  drawn: readonly string[],
): { readonly policies: readonly string[]; readonly variants: PolicyVariants } {
  const first = drawn.length;
  // The simulation drew it.
  const base: PolicyFile = JSON.parse(drawn[0] ?? '{}');
  const names = draw.chance(0.5) ? ['a-trial', 'zz-trial'] : ['allow-00', 'deny-00'];
  const made = [
    withTrials(draw, base, names),
    withTrials(
      draw,
      base,
      names.map((name) => `renamed-${name}`),
    ),
    withoutRules(draw, base),
    withoutRoutes(base),
    cuttingAll(base),
  ].map((policy) => JSON.stringify(policy));
  const variants = {
    base: 0,
    trials: [first, first + 1],
    narrower: [first + 2, first + 3],
    cutting: first + 4,
  };
  return { policies: [...drawn, ...made], variants };
}

const GROUPS = ['prod', 'dev', 'sandbox', 'first', 'narrow'] as const;

/** Rules that decide nothing, whatever they are called and whomever they speak of. */
function withTrials(draw: Draw, base: PolicyFile, names: readonly string[]): PolicyFile {
  const [allow = 'a', deny = 'b'] = names;
  const between = [draw.pick(GROUPS), draw.pick(GROUPS)];
  return {
    ...base,
    allow: [...base.allow, { name: allow, between, dryRun: true, connect: { dns: false } }],
    deny: [...base.deny, { name: deny, between: ['prod', draw.pick(GROUPS)], dryRun: true }],
  };
}

const withoutRules = (draw: Draw, base: PolicyFile): PolicyFile => ({
  ...base,
  allow: base.allow.slice(0, draw.integer(0, 1)),
  guardrails: { ...base.guardrails, unsanctioned: draw.pick(['quarantine', 'quarantine', 'delete']) },
});

/** Everything that is routed is left out from now on. */
const withoutRoutes = (base: PolicyFile): PolicyFile => ({
  ...base,
  allow: base.allow.map((rule) => ({
    ...rule,
    connect: { ...rule.connect, routes: { ...base.defaults.connect.routes, exclude: ['10.0.0.0/14'] } },
  })),
});

const cuttingAll = (base: PolicyFile): PolicyFile => ({
  ...base,
  allow: [],
  guardrails: { ...base.guardrails, unsanctioned: 'quarantine' },
});
