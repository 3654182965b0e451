import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult,
} from '@aws-sdk/client-ec2';
import type { PeeringState } from '../../shared/domain/facts/peering.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { anyOverlap, cidrsReserved } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { missingParameter, notFound, notPermitted, requireId } from './errors.ts';
import { isLive, isUnderWay, isVisible, rolesAt, stateAt } from './peering-state.ts';
import { toPeering } from './peering-view.ts';
import type { PeeringRecord, PeeringSideRecord, VpcRecord } from './records.ts';
import { isAt, itemsAt, type Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** Expiry and creation show in whole seconds. */
const SECOND_MS = 1000;

export function peeringActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, input: { VpcPeeringConnectionId?: string | undefined }) => [
    arnOf(call, 'vpc-peering-connection', input.VpcPeeringConnectionId),
  ];
  return {
    CreateVpcPeeringConnection: ec2Action<
      CreateVpcPeeringConnectionRequest,
      CreateVpcPeeringConnectionResult
    >({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'vpc-peering-connection'), arnOf(call, 'vpc', VpcId)],
      run: (call, input) => createPeering(store, call, input),
    }),
    AcceptVpcPeeringConnection: ec2Action<
      AcceptVpcPeeringConnectionRequest,
      AcceptVpcPeeringConnectionResult
    >({
      mutates: true,
      resources: (call, { VpcPeeringConnectionId: id }) => [
        arnOf(call, 'vpc-peering-connection', id),
        arnOf(call, 'vpc', id && store.peerings.get(id)?.accepter.vpcId),
      ],
      run: (call, { VpcPeeringConnectionId }) => acceptPeering(store, call, VpcPeeringConnectionId),
    }),
    RejectVpcPeeringConnection: ec2Action<
      RejectVpcPeeringConnectionRequest,
      RejectVpcPeeringConnectionResult
    >({
      mutates: true,
      resources,
      run: (call, { VpcPeeringConnectionId }) => {
        const peering = requirePeering(store, call, VpcPeeringConnectionId);
        if (!isAt(peering.accepter, call)) throw mayNot(call, 'reject', peering);
        assertState(store, peering, ['pending-acceptance'], 'rejected');
        peering.rejectedAt = store.now();
        return { Return: true };
      },
    }),
    DeleteVpcPeeringConnection: ec2Action<
      DeleteVpcPeeringConnectionRequest,
      DeleteVpcPeeringConnectionResult
    >({
      mutates: true,
      resources,
      run: (call, { VpcPeeringConnectionId }) => deletePeering(store, call, VpcPeeringConnectionId),
    }),
  };
}

/** The peering as far as the caller may know of it; to anyone else it does not exist. */
export function requirePeering(store: Ec2Store, call: Call, id: string | undefined): PeeringRecord {
  const wellFormed = requireId('peering', id);
  const peering = store.peerings.get(wellFormed);
  if (peering === undefined || !isVisible(peering, call, store.now(), store.options)) {
    throw notFound('peering', wellFormed);
  }
  return peering;
}

/** Whatever is wrong with the other side is no error here: the peering comes to be and then fails. */
function createPeering(
  store: Ec2Store,
  call: Call,
  input: CreateVpcPeeringConnectionRequest,
): CreateVpcPeeringConnectionResult {
  const vpc = store.vpc(call, input.VpcId);
  if (input.PeerVpcId === undefined) throw missingParameter('peerVpcId');
  const tags = tagsFor('vpc-peering-connection', input.TagSpecifications);
  const accepter: PeeringSideRecord = sideOf(store, {
    ownerId: input.PeerOwnerId ?? call.caller.accountId,
    region: input.PeerRegion ?? call.region,
    vpcId: input.PeerVpcId,
  });
  const present = askedAlready(store, vpc, accepter);
  if (present !== undefined) return { VpcPeeringConnection: toPeering(store, call, present) };
  assertRequestsLeft(store, call);
  const fits = accepter.vpc !== undefined && !anyOverlap(cidrsReserved(vpc), cidrsReserved(accepter.vpc));
  const now = store.now();
  const pendingAt = now + store.options.initiatingMs;
  const peering: PeeringRecord = {
    id: store.newId('peering'),
    order: store.nextOrder(),
    requester: sideOf(store, { ownerId: vpc.ownerId, region: vpc.region, vpcId: vpc.id }),
    accepter,
    createdAt: now,
    pendingAt,
    expiresAt: Math.floor((now + store.options.expiryMs) / SECOND_MS) * SECOND_MS,
    failedAt: fits ? undefined : pendingAt,
    rejectedAt: undefined,
    accepted: undefined,
    deletion: undefined,
  };
  store.peerings.add(peering);
  store.tags.set(call, peering.id, tags);
  return { VpcPeeringConnection: toPeering(store, call, peering) };
}

/**
 * Who asks once more for what is under way or there gets the same peering; who asks the other way round gets another.
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/27751
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/44315
 */
