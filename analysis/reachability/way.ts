import { contains, familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type {
  InterfaceFacts,
  RouteFacts,
  RouteTableFacts,
  SubnetFacts,
  VpcFacts,
} from '../snapshot/network.ts';
import { hostOf, showBlock } from './blocks.ts';
import type { End } from './ends.ts';
import { adviceFor, commandFor, finding, type Finding, type Mend, type Verdict } from './finding.ts';
import { cidrsOf, type Link } from './link.ts';
import type { Located, NetworkIndex } from './network-index.ts';
import { choicesFor, type Choice } from './routes.ts';

export interface WayQuestion {
  readonly index: NetworkIndex;
  readonly layer: 'route' | 'reply-route';
  readonly link: Link;
  readonly start: Located<SubnetFacts>;
  readonly destination: Cidr;
  /** The VPC that the packet is to get to. */
  readonly goal: Located<VpcFacts>;
  /** The subnet and, where one is meant, the interface in that VPC. */
  readonly end: Pick<End, 'subnet' | 'interface'>;
}

/** Where the routes take a packet. */
export interface Way {
  readonly findings: readonly Finding[];
  /** The interfaces that stand in the way and pass it on, and their subnets. */
  readonly middleboxes: readonly Middlebox[];
}

interface Middlebox {
  readonly interface: Located<InterfaceFacts>;
  readonly subnet: Located<SubnetFacts>;
}

/** A longer chain of appliances is a circle. */
const MIDDLEBOXES_MAX = 4;

/** Follows the routes from a subnet towards a block of the other VPC. */
export const followWay = (question: WayQuestion): Way =>
  step(question, question.start, question.destination, MIDDLEBOXES_MAX);

function step(question: WayQuestion, subnet: Located<SubnetFacts>, block: Cidr, left: number): Way {
  const { index, layer, end } = question;
  if (subnet.id === end.subnet.id) {
    const text = `Both are in ${subnet.id}: within a subnet no route is needed.`;
    const near = finding({ layer, verdict: 'yes', code: 'same-subnet', text, family: familyOf(block) });
    return { findings: [near], middleboxes: [] };
  }
  const table = index.tableOf(subnet);
  if (table === undefined) return { findings: [tableUnread(question, subnet)], middleboxes: [] };
  const ways = choicesFor(table, block, index.prefixLists).map(({ part, choice }) =>
    takeChoice({ question, table, part, left }, choice),
  );
  return {
    findings: ways.flatMap(({ findings }) => findings),
    middleboxes: ways.flatMap(({ middleboxes }) => middleboxes),
  };
}

function tableUnread({ index, layer }: WayQuestion, { id, ownerId, region }: Located<SubnetFacts>): Finding {
  const why = index.unread(ownerId, region, 'route-tables') ?? 'only its owner sees it';
  const owner = { accountId: ownerId, region };
  return finding({
    layer,
    verdict: 'not-known',
    code: 'table-unread',
    text: `The route table of ${id} could not be read: ${why}.`,
    mend: adviceFor(owner, 'Name a role that may read it, or ask its owner.'),
  });
}

/** Where a packet stands: at this table, with this part of the block. */
interface Stand {
  readonly question: WayQuestion;
  readonly table: Located<RouteTableFacts>;
  readonly part: Cidr;
  readonly left: number;
}

function takeChoice(stand: Stand, choice: Choice): Way {
  const { table, part } = stand;
  const to = showBlock(part);
  switch (choice.kind) {
    case 'none':
      return end(
        stand,
        'no',
        'no-route',
        `${table.id} has no route to ${to}.${hint(stand)}`,
        routeMend(stand),
      );
    case 'tie': {
      const targets = choice.routes.map(({ target }) => target).join(' and ');
      const text = `In ${table.id} prefix lists lead ${to} to ${targets}: AWS picks one of them.`;
      const mend = adviceFor(ownerOf(table), 'Leave only one of these routes.');
      return end(stand, 'not-known', 'prefix-lists-overlap', text, mend);
    }
    case 'hidden': {
      const text = `${table.id} has a route to ${choice.prefixListId}, whose entries could not be read: it may take ${to}.`;
      return end(stand, 'not-known', 'prefix-list-unread', text);
    }
    case 'route':
      return takeRoute(stand, choice.route, choice.matched);
  }
}

function takeRoute(stand: Stand, route: RouteFacts, matched: Cidr): Way {
  const { question, table, part } = stand;
  const { link, goal } = question;
  const told = `${table.id} leads ${showBlock(part)} to ${route.target} (${route.destination})`;
  const isLocal = route.target === 'local';
  if (!route.isActive) {
    return end(stand, 'no', 'blackhole', `${told}, which is a blackhole.`, replaceMend(stand, route));
  }
  if (link.kind === 'local' && isLocal) return end(stand, 'yes', 'local', `${told}.`);
  if (link.kind === 'peering' && route.target === link.peering.id) return arrive(stand, told);
  if (isLocal) {
    const text = `${told}: the address is within the CIDRs of ${table.vpcId} itself, so its packets never leave.`;
    const mend = adviceFor(undefined, `Use a CIDR for ${goal.id} that ${table.vpcId} does not have.`);
    return end(stand, 'no', 'address-in-own-cidr', text, mend);
  }
  if (route.target.startsWith('pcx-')) {
    return end(
      stand,
      'no',
      'other-peering',
      `${told}${leadsElsewhere(stand, route.target)}`,
      replaceMend(stand, route),
    );
  }
  if (/^(eni|i|vpce)-/.test(route.target)) return throughMiddlebox(stand, route.target, told);
  if (/^(tgw|vgw|lgw|cagw)-|^arn:/.test(route.target)) {
    const text = `${told}, not to the peering: what lies behind it is not looked at.`;
    return end(stand, 'not-known', 'other-network', text, replaceMend(stand, route));
  }
  const code = matched.endsWith('/0') ? 'no-route' : 'more-specific-route';
  return end(stand, 'no', code, `${told}, not to the peering.`, replaceMend(stand, route));
}

/** A peering takes only what is for the CIDRs of the VPC behind it. */
function arrive(stand: Stand, told: string): Way {
  const { question, part } = stand;
  const { link, goal } = question;
  if (cidrsOf(link, goal).some((cidr) => contains(cidr, part)))
    return end(stand, 'yes', 'routed', `${told}.`);
  const text = `${told}, and ${goal.id} does not have it: a peering leads to no other network behind it.`;
  return end(stand, 'no', 'not-in-peer', text);
}

function leadsElsewhere({ question }: Stand, peeringId: string): string {
  const other = [...question.index.peerings.values()].find(({ id }) => id === peeringId);
  if (other === undefined) return ', another peering.';
  const ends = [other.requester, other.accepter].map(({ vpcId }) => vpcId);
  return `, which joins ${ends.join(' and ')}, not ${question.goal.id}.`;
}

function throughMiddlebox(stand: Stand, target: string, told: string): Way {
  const { question, part, left } = stand;
  const { index } = question;
  const box = [...index.interfaces.values()].find(
    ({ id, instanceId, description }) =>
      id === target || instanceId === target || description.split(' ').includes(target),
  );
  const subnet = box && index.subnets.get(box.subnetId);
  if (box === undefined || subnet === undefined) {
    return end(stand, 'not-known', 'middlebox-unknown', `${told}, and where that passes it on is not known.`);
  }
  if (box.addresses.some((address) => hostOf(address) === part)) {
    const isGoal = box.id === question.end.interface?.id;
    return end(
      stand,
      isGoal ? 'yes' : 'no',
      isGoal ? 'local' : 'other-interface',
      `${told}, which has the address.`,
    );
  }
  const isEndpoint = target.startsWith('vpce-');
  if (!isEndpoint && box.sourceDestCheck) {
    const mend = commandFor(
      { accountId: box.ownerId, region: box.region },
      `modify-network-interface-attribute --network-interface-id ${box.id} --no-source-dest-check`,
    );
    return end(
      stand,
      'no',
      'source-dest-check',
      `${told}, which drops it: its source/destination check is on.`,
      mend,
    );
  }
  if (left === 0) return end(stand, 'no', 'route-circle', `${told}, and so in a circle.`);
  const what = isEndpoint
    ? 'The rules behind it are'
    : 'What it does with the packet, and its own groups, are';
  const note = end(stand, 'note', 'middlebox', `${told}. ${what} not known here.`);
  const rest = step(question, subnet, part, left - 1);
  return {
    findings: [...note.findings, ...rest.findings],
    middleboxes: [{ interface: box, subnet }, ...rest.middleboxes],
  };
}

function end({ question, part }: Stand, verdict: Verdict, code: string, text: string, mend?: Mend): Way {
  const { layer } = question;
  const family = familyOf(part);
  return { findings: [finding({ layer, verdict, code, text, family, mend })], middleboxes: [] };
}

const ownerOf = ({ ownerId, region }: Located<RouteTableFacts>) => ({ accountId: ownerId, region });

/** Row 11: a route to the peering that covers other addresses than these. */
function hint({ question: { link }, table }: Stand): string {
  if (link.kind !== 'peering') return '';
  const others = table.routes.filter(({ target }) => target === link.peering.id);
  if (others.length === 0) return '';
  return ` Its routes to ${link.peering.id} are for ${others.map(({ destination }) => destination).join(', ')}.`;
}

/** The other VPC's CIDR that takes in these addresses. */
function wantedBlock({ question: { link, goal }, part }: Stand): Cidr {
  return cidrsOf(link, goal).find((cidr) => contains(cidr, part)) ?? part;
}

const destinationOption = (block: Cidr): string =>
  familyOf(block) === 'ipv4' ? `--destination-cidr-block ${block}` : `--destination-ipv6-cidr-block ${block}`;

function routeMend(stand: Stand): Mend | undefined {
  const { question, table } = stand;
  const { link } = question;
  if (link.kind !== 'peering') return undefined;
  return commandFor(
    ownerOf(table),
    `create-route --route-table-id ${table.id} ${destinationOption(wantedBlock(stand))} --vpc-peering-connection-id ${link.peering.id}`,
  );
}

/** The route stands in the way: it is made to lead to the peering where it is about these addresses only. */
function replaceMend(stand: Stand, route: RouteFacts): Mend | undefined {
  const { question, table } = stand;
  const { link } = question;
  if (link.kind !== 'peering') return undefined;
  const wanted = wantedBlock(stand);
  const block = question.index.prefixLists.has(route.destination) ? undefined : destinationBlock(route);
  if (route.isPropagated || block === undefined || !contains(wanted, block)) return routeMend(stand);
  return commandFor(
    ownerOf(table),
    `replace-route --route-table-id ${table.id} ${destinationOption(block)} --vpc-peering-connection-id ${link.peering.id}`,
  );
}

const destinationBlock = ({ destination }: RouteFacts): Cidr | undefined =>
  isBlock(destination) ? destination : undefined;

const isBlock = (destination: RouteFacts['destination']): destination is Cidr => destination.includes('/');
