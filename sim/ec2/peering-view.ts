import type { VpcPeeringConnection, VpcPeeringConnectionVpcInfo } from '@aws-sdk/client-ec2';
import { familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import type { Call } from '../types.ts';
import { cidrsInForce } from './cidrs.ts';
import { isAcceptedBy, isSameAccount, messageAt, rolesAt, stateAt } from './peering-state.ts';
import type { PeeringRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

/** @param lagMs how long ago it must have been accepted for the accepter's half to show; 0 in Accept's own answer */
export function toPeering(
  store: Ec2Store,
  call: Call,
  peering: PeeringRecord,
  lagMs: number = store.options.readLagMs,
): VpcPeeringConnection {
  const now = store.now();
  return {
    VpcPeeringConnectionId: peering.id,
    RequesterVpcInfo: toVpcInfo(store, call, peering, 'requester', lagMs),
    AccepterVpcInfo: toVpcInfo(store, call, peering, 'accepter', lagMs),
    Status: { Code: stateAt(peering, now), Message: messageAt(peering, now) },
    // Recorded: shown until the accepter accepts, absent afterwards.
    ...(peering.accepted === undefined && { ExpirationTime: new Date(peering.expiresAt) }),
    Tags: store.tags.get(call, peering.id),
  };
}

function toVpcInfo(
  store: Ec2Store,
  call: Call,
  peering: PeeringRecord,
  role: Role,
  lagMs: number,
): VpcPeeringConnectionVpcInfo {
  const side = peering[role];
  const isKnown = isHalfKnown(store, peering, role, lagMs);
  return {
    OwnerId: side.ownerId,
    VpcId: side.vpcId,
    Region: side.region,
    ...(isKnown && cidrView(side.vpc === undefined ? [] : cidrsInForce(side.vpc, store.now()))),
    ...(isKnown &&
      (isSameAccount(peering) || rolesAt(peering, call).includes(role)) && {
        PeeringOptions: {
          AllowDnsResolutionFromRemoteVpc: side.dnsFromRemote,
          AllowEgressFromLocalClassicLinkToRemoteVpc: false,
          AllowEgressFromLocalVpcToRemoteClassicLink: false,
        },
      }),
  };
}

/**
 * While a request is pending, nothing of the accepter's VPC shows; some time after a deletion, nothing of either.
 * (Recorded, and https://github.com/CMSgov/beneficiary-fhir-data/pull/2769)
 */
function isHalfKnown(store: Ec2Store, peering: PeeringRecord, role: Role, lagMs: number): boolean {
  const now = store.now();
  const { deletion } = peering;
  if (deletion !== undefined && now >= deletion.deletedAt + store.options.deletedCidrsKeptMs) return false;
  return role === 'requester' || isAcceptedBy(peering, now, lagMs);
}

function cidrView(cidrs: readonly Cidr[]): VpcPeeringConnectionVpcInfo {
  const ipv4 = cidrs.filter((cidr) => familyOf(cidr) === 'ipv4');
  const ipv6 = cidrs.filter((cidr) => familyOf(cidr) === 'ipv6');
  return {
    ...(ipv4[0] !== undefined && {
      CidrBlock: ipv4[0],
      CidrBlockSet: ipv4.map((CidrBlock) => ({ CidrBlock })),
    }),
    ...(ipv6.length > 0 && { Ipv6CidrBlockSet: ipv6.map((Ipv6CidrBlock) => ({ Ipv6CidrBlock })) }),
  };
}
