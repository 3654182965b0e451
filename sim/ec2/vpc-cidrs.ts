import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
} from '@aws-sdk/client-ec2';
import { contains, overlaps, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { amazonIpv6Cidr, anyOverlap, cidrsReserved, ipv4View, ipv6View, vpcCidr } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidCombination, missingParameter, notFound, notPermitted, requireId } from './errors.ts';
import { isLive, stateAt } from './peering-state.ts';
import type { CidrAssociation, VpcRecord } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';

export function vpcCidrActions(store: Ec2Store): ActionTable {
  return {
    AssociateVpcCidrBlock: ec2Action<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'vpc', VpcId)],
      run: (call, input) => associate(store, store.vpc(call, input.VpcId), input),
    }),
    DisassociateVpcCidrBlock: ec2Action<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult>({
      mutates: true,
      // The request names only the association, and IAM checks the permission on its VPC.
      resources: (call, { AssociationId }) => [
        arnOf(call, 'vpc', AssociationId && findAssociation(store, call, AssociationId)?.vpc.id),
      ],
      run: (call, { AssociationId }) => disassociate(store, call, AssociationId),
    }),
  };
}

function associate(
  store: Ec2Store,
  vpc: VpcRecord,
  input: AssociateVpcCidrBlockRequest,
): AssociateVpcCidrBlockResult {
  const ipv6 = input.Ipv6CidrBlock !== undefined || input.AmazonProvidedIpv6CidrBlock === true;
  if (ipv6 && input.CidrBlock !== undefined) {
    throw invalidCombination('The parameters cidrBlock and ipv6CidrBlock cannot be used together');
  }
  const list = ipv6 ? vpc.ipv6Cidrs : vpc.cidrs;
  const cidr = chosenCidr(store, input);
  assertRoom(store, vpc, list);
  assertNoConflict(store, vpc, cidr);
  settlePeerings(store, vpc, cidr);
  const now = store.now();
  const association: CidrAssociation = {
    id: store.newId('cidrAssociation'),
    cidr,
    associatedAt: now + store.options.cidrAssociatingMs,
  };
  list.push(association);
  return ipv6
    ? { VpcId: vpc.id, Ipv6CidrBlockAssociation: ipv6View(association, vpc, now) }
    : { VpcId: vpc.id, CidrBlockAssociation: ipv4View(association, now) };
}

function chosenCidr(store: Ec2Store, input: AssociateVpcCidrBlockRequest): Cidr {
  // EC2 takes an IPv6 block of one's own choice only from a pool that one brought; the model takes any.
  if (input.Ipv6CidrBlock !== undefined) return vpcCidr(input.Ipv6CidrBlock, 'ipv6');
  if (input.AmazonProvidedIpv6CidrBlock === true) return amazonIpv6Cidr(store);
  if (input.CidrBlock === undefined) throw missingParameter('cidrBlock');
  return vpcCidr(input.CidrBlock, 'ipv4');
}

function assertRoom(store: Ec2Store, vpc: VpcRecord, list: readonly CidrAssociation[]): void {
  const { ipv4CidrsPerVpc, ipv6CidrsPerVpc } = store.quotas(vpc.ownerId, vpc.region);
  const most = list === vpc.cidrs ? ipv4CidrsPerVpc : ipv6CidrsPerVpc;
  if (list.length >= most) {
    throw new AwsError(
      'CidrLimitExceeded',
      `This network '${vpc.id}' has met its maximum number of allowed CIDRs: ${most}`,
    );
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions */
function assertNoConflict(store: Ec2Store, vpc: VpcRecord, cidr: Cidr): void {
  const conflict = (what: string) =>
    new AwsError('InvalidVpc.Range', `The CIDR '${cidr}' conflicts with ${what}.`);
  if (cidrsReserved(vpc).some((other) => overlaps(other, cidr))) throw conflict('another CIDR of the VPC');
  for (const { routes } of store.tablesOf(vpc)) {
    for (const { destination } of routes) {
      // "must not be the same or larger than a destination CIDR range in a route in any of the VPC route tables"
      if (destination.kind !== 'prefix-list' && contains(cidr, destination.cidr)) {
        throw conflict(`the route to ${destination.cidr}`);
      }
    }
  }
}

/** What the VPC's peerings say of a new block: refused, or the request that it overlaps fails. */
function settlePeerings(store: Ec2Store, vpc: VpcRecord, cidr: Cidr): void {
  const now = store.now();
  for (const peering of store.peeringsOf(vpc)) {
    const isRequester = peering.requester.vpc === vpc;
    const other = isRequester ? peering.accepter.vpc : peering.requester.vpc;
    const overlapping = other !== undefined && anyOverlap([cidr], cidrsReserved(other));
    const isPending = stateAt(peering, now) === 'pending-acceptance';
    if (isPending && isRequester) {
      throw notPermitted(
        `The VPC ${vpc.id} has a pending VPC peering connection request ${peering.id}: no CIDR can be added`,
      );
    }
    if (isLive(peering, now) && overlapping) {
      throw new AwsError(
        'InvalidVpc.Range',
        `The CIDR '${cidr}' conflicts with the peer VPC of ${peering.id}.`,
      );
    }
    if (isPending && overlapping) peering.failedAt = now;
  }
}

interface FoundAssociation {
  readonly vpc: VpcRecord;
  readonly list: CidrAssociation[];
  readonly association: CidrAssociation;
}

function findAssociation(store: Ec2Store, call: Call, id: string): FoundAssociation | undefined {
  for (const vpc of itemsAt(store.vpcs, call)) {
    for (const list of [vpc.cidrs, vpc.ipv6Cidrs]) {
      const association = list.find((candidate) => candidate.id === id);
      if (association !== undefined) return { vpc, list, association };
    }
  }
  return undefined;
}

function disassociate(store: Ec2Store, call: Call, id: string | undefined): DisassociateVpcCidrBlockResult {
  const wellFormed = requireId('cidrAssociation', id);
  const found = findAssociation(store, call, wellFormed);
  if (found === undefined) throw notFound('cidrAssociation', wellFormed);
  const { vpc, list, association } = found;
  if (association === vpc.cidrs[0]) {
    throw notPermitted(
      `The vpc CIDR block with association ID ${wellFormed} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
    );
  }
  const isUsed = store
    .subnetsOf(vpc)
    .some((subnet) =>
      [subnet.cidr, subnet.ipv6Cidr?.cidr].some((cidr) => cidr && contains(association.cidr, cidr)),
    );
  if (isUsed) {
    throw new AwsError('InvalidCidr.InUse', `The vpc CIDR block ${association.cidr} is in use by a subnet`);
  }
  list.splice(list.indexOf(association), 1);
  const now = store.now();
  return list === vpc.cidrs
    ? {
        VpcId: vpc.id,
        CidrBlockAssociation: { ...ipv4View(association, now), CidrBlockState: { State: 'disassociating' } },
      }
    : {
        VpcId: vpc.id,
        Ipv6CidrBlockAssociation: {
          ...ipv6View(association, vpc, now),
          Ipv6CidrBlockState: { State: 'disassociating' },
        },
      };
}
