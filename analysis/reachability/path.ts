import { familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { Family } from './blocks.ts';
import type { End } from './ends.ts';
import { checkAcl, checkGroups } from './filters.ts';
import { finding, type Finding, type Layer } from './finding.ts';
import { checkLink, linkOf, type Link } from './link.ts';
import type { NetworkIndex } from './network-index.ts';
import { replyOf, requestOf, type Packet, type Traffic } from './packet.ts';
import { checkEncryption, checkNames, checkResolver, noteMtu, noteZones } from './side-notes.ts';
import { followWay, type Way } from './way.ts';

export interface PathQuestion {
  readonly index: NetworkIndex;
  readonly from: End;
  readonly to: End;
  readonly traffic: Traffic;
  readonly isPortSaid: boolean;
  /** Only this one; where it is left out, each that both ends have. */
  readonly family: Family | undefined;
  readonly isAskedByName: boolean;
}

/** Every layer between one subnet or interface and another, both ways, in each family that both have. */
export function checkPath(question: PathQuestion): readonly Finding[] {
  const { index, from, to, isAskedByName } = question;
  const link = linkOf(from.vpc, to.vpc, index);
  const pairs = pairsOf(question);
  return [
    ...[from, to].flatMap((end) => checkEnd(end, from, index)),
    checkLink(from.vpc, to.vpc, link, index),
    ...(link.kind === 'local' ? [] : checkEncryption([from.vpc, to.vpc])),
    ...(pairs.length === 0 ? [noCommonFamily(question)] : []),
    ...pairs.flatMap((pair) => checkPackets(question, link, pair)),
    ...checkNames(from.vpc, to, link, isAskedByName),
    ...noteZones(from.vpc, link),
    noteMtu(from.vpc, to.vpc),
  ];
}

interface Pair {
  readonly source: Cidr;
  readonly destination: Cidr;
}

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** The first address of each family that both ends have: it is the one that is used unless somebody says otherwise. */
function pairsOf({ from, to, family }: PathQuestion): readonly Pair[] {
  return FAMILIES.filter((each) => family === undefined || each === family).flatMap((each) => {
    const [source, destination] = [from, to].map(({ blocks }) =>
      blocks.find((block) => familyOf(block) === each),
    );
    return source === undefined || destination === undefined ? [] : [{ source, destination }];
  });
}

function noCommonFamily({ from, to, family }: PathQuestion): Finding {
  const told = ({ interface: own, subnet, blocks }: End): string =>
    `${own?.id ?? subnet.id} has ${[...new Set(blocks.map(familyOf))].join(' and ') || 'no address'}`;
  const asked = family === undefined ? '' : `, asked by ${family}`;
  const text = `${told(from)}, ${told(to)}${asked}: there is no address that both can use.`;
  return finding({ layer: 'ends', verdict: 'no', code: 'no-common-family', text, family });
}

/** Row 25, and an instance that does not run. */
function checkEnd(end: End, asking: End, index: NetworkIndex): readonly Finding[] {
  const { interface: own, subnet, blocks, isOrphan } = end;
  const resolver = isOrphan && end.vpc.id !== asking.vpc.id ? checkResolver(end) : undefined;
  if (resolver !== undefined) return [resolver];
  const [block] = blocks;
  if (isOrphan && block !== undefined) {
    const unread = index.unread(subnet.ownerId, subnet.region, 'interfaces');
    const address = block.slice(0, block.indexOf('/'));
    const text =
      unread === undefined
        ? `No interface has ${address}; it lies in ${subnet.id}.`
        : `Whether an interface of ${subnet.id} has ${address} could not be read: ${unread}.`;
    const verdict = unread === undefined ? 'no' : 'not-known';
    return [finding({ layer: 'ends', verdict, code: 'no-interface-has-it', text })];
  }
  if (own?.instanceId === undefined) return [];
  const instance = index.instances.get(own.instanceId);
  if (instance === undefined || instance.state === 'running') return [];
  const text = `${instance.id} is ${instance.state}.`;
  return [finding({ layer: 'ends', verdict: 'no', code: 'instance-not-running', text })];
}

function checkPackets(question: PathQuestion, link: Link, { source, destination }: Pair): readonly Finding[] {
  const { index, from, to, traffic, isPortSaid } = question;
  const request = requestOf(source, destination, traffic);
  const reply = replyOf(request, traffic);
  const none: Way = { findings: [], middleboxes: [] };
  const follow = (layer: 'route' | 'reply-route', start: End, goal: End, packet: Packet): Way =>
    link.kind === 'none'
      ? none
      : followWay({
          index,
          layer,
          link,
          start: start.subnet,
          destination: packet.destination,
          goal: goal.vpc,
          end: goal,
        });
  const there = follow('route', from, to, request);
  const back = follow('reply-route', to, from, reply);
  const isActive = link.kind === 'local' || (link.kind === 'peering' && link.peering.state === 'active');
  const seesGroups = isActive && from.vpc.region === to.vpc.region && there.middleboxes.length === 0;
  const groups = { index, packet: request, seesGroups, isPortSaid };
  return [
    checkGroups({ ...groups, end: from, isEgress: true, peer: to.interface }),
    ...checkAcls(question, request, there, { out: 'acl-out', in: 'acl-in' }, isPortSaid),
    ...there.findings,
    checkGroups({ ...groups, end: to, isEgress: false, peer: from.interface }),
    ...checkAcls(
      { ...question, from: to, to: from },
      reply,
      back,
      { out: 'reply-acl-out', in: 'reply-acl-in' },
      true,
    ),
    ...back.findings,
  ];
}

/** Within a subnet no network ACL is asked. */
function checkAcls(
  { index, from, to }: Pick<PathQuestion, 'index' | 'from' | 'to'>,
  packet: Packet,
  way: Way,
  layers: { readonly out: Layer; readonly in: Layer },
  isPortSaid: boolean,
): readonly Finding[] {
  const stops = [from.subnet, ...way.middleboxes.map(({ subnet }) => subnet), to.subnet];
  return stops.slice(1).flatMap((next, position) => {
    const last = stops[position];
    if (last === undefined || last.id === next.id) return [];
    const rest = { index, packet, isPortSaid };
    return [
      checkAcl({ ...rest, subnet: last, isEgress: true, layer: layers.out }),
      checkAcl({ ...rest, subnet: next, isEgress: false, layer: layers.in }),
    ];
  });
}
