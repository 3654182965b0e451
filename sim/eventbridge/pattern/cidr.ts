import ipaddr from 'ipaddr.js';

import { PatternFault } from './invalid.ts';
import type { SourceNode } from './json-source.ts';
import { onString, type ScalarMatch } from './scalar.ts';

type Address = ReturnType<typeof ipaddr.parse>;

/** The longest mask that EventBridge takes: a block of one address is written as that address. */
const LONGEST_MASK = { ipv4: 31, ipv6: 127 } as const;
const FAMILY_NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/** A block such as `10.0.0.0/24` or `2001:db8::/32`; fits addresses of the same family inside it. */
export function compileCidr(operand: SourceNode): ScalarMatch {
  // The wrong operator in this message is AWS's own.
  if (operand.kind !== 'string') throw new PatternFault('prefix match pattern must be a string', operand.at);
  const [addressText = '', bitsText = '', ...rest] = operand.text.split('/');
  if (bitsText === '' || rest.length > 0) throw new PatternFault("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,9}$/.test(bitsText)) {
    throw new PatternFault('Malformed CIDR, mask bits must be an integer');
  }
  const bits = Number(bitsText);
  if (bits < 0) throw new PatternFault('Malformed CIDR, mask bits must not be negative');
  const network = parseAddress(addressText);
  if (network === undefined) throw new PatternFault(`Nonstandard IP address: ${addressText}`);
  const family = network.kind();
  if (bits > LONGEST_MASK[family]) {
    throw new PatternFault(`${FAMILY_NAMES[family]} mask bits must be < ${LONGEST_MASK[family] + 1}`);
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
