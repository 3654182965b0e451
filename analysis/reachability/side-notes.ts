import { isPrivate } from '../../shared/domain/facts/address-space.ts';
import type { VpcFacts } from '../snapshot/network.ts';
import type { End } from './ends.ts';
import { familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { showBlock } from './blocks.ts';
import { adviceFor, commandFor, finding, type Finding, type Mend, type Verdict } from './finding.ts';
import { sideOf, type Link } from './link.ts';
import type { Located } from './network-index.ts';

type Vpc = Located<VpcFacts>;

/**
 * Row 33: a VPC that enforces encryption takes no peering that is not left out.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export function checkEncryption(vpcs: readonly Vpc[]): readonly Finding[] {
  const enforcing = vpcs.find(({ encryption }) => encryption === 'enforced');
  if (enforcing !== undefined) {
    const text = `${enforcing.id} enforces encryption, and does not leave peerings out.`;
    return [finding({ layer: 'encryption', verdict: 'no', code: 'encryption-enforced', text })];
  }
  const hidden = vpcs.filter(({ encryption }) => encryption === 'not-known');
  if (hidden.length === 0) return [];
  const text = `Whether ${hidden.map(({ id }) => id).join(' and ')} enforces encryption may not be read.`;
  return [finding({ layer: 'encryption', verdict: 'note', code: 'encryption-unread', text })];
}

/**
 * Rows 27 to 29: whether the other VPC's names resolve to private addresses.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
 * @param isAskedByName whether the asking host uses a name, so that this is a layer of its way
 */
export function checkNames(from: Vpc, to: End, link: Link, isAskedByName: boolean): readonly Finding[] {
  const answer = (given: Pick<Finding, 'verdict' | 'code' | 'text' | 'mend'>): Finding =>
    finding({ layer: 'names', ...given });
  const bad: Verdict = isAskedByName ? 'no' : 'note';
  const vpcs = link.kind === 'peering' ? [from, to.vpc] : [from];
  const attributes = vpcs.flatMap((vpc) => attributeFaults(vpc, bad).map(answer));
  if (link.kind !== 'peering') return attributes;
  const side = sideOf(link.peering, to.vpc);
  if (side.dnsFromRemote === true) {
    const text = `The DNS option of ${link.peering.id} is on for ${to.vpc.id}: its public names resolve to private addresses.`;
    return attributes.length > 0
      ? attributes
      : [answer({ verdict: 'yes', code: 'dns-on', text, mend: undefined })];
  }
  if (side.dnsFromRemote === undefined) {
    const text = `The DNS option of ${link.peering.id} on the side of ${to.vpc.id} could not be read.`;
    const verdict = isAskedByName ? 'not-known' : 'note';
    return [...attributes, answer({ verdict, code: 'dns-unread', text, mend: undefined })];
  }
  const role = link.peering.requester.vpcId === to.vpc.id ? 'requester' : 'accepter';
  const mend = commandFor(
    side,
    `modify-vpc-peering-connection-options --vpc-peering-connection-id ${link.peering.id} --${role}-peering-connection-options AllowDnsResolutionFromRemoteVpc=true`,
  );
  const text = `The DNS option of ${link.peering.id} is off for ${to.vpc.id}: ${consequence(from, to)}.`;
  return [...attributes, answer({ verdict: bad, code: 'dns-off', text, mend })];
}

function consequence(from: Vpc, to: End): string {
  const [publicAddress] = to.interface?.publicAddresses ?? [];
  if (publicAddress !== undefined) return `its public name resolves to ${publicAddress}`;
  const isOdd = from.region !== to.vpc.region || to.blocks.some((block) => !isPrivate(block));
  return isOdd
    ? 'its private names do not resolve from the other side'
    : 'its public names resolve to public addresses';
}

/**
 * Rows 30 and 31: what no option of a peering mends. Neither shows in EC2's answers.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
export function noteZones(from: Vpc, link: Link): readonly Finding[] {
  if (link.kind !== 'peering') return [];
  const text = `Names of a private hosted zone resolve in ${from.id} only where the zone is associated with it: EC2 does not show that, and the peering's DNS option is not about them.`;
  const owner = { accountId: from.ownerId, region: from.region };
  const mend: Mend = {
    owner,
    command: `aws route53 list-hosted-zones-by-vpc --vpc-id ${from.id} --vpc-region ${from.region}`,
    text: undefined,
  };
  return [finding({ layer: 'names', verdict: 'note', code: 'private-zones-not-seen', text, mend })];
}

/** Row 31: the address of the other VPC's resolver, which no interface has. */
export function checkResolver(to: End): Finding | undefined {
  const primary = to.vpc.cidrs.find((cidr) => familyOf(cidr) === 'ipv4');
  const asked = to.blocks.find((block) => primary !== undefined && showBlock(block) === resolverOf(primary));
  if (asked === undefined) return undefined;
  const text = `${showBlock(asked)} is the resolver of ${to.vpc.id}, which answers within its own VPC only.`;
  const mend = adviceFor(
    { accountId: to.vpc.ownerId, region: to.vpc.region },
    'Associate the private hosted zone with the asking VPC, or make an inbound endpoint of Route 53 Resolver.',
  );
  return finding({ layer: 'ends', verdict: 'no', code: 'resolver-of-other-vpc', text, mend });
}

/** The base of the primary CIDR and two. */
const resolverOf = (cidr: Cidr): string =>
  cidr
    .slice(0, cidr.indexOf('/'))
    .split('.')
    .map((part, index) => (index === LAST_PART ? String(Number(part) + 2) : part))
    .join('.');
const LAST_PART = 3;

/** Both VPCs need DNS support and DNS hostnames. */
function attributeFaults(
  { id, ownerId, region, dnsSupport, dnsHostnames }: Vpc,
  bad: Verdict,
): readonly Pick<Finding, 'verdict' | 'code' | 'text' | 'mend'>[] {
  const owner = { accountId: ownerId, region };
  const fault = (value: boolean | undefined, what: string, option: string) =>
    value === false
      ? [
          {
            verdict: bad,
            code: 'dns-attribute-off',
            text: `${id} has ${what} turned off.`,
            mend: commandFor(owner, `modify-vpc-attribute --vpc-id ${id} ${option}`),
          },
        ]
      : [];
  return [
    ...fault(dnsSupport, 'DNS support', '--enable-dns-support'),
    ...fault(dnsHostnames, 'DNS hostnames', '--enable-dns-hostnames'),
  ];
}

/**
 * Row 32.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
 */
export function noteMtu(from: Vpc, to: Vpc): Finding {
  const text =
    from.region === to.region
      ? 'Packets of up to 9,001 bytes pass within a region.'
      : 'Between regions packets of up to 8,500 bytes pass. Where it connects and then hangs, let ICMP "fragmentation needed" through, or lower the MTU.';
  return finding({ layer: 'mtu', verdict: 'note', code: 'mtu', text });
}

/** Row 37. */
export function noteHost(port: string): Finding {
  const text = `AWS does not show whether ${port} is listened on, nor the host's own firewall. Windows blocks ping by itself.`;
  return finding({ layer: 'host', verdict: 'note', code: 'host-not-seen', text });
}
