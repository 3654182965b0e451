import ipaddr from 'ipaddr.js';

declare const brand: unique symbol;
/** A CIDR block in canonical form: no host bits set, IPv6 compressed. Two equal blocks are equal strings. */
export type Cidr = string & { readonly [brand]: 'Cidr' };

/** ipaddr.js also reads `10.1/16`, octal and hexadecimal, as old C libraries do; EC2 does not. */
const DOTTED_DECIMAL = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\/\d{1,2}$/;

type Family = 'ipv4' | 'ipv6';

/** Parses and canonicalises, as EC2 does for routes: `100.68.0.18/18` becomes `100.68.0.0/18`. */
export function parseCidr(text: string): Cidr | undefined {
  // Each family by itself: asked for either, ipaddr.js tries the other one first, by way of an exception.
  if (text.includes(':')) return canonical(text, ipaddr.IPv6);
  return DOTTED_DECIMAL.test(text) ? canonical(text, ipaddr.IPv4) : undefined;
}

function canonical(text: string, family: typeof ipaddr.IPv4 | typeof ipaddr.IPv6): Cidr | undefined {
  try {
    const address = family.networkAddressFromCIDR(text).toString();
    const cidr = `${address}/${prefixOf(text)}`;
    return isCanonical(cidr) ? cidr : undefined;
  } catch {
    return undefined;
  }
}

/** Without leading zeros: `/08` is `/8`. */
const prefixOf = (text: string): number => Number(text.slice(text.indexOf('/') + 1));

const isCanonical = (text: string): text is Cidr => text.includes('/');

export const familyOf = (cidr: Cidr): Family => (cidr.includes(':') ? 'ipv6' : 'ipv4');

/** Whether `inner` lies wholly within `outer`. Blocks of different families never do. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  if (familyOf(outer) !== familyOf(inner)) return false;
  const family = familyOf(outer) === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const [outerAddress, outerPrefix] = family.parseCIDR(outer);
  const [innerAddress, innerPrefix] = family.parseCIDR(inner);
  return innerPrefix >= outerPrefix && innerAddress.match(outerAddress, outerPrefix);
}

export const overlaps = (one: Cidr, other: Cidr): boolean => contains(one, other) || contains(other, one);
