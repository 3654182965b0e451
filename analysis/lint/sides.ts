import type { Path } from '../../shared/domain/policy/language/faults.ts';
import type { AllowRule, DenyRule } from '../../shared/domain/policy/language/model.ts';
import type { RawFinding } from './findings.ts';
import type { Term } from './terms.ts';
import type { RuleWays } from './ways.ts';

/** Where a rule stands in the file. */
export interface RulePlace {
  readonly path: Path;
  readonly isBetween: boolean;
}
type PlaceOf = (rule: string) => RulePlace | undefined;

type Side = 'requester' | 'accepter';
const SIDES = ['requester', 'accepter'] as const satisfies readonly Side[];

/**
 * Sides of allow rules that rest on tags alone. A VPC's tags are set by its own account, so that whoever may tag a
 * VPC there decides whether the rule takes it in.
 */
export const findTagsAlone = (rules: readonly RuleWays<AllowRule>[], placeOf: PlaceOf) =>
  rules.flatMap((rule) =>
    looseSides(rule, placeOf, restsOnTags).map(({ path, who, term }): RawFinding => {
      const message = `${who} of ${rule.title} is chosen by tags alone (${tagText(term)}), and a VPC's tags are set by its own account: every account of the organization can tag itself into the rule. Add accounts, ous or vpcs to the selector`;
      return { code: 'tags-alone', path, message };
    }),
  );

/** The same of deny rules, where whoever is denied takes the tag off. */
export const findDeniesByTags = (rules: readonly RuleWays<DenyRule>[], placeOf: PlaceOf) =>
  rules.flatMap((rule) =>
    looseSides(rule, placeOf, isDeniedByTags).map(({ path, who, term }): RawFinding => {
      const message = `${who} of deny ${rule.title} is chosen by tags alone (${tagText(term)}), and a VPC's tags are set by its own account: whoever is denied takes the tag off. Name accounts, ous, vpcs or cidrs in place of the tags`;
      return { code: 'deny-by-tags', path, message };
    }),
  );

/**
 * Allow rules with a side that no `cidrs` bounds. One for a rule, and only advice: most rules are meant so, and
 * `newCidrs: safe` keeps the worst away. Where later CIDRs are not routed or the destinations are listed, there is
 * nothing to say.
 */
export const findUnboundedSides = (rules: readonly RuleWays<AllowRule>[], placeOf: PlaceOf) =>
  rules.flatMap(({ rule, title, ways = [] }): RawFinding[] => {
    const place = placeOf(rule.name);
    const { newCidrs, destinations, writing, modes } = rule.connect.routes;
    // Nobody is routed anywhere by autopeer.
    if (writing.kind === 'never' && modes.length === 0) return [];
    if (place === undefined || newCidrs === 'hold' || destinations.kind === 'listed') return [];
    const open = SIDES.filter((side) => ways.some((way) => isUnbounded(way[side])));
    if (open.length === 0) return [];
    const who = place.isBetween ? 'a side' : open.map((side) => `the ${side}`).join(' and ');
    const what = newCidrs === 'safe' ? 'a private CIDR' : 'any CIDR';
    const message = `no cidrs bound ${who} of ${title}: ${what} that such a VPC gets later is routed too. If you mean less, add cidrs, such as cidrs: [10.8.0.0/14], or write newCidrs: hold`;
    return [{ code: 'unbounded-side', level: 'advice', path: [...place.path, 'name'], message }];
  });

interface LooseSide {
  readonly path: Path;
  readonly who: string;
  readonly term: Term;
}

function looseSides(
  { rule, ways = [] }: RuleWays<AllowRule | DenyRule>,
  placeOf: PlaceOf,
  isLoose: (term: Term) => boolean,
): LooseSide[] {
  const place = placeOf(rule.name);
  if (place === undefined) return [];
  const find = (side: Side, key: Side | 'between', who: string): LooseSide[] => {
    const term = ways.map((way) => way[side]).find(isLoose);
    return term === undefined ? [] : [{ path: [...place.path, key], who, term }];
  };
  if (place.isBetween) return find('requester', 'between', 'one side');
  return SIDES.flatMap((side) => find(side, side, `the ${side}`));
}

/** Account, OU and VPC id are given by AWS or the organization; region and CIDRs are the account's own choice too. */
const restsOnTags = ({ tags, accounts, ous, vpcs, external }: Term): boolean =>
  tags.size > 0 && accounts === undefined && vpcs === undefined && ous.length === 0 && external !== true;

const isDeniedByTags = (term: Term): boolean => restsOnTags(term) && term.touching.length === 0;

const isUnbounded = ({ within }: Term): boolean =>
  within === undefined || within.some(({ bits }) => bits === 0);

const tagText = ({ tags }: Term): string =>
  [...tags].map(([key, values]) => `${key}=${[...values].join('|')}`).join(', ');

/** Whether every VPC of the organization meets it. */
export const takesEveryone = (term: Term): boolean =>
  term.accounts === undefined &&
  term.vpcs === undefined &&
  term.regions === undefined &&
  term.ous.length === 0 &&
  term.defaultVpc === undefined &&
  term.tags.size === 0 &&
  term.external !== true &&
  term.external !== 'contradiction' &&
  term.within === undefined;
