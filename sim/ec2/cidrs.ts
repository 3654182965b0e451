import type { VpcCidrBlockAssociation, VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import { familyOf, overlaps, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError } from '../types.ts';
import { invalidValue } from './errors.ts';
import type { CidrAssociation, VpcRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const VPC_PREFIXES = { ipv4: [16, 28], ipv6: [44, 60] } as const;
const SUBNET_PREFIXES = { ipv4: [16, 28], ipv6: [44, 64] } as const;

export const prefixOf = (cidr: Cidr): number => Number(cidr.slice(cidr.indexOf('/') + 1));

type Family = 'ipv4' | 'ipv6';

/** A block of the family, canonical; what is none is said to be wrong in the parameter. */
export function cidrOf(text: string, family: Family, parameter: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined || familyOf(cidr) !== family) {
    throw invalidValue(
      `Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
    );
  }
  return cidr;
}

/** A block for a VPC, canonical, of a size that a VPC may have. */
export function vpcCidr(text: string, family: Family): Cidr {
  return sized(text, family, VPC_PREFIXES[family], 'InvalidVpc.Range');
}

export function subnetCidr(text: string, family: Family): Cidr {
  return sized(text, family, SUBNET_PREFIXES[family], 'InvalidSubnet.Range');
}

function sized(text: string, family: Family, [least, most]: readonly [number, number], code: string): Cidr {
  const cidr = cidrOf(text, family, 'cidrBlock');
  if (prefixOf(cidr) < least || prefixOf(cidr) > most)
    throw new AwsError(code, `The CIDR '${cidr}' is invalid.`);
  return cidr;
}

const isAssociated = ({ associatedAt }: CidrAssociation, now: number): boolean => now >= associatedAt;

/** Every block of the VPC that is in force, IPv4 first, the primary one at the head. */
export const cidrsInForce = (vpc: VpcRecord, now: number): Cidr[] =>
  [...vpc.cidrs, ...vpc.ipv6Cidrs]
    .filter((association) => isAssociated(association, now))
    .map(({ cidr }) => cidr);

/** Every block, those included that are about to be in force: what another block must not overlap. */
export const cidrsReserved = (vpc: VpcRecord): Cidr[] =>
  [...vpc.cidrs, ...vpc.ipv6Cidrs].map(({ cidr }) => cidr);

export const anyOverlap = (some: readonly Cidr[], others: readonly Cidr[]): boolean =>
  some.some((one) => others.some((other) => overlaps(one, other)));

/** A /56 as Amazon hands out, from its block for that purpose. */
export function amazonIpv6Cidr(store: Ec2Store): Cidr {
  const { random } = store;
  return vpcCidr(`2600:1f18:${random.hex(4)}:${random.hex(2)}00::/56`, 'ipv6');
}

export function ipv4View({ id, cidr, associatedAt }: CidrAssociation, now: number): VpcCidrBlockAssociation {
  return { AssociationId: id, CidrBlock: cidr, CidrBlockState: { State: cidrState(associatedAt, now) } };
}

export function ipv6View(
  { id, cidr, associatedAt }: CidrAssociation,
  vpc: VpcRecord,
  now: number,
): VpcIpv6CidrBlockAssociation {
  return {
    AssociationId: id,
    Ipv6CidrBlock: cidr,
    Ipv6CidrBlockState: { State: cidrState(associatedAt, now) },
    NetworkBorderGroup: vpc.region,
    Ipv6Pool: 'Amazon',
  };
}

const cidrState = (associatedAt: number, now: number) => (now < associatedAt ? 'associating' : 'associated');
