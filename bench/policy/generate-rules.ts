import { type Cidr, parseCidr } from '../../shared/domain/facts/cidr.ts';
import type { SeededRandom } from '../../sim/random.ts';
import {
  must,
  type Organization,
  OVERLAY_POOL,
  pick,
  REGIONS,
  type Top,
  type Unit,
  type Vpc,
} from './organization.ts';
import type { Effect, Rule, RuleSide, Selector } from './rules.ts';

/** A pair of VPCs that a rule was written for: requests are made of these, so that rules do match. */
export interface Exemplar {
  readonly requester: Vpc;
  readonly accepter: Vpc;
}

export interface Rules {
  /** A smaller policy is the beginning of a larger one: a policy grows by the narrow rules at its end. */
  readonly rules: readonly Rule[];
  readonly groups: ReadonlyMap<string, Selector>;
  /** Of the narrow rules, in their order. */
  readonly exemplars: readonly Exemplar[];
}

/**
 * A few rules over whole top OUs, as every policy starts, then narrow ones, as teams ask for them: by accounts, OUs,
 * regions, tags and CIDRs of both sides.
 */
export function makeRules(random: SeededRandom, organization: Organization, count: number): Rules {
  const groups = makeGroups(organization);
  const makings = { random, organization, groups };
  const rules = broadRules(groups).slice(0, count);
  const exemplars: Exemplar[] = [];
  while (rules.length < count) {
    const effect = narrowEffect(random);
    const isVendors = effect !== 'deny' && random.next() < 0.06;
    const requester = isVendors ? pick(random, organization.vendors) : pick(random, organization.vpcs);
    const accepter = pick(random, organization.vpcs);
    rules.push({
      name: `${effect}-${String(rules.length).padStart(5, '0')}`,
      effect,
      between: random.next() < 0.25,
      one: isVendors ? vendorSide(requester) : narrowSide(makings, requester, effect),
      other: narrowSide(makings, accepter, effect),
    });
    exemplars.push({ requester, accepter });
  }
  return { rules, groups, exemplars };
}

const narrowEffect = (random: SeededRandom): Effect => {
  const chance = random.next();
  return chance < 0.6 ? 'allow' : chance < 0.75 ? 'approve' : 'deny';
};

/** One for each top OU and for each below it. */
function makeGroups({ tops, mids }: Organization): ReadonlyMap<string, Selector> {
  const groups = new Map<string, Selector>();
  for (const [top, { ou }] of tops) groups.set(top, { ous: [ou] });
  for (const [index, { ou }] of mids.entries()) groups.set(`unit-${index}`, { ous: [ou] });
  groups.set('outside', { external: true });
  return groups;
}

type Broad = readonly [effect: Effect, between: boolean, one: Top | 'outside', other: Top];

const BROAD: readonly Broad[] = [
  ['allow', false, 'production', 'shared'],
  ['allow', false, 'staging', 'shared'],
  ['allow', false, 'development', 'shared'],
  ['approve', false, 'acquired', 'shared'],
  ['approve', false, 'data', 'shared'],
  ['allow', true, 'security', 'production'],
  ['approve', true, 'security', 'data'],
  ['deny', true, 'production', 'sandbox'],
  ['deny', true, 'production', 'development'],
  ['deny', true, 'data', 'sandbox'],
  ['deny', true, 'acquired', 'sandbox'],
  ['deny', true, 'outside', 'sandbox'],
  ['deny', true, 'outside', 'security'],
];

function broadRules(groups: ReadonlyMap<string, Selector>): Rule[] {
  return BROAD.map(([effect, between, one, other]) => ({
    name: `${effect}-${one}-${other}`,
    effect,
    between,
    one: groupSide(groups, one),
    other: groupSide(groups, other),
  }));
}

const groupSide = (groups: ReadonlyMap<string, Selector>, group: string): RuleSide => ({
  group,
  selector: must(groups.get(group)),
});

