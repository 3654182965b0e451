import ipaddr from 'ipaddr.js';

import { invalidPattern } from './invalid.ts';
import { onString, type ScalarMatch } from './scalar.ts';

type Address = ReturnType<typeof ipaddr.parse>;

/** A block such as `10.0.0.0/24` or `2001:db8::/32`; fits addresses of the same family inside it. */
export function compileCidr(block: unknown): ScalarMatch {
  if (typeof block !== 'string') throw invalidPattern('cidr match pattern must be a string');
  const parts = block.split('/');
  if (parts.length !== 2) throw invalidPattern("Malformed CIDR, one '/' required");
  const [addressText = '', bitsText = ''] = parts;
  if (!/^\d+$/.test(bitsText)) throw invalidPattern('Malformed CIDR, mask bits must be an integer');
  const network = parseAddress(addressText);
  if (network === undefined) throw invalidPattern(`Nonstandard IP address: ${addressText}`);
  const bits = Number(bitsText);
  if (bits > (network.kind() === 'ipv4' ? 32 : 128)) {
    throw invalidPattern(
      `${network.kind() === 'ipv4' ? 'IPv4' : 'IPv6'} mask bits must be < ${network.kind() === 'ipv4' ? 33 : 129}`,
    );
  }
  return onString((text) => {
    const address = parseAddress(text);
    return address !== undefined && address.kind() === network.kind() && address.match(network, bits);
  });
}

/** Only the usual forms: the library also takes octal and shortened IPv4, which EventBridge does not. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) && text.includes(':') ? ipaddr.IPv6.parse(text) : undefined;
}
