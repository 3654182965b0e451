import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { GroupRuleFacts, InterfaceFacts, SecurityGroupFacts } from '../snapshot/network.ts';
import { partsOf, rangesOf, type Range } from './blocks.ts';
import type { Judged } from './filter.ts';
import { rangeOf, type Packet } from './packet.ts';

export interface GroupQuestion {
  /** Those that the interface has. */
  readonly groups: readonly SecurityGroupFacts[];
  readonly packet: Packet;
  readonly isEgress: boolean;
  /** The interface at the other end; absent where only its block is known. */
  readonly peer: InterfaceFacts | undefined;
  /** Whether rules that name the peer's group can match: not through a middlebox, and not between regions. */
  readonly seesGroups: boolean;
  readonly prefixLists: ReadonlyMap<string, readonly Cidr[]>;
}

/**
 * What the groups of an interface do with a packet: any rule of any group lets it through. They keep state, so the answer passes.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function judgeGroups(question: GroupQuestion): readonly Judged[] {
  const { groups, packet, isEgress, prefixLists } = question;
  const rules = groups.flatMap(({ id, rules }) =>
    rules.filter((rule) => rule.isEgress === isEgress).map((rule) => ({ id, rule })),
  );
  const block = isEgress ? packet.destination : packet.source;
  const cuts = rules.flatMap(({ rule }) => blocksOf(rule, prefixLists));
  const ranges = rules.flatMap(({ rule }) => rangeOf(rule, packet) ?? []);
  return partsOf(block, cuts).flatMap((part) =>
    rangesOf(packet.ports, ranges).map((ports): Judged => {
      const about = rules.filter(({ rule }) => covers(rule, ports, packet));
      const allowing = about.find(({ rule }) => isPeer(rule, part, question));
      if (allowing !== undefined) return { part, ports, outcome: 'allow', by: allowing.id };
      const hidden = about.find(({ rule }) => isHidden(rule, question));
      if (hidden === undefined) return { part, ports, outcome: 'deny', by: 'no rule' };
      return { part, ports, outcome: 'hidden', by: nameOf(hidden.rule) };
    }),
  );
}

function covers(rule: GroupRuleFacts, ports: Range, packet: Packet): boolean {
  const range = rangeOf(rule, packet);
  return range !== undefined && range.from <= ports.from && ports.to <= range.to;
}

const blocksOf = ({ peer }: GroupRuleFacts, prefixLists: GroupQuestion['prefixLists']): readonly Cidr[] => {
  if (peer.kind === 'cidr') return [peer.cidr];
  return peer.kind === 'prefix-list' ? (prefixLists.get(peer.id) ?? []) : [];
};

function isPeer(rule: GroupRuleFacts, part: Cidr, { peer, seesGroups, prefixLists }: GroupQuestion): boolean {
  if (rule.peer.kind !== 'group') return blocksOf(rule, prefixLists).some((block) => contains(block, part));
  return seesGroups && isLive(rule) && peer?.groupIds.includes(rule.peer.id) === true;
}

/** Whether the rule's group can be found: one of the same VPC, or one through an active peering. */
export const isLive = ({ peer }: GroupRuleFacts): boolean =>
  peer.kind === 'group' && (peer.peeringId === undefined || peer.peeringState === 'active');

/** Whether it may match for all that is known. */
function isHidden(rule: GroupRuleFacts, { peer, seesGroups, prefixLists }: GroupQuestion): boolean {
  if (rule.peer.kind === 'prefix-list') return !prefixLists.has(rule.peer.id);
  return rule.peer.kind === 'group' && seesGroups && isLive(rule) && peer === undefined;
}

function nameOf({ peer }: GroupRuleFacts): string {
  return peer.kind === 'cidr' ? peer.cidr : peer.id;
}

/** A rule that would match if its group could be seen, and why it cannot be. */
export interface UnseenGroup {
  readonly groupId: string;
  readonly why: 'stale' | 'not-seen';
}

export function unseenGroups(question: GroupQuestion): readonly UnseenGroup[] {
  const { groups, packet, isEgress, peer, seesGroups } = question;
  return groups
    .flatMap(({ rules }) => rules)
    .flatMap((rule): readonly UnseenGroup[] => {
      if (rule.isEgress !== isEgress || rule.peer.kind !== 'group') return [];
      if (!covers(rule, packet.ports, packet)) return [];
      if (!isLive(rule)) return [{ groupId: rule.peer.id, why: 'stale' }];
      const wears = peer?.groupIds.includes(rule.peer.id) === true;
      return wears && !seesGroups ? [{ groupId: rule.peer.id, why: 'not-seen' }] : [];
    });
}
