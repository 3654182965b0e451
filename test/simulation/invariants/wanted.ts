import { contains, familyOf, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { ConnectOptions } from '../../../shared/domain/policy/language/connect.ts';
import type { SimulatedEc2 } from '../../../sim/ec2/ec2.ts';
import type { RouteTableRecord, VpcRecord } from '../../../sim/ec2/records.ts';

import type { Side } from './sides.ts';

type Truth = SimulatedEc2['truth'];

/**
 * The routes that docs/policy.md promises ("What a connected peering gets"), read from EC2's own records: written
 * anew here, so that it is not the shipped code that judges the shipped code.
 */
export const wantedTables = (
  vpc: VpcRecord,
  { routes: { tables } }: ConnectOptions,
  truth: Truth,
): readonly RouteTableRecord[] => {
  const own = [...truth.routeTables.values()].filter((table) => table.vpc.id === vpc.id);
  switch (tables.kind) {
    case 'all':
      return own;
    case 'main':
      return own.filter(isMain);
    case 'listed':
      return own.filter(({ id }) => tables.ids.some((listed) => listed === id));
    case 'tagged':
      return own.filter(({ id }) => {
        const tags = truth.tags.of(vpc.ownerId, vpc.region, id);
        return Object.entries(tables.tags).every(([key, value]) =>
          tags.some((tag) => tag.Key === key && tag.Value === value),
        );
      });
    case 'associated':
      return associatedTables(vpc, truth);
  }
};

/** Those that carry traffic: with a subnet of their own, and the main one where some subnet falls back to it. */
export function associatedTables(vpc: VpcRecord, truth: Truth): readonly RouteTableRecord[] {
  const own = [...truth.routeTables.values()].filter((table) => table.vpc.id === vpc.id);
  const explicit = new Set(own.flatMap(({ associations }) => associations.map(({ subnetId }) => subnetId)));
  const subnets = [...truth.subnets.values()].filter((subnet) => subnet.vpc.id === vpc.id);
  const someFallBack = subnets.some(({ id }) => !explicit.has(id));
  return own.filter(
    (table) =>
      table.associations.some(({ subnetId }) => subnetId !== undefined) || (isMain(table) && someFallBack),
  );
}

const isMain = ({ associations }: RouteTableRecord): boolean =>
  associations.some(({ subnetId }) => subnetId === undefined);

/** Of a VPC that autopeer may not read it knows the CIDRs only. */
export function wantedDestinations(
  { mine, other, isOtherGoverned: isReadable }: Pick<Side, 'mine' | 'other' | 'isOtherGoverned'>,
  { routes }: ConnectOptions,
  truth: Truth,
  now: number,
): readonly Cidr[] {
  const blocks = cidrsOf(other, now);
  const subnets = [...truth.subnets.values()]
    .filter((subnet) => subnet.vpc.id === other.id)
    .flatMap(({ cidr, ipv6Cidr }) => [cidr, ipv6Cidr?.cidr].filter((block) => block !== undefined));
  const { destinations } = routes;
  const chosen =
    destinations.kind === 'listed'
      ? destinations.cidrs.filter((cidr) => blocks.some((block) => contains(block, cidr)))
      : destinations.kind === 'subnet-cidrs' && isReadable
        ? subnets
        : blocks;
  return [...new Set(chosen)].filter(
    (cidr) =>
      (familyOf(cidr) === 'ipv4' ||
        (routes.ipv6 && mine.ipv6Cidrs.some(({ associatedAt }) => associatedAt <= now))) &&
      !routes.exclude.some((block) => contains(block, cidr)),
  );
}

/** Every block that is in force. */
export const cidrsOf = (vpc: VpcRecord, now: number): readonly Cidr[] =>
  [...vpc.cidrs, ...vpc.ipv6Cidrs].filter(({ associatedAt }) => associatedAt <= now).map(({ cidr }) => cidr);
