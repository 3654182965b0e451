import { contains, familyOf, overlaps, parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { CompiledPolicy } from '../../../shared/domain/policy/decision/compile.ts';
import type { AllowRule, Selector, SideSpec } from '../../../shared/domain/policy/language/model.ts';
import type { PolicyRequest, PolicySide } from '../../../shared/domain/policy/decision/side.ts';
import { answerEntry } from '../../support/policy-interpreter.ts';
import type { Role } from '../plan/steps.ts';

/** Written anew here, from docs/policy.md: what a rule says of the CIDRs of each side. */
export type Bounds = Readonly<Record<Role, readonly Cidr[] | undefined>>;

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap(
  (text) => parseCidr(text) ?? [],
);

/** EC2 itself gives out IPv6 blocks, so that nobody has another's. */
export const isPrivate = (cidr: Cidr): boolean =>
  familyOf(cidr) === 'ipv6' || PRIVATE.some((block) => contains(block, cidr));

const isPublic = (block: Cidr): boolean =>
  familyOf(block) === 'ipv4' && !PRIVATE.some((each) => overlaps(each, block));

/** The blocks of every way in which the side matched; none where one of them is without. */
export function boundsOf({ model }: CompiledPolicy, { ends }: AllowRule, request: PolicyRequest): Bounds {
  const { requester, accepter } = request;
  if (ends.kind === 'directed') {
    return {
      requester: ofSide(model.groups, ends.requester, requester),
      accepter: ofSide(model.groups, ends.accepter, accepter),
    };
  }
  const ways = [
    [ends.one, ends.other],
    [ends.other, ends.one],
  ] as const;
  const matching = ways.filter(
    ([one, other]) => matches(model.groups, one, requester) && matches(model.groups, other, accepter),
  );
  return {
    requester: union(matching.map(([one]) => ofSide(model.groups, one, requester))),
    accepter: union(matching.map(([, other]) => ofSide(model.groups, other, accepter))),
  };
}

type Groups = CompiledPolicy['model']['groups'];

const matches = (groups: Groups, spec: SideSpec, side: PolicySide): boolean =>
  spec.some((entry) => answerEntry(groups, entry, side, 'allow') === 'yes');

const ofSide = (groups: Groups, spec: SideSpec, side: PolicySide): readonly Cidr[] | undefined =>
  union(
    spec
      .filter((entry) => answerEntry(groups, entry, side, 'allow') === 'yes')
      .map((entry) => blocksOf(typeof entry === 'string' ? groups.get(entry) : entry)),
  );

/** Groups of the simulation's policies have no groups in them. A list of nothing but every address bounds nothing. */
const blocksOf = (selector: Selector | undefined): readonly Cidr[] | undefined =>
  selector?.cidrs?.every((block) => block.endsWith('/0')) === true ? undefined : selector?.cidrs;

function union(all: readonly (readonly Cidr[] | undefined)[]): readonly Cidr[] | undefined {
  const blocks: Cidr[] = [];
  for (const each of all) {
    if (each === undefined) return undefined;
    blocks.push(...each);
  }
  return all.length === 0 ? undefined : blocks;
}

/** Whether the rule's author has said that the peering may take what leads to this destination of that side. */
export function isBounded({ connect }: AllowRule, bounds: Bounds, role: Role, destination: Cidr): boolean {
  if (connect.routes.destinations.kind === 'listed') return true;
  const blocks = (bounds[role] ?? []).filter((block) => familyOf(block) === familyOf(destination));
  return (
    blocks.every((block) => !block.endsWith('/0')) && blocks.some((block) => contains(block, destination))
  );
}

/** Public space that the rule does not name may be somebody else's. */
export const isUnnamedPublic = (bounds: Bounds, role: Role, destination: Cidr): boolean =>
  !isPrivate(destination) &&
  !(bounds[role] ?? []).some((block) => isPublic(block) && contains(block, destination));

/** Whether the rule itself speaks of a CIDR: then it needs no other consent. */
export const isNamed = (rule: AllowRule, bounds: Bounds, role: Role, cidr: Cidr): boolean =>
  rule.connect.routes.destinations.kind === 'listed' ||
  (isPrivate(cidr) ? isBounded(rule, bounds, role, cidr) : !isUnnamedPublic(bounds, role, cidr));
