import { isEverything, isPrivate, isWhollyPublic } from '../facts/address-space.ts';
import { contains, familyOf, type Cidr } from '../facts/cidr.ts';
import type { Consent } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { otherRole, type Role } from '../facts/peering.ts';
import type { CompiledPolicy } from '../policy/decision/compile.ts';
import type { ConnectOptions } from '../policy/language/connect.ts';
import { decide, type Decision } from '../policy/decision/decide.ts';
import type { PolicySide } from '../policy/decision/side.ts';
import { vpcCidrs } from './choice.ts';

/** A CIDR that a VPC got after consent. */
export interface LateCidr {
  readonly cidr: Cidr;
  /** Why it gets no route, as far as that can be said without a look at the routes; for people. */
  readonly refusal: string | undefined;
}

/** What a rule gives a peering, and to which CIDRs. */
export interface Terms {
  readonly connect: ConnectOptions;
  /** The blocks by which the rule bounds each side. */
  readonly bounds: AcceptDecision['bounds'];
  /** A request is not consented to yet: nothing may take traffic from others that the rule does not bound. */
  readonly isRequest: boolean;
  /** What people approved that its routes take from others; see `takingOf`. */
  readonly mayTake?: ReadonlySet<string> | undefined;
  /** By the side whose VPC has them. */
  readonly late: Readonly<Record<Role, readonly LateCidr[]>>;
}

export type AcceptDecision = Extract<Decision, { kind: 'accept' }>;
export type PolicySides = Readonly<Record<Role, PolicySide>>;

/**
 * A request is judged whole: every CIDR of it is judged by the accept.
 *
 * @param mayTake what the approval that it rests on covers
 */
export const termsOfRequest = (
  { connect, bounds }: Pick<AcceptDecision, 'connect' | 'bounds'>,
  mayTake?: Terms['mayTake'],
): Terms => ({
  connect,
  bounds,
  mayTake,
  isRequest: true,
  late: { requester: [], accepter: [] },
});

/**
 * The terms of an active peering: what was consented to, and what came later. Each later CIDR is judged alone, so that it
 * can never cost the others their routes.
 *
 * @param sides what the policy judged, with the consented CIDRs
 */
export function termsOfActive(
  observed: OpenPeering,
  accepted: AcceptDecision,
  { policy, consent, sides }: { policy: CompiledPolicy; consent: Consent; sides: PolicySides },
): Terms {
  const lateOf = (role: Role): readonly LateCidr[] => {
    if (observed.sides[otherRole(role)].kind !== 'governed') return [];
    return vpcCidrs(observed.sides[role])
      .filter((cidr) => !consent[role].includes(cidr))
      .map((cidr) => ({ cidr, refusal: refusalOf(role, cidr, accepted, policy, sides) }))
      .filter(({ cidr, refusal }) => refusal !== undefined || !isNamed(accepted, role, cidr));
  };
  const { connect, bounds } = accepted;
  return {
    connect,
    bounds,
    isRequest: false,
    late: { requester: lateOf('requester'), accepter: lateOf('accepter') },
  };
}

/** Of a CIDR that came after an approval, which covers what was shown. */
export const NEEDS_APPROVAL = 'nobody has approved it yet';

function refusalOf(
  role: Role,
  cidr: Cidr,
  accepted: AcceptDecision,
  policy: CompiledPolicy,
  sides: PolicySides,
): string | undefined {
  const alone = decide(policy, { ...sides, [role]: { ...sides[role], cidrs: [cidr] } });
  if (alone.kind === 'reject' && alone.rule !== undefined) return `deny rule ${alone.rule} stops it`;
  if (alone.kind === 'hold' && alone.reason.code === 'facts-unknown') return alone.reason.text;
  const bound = accepted.bounds[role];
  if (bound !== undefined && !bound.some((block) => contains(block, cidr))) {
    return `rule ${accepted.rule} takes that side's cidrs only within ${bound.join(', ')}`;
  }
  // A selector leaves it out (`except`), though its `cidrs` would take it in.
  if (alone.reason.code === 'no-rule-matches') return 'no rule allows a side with it';
  if (accepted.approval !== undefined && accepted.connect.routes.newCidrs !== 'route') {
    return NEEDS_APPROVAL;
  }
  if (isNamed(accepted, role, cidr)) return undefined;
  switch (accepted.connect.routes.newCidrs) {
    case 'route':
      return undefined;
    case 'hold':
      return `rule ${accepted.rule} says newCidrs: hold; name it in the rule's cidrs`;
    case 'safe':
      return isPrivate(cidr) ? undefined : `it is public space; name it in the rule's cidrs`;
  }
}

/** Whether the rule itself speaks of a CIDR of that side: its author judged it. */
const isNamed = (terms: AcceptDecision, role: Role, cidr: Cidr): boolean =>
  terms.connect.routes.destinations.kind === 'listed' ||
  (isPrivate(cidr) ? isBounded(terms, role, cidr) : isNamedPublic(terms, role, cidr));

/**
 * Whether the rule bounds a destination of that side: by `cidrs`, or by a list of destinations. Its author has then said
 * which traffic the peering may take. Beside `0.0.0.0/0` no other block bounds anything of IPv4, nor beside `::/0` of IPv6.
 */
export function isBounded(
  { connect, bounds }: Pick<Terms, 'connect' | 'bounds'>,
  role: Role,
  destination: Cidr,
): boolean {
  if (connect.routes.destinations.kind === 'listed') return true;
  const blocks = (bounds[role] ?? []).filter((block) => familyOf(block) === familyOf(destination));
  return !blocks.some(isEverything) && blocks.some((block) => contains(block, destination));
}

/**
 * Whether the rule names, for that side, public space that a destination lies in. A list of destinations names no side.
 */
export const isNamedPublic = ({ bounds }: Pick<Terms, 'bounds'>, role: Role, cidr: Cidr): boolean =>
  (bounds[role] ?? []).some((block) => isWhollyPublic(block) && contains(block, cidr));
