import {
  type AccountId,
  type OuId,
  parseAccountId,
  parseOuId,
  parseVpcId,
  type VpcId,
} from '../../shared/domain/facts/ids.ts';
import { type Organization, ouPath } from '../snapshot/organization.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import { seenUnder } from '../access/snapshot-index.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Finding, Path } from '../../shared/domain/policy/language/faults.ts';
import type { Membership, PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { didYouMean } from '../../shared/domain/policy/language/suggest.ts';
import type { CaseSide, SideFacts } from './schema.ts';

/** What the facts of a side are completed from. */
export interface SideContext {
  readonly policy: CompiledPolicy;
  readonly organization: Organization | undefined;
}

export type SideAnswer =
  /** `isInvented`: nobody named a VPC, so the side has one that stands for any that the policy does not name. */
  | { readonly kind: 'side'; readonly side: PolicySide; readonly isInvented: boolean }
  | { readonly kind: 'faulty'; readonly findings: readonly Finding[] };

/** Ids that no policy names, for sides whose VPC does not matter. */
const UNNAMED_VPCS = { requester: vpc('vpc-00000000'), accepter: vpc('vpc-00000001') } as const;

/**
 * Completes what a test or a request says of a side.
 *
 * What is given goes before what the organization's snapshot says. What neither says: the first governed region; of a
 * member no OUs, no tags and no default VPC; the CIDRs, and of an outsider these facts, are unknown, on which no policy
 * accepts.
 */
export function completeSide(file: CaseSide, role: Role, path: Path, context: SideContext): SideAnswer {
  const facts: SideFacts = typeof file === 'string' ? { vpc: file } : file;
  const findings: Finding[] = [];
  const complain = (key: string | undefined, message: string): void => {
    findings.push({ path: key === undefined ? path : [...path, key], message });
  };
  const known = knownVpc(facts, context, complain);
  const accountId = accountOf(facts, known, context, complain);
  const membership = membershipOf(facts, accountId, context, complain);
  const region = facts.region ?? known?.region ?? context.policy.regions[0];
  if (findings.length > 0 || accountId === undefined || membership === undefined || region === undefined) {
    return { kind: 'faulty', findings };
  }
  const unsaidTags = membership.kind === 'external' ? 'unknown' : {};
  const side: PolicySide = {
    accountId,
    region,
    vpcId: facts.vpc ?? UNNAMED_VPCS[role],
    membership,
    cidrs: facts.cidrs ?? known?.cidrs ?? 'unknown',
    isDefaultVpc:
      facts.defaultVpc ?? known?.isDefaultVpc ?? (membership.kind === 'external' ? undefined : false),
    tags: facts.tags ?? known?.tags ?? unsaidTags,
  };
  // Facts that are written down are meant; those of the snapshot are seen as autopeer will see them.
  const seen = seenUnder(new Set(context.policy.regions), side);
  return {
    kind: 'side',
    side: {
      ...seen,
      isDefaultVpc: facts.defaultVpc ?? seen.isDefaultVpc,
      tags: facts.tags ?? seen.tags,
    },
    isInvented: facts.vpc === undefined,
  };
}

type Complain = (key: string | undefined, message: string) => void;

function knownVpc(
  facts: SideFacts,
  { organization }: SideContext,
  complain: Complain,
): PolicySide | undefined {
  if (facts.vpc === undefined) return undefined;
  const known = organization?.vpcById.get(facts.vpc);
  if (known === undefined) {
    if (facts.account !== undefined) return undefined;
    const where = organization === undefined ? 'without a snapshot (--org)' : 'in the snapshot';
    complain(
      typeof facts === 'string' ? undefined : 'vpc',
      `nothing is known of ${facts.vpc} ${where}: write its account, and what else matters`,
    );
    return undefined;
  }
  if (facts.region !== undefined && facts.region !== known.region) {
    complain('region', `${facts.vpc} is in ${known.region}: leave the region out`);
  }
  return known;
}

function accountOf(
  facts: SideFacts,
  known: PolicySide | undefined,
  { organization }: SideContext,
  complain: Complain,
): AccountId | undefined {
  if (facts.account === undefined) {
    // Of a VPC that is not known, something has been said already.
    if (known === undefined && facts.vpc === undefined)
      complain(undefined, 'which account? Write account: "111122223333", or a VPC of the snapshot');
    return known?.accountId;
  }
  const accountId = parseAccountId(facts.account) ?? accountByName(facts.account, organization, complain);
  if (known !== undefined && accountId !== undefined && accountId !== known.accountId) {
    complain('account', `${known.vpcId} is in account ${known.accountId}: leave the account out`);
  }
  return accountId;
}

function accountByName(
  name: string,
  organization: Organization | undefined,
  complain: Complain,
): AccountId | undefined {
  if (organization === undefined) {
    complain('account', `'${name}' is no account id of twelve digits, and a name needs a snapshot (--org)`);
    return undefined;
  }
  const accounts = organization.snapshot.accounts.filter((account) => account.name === name);
  const [first, second] = accounts;
  if (first === undefined) {
    const names = organization.snapshot.accounts.map((account) => account.name);
    complain('account', `the snapshot has no account '${name}'${didYouMean(name, names)}`);
  } else if (second !== undefined) {
    complain('account', `the snapshot has ${accounts.length} accounts '${name}': write the id`);
    return undefined;
  }
  return first?.id;
}

function membershipOf(
  facts: SideFacts,
  accountId: AccountId | undefined,
  { organization }: SideContext,
  complain: Complain,
): Membership | undefined {
  const isPlaced = facts.ou !== undefined || facts.ous !== undefined;
  if (facts.external === true) {
    if (isPlaced)
      complain('external', 'an account outside the organization is under no OU: leave out one of the two');
    return { kind: 'external' };
  }
  const ou = facts.ou === undefined ? undefined : ouOf(facts.ou, organization, complain);
  const above = [...(ou === undefined ? [] : [ou]), ...(facts.ous ?? [])].flatMap(
    (id) => organization?.ancestors(id) ?? [id],
  );
  if (isPlaced) return { kind: 'member', ous: [...new Set(above)] };
  const standing = accountId === undefined ? undefined : organization?.membershipOf(accountId);
  if (standing !== undefined && (facts.external === undefined || standing.kind === 'member')) return standing;
  return { kind: 'member', ous: [] };
}

function ouOf(text: string, organization: Organization | undefined, complain: Complain): OuId | undefined {
  const id = parseOuId(text);
  if (id !== undefined) return id;
  if (organization === undefined) {
    complain('ou', `'${text}' is no id of an OU, and a path of names needs a snapshot (--org)`);
    return undefined;
  }
  const paths = new Map([...organization.ous.keys()].map((key) => [ouPath(organization, key), key]));
  const found = paths.get(text);
  if (found === undefined) {
    complain('ou', `the snapshot has no OU '${text}'${didYouMean(text, paths.keys())}`);
  }
  return found;
}

function vpc(text: string): VpcId {
  const id = parseVpcId(text);
  if (id === undefined) throw new Error(`${text} is no VPC id`);
  return id;
}
