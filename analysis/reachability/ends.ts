import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { parseVpcId, type VpcId } from '../../shared/domain/facts/ids.ts';
import type { InterfaceFacts, SubnetFacts, VpcFacts } from '../snapshot/network.ts';
import { hostOf } from './blocks.ts';
import { peeringsOf, type Located, type NetworkIndex } from './network-index.ts';

/** One end of a path: always in a subnet. */
export interface End {
  readonly vpc: Located<VpcFacts>;
  readonly subnet: Located<SubnetFacts>;
  /** Absent where a subnet or a VPC was asked about, and where no interface has the address. */
  readonly interface: Located<InterfaceFacts> | undefined;
  /** What it sends from and is reached at: single addresses of an interface, else the subnet's blocks. */
  readonly blocks: readonly Cidr[];
  /** Whether it was asked about by an address that no interface has. */
  readonly isOrphan: boolean;
}

export type Resolution =
  | { readonly kind: 'ends'; readonly ends: readonly End[] }
  | { readonly kind: 'ambiguous'; readonly ids: readonly string[] }
  /** An address that lies in no VPC that was read. */
  | { readonly kind: 'outside'; readonly block: Cidr }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Both ends of a question. An address that several VPCs have is the one whose VPC is peered with the other end's.
 *
 * @param from an id of a VPC, subnet, interface or instance, an address, or the `Name` tag of one of these
 */
export function resolveEnds(
  from: string,
  to: string,
  index: NetworkIndex,
): { readonly from: Resolution; readonly to: Resolution } {
  const first = resolveEnd(from, index, undefined);
  const second = resolveEnd(to, index, nearTo(first, index));
  return {
    from: first.kind === 'ambiguous' ? resolveEnd(from, index, nearTo(second, index)) : first,
    to: second,
  };
}

/** The VPCs that an end may mean to reach: its own, and those that it is peered with. */
function nearTo(resolution: Resolution, index: NetworkIndex): ReadonlySet<VpcId> | undefined {
  if (resolution.kind !== 'ends') return undefined;
  const own = resolution.ends.map(({ vpc }) => vpc.id);
  return new Set(own.flatMap((id) => [id, ...peeringsOf(index, id).map(({ other }) => other.vpcId)]));
}

function resolveEnd(text: string, index: NetworkIndex, near: ReadonlySet<VpcId> | undefined): Resolution {
  const block = hostOf(text);
  if (block !== undefined) return resolveAddress(block, index, near);
  const ids = idsOf(text, index);
  const [id] = ids;
  if (id === undefined) return { kind: 'none', reason: `nothing that was read is called ${text}` };
  if (ids.length > 1) return { kind: 'ambiguous', ids };
  const ends = endsOf(id, index);
  return ends.length > 0
    ? { kind: 'ends', ends }
    : { kind: 'none', reason: `${id} has no subnet that was read` };
}

/** The id itself, or those of what has the name. An instance goes before its interfaces, which may be called the same. */
function idsOf(text: string, index: NetworkIndex): readonly string[] {
  const { vpcs, subnets, interfaces, instances } = index;
  for (const all of [vpcs, subnets, interfaces, instances]) if (all.has(text)) return [text];
  const named = (all: ReadonlyMap<string, { readonly id: string; readonly name?: string | undefined }>) =>
    [...all.values()].filter(({ name }) => name === text).map(({ id }) => id);
  const ofInstances = named(instances);
  const own = [...interfaces.values()].filter(
    ({ name, instanceId }) =>
      name === text && !(instanceId !== undefined && ofInstances.includes(instanceId)),
  );
  return [...named(vpcs), ...named(subnets), ...ofInstances, ...own.map(({ id }) => id)];
}

function endsOf(id: string, index: NetworkIndex): readonly End[] {
  const { subnets, interfaces } = index;
  const vpcId = parseVpcId(id);
  if (vpcId !== undefined) {
    return [...subnets.values()]
      .filter((subnet) => subnet.vpcId === vpcId)
      .flatMap((subnet) => subnetEnd(subnet, index, subnet.cidrs, false));
  }
  const subnet = subnets.get(id);
  if (subnet !== undefined) return subnetEnd(subnet, index, subnet.cidrs, false);
  return [...interfaces.values()]
    .filter((each) => each.id === id || each.instanceId === id)
    .flatMap((each) =>
      interfaceEnd(
        each,
        index,
        each.addresses.flatMap((address) => hostOf(address) ?? []),
      ),
    );
}

function resolveAddress(block: Cidr, index: NetworkIndex, near: ReadonlySet<VpcId> | undefined): Resolution {
  const has = [...index.interfaces.values()].filter(({ addresses }) =>
    addresses.some((address) => hostOf(address) === block),
  );
  const worn = narrow(has, near, ({ vpcId }) => vpcId);
  if (worn.length > 1) return { kind: 'ambiguous', ids: worn.map(({ id }) => id) };
  const [one] = worn;
  if (one !== undefined) return { kind: 'ends', ends: interfaceEnd(one, index, [block]) };
  const within = [...index.subnets.values()].filter(({ cidrs }) =>
    cidrs.some((cidr) => contains(cidr, block)),
  );
  const subnets = narrow(within, near, ({ vpcId }) => vpcId);
  if (subnets.length > 1) return { kind: 'ambiguous', ids: subnets.map(({ id }) => id) };
  const [subnet] = subnets;
  if (subnet === undefined) return { kind: 'outside', block };
  return { kind: 'ends', ends: subnetEnd(subnet, index, [block], true) };
}

/** Those of the near VPCs, if any are. */
function narrow<Item>(
  items: readonly Item[],
  near: ReadonlySet<VpcId> | undefined,
  vpcOf: (item: Item) => VpcId,
): readonly Item[] {
  const close = items.filter((item) => near?.has(vpcOf(item)));
  return close.length > 0 ? close : items;
}

function subnetEnd(
  subnet: Located<SubnetFacts>,
  { vpcs }: NetworkIndex,
  blocks: readonly Cidr[],
  isOrphan: boolean,
): readonly End[] {
  const vpc = vpcs.get(subnet.vpcId);
  return vpc === undefined ? [] : [{ vpc, subnet, interface: undefined, blocks, isOrphan }];
}

function interfaceEnd(
  each: Located<InterfaceFacts>,
  { vpcs, subnets }: NetworkIndex,
  blocks: readonly Cidr[],
): readonly End[] {
  const [vpc, subnet] = [vpcs.get(each.vpcId), subnets.get(each.subnetId)];
  return vpc === undefined || subnet === undefined
    ? []
    : [{ vpc, subnet, interface: each, blocks, isOrphan: false }];
}
