import type { Step, StepKind } from '../steps.ts';
import type { Kind, Made, Place, PlannedCall, SequenceWorld } from '../world.ts';

export type Input = PlannedCall['input'];

/** Makes a call of a step, or asks for another step first: to make what this one needs. */
export type Planner = (step: Step, world: SequenceWorld) => PlannedCall | InsteadOf;

/** The step cannot be done yet: what it needs is made in its place. */
export interface InsteadOf {
  readonly instead: Step;
}

/** What a step is about, and how its call names it. */
export interface Subject {
  readonly made: Made;
  readonly id: string;
  readonly place: Place;
}

/** Ids in the form of EC2's that nothing has. */
export const UNKNOWN: Readonly<Record<Kind, string>> = {
  vpc: 'vpc-0fffffffffffffff0',
  subnet: 'subnet-0fffffffffffffff0',
  rtb: 'rtb-0fffffffffffffff0',
  rtbassoc: 'rtbassoc-0fffffffffffffff0',
  igw: 'igw-0fffffffffffffff0',
  sg: 'sg-0fffffffffffffff0',
  pcx: 'pcx-0fffffffffffffff0',
  'vpc-cidr-assoc': 'vpc-cidr-assoc-0fffffffffffffff0',
};

const CREATED_BY: Readonly<Record<Kind, StepKind>> = {
  vpc: 'create-vpc',
  subnet: 'create-subnet',
  rtb: 'create-route-table',
  rtbassoc: 'associate-route-table',
  igw: 'create-gateway',
  sg: 'create-group',
  pcx: 'request-peering',
  'vpc-cidr-assoc': 'associate-cidr',
};

const NO_PLACE: Place = { accountId: '000000000000', region: 'eu-west-1' };

export const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % items.length];

export const placeAt = ({ places }: SequenceWorld, index: number): Place => pick(places, index) ?? NO_PLACE;

export const call = (place: Place, action: string, input: Input): PlannedCall => ({ place, action, input });

export const ofVpc = (vpc: string | undefined) => (made: Made) => made.vpc === vpc;

/** A step about one thing of a kind, chosen among those that fit; `plan` writes its call. */
export const about =
  (
    kind: Kind | ((step: Step) => Kind),
    plan: (subject: Subject, step: Step, world: SequenceWorld) => PlannedCall | InsteadOf,
    fits: (made: Made, step: Step, world: SequenceWorld) => boolean = () => true,
  ): Planner =>
  (step, world) => {
    const wanted = typeof kind === 'function' ? kind(step) : kind;
    const candidates = world.made.filter((made) => made.kind === wanted && fits(made, step, world));
    const gone = candidates.filter(({ isGone }) => isGone);
    const alive = candidates.filter(({ isGone }) => !isGone);
    const made = pick(step.twist === 'gone' && gone.length > 0 ? gone : alive, step.first);
    if (made === undefined) return { instead: { ...step, kind: CREATED_BY[wanted], twist: 'none' } };
    const place = step.twist === 'elsewhere' ? placeAt(world, step.second) : made.place;
    return plan({ made, id: idFor(wanted, made, step), place }, step, world);
  };

function idFor(kind: Kind, { token }: Made, { twist }: Step): string {
  if (twist === 'unknown-id') return UNKNOWN[kind];
  return twist === 'malformed-id' ? `${kind}-nonsense` : token;
}

export const TAGS = [
  { Key: 'tier', Value: 'shared' },
  { Key: 'tier', Value: 'apps' },
  { Key: 'Name', Value: 'one' },
  { Key: 'empty', Value: '' },
] as const;

export const tagOf = ({ variant }: Step) => pick(TAGS, variant) ?? TAGS[0];

/** Every third creation has a tag from the start. */
export const tagged = (type: string, step: Step): Input =>
  step.variant % 3 === 0 ? { TagSpecifications: [{ ResourceType: type, Tags: [tagOf(step)] }] } : {};
