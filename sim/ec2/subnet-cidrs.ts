import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { subnetCidr } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { limitExceeded, missingParameter, notFound, requireId } from './errors.ts';
import type { CidrAssociation, SubnetRecord } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';
import { assertFits } from './subnets.ts';

/** IPv6 only: a subnet keeps the IPv4 block that it was made with. */
export function subnetCidrActions(store: Ec2Store): ActionTable {
  return {
    AssociateSubnetCidrBlock: ec2Action<AssociateSubnetCidrBlockRequest, AssociateSubnetCidrBlockResult>({
      mutates: true,
      resources: (call, { SubnetId }) => [arnOf(call, 'subnet', SubnetId)],
      run: (call, input) => associate(store, store.subnet(call, input.SubnetId), input),
    }),
    DisassociateSubnetCidrBlock: ec2Action<
      DisassociateSubnetCidrBlockRequest,
      DisassociateSubnetCidrBlockResult
    >({
      mutates: true,
      // The request names only the association, and IAM checks the permission on its subnet.
      resources: (call, { AssociationId }) => [
        arnOf(call, 'subnet', AssociationId && subnetWith(store, call, AssociationId)?.id),
      ],
      run: (call, { AssociationId }) => disassociate(store, call, AssociationId),
    }),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html */
function associate(
  store: Ec2Store,
  subnet: SubnetRecord,
  { Ipv6CidrBlock }: AssociateSubnetCidrBlockRequest,
): AssociateSubnetCidrBlockResult {
  if (Ipv6CidrBlock === undefined) throw missingParameter('ipv6CidrBlock');
  // "You can only associate a single IPv6 CIDR block with your subnet."
  if (subnet.ipv6Cidr !== undefined)
    throw limitExceeded('CidrLimitExceeded', 'IPv6 CIDR blocks of the subnet');
  const cidr = subnetCidr(Ipv6CidrBlock, 'ipv6');
  assertFits(store, subnet.vpc, cidr);
  const association = { id: store.newId('subnetCidrAssociation'), cidr, associatedAt: store.now() };
  subnet.ipv6Cidr = association;
  return answer(subnet, association, 'associating');
}

function disassociate(
  store: Ec2Store,
  call: Call,
  id: string | undefined,
): DisassociateSubnetCidrBlockResult {
  const wellFormed = requireId('subnetCidrAssociation', id);
  const subnet = subnetWith(store, call, wellFormed);
  if (subnet?.ipv6Cidr === undefined) throw notFound('subnetCidrAssociation', wellFormed);
  const association = subnet.ipv6Cidr;
  subnet.ipv6Cidr = undefined;
  return answer(subnet, association, 'disassociating');
}

const subnetWith = (store: Ec2Store, call: Call, associationId: string): SubnetRecord | undefined =>
  itemsAt(store.subnets, call).find(({ ipv6Cidr }) => ipv6Cidr?.id === associationId);

const answer = (
  subnet: SubnetRecord,
  { id, cidr }: CidrAssociation,
  state: 'associating' | 'disassociating',
): AssociateSubnetCidrBlockResult => ({
  SubnetId: subnet.id,
  Ipv6CidrBlockAssociation: {
    AssociationId: id,
    Ipv6CidrBlock: cidr,
    Ipv6CidrBlockState: { State: state },
  },
});