function askedAlready(
  store: Ec2Store,
  vpc: VpcRecord,
  { ownerId, region, vpcId }: PeeringSideRecord,
): PeeringRecord | undefined {
  const now = store.now();
  return store.peerings
    .with(vpc.id)
    .find(
      (peering) =>
        peering.requester.vpc === vpc &&
        peering.accepter.ownerId === ownerId &&
        peering.accepter.region === region &&
        peering.accepter.vpcId === vpcId &&
        isUnderWay(peering, now),
    );
}

function sideOf(
  store: Ec2Store,
  place: Pick<PeeringSideRecord, 'ownerId' | 'region' | 'vpcId'>,
): PeeringSideRecord {
  const vpc = store.vpcs.get(place.vpcId);
  const isThere = vpc?.ownerId === place.ownerId && vpc.region === place.region;
  return { ...place, vpc: isThere ? vpc : undefined, dnsFromRemote: false };
}

function assertRequestsLeft(store: Ec2Store, call: Call): void {
  const now = store.now();
  const outstanding = itemsAt(store.peerings, call).filter(
    (peering) =>
      isAt(peering.requester, call) &&
      ['initiating-request', 'pending-acceptance'].includes(stateAt(peering, now)),
  );
  const { outstandingPeeringRequests } = store.quotas(call.caller.accountId, call.region);
  if (outstanding.length >= outstandingPeeringRequests) {
    throw new AwsError(
      'OutstandingVpcPeeringConnectionLimitExceeded',
      "You've reached the limit on the number of VPC peering connection requests that you can create for the specified VPC.",
    );
  }
}

function acceptPeering(
  store: Ec2Store,
  call: Call,
  id: string | undefined,
): AcceptVpcPeeringConnectionResult {
  const peering = requirePeering(store, call, id);
  if (!isAt(peering.accepter, call)) throw mayNot(call, 'accept', peering);
  assertState(store, peering, ['pending-acceptance'], 'provisioning');
  assertOnlyOne(store, peering);
  for (const { vpc } of [peering.requester, peering.accepter]) assertPeeringsLeft(store, vpc);
  const now = store.now();
  peering.accepted = { at: now, activeAt: now + store.options.provisioningMs };
  return { VpcPeeringConnection: toPeering(store, call, peering, 0) };
}

/** Two VPCs have one peering at most; which of the two VPCs asked does not matter. */
function assertOnlyOne(store: Ec2Store, peering: PeeringRecord): void {
  const now = store.now();
  const vpcIds = ({ requester, accepter }: PeeringRecord) =>
    [requester.vpcId, accepter.vpcId].toSorted().join();
  for (const other of store.peerings.with(peering.requester.vpcId)) {
    if (other !== peering && isLive(other, now) && vpcIds(other) === vpcIds(peering)) {
      throw new AwsError(
        'VpcPeeringConnectionAlreadyExists',
        `The vpc peering connection identified by ${peering.id} already exists.`,
      );
    }
  }
}

function assertPeeringsLeft(store: Ec2Store, vpc: VpcRecord | undefined): void {
  if (vpc === undefined) return;
  const now = store.now();
  const live = store.peeringsOf(vpc).filter((peering) => isLive(peering, now));
  if (live.length >= store.quotas(vpc.ownerId, vpc.region).activePeeringsPerVpc) {
    throw new AwsError(
      'ActiveVpcPeeringConnectionPerVpcLimitExceeded',
      `You've reached the limit on the number of active VPC peering connections you can have for ${vpc.id}.`,
    );
  }
}

function deletePeering(
  store: Ec2Store,
  call: Call,
  id: string | undefined,
): DeleteVpcPeeringConnectionResult {
  const peering = requirePeering(store, call, id);
  const now = store.now();
  // A pending request is the requester's to withdraw; the accepter rejects it.
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcPeeringConnection.html
  const isAccepterOnly = !rolesAt(peering, call).includes('requester');
  if (isAccepterOnly && stateAt(peering, now) === 'pending-acceptance') throw mayNot(call, 'delete', peering);
  assertState(store, peering, ['pending-acceptance', 'active'], 'deleting');
  peering.deletion = { at: now, deletedAt: now + store.options.deletingMs, by: call.caller.accountId };
  return { Return: true };
}

const mayNot = (call: Call, verb: string, { id }: PeeringRecord): AwsError =>
  notPermitted(`User ${call.caller.accountId} cannot ${verb} peering ${id}`);

function assertState(
  store: Ec2Store,
  peering: PeeringRecord,
  allowed: readonly PeeringState[],
  next: PeeringState,
): void {
  const state = stateAt(peering, store.now());
  if (allowed.includes(state)) return;
  throw new AwsError(
    'InvalidStateTransition',
    `Invalid state transition for ${peering.id}, attempted to transition from ${state} to ${next}`,
  );
}
