import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { isOver } from '../../shared/domain/facts/peering.ts';
import type { PeeringFacts, VpcFacts } from '../snapshot/network.ts';
import { commandFor, finding, type Finding, type Mend, adviceFor } from './finding.ts';
import { peeringsOf, type Located, type NetworkIndex } from './network-index.ts';

/** What joins the two VPCs. */
export type Link =
  | { readonly kind: 'local' }
  | { readonly kind: 'peering'; readonly peering: PeeringFacts }
  | { readonly kind: 'none' };

type Vpc = Located<VpcFacts>;

export const sideOf = ({ requester, accepter }: PeeringFacts, { id }: Vpc): PeeringFacts['requester'] =>
  requester.vpcId === id ? requester : accepter;

/** The CIDRs by which the peering reaches a VPC: those that it shows, else those of the VPC itself. */
export function cidrsOf(link: Link, vpc: Vpc): readonly Cidr[] {
  const shown = link.kind === 'peering' ? sideOf(link.peering, vpc).cidrs : [];
  return shown.length > 0 ? shown : vpc.cidrs;
}

const ORDER = ['active', 'provisioning', 'pending-acceptance', 'initiating-request'];

/** The peering of the two, the active one if there is one. */
export function linkOf(from: Vpc, to: Vpc, index: NetworkIndex): Link {
  if (from.id === to.id) return { kind: 'local' };
  const rank = (state: string): number => (ORDER.includes(state) ? ORDER.indexOf(state) : ORDER.length);
  const [peering] = peeringsOf(index, from.id)
    .filter(({ other }) => other.vpcId === to.id)
    .map(({ peering }) => peering)
    .toSorted((one, other) => rank(one.state) - rank(other.state));
  return peering === undefined ? { kind: 'none' } : { kind: 'peering', peering };
}

/** Rows 1 to 3: whether an active peering joins them. */
export function checkLink(from: Vpc, to: Vpc, link: Link, index: NetworkIndex): Finding {
  const answer = (verdict: Finding['verdict'], code: string, text: string, mend?: Mend): Finding =>
    finding({ layer: 'peering', verdict, code, text, mend });
  switch (link.kind) {
    case 'local':
      return answer('yes', 'same-vpc', `Both are in ${from.id}: no peering is needed.`);
    case 'none': {
      const unread = [from, to].every(
        (vpc) => index.unread(vpc.ownerId, vpc.region, 'peerings') !== undefined,
      );
      if (unread) {
        const why = index.unread(from.ownerId, from.region, 'peerings') ?? '';
        return answer('not-known', 'peerings-unread', `The peerings could not be read: ${why}.`);
      }
      return answer(
        'no',
        'no-peering',
        `No peering joins ${from.id} and ${to.id}.${transitive(from, to, index)}`,
        requestMend(from, to),
      );
    }
    case 'peering':
      return checkState(link.peering, from, to, answer);
  }
}

type Answer = (verdict: Finding['verdict'], code: string, text: string, mend?: Mend) => Finding;

function checkState(peering: PeeringFacts, from: Vpc, to: Vpc, answer: Answer): Finding {
  const { id, state, accepter } = peering;
  if (state === 'active') return answer('yes', 'active', `${id} is active.`);
  if (state === 'pending-acceptance') {
    const mend = commandFor(accepter, `accept-vpc-peering-connection --vpc-peering-connection-id ${id}`);
    return answer(
      'no',
      'peering-pending',
      `${id} waits to be accepted by account ${accepter.accountId}.`,
      mend,
    );
  }
  if (isOver(state) || state === 'deleting') {
    const text = `${id} is ${state}, and no other peering joins the two VPCs.`;
    return answer('no', 'peering-ended', text, requestMend(from, to));
  }
  const mend = adviceFor(undefined, 'Wait a moment, and check again.');
  return answer('no', 'peering-not-active', `${id} is not active yet (${state}).`, mend);
}

const requestMend = (from: Vpc, to: Vpc): Mend =>
  commandFor(
    { accountId: from.ownerId, region: from.region },
    `create-vpc-peering-connection --vpc-id ${from.id} --peer-vpc-id ${to.id} --peer-owner-id ${to.ownerId} --peer-region ${to.region}`,
  );

/**
 * A peering leads to its two VPCs and no further.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
 */
function transitive(from: Vpc, to: Vpc, index: NetworkIndex): string {
  const next = (vpc: Vpc): readonly string[] =>
    peeringsOf(index, vpc.id)
      .filter(({ peering }) => peering.state === 'active')
      .map(({ other }) => other.vpcId);
  const middle = next(from).find((id) => next(to).includes(id));
  return middle === undefined
    ? ''
    : ` Both are peered with ${middle}, which does not help: peerings are not transitive.`;
}
