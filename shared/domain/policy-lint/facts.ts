import { type Cidr, contains, familyOf, parseCidr } from '../cidr.ts';
import type { Organization } from '../organization.ts';
import type { Path } from '../policy/faults.ts';
import type { AllowRuleFile, PolicyFile, SelectorFile } from '../policy/schema.ts';
import { nearestName } from '../policy/suggest.ts';
import type { RawFinding } from './findings.ts';
import { selectorsOf, usedGroups } from './selectors.ts';
import type { Term } from './terms.ts';
import type { RuleWays } from './ways.ts';
import type { AllowRule } from '../policy/model.ts';

/** RFC 1918, RFC 6598 (shared with carriers, used for pods) and RFC 4193 (unique local IPv6). */
const PRIVATE_SPACE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']
  .map(parseCidr)
  .filter((cidr) => cidr !== undefined);

export function findUnusedGroups(file: PolicyFile): readonly RawFinding[] {
  const used = usedGroups(file);
  return Object.keys(file.groups ?? {})
    .filter((name) => !used.has(name))
    .map((name) => ({
      code: 'unused-group',
      path: ['groups', name],
      message: `no rule uses the group ${name}: use it, or take it out`,
      atKey: true,
    }));
}

export const findPublicCidrs = (file: PolicyFile): readonly RawFinding[] =>
  selectorsOf(file).flatMap(({ path, selector }) =>
    (selector.cidrs ?? []).flatMap((cidr, index) => publicCidr(cidr, [...path, 'cidrs', index])),
  );

function publicCidr(cidr: Cidr, path: Path): RawFinding[] {
  if (PRIVATE_SPACE.some((space) => contains(space, cidr))) return [];
  const spaces = PRIVATE_SPACE.filter((space) => familyOf(space) === familyOf(cidr)).join(', ');
  const what = cidr.endsWith('/0')
    ? `takes in every ${familyOf(cidr) === 'ipv6' ? 'IPv6' : 'IPv4'} address`
    : 'reaches beyond private space';
  const message = `${cidr} ${what} (${spaces}): addresses there may belong to anybody. Write the blocks that are yours`;
  return [{ code: 'public-cidr', path, message }];
}

/** Accounts and OUs that the snapshot does not have, or has elsewhere. */
export const findUnknownIds = (file: PolicyFile, organization: Organization): readonly RawFinding[] =>
  selectorsOf(file).flatMap(({ path, selector }) => unknownIds(path, selector, organization));

/** VPCs that the snapshot does not have, though it has all of the organization. */
export const findUnknownVpcs = (file: PolicyFile, { vpcById }: Organization): readonly RawFinding[] =>
  selectorsOf(file).flatMap(({ path, selector: { vpcs = [], external } }) =>
    vpcs.flatMap((vpc, index): RawFinding[] => {
      if (vpcById.has(vpc) || external === true) return [];
      const message = `the snapshot has no VPC ${vpc}${meant(vpc, vpcById.keys())}: take the id out once the VPC is gone`;
      return [{ code: 'unknown-vpc', path: [...path, 'vpcs', index], message }];
    }),
  );

function unknownIds(path: Path, selector: SelectorFile, { accounts, ous }: Organization): RawFinding[] {
  const findings: RawFinding[] = [];
  selector.ous?.forEach((ou, index) => {
    if (ous.has(ou)) return;
    const message = `the organization has no OU ${ou}${meant(ou, ous.keys())}: no account is under it`;
    findings.push({ code: 'unknown-ou', path: [...path, 'ous', index], message });
  });
  selector.accounts?.forEach((account, index) => {
    const at = [...path, 'accounts', index];
    if (accounts.has(account)) {
      if (selector.external !== true) return;
      const message = `account ${account} is in the organization, and the selector says external: true: it never selects that account. Take out one of the two`;
      findings.push({ code: 'member-as-external', path: at, message });
    } else if (selector.external !== true) {
      const message = `the organization has no account ${account}${meant(account, accounts.keys())}: if it is outside on purpose, write external: true beside it`;
      findings.push({ code: 'unknown-account', path: at, message });
    }
  });
  return findings;
}

function meant(id: string, ids: Iterable<string>): string {
  const nearest = nearestName(id, ids);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

type Side = 'requester' | 'accepter';

/**
 * Sides of allow rules that rest on tags alone. A VPC's tags are set by its own account, so that whoever may tag a
 * VPC there decides whether the rule takes it in.
 */
export function findTagsAlone(
  rules: readonly RuleWays<AllowRule>[],
  placeOf: (rule: string) => { readonly path: Path; readonly file: AllowRuleFile } | undefined,
): readonly RawFinding[] {
  return rules.flatMap(({ rule: { name }, ways = [] }) => {
    const place = placeOf(name);
    if (place === undefined) return [];
    const loose = (side: Side): string | undefined => {
      const term = ways.map((way) => way[side]).find(restsOnTags);
      return term === undefined ? undefined : tagText(term);
    };
    const finding = (side: Side | 'between', tags: string | undefined): RawFinding[] => {
      if (tags === undefined) return [];
      const who = side === 'between' ? 'one side' : `the ${side}`;
      const message = `${who} of rule ${name} is chosen by tags alone (${tags}), and a VPC's tags are set by its own account: every account of the organization can tag itself into the rule. Add accounts, ous or vpcs to the selector`;
      return [{ code: 'tags-alone', path: [...place.path, side], message }];
    };
    if (place.file.between !== undefined) return finding('between', loose('requester'));
    return [...finding('requester', loose('requester')), ...finding('accepter', loose('accepter'))];
  });
}

/** Account, OU and VPC id are given by AWS or the organization; region and CIDRs are the account's own choice too. */
const restsOnTags = ({ tags, accounts, ous, vpcs, external }: Term): boolean =>
  tags.size > 0 && accounts === undefined && vpcs === undefined && ous.length === 0 && external !== true;

const tagText = ({ tags }: Term): string =>
  [...tags].map(([key, values]) => `${key}=${[...values].join('|')}`).join(', ');
