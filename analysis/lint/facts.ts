import { type Cidr, contains, familyOf, parseCidr } from '../../shared/domain/facts/cidr.ts';
import type { Organization } from '../snapshot/organization.ts';
import type { Path } from '../../shared/domain/policy/language/faults.ts';
import type { PolicyFile, SelectorFile } from '../../shared/domain/policy/language/schema.ts';
import { nearestName } from '../../shared/domain/policy/language/suggest.ts';
import type { RawFinding } from './findings.ts';
import { selectorsOf, usedGroups } from './selectors.ts';

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
  selectorsOf(file).flatMap(({ path, selector, isExcept }) =>
    // To leave out every address is no danger.
    (isExcept ? [] : (selector.cidrs ?? [])).flatMap((cidr, index) =>
      publicCidr(cidr, [...path, 'cidrs', index]),
    ),
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
