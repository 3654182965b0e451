import type { VpcFacts } from '../snapshot/network.ts';
import { adviceFor, finding, type Finding } from './finding.ts';
import { peeringsOf, type Located, type NetworkIndex } from './network-index.ts';

type Vpc = Located<VpcFacts>;

/**
 * Network address units of a VPC, and of it together with those it is peered with in its region. Both can be raised, up to these
 * maximums: 256,000 and 512,000.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html
 */
export const ADDRESS_UNITS = { vpc: 64_000, peered: 128_000 } as const;
/** From here on it is worth saying. */
const NEAR = 0.8;

/**
 * What the interfaces of a VPC that were read come to at the least: a unit for each address. Load balancers, Lambda functions and
 * endpoints count more, prefixes one each.
 */
export function unitsByVpc({ interfaces }: NetworkIndex): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { vpcId, addresses } of interfaces.values()) {
    units.set(vpcId, (units.get(vpcId) ?? 0) + addresses.length);
  }
  return units;
}

/** Row 34: what is used up stops new interfaces, not packets: a note. */
export function noteAddressUnits(vpcs: readonly Vpc[], index: NetworkIndex): readonly Finding[] {
  const units = unitsByVpc(index);
  return [...new Map(vpcs.map((vpc) => [vpc.id, vpc])).values()].flatMap((vpc) => {
    const peers = peeringsOf(index, vpc.id)
      .filter(({ peering, other }) => peering.state === 'active' && other.region === vpc.region)
      .map(({ other }) => other.vpcId);
    const own = units.get(vpc.id) ?? 0;
    const together = [...new Set(peers)].reduce((sum, id) => sum + (units.get(id) ?? 0), own);
    const full =
      own >= NEAR * ADDRESS_UNITS.vpc
        ? `${vpc.id} has at least ${own} network address units of ${ADDRESS_UNITS.vpc}`
        : together >= NEAR * ADDRESS_UNITS.peered
          ? `${vpc.id} and its peers have at least ${together} network address units of ${ADDRESS_UNITS.peered}`
          : undefined;
    if (full === undefined) return [];
    const text = `${full}: where they are used up, no new interface can be made. What is there goes on.`;
    const mend = adviceFor({ accountId: vpc.ownerId, region: vpc.region }, 'Ask Service Quotas for more.');
    return [finding({ layer: 'ends', verdict: 'note', code: 'address-units', text, mend })];
  });
}
