import ipaddr from 'ipaddr.js';
import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError } from '../types.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import type { NetworkInterfaceRecord, SubnetRecord } from './records.ts';

/** AWS keeps the first four addresses of a subnet and the last one: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_AT_THE_START = 4;
/** Larger subnets are not searched to their end: no test fills one. */
const SEARCHED_MAX = 4096;

interface Wanted {
  readonly ipv4: string | undefined;
  readonly ipv6: readonly string[];
  readonly ipv6Count: number | undefined;
}

/** The addresses of a new interface: those that are wanted, else the next free IPv4 one, and as many IPv6 ones as are asked for. */
export function interfaceAddresses(
  { id, cidr, ipv6Cidr }: SubnetRecord,
  taken: ReadonlySet<string>,
  { ipv4, ipv6, ipv6Count = 0 }: Wanted,
): Pick<NetworkInterfaceRecord, 'ipv4' | 'ipv6'> {
  if (ipv6.length > 0 && ipv6Count > 0) {
    throw invalidCombination('The parameters ipv6Addresses and ipv6AddressCount cannot be used together');
  }
  const asksIpv6 = ipv6.length > 0 || ipv6Count > 0 || cidr === undefined;
  if (asksIpv6 && ipv6Cidr === undefined) throw invalidValue(`subnet ${id} has no IPv6 CIDR block`);
  if (cidr === undefined && ipv4 !== undefined) throw invalidValue(`subnet ${id} has no IPv4 CIDR block`);
  const six = ipv6Cidr?.cidr;
  const chosen = six === undefined ? [] : ipv6.map((text) => free(text, six, taken));
  // An interface of a subnet that is IPv6 only gets an address without being asked.
  const count = cidr === undefined && ipv6.length === 0 ? Math.max(ipv6Count, 1) : ipv6Count;
  return {
    ipv4:
      cidr === undefined ? undefined : ipv4 === undefined ? next(cidr, taken, 1)[0] : free(ipv4, cidr, taken),
    ipv6: six === undefined ? [] : [...chosen, ...next(six, taken, count)],
  };
}

function free(text: string, cidr: Cidr, taken: ReadonlySet<string>): string {
  if (!ipaddr.isValid(text)) throw invalidValue(`Invalid value '${text}' for address.`);
  const address = ipaddr.parse(text);
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  if (address.kind() !== network.kind() || !address.match(network, prefix)) {
    throw invalidValue("Address does not fall within the subnet's address range");
  }
  const canonical = address.toString();
  if (isReserved(canonical, cidr))
    throw invalidValue(`Address ${canonical} is in subnet's reserved address range`);
  if (taken.has(canonical)) throw new AwsError('InvalidIPAddress.InUse', `Address ${canonical} is in use.`);
  return canonical;
}

const isReserved = (address: string, cidr: Cidr): boolean =>
  Array.from({ length: RESERVED_AT_THE_START }, (_, index) => nth(cidr, index)).includes(address) ||
  (!cidr.includes(':') && ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString() === address);

function next(cidr: Cidr, taken: ReadonlySet<string>, count: number): readonly string[] {
  const found: string[] = [];
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  for (let index = RESERVED_AT_THE_START; index < SEARCHED_MAX && found.length < count; index += 1) {
    const address = nth(cidr, index);
    if (!ipaddr.parse(address).match(network, prefix)) break;
    if (!taken.has(address) && !isReserved(address, cidr)) found.push(address);
  }
  if (found.length === count) return found;
  throw new AwsError(
    'InsufficientFreeAddressesInSubnet',
    'There are not enough free addresses in the subnet',
  );
}

/** The address that lies so far behind the block's first. */
function nth(cidr: Cidr, index: number): string {
  const bytes = ipaddr.parseCIDR(cidr)[0].toByteArray();
  let carry = index;
  for (let at = bytes.length - 1; at >= 0 && carry > 0; at -= 1) {
    carry += bytes[at] ?? 0;
    bytes[at] = carry % 256;
    carry = Math.floor(carry / 256);
  }
  return ipaddr.fromByteArray(bytes).toString();
}
