import { isPrivate } from '../../shared/domain/facts/address-space.ts';
import type { VpcFacts } from '../snapshot/network.ts';
import type { End } from './ends.ts';
import { commandFor, finding, type Finding, type Verdict } from './finding.ts';
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
