import type { AccountId, OuId, PeeringId, VpcId } from '../../shared/domain/facts/ids.ts';
import { ROLES, type PeeringState, type Role } from '../../shared/domain/facts/peering.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { compareText } from '../../shared/domain/policy/language/canonical.ts';
import { isLive } from '../access/live.ts';
import { listPeerings, type ListedPeering, type ListedSide } from '../peerings/list.ts';
import type { Organization } from '../snapshot/organization.ts';
import { sidesWithoutRoute } from './routes.ts';

export interface GraphOu {
  readonly id: OuId;
  readonly name: string;
  /** `null` right under the root. */
  readonly parent: OuId | null;
}

export interface GraphAccount {
  readonly id: AccountId;
  /** Nothing for an account outside the organization. */
  readonly name: string | undefined;
  /** `null` right under the root, and outside the organization. */
  readonly ou: OuId | null;
  readonly isMember: boolean;
  /** Why something of it was not read; absent where all was. */
  readonly unread: string | undefined;
}

export interface GraphVpc {
  readonly id: VpcId;
  /** Its `Name` tag. */
  readonly name: string | undefined;
  readonly accountId: AccountId;
  readonly region: string;
  readonly cidrs: readonly string[];
  /** Whether it was read itself: of others only a peering tells. */
  readonly isRead: boolean;
}

export interface GraphPeering {
  readonly id: PeeringId;
  readonly state: PeeringState;
  readonly requester: VpcId;
  readonly accepter: VpcId;
  /** Sides of which no route table leads to the peering; empty too where routes were not read. */
  readonly withoutRoute: readonly Role[];
  /** What the policy says; absent without one, and of a peering that is over. */
  readonly decision: string | undefined;
  readonly rule: string | undefined;
}

/** Who is joined with whom. Everything is in the order of the ids. */
export interface Graph {
  readonly takenAt: string;
  readonly ous: readonly GraphOu[];
  readonly accounts: readonly GraphAccount[];
  readonly vpcs: readonly GraphVpc[];
  readonly peerings: readonly GraphPeering[];
}

/** What is shown: all of it, or an account's or a VPC's with those they are joined with, and all peerings between these. */
export interface GraphScope {
  /** By id or name. */
  readonly account: string | undefined;
  readonly vpc: string | undefined;
  /** Peerings that are over too: rejected, expired, failed, deleted. */
  readonly withOver: boolean;
}

export function graphOf(
  organization: Organization,
  policy: CompiledPolicy | undefined,
  scope: GraphScope,
): Graph {
  const everything = { account: undefined, vpc: undefined, state: undefined, rule: undefined };
  const listed = listPeerings(organization, policy, everything)
    .filter((peering) => scope.withOver || isLive(peering))
    .toSorted(byId);
  const vpcs = allVpcs(organization, listed);
  const shown = inScope(vpcs, listed, scope, organization);
  const kept = vpcs.filter(({ id }) => shown.has(id));
  const withoutRoute = sidesWithoutRoute(organization.snapshot);
  const peerings = listed
    .filter(({ requester, accepter }) => shown.has(requester.vpcId) && shown.has(accepter.vpcId))
    .map((peering) => toPeering(peering, withoutRoute.get(peering.id)));
  const isWhole = scope.account === undefined && scope.vpc === undefined;
  const accounts = accountsOf(organization, kept, isWhole);
  return {
    takenAt: organization.snapshot.takenAt,
    ous: ousOf(organization, accounts, isWhole),
    accounts,
    vpcs: kept,
    peerings,
  };
}

const byId = (one: { readonly id: string }, other: { readonly id: string }): number =>
  compareText(one.id, other.id);

/** Those that were read, and those that only a peering tells of. */
function allVpcs({ snapshot }: Organization, listed: readonly ListedPeering[]): readonly GraphVpc[] {
  const vpcs = new Map<VpcId, GraphVpc>(
    snapshot.vpcs.map(({ id, accountId, region, cidrs, tags }) => [
      id,
      { id, name: tags['Name'], accountId, region, cidrs, isRead: true },
    ]),
  );
  for (const { requester, accepter } of listed) {
    for (const side of [requester, accepter]) {
      const known = vpcs.get(side.vpcId);
      if (known === undefined || (!known.isRead && known.cidrs.length === 0)) {
        vpcs.set(side.vpcId, fromPeering(side));
      }
    }
  }
  return [...vpcs.values()].toSorted(byId);
}

const fromPeering = ({ vpcId, vpc, accountId, region, cidrs }: ListedSide): GraphVpc => ({
  id: vpcId,
  name: vpc,
  accountId,
  region,
  cidrs,
  isRead: false,
});

function inScope(
  vpcs: readonly GraphVpc[],
  listed: readonly ListedPeering[],
  { account, vpc }: GraphScope,
  organization: Organization,
): ReadonlySet<VpcId> {
  if (account === undefined && vpc === undefined) return new Set(vpcs.map(({ id }) => id));
  const isAsked = ({ id, name, accountId }: GraphVpc): boolean =>
    (account === undefined || account === accountId || account === organization.accountName(accountId)) &&
    (vpc === undefined || vpc === id || vpc === name);
  const asked = new Set(vpcs.filter(isAsked).map(({ id }) => id));
  const joined = listed.flatMap(({ requester: { vpcId: one }, accepter: { vpcId: other } }) =>
    asked.has(one) || asked.has(other) ? [one, other] : [],
  );
  return new Set([...asked, ...joined]);
}

function accountsOf(
  { snapshot, accounts }: Organization,
  vpcs: readonly GraphVpc[],
  isWhole: boolean,
): readonly GraphAccount[] {
  const unread = new Map((snapshot.unread ?? []).map(({ accountId, reason }) => [accountId, reason]));
  const ids = new Set([...(isWhole ? accounts.keys() : []), ...vpcs.map(({ accountId }) => accountId)]);
  return [...ids].toSorted(compareText).map((id) => {
    const account = accounts.get(id);
    return {
      id,
      name: account?.name,
      ou: account?.ou ?? null,
      isMember: account !== undefined,
      unread: unread.get(id),
    };
  });
}

function ousOf(
  { snapshot, ancestors }: Organization,
  accounts: readonly GraphAccount[],
  isWhole: boolean,
): readonly GraphOu[] {
  const above = new Set(accounts.flatMap(({ ou }) => (ou === null ? [] : ancestors(ou))));
  return snapshot.ous.filter(({ id }) => isWhole || above.has(id)).toSorted(byId);
}

const toPeering = (peering: ListedPeering, without: ReadonlySet<Role> | undefined): GraphPeering => ({
  id: peering.id,
  state: peering.state,
  requester: peering.requester.vpcId,
  accepter: peering.accepter.vpcId,
  withoutRoute: peering.state === 'active' ? ROLES.filter((role) => without?.has(role)) : [],
  decision: peering.decision,
  rule: peering.rule,
});