const inPlace = (selector: Selector): RuleSide => ({ group: undefined, selector });

const vendorSide = ({ accountId, cidrs }: Vpc): RuleSide =>
  inPlace({ accounts: [accountId], external: true, cidrs });

interface Makings {
  readonly random: SeededRandom;
  readonly organization: Organization;
  readonly groups: ReadonlyMap<string, Selector>;
}

/** A selector that this VPC matches, and others like it. */
function narrowSide({ random, organization, groups }: Makings, vpc: Vpc, effect: Effect): RuleSide {
  const chance = random.next();
  if (chance < 0.08) return groupSide(groups, groupAround(vpc, groups));
  if (chance < 0.34) {
    const accounts = sometimesMore(
      random,
      vpc.accountId,
      () => neighbour(random, organization, vpc).accountId,
    );
    return inPlace({ accounts, ...sometimesRegions(random, vpc, 0.3) });
  }
  if (chance < 0.58) {
    const ous = sometimesMore(random, leafOf(vpc).ou, () => leafOf(pick(random, organization.vpcs)).ou);
    return inPlace({ ous, ...sometimesRegions(random, vpc, 0.5) });
  }
  return inPlace(chance < 0.78 ? byTags(random, vpc, effect) : byCidrs(random, vpc, effect));
}

const leafOf = ({ units }: Vpc): Unit => must(units[2]);

const neighbour = (random: SeededRandom, { byLeaf }: Organization, vpc: Vpc): Vpc =>
  pick(random, must(byLeaf.get(leafOf(vpc).ou)));

/** Most rules name one, some two. */
function sometimesMore<Id>(random: SeededRandom, first: Id, more: () => Id): readonly Id[] {
  if (random.next() < 0.75) return [first];
  const second = more();
  return second === first ? [first] : [first, second];
}

function groupAround({ units }: Vpc, groups: ReadonlyMap<string, Selector>): string {
  const { ou } = must(units[1]);
  const [name] = must([...groups].find(([, { ous }]) => ous?.includes(ou)));
  return name;
}

function sometimesRegions(random: SeededRandom, { region }: Vpc, share: number): Selector {
  if (random.next() >= share) return {};
  const other = pick(random, REGIONS);
  return { regions: other === region ? [region] : [region, other] };
}

/**
 * A deny by tags says of whom, because nobody can read an outsider's: autopeer would hold each of their requests as
 * open, and the other engines do not know unknown facts.
 */
function byTags(random: SeededRandom, { tags, units }: Vpc, effect: Effect): Selector {
  const { project = '', team = '', tier = '' } = tags === 'unknown' ? {} : tags;
  if (random.next() < 0.5)
    return { ...(effect === 'deny' && { external: false }), tags: { project: [project] } };
  const around = random.next() < 0.5 ? { ous: [must(units[1]).ou] } : { external: false };
  return { ...around, tags: { team: [team], tier: tier === 'shared' ? [tier] : [tier, 'shared'] } };
}

/** The first subnet of a VPC: what overlaps need not lie within. */
const subnetOf = (cidr: Cidr): Cidr => must(parseCidr(cidr.replace('/24', '/26')));

/** A deny never names the overlay's pool: it would hit every VPC that has an overlay. */
function byCidrs(random: SeededRandom, { units, cidrs }: Vpc, effect: Effect): Selector {
  const chance = random.next();
  const [leaf, mid, own] = [must(units[2]), must(units[1]), must(cidrs[0])];
  const overlay = effect === 'deny' ? [] : [OVERLAY_POOL];
  if (chance < 0.35) return { cidrs: [effect === 'deny' ? subnetOf(own) : own] };
  if (chance < 0.65) return { cidrs: [leaf.ipv4, leaf.ipv6, ...overlay] };
  if (chance < 0.8) return { cidrs: [leaf.ipv4] };
  return { cidrs: [mid.ipv4, mid.ipv6], regions: REGIONS.slice(0, 2) };
}
