import fc from 'fast-check';

/** What a step wants to do; `plan.ts` makes a call of it, given what there is by then. */
export const STEP_KINDS = {
  // How often each is drawn, beside the others.
  'create-vpc': 3,
  'delete-vpc': 1,
  'associate-cidr': 2,
  'disassociate-cidr': 1,
  'modify-vpc-attribute': 2,
  'describe-vpc-attribute': 1,
  'create-subnet': 4,
  'delete-subnet': 1,
  'create-route-table': 4,
  'delete-route-table': 1,
  'associate-route-table': 3,
  'disassociate-route-table': 1,
  'replace-association': 1,
  'create-gateway': 1,
  'attach-gateway': 2,
  'create-route': 6,
  'replace-route': 2,
  'delete-route': 2,
  'request-peering': 5,
  'accept-peering': 5,
  'reject-peering': 1,
  'delete-peering': 2,
  'modify-options': 3,
  'create-tags': 2,
  'delete-tags': 1,
  'describe-vpcs': 2,
  'describe-subnets': 2,
  'describe-route-tables': 3,
  'describe-peerings': 3,
  'describe-tags': 2,
  'create-group': 2,
  'authorize-ingress': 3,
  'revoke-ingress': 1,
  'delete-group': 1,
  'describe-groups': 2,
} as const;

export type StepKind = keyof typeof STEP_KINDS;

/** One drawn step. The numbers choose among what there is, so that a sequence stays one when it is shrunk. */
export interface Step {
  readonly kind: StepKind;
  /** Which thing. */
  readonly first: number;
  /** Which other thing. */
  readonly second: number;
  /** Which variant: block, filter, tag, … */
  readonly variant: number;
  /** What is wrong with the step, for most nothing. */
  readonly twist: Twist;
}

export type Twist = 'none' | 'elsewhere' | 'unknown-id' | 'malformed-id' | 'gone' | 'clash';

const HIGHEST_CHOICE = 11;
const MOST_STEPS = 40;

const choice = fc.integer({ min: 0, max: HIGHEST_CHOICE });

const twist = fc.oneof<{ arbitrary: fc.Arbitrary<Twist>; weight: number }[]>(
  { arbitrary: fc.constant('none' as const), weight: 40 },
  { arbitrary: fc.constantFrom('elsewhere', 'unknown-id', 'malformed-id', 'gone'), weight: 6 },
  { arbitrary: fc.constant('clash' as const), weight: 2 },
);

const kind = fc.oneof(
  ...Object.entries(STEP_KINDS).map(([name, weight]) => ({
    arbitrary: fc.constant(name).filter(isStepKind),
    weight,
  })),
);

function isStepKind(name: string): name is StepKind {
  return Object.hasOwn(STEP_KINDS, name);
}

const step: fc.Arbitrary<Step> = fc.record({ kind, first: choice, second: choice, variant: choice, twist });

export const sequences: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: MOST_STEPS,
  size: 'max',
});
