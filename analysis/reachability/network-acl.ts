import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { AclEntryFacts, NetworkAclFacts } from '../snapshot/network.ts';
import { partsOf, rangesOf, type Range } from './blocks.ts';
import type { Judged } from './filter.ts';
import { rangeOf, type Packet } from './packet.ts';

/**
 * What a network ACL does with a packet that goes out of its subnet, or comes in. It keeps no state: the answer is another packet.
 * The entry with the lowest number decides; what no entry matches is denied.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
 */
export function judgeAcl(acl: NetworkAclFacts, packet: Packet, isEgress: boolean): readonly Judged[] {
  const entries = acl.entries
    .filter((entry) => entry.isEgress === isEgress)
    .toSorted((one, other) => one.number - other.number);
  const block = isEgress ? packet.destination : packet.source;
  const ranges = entries.flatMap((entry) => rangeOf(entry, packet) ?? []);
  return partsOf(
    block,
    entries.map(({ cidr }) => cidr),
  ).flatMap((part) =>
    rangesOf(packet.ports, ranges).map((ports): Judged => {
      const entry = entries.find((each) => matches(each, part, ports, packet));
      return {
        part,
        ports,
        outcome: entry?.isAllow === true ? 'allow' : 'deny',
        by: entry === undefined ? 'no rule' : `rule ${entry.number}`,
      };
    }),
  );
}

function matches(entry: AclEntryFacts, part: Cidr, ports: Range, packet: Packet): boolean {
  const range = rangeOf(entry, packet);
  return (
    range !== undefined && contains(entry.cidr, part) && range.from <= ports.from && ports.to <= range.to
  );
}

/** A number for a new rule that goes before all others of its direction, where there is one. */
export function numberBefore(acl: NetworkAclFacts, isEgress: boolean): number {
  const numbers = acl.entries.filter((entry) => entry.isEgress === isEgress).map(({ number }) => number);
  const lowest = Math.min(...numbers, HIGHEST_NUMBER);
  return lowest > 1 ? Math.min(Math.max(Math.floor(lowest / 2), 1), FIRST_NUMBER) : 1;
}

/** AWS's own example of a first rule. */
const FIRST_NUMBER = 100;
const HIGHEST_NUMBER = 32_766;
