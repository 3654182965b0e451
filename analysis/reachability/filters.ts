import { familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { InterfaceFacts, SubnetFacts } from '../snapshot/network.ts';
import { showBlock, showRange } from './blocks.ts';
import type { End } from './ends.ts';
import { isAllPorts, summarize, type Summary } from './filter.ts';
import { adviceFor, commandFor, finding, type Finding, type Layer, type Mend } from './finding.ts';
import { judgeAcl, numberBefore } from './network-acl.ts';
import type { Located, NetworkIndex } from './network-index.ts';
import { familyOfPacket, numberOf, type Packet } from './packet.ts';
import { judgeGroups, unseenGroups, type GroupQuestion } from './security-group.ts';

interface AclQuestion {
  readonly index: NetworkIndex;
  readonly subnet: Located<SubnetFacts>;
  readonly packet: Packet;
  readonly isEgress: boolean;
  readonly layer: Layer;
  /** Whether all ports of the packet are needed, and not just nobody said which. */
  readonly isPortSaid: boolean;
}

/** Rows 22 and 23: one of the four places where a network ACL sees the packet. */
export function checkAcl(question: AclQuestion): Finding {
  const { index, subnet, packet, isEgress, layer, isPortSaid } = question;
  const family = familyOfPacket(packet);
  const acl = index.aclOf(subnet);
  if (acl === undefined) {
    const why = index.unread(subnet.ownerId, subnet.region, 'network-acls') ?? 'only its owner sees it';
    const text = `The network ACL of ${subnet.id} could not be read: ${why}.`;
    return finding({ layer, verdict: 'not-known', code: 'acl-unread', text, family });
  }
  const block = isEgress ? packet.destination : packet.source;
  const summary = summarize(judgeAcl(acl, packet, isEgress), { block, ports: packet.ports }, isPortSaid);
  const [way, place] = isEgress ? ['out of', 'to'] : ['into', 'from'];
  const what = `${traffic(packet)} ${way} ${subnet.id} ${place} ${showBlock(block)}`;
  if (summary.verdict === 'yes') {
    const text = `${acl.id} lets ${what} (${summary.first?.by ?? ''}).`;
    return finding({ layer, verdict: 'yes', code: 'acl-allows', text, family });
  }
  const owner = { accountId: acl.ownerId, region: acl.region };
  const ports =
    packet.protocol === 'icmp' ? '' : ` --port-range From=${packet.ports.from},To=${packet.ports.to}`;
  const icmp = packet.protocol === 'icmp' ? ` --icmp-type-code Type=${packet.ports.from},Code=-1` : '';
  const cidr = family === 'ipv4' ? `--cidr-block ${block}` : `--ipv6-cidr-block ${block}`;
  const mend = commandFor(
    owner,
    `create-network-acl-entry --network-acl-id ${acl.id} ${isEgress ? '--egress' : '--ingress'} --rule-number ${numberBefore(acl, isEgress)} --protocol ${numberOf(packet.protocol, family)}${ports}${icmp} ${cidr} --rule-action allow`,
  );
  return refusal({ layer, family, summary, code: 'acl-denies', mend }, `${acl.id} denies ${what}`);
}

interface GroupsQuestion {
  readonly index: NetworkIndex;
  readonly end: End;
  readonly packet: Packet;
  readonly isEgress: boolean;
  readonly peer: InterfaceFacts | undefined;
  readonly seesGroups: boolean;
  readonly isPortSaid: boolean;
}

/** Rows 16 to 21: the groups of an interface. Of a subnet or a VPC there are none to ask. */
export function checkGroups(question: GroupsQuestion): Finding {
  const { index, end, packet, isEgress, peer, seesGroups, isPortSaid } = question;
  const layer = isEgress ? 'group-out' : 'group-in';
  const family = familyOfPacket(packet);
  if (end.interface === undefined) {
    const text = `Security groups belong to interfaces: ask about one of ${end.subnet.id}.`;
    return finding({ layer, verdict: 'note', code: 'no-interface', text, family });
  }
  const { id, groupIds, ownerId, region } = end.interface;
  const groups = groupIds.flatMap((groupId) => index.groups.get(groupId) ?? []);
  const asked: GroupQuestion = { groups, packet, isEgress, peer, seesGroups, prefixLists: index.prefixLists };
  const block = isEgress ? packet.destination : packet.source;
  const judged = judgeGroups(asked);
  const summary = summarize(judged, { block, ports: packet.ports }, isPortSaid);
  const [way, place] = isEgress ? ['out of', 'to'] : ['into', 'from'];
  const what = `${traffic(packet)} ${way} ${id} ${place} ${showBlock(block)}`;
  if (summary.verdict === 'yes') {
    const text = `${summary.first?.by ?? ''} lets ${what}.`;
    return finding({ layer, verdict: 'yes', code: 'group-allows', text, family });
  }
  if (groups.length < groupIds.length) {
    const missing = groupIds.filter((groupId) => !index.groups.has(groupId)).join(', ');
    const why = index.unread(ownerId, region, 'security-groups') ?? 'its owner shares it';
    const text = `${missing} of ${id} could not be read: ${why}.`;
    return finding({ layer, verdict: 'not-known', code: 'group-unread', text, family });
  }
  const names = groupIds.join(', ');
  return refusal(
    { layer, family, summary, code: 'group-denies', mend: groupMend(groups[0], packet, block, isEgress) },
    `No rule of ${names} lets ${what}`,
    unseenText(asked),
  );
}

interface Refusal extends Pick<Finding, 'layer' | 'family' | 'code' | 'mend'> {
  readonly summary: Summary;
}

function refusal({ summary, ...rest }: Refusal, text: string, more = ''): Finding {
  const hidden = summary.first?.outcome === 'hidden';
  if (summary.verdict === 'no') {
    const by = summary.first?.by ?? 'no rule';
    const reason = rest.code === 'acl-denies' ? ` (${by})` : '';
    return finding({ ...rest, verdict: 'no', text: `${text}${summary.of}${reason}.${more}` });
  }
  const why = hidden
    ? `; ${summary.first?.by ?? ''} could not be looked into`
    : ': it depends on the port, say which with --port';
  return finding({
    ...rest,
    verdict: 'not-known',
    code: hidden ? 'peer-unread' : 'port-not-said',
    text: `${text}${summary.of}${why}.${more}`,
  });
}

function unseenText(question: GroupQuestion): string {
  const texts = unseenGroups(question).map(({ groupId, why }) =>
    why === 'stale'
      ? ` A rule names ${groupId}, through a peering that is not active: it is stale.`
      : ` A rule names ${groupId}, which does not match here: name the CIDR.`,
  );
  return [...new Set(texts)].join('');
}

function groupMend(
  group: Located<{ readonly id: string; readonly ownerId: End['vpc']['ownerId'] }> | undefined,
  { protocol, ports }: Packet,
  block: Cidr,
  isEgress: boolean,
): Mend | undefined {
  if (group === undefined) return adviceFor(undefined, 'Give the interface a group that lets it through.');
  const family = familyOf(block);
  const range = family === 'ipv4' ? `IpRanges=[{CidrIp=${block}}]` : `Ipv6Ranges=[{CidrIpv6=${block}}]`;
  const name = protocol === 'icmp' && family === 'ipv6' ? 'icmpv6' : protocol;
  const [from, to] = protocol === 'icmp' ? [ports.from, -1] : [ports.from, ports.to];
  const verb = isEgress ? 'authorize-security-group-egress' : 'authorize-security-group-ingress';
  return commandFor(
    { accountId: group.ownerId, region: group.region },
    `${verb} --group-id ${group.id} --ip-permissions 'IpProtocol=${name},FromPort=${from},ToPort=${to},${range}'`,
  );
}

function traffic({ protocol, ports }: Packet): string {
  if (protocol === 'icmp' || isAllPorts(ports)) return protocol;
  return `${protocol} ${showRange(ports)}`;
}
