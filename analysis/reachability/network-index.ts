import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import type { AccountId, PeeringId, Region, VpcId } from '../../shared/domain/facts/ids.ts';
import type {
  FactKind,
  InstanceFacts,
  InterfaceFacts,
  NetworkAclFacts,
  PeeringFacts,
  PlaceFacts,
  RouteTableFacts,
  SecurityGroupFacts,
  SubnetFacts,
  VpcFacts,
} from '../snapshot/network.ts';

/** Where it lives: its owner's account, and the region. */
export type Located<Item> = Item & { readonly region: Region };

/** The facts of all places that were read, by their ids. */
export interface NetworkIndex {
  readonly places: readonly PlaceFacts[];
  readonly vpcs: ReadonlyMap<string, Located<VpcFacts>>;
  readonly subnets: ReadonlyMap<string, Located<SubnetFacts>>;
  readonly interfaces: ReadonlyMap<string, Located<InterfaceFacts>>;
  readonly instances: ReadonlyMap<string, Located<InstanceFacts>>;
  readonly groups: ReadonlyMap<string, Located<SecurityGroupFacts>>;
  readonly peerings: ReadonlyMap<PeeringId, PeeringFacts>;
  /** A list that is missing could not be read. */
  readonly prefixLists: ReadonlyMap<string, readonly Cidr[]>;
  /** The subnet's own table, else its VPC's main one; `undefined` where it could not be read. */
  readonly tableOf: (subnet: SubnetFacts) => Located<RouteTableFacts> | undefined;
  readonly aclOf: (subnet: SubnetFacts) => Located<NetworkAclFacts> | undefined;
  /** Why something of an account in a region is not there; `undefined` where it was read. */
  readonly unread: (accountId: AccountId, region: Region, what: FactKind) => string | undefined;
}

export function indexNetwork(places: readonly PlaceFacts[]): NetworkIndex {
  const tables = collect(places, ({ routeTables }) => routeTables);
  const acls = collect(places, ({ networkAcls }) => networkAcls);
  const tablesByVpc = Map.groupBy(tables.values(), ({ vpcId }) => vpcId);
  const aclBySubnet = new Map(
    [...acls.values()].flatMap((acl) => acl.subnetIds.map((id) => [id, acl] as const)),
  );
  return {
    places,
    vpcs: collect(places, ({ vpcs }) => vpcs),
    subnets: collect(places, ({ subnets }) => subnets),
    interfaces: collect(places, ({ interfaces }) => interfaces),
    instances: new Map(
      places.flatMap(({ instances, region }) => instances.map((each) => [each.id, { ...each, region }])),
    ),
    groups: collect(places, ({ securityGroups }) => securityGroups),
    peerings: mergePeerings(places),
    prefixLists: new Map(
      places.flatMap(({ prefixLists }) => prefixLists.map(({ id, entries }) => [id, entries])),
    ),
    tableOf: (subnet) => {
      const all = tablesByVpc.get(subnet.vpcId) ?? [];
      return all.find(({ subnetIds }) => subnetIds.includes(subnet.id)) ?? all.find(({ isMain }) => isMain);
    },
    aclOf: (subnet) => aclBySubnet.get(subnet.id),
    unread: (accountId, region, what) => {
      const place = places.find((each) => each.accountId === accountId && each.region === region);
      if (place === undefined) return `account ${accountId}, ${region} was not read`;
      return place.unread.find((each) => each.what === what)?.reason;
    },
  };
}

/** By id. What is shared shows in several accounts: its owner sees all of it. */
function collect<Item extends { readonly id: string; readonly ownerId: AccountId }>(
  places: readonly PlaceFacts[],
  listOf: (place: PlaceFacts) => readonly Item[],
): ReadonlyMap<string, Located<Item>> {
  const found = new Map<string, Located<Item>>();
  for (const place of places) {
    for (const item of listOf(place)) {
      if (found.has(item.id) && item.ownerId !== place.accountId) continue;
      found.set(item.id, { ...item, region: place.region });
    }
  }
  return found;
}

/** Each side shows its own DNS option, and a request shows nothing of its accepter before it is accepted. */
function mergePeerings(places: readonly PlaceFacts[]): ReadonlyMap<PeeringId, PeeringFacts> {
  const found = new Map<PeeringId, PeeringFacts>();
  for (const view of places.flatMap(({ peerings }) => peerings)) {
    const known = found.get(view.id);
    found.set(
      view.id,
      known === undefined
        ? view
        : {
            ...view,
            requester: mergeSide(known.requester, view.requester),
            accepter: mergeSide(known.accepter, view.accepter),
          },
    );
  }
  return found;
}

type Side = PeeringFacts['requester'];

const mergeSide = (one: Side, other: Side): Side => ({
  ...one,
  cidrs: one.cidrs.length >= other.cidrs.length ? one.cidrs : other.cidrs,
  dnsFromRemote: one.dnsFromRemote ?? other.dnsFromRemote,
});

/** The VPC's peerings, and what is at their other ends. */
export const peeringsOf = (
  { peerings }: NetworkIndex,
  vpcId: VpcId,
): readonly { readonly peering: PeeringFacts; readonly own: Side; readonly other: Side }[] =>
  [...peerings.values()].flatMap((peering) => {
    const { requester, accepter } = peering;
    if (requester.vpcId === vpcId) return [{ peering, own: requester, other: accepter }];
    return accepter.vpcId === vpcId ? [{ peering, own: accepter, other: requester }] : [];
  });
