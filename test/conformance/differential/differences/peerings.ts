import type { Made } from '../world.ts';
import {
  API,
  both,
  either,
  onlyOurs,
  onlyTheirs,
  outcomes,
  PEERING,
  type Fits,
  type KnownDifference,
} from './known.ts';

/** The request of the call, or the one that the difference is in, fails for its CIDRs. */
const isDoomed: Fits = (difference, situation) => {
  const peering = situation.peeringAround(difference) ?? situation.named('VpcPeeringConnectionId');
  return peering !== undefined && situation.isDoomed(peering);
};

/** In the answer of CreateVpcPeeringConnection nothing is known of it yet. */
const isNotAccepted: Fits = (difference, situation) =>
  situation.peeringAround(difference)?.isAccepted !== true;

const isSamePair = (one: Made, other: Made): boolean =>
  (one.vpc === other.vpc && one.peerVpc === other.peerVpc) ||
  (one.vpc === other.peerVpc && one.peerVpc === other.vpc);

export const PEERING_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'expiration time of a request',
    sim: 'shown until it is accepted',
    moto: 'never shown',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnection.html`,
    isCommon: true,
    fits: both(onlyOurs(/^VpcPeeringConnections?(\[\])?\.ExpirationTime$/), isNotAccepted),
  },
  {
    id: 'every CIDR of a side',
    sim: '`CidrBlockSet`',
    moto: 'the primary CIDR alone',
    right: 'sim',
    source: `${API}/API_VpcPeeringConnectionVpcInfo.html`,
    isCommon: true,
    fits: onlyOurs(/VpcInfo\.CidrBlockSet\[\]$/),
  },
  {
    id: 'the accepter’s CIDR before acceptance',
    sim: 'not shown',
    moto: 'shown',
    right: 'sim',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    isCommon: true,
    fits: both(onlyTheirs(/\.AccepterVpcInfo\.CidrBlock$/), isNotAccepted),
  },
  {
    id: 'options of a side',
    sim: 'shown to its own account, after acceptance, as recorded from real accounts',
    moto: 'shown to both, always',
    right: 'sim',
    source: `${API}/API_ModifyVpcPeeringConnectionOptions.html`,
    isCommon: true,
    fits: both(
      onlyTheirs(/VpcInfo\.PeeringOptions$/),
      either(isNotAccepted, (difference, situation) => {
        const peering = situation.peeringAround(difference);
        const side = difference.path.includes('RequesterVpcInfo') ? 'Requester' : 'Accepter';
        return peering !== undefined && !situation.isAskerOf(side, peering);
      }),
    ),
  },
  {
    id: 'overlapping CIDRs',
    sim: 'the request fails',
    moto: 'it is pending like any other',
    right: 'sim',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    fits: both(({ path, sim }) => path.endsWith('.Status.Code') && sim === 'failed', isDoomed),
  },
  {
    id: 'a failed request in the accepter’s account',
    sim: 'not shown',
    moto: 'shown as pending',
    right: 'sim',
    source: `${PEERING}/vpc-peering-basics.html#vpc-peering-lifecycle`,
    fits: either(
      both(onlyTheirs(/^VpcPeeringConnections\[\]$/), ({ moto }, situation) => {
        const peering = situation.made(Reflect.get(Object(moto), 'VpcPeeringConnectionId'));
        return peering !== undefined && situation.isDoomed(peering);
      }),
      both(outcomes(/VpcPeeringConnection/, 'InvalidVpcPeeringConnectionID.NotFound'), isDoomed),
    ),
  },
  {
    id: 'a peer VPC that is not there',
    sim: 'the request comes to be, and fails',
    moto: '`InvalidVpcID.NotFound`',
    right: 'sim',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    fits: both(
      outcomes(/^CreateVpcPeeringConnection$/, 'done', 'InvalidVpcID.NotFound'),
      (_difference, situation) => situation.named('PeerVpcId') === undefined,
    ),
  },
  {
    id: 'filters of DescribeVpcPeeringConnections',
    sim: 'applied',
    moto: 'not looked at',
    right: 'sim',
    source: `${API}/API_DescribeVpcPeeringConnections.html`,
    fits: both(onlyTheirs(/^VpcPeeringConnections\[\]$/), (_difference, { call }) => 'Filters' in call.input),
  },
  {
    id: 'transitions of a peering that has ended',
    sim: '`InvalidStateTransition`',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_DeleteVpcPeeringConnection.html`,
    fits: both(
      outcomes(/^(Accept|Reject|Delete)VpcPeeringConnection$/, 'InvalidStateTransition'),
      either(
        isDoomed,
        (_difference, situation) => situation.named('VpcPeeringConnectionId')?.isGone === true,
      ),
    ),
  },
  {
    id: 'a pending request, deleted by its accepter',
    sim: '`OperationNotPermitted`',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_DeleteVpcPeeringConnection.html`,
    fits: both(
      outcomes(/^DeleteVpcPeeringConnection$/, 'OperationNotPermitted'),
      (_difference, situation) => {
        const peering = situation.named('VpcPeeringConnectionId');
        return (
          peering?.isAccepted !== true && peering !== undefined && !situation.isAskerOf('Requester', peering)
        );
      },
    ),
  },
  {
    id: 'the same request once more',
    sim: 'the peering that is there, as users of AWS report',
    moto: 'a second one',
    right: 'either',
    source: `${API}/API_CreateVpcPeeringConnection.html`,
    diverges: true,
    fits: (_difference, { action, world, call: { input } }) =>
      action === 'CreateVpcPeeringConnection' &&
      world.alive('pcx', ({ vpc, peerVpc }) => vpc === input['VpcId'] && peerVpc === input['PeerVpcId'])
        .length > 0,
  },
  {
    id: 'a second peering of the same two VPCs, the other way round',
    sim: '`VpcPeeringConnectionAlreadyExists` when it is accepted',
    moto: 'done',
    right: 'sim',
    source: `${API}/errors-overview.html`,
    fits: both(
      outcomes(/^AcceptVpcPeeringConnection$/, 'VpcPeeringConnectionAlreadyExists'),
      (_difference, { world, call }) => {
        const asked = world.find(String(call.input['VpcPeeringConnectionId']));
        const others = world.alive('pcx', (other) => other !== asked && other.isAccepted === true);
        return asked !== undefined && others.some((other) => isSamePair(other, asked));
      },
    ),
  },
  {
    id: 'options of a peering that is not active, or of the other side',
    sim: '`OperationNotPermitted`',
    moto: 'done',
    right: 'sim',
    source: `${API}/API_ModifyVpcPeeringConnectionOptions.html`,
    fits: both(
      outcomes(/^ModifyVpcPeeringConnectionOptions$/, 'OperationNotPermitted'),
      (_difference, situation) => {
        const peering = situation.named('VpcPeeringConnectionId');
        const side = 'RequesterPeeringConnectionOptions' in situation.call.input ? 'Requester' : 'Accepter';
        return peering !== undefined && !(situation.isActive(peering) && situation.isAskerOf(side, peering));
      },
    ),
  },
  {
    id: 'DNS over a peering of VPCs without DNS hostnames',
    sim: '`InvalidVpcPeeringConnectionState.DnsHostnamesDisabled`',
    moto: 'done',
    right: 'sim',
    source: `${PEERING}/vpc-peering-dns.html`,
    fits: both(
      outcomes(
        /^ModifyVpcPeeringConnectionOptions$/,
        'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      ),
      (_difference, situation) => {
        const peering = situation.named('VpcPeeringConnectionId');
        return peering !== undefined && !situation.world.hasDns(peering);
      },
    ),
  },
  {
    id: 'the answer to a change of options',
    sim: 'the side that was changed',
    moto: 'both sides',
    right: 'either',
    source: `${API}/API_ModifyVpcPeeringConnectionOptions.html`,
    fits: onlyTheirs(/^(Requester|Accepter)PeeringConnectionOptions$/),
  },
  {
    id: 'the message of an ended peering',
    sim: 'who ended it, or why it failed',
    moto: '`Inactive`, or the message of another state',
    right: 'either',
    source: `${API}/API_VpcPeeringConnectionStateReason.html`,
    isCommon: true,
    fits: ({ path, sim }) =>
      path.endsWith('.Status.Message') && /^(Rejected|Deleted|Failed) /.test(String(sim)),
  },
  {
    id: 'the peerings of a deleted VPC',
    sim: 'deleted with it',
    moto: 'as they were',
    right: 'sim',
    source: `${PEERING}/delete-vpc-peering-connection.html`,
    fits: both(
      ({ path, sim }) => path.endsWith('.Status.Code') && sim === 'deleted',
      (difference, situation) => {
        const peering = situation.peeringAround(difference);
        return [peering?.vpc, peering?.peerVpc].some((vpc) => situation.made(vpc)?.isGone === true);
      },
    ),
  },
  {
    id: 'a VPC to which another account’s request is pending',
    sim: 'cannot be deleted',
    moto: 'deleted',
    right: 'sim',
    source: `${PEERING}/delete-vpc-peering-connection.html`,
    fits: both(outcomes(/^DeleteVpc$/, 'DependencyViolation'), (_difference, { call, world }) =>
      world
        .alive('pcx', ({ peerVpc }) => peerVpc === call.input['VpcId'])
        .some((peering) => peering.isAccepted !== true && peering.place.accountId !== call.place.accountId),
    ),
  },
];
