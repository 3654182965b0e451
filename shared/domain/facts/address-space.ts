import { contains, familyOf, overlaps, parseCidr, type Cidr } from './cidr.ts';

/**
 * Private IPv4 space: RFC 1918, and the shared space of RFC 6598, which VPCs use for containers.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
const PRIVATE_IPV4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap(
  (text) => parseCidr(text) ?? [],
);

/**
 * Whether nobody on the internet can have addresses of a VPC's block. An IPv6 block counts as private: EC2 itself
 * associates it, so no VPC can claim a block that belongs to somebody else.
 */
export const isPrivate = (cidr: Cidr): boolean =>
  familyOf(cidr) === 'ipv6' || PRIVATE_IPV4.some((block) => contains(block, cidr));

/** Whether a block lies wholly within public IPv4 space. `0.0.0.0/0` does not: it names nothing. */
export const isWhollyPublic = (cidr: Cidr): boolean =>
  familyOf(cidr) === 'ipv4' && !PRIVATE_IPV4.some((block) => overlaps(block, cidr));

/** Whether a block takes in every address of its family. Such a block bounds nothing. */
export const isEverything = (cidr: Cidr): boolean => cidr.endsWith('/0');
