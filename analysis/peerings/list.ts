import type { AccountId, VpcId } from '../../shared/domain/facts/ids.ts';
import type { PeeringState } from '../../shared/domain/facts/peering.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import { isLive } from '../access/live.ts';
import { sideOf } from '../access/live-peerings.ts';
import { seenUnder, type SnapshotIndex } from '../access/snapshot-index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

type SnapshotPeering = Snapshot['peerings'][number];

/** What is asked for: each that is given must hold. */
export interface PeeringFilter {
  /** Of either side: an account's id, or its name. */
  readonly account: string | undefined;
  /** Of either side: a VPC's id, or its `Name` tag. */
  readonly vpc: string | undefined;
  readonly state: PeeringState | undefined;
  /** The rule by which the policy decides it; needs a policy. */
  readonly rule: string | undefined;
}

export interface ListedSide {
  readonly accountId: AccountId;
  /** Nothing for an account outside the organization. */
  readonly account: string | undefined;
  readonly region: string;
  readonly vpcId: VpcId;
  readonly vpc: string | undefined;
  readonly cidrs: readonly string[];
}

export interface ListedPeering {
  readonly id: SnapshotPeering['id'];
  readonly state: PeeringState;
  readonly requester: ListedSide;
  readonly accepter: ListedSide;
  /** What the policy says; absent without one, and of a peering that is over. */
  readonly decision: string | undefined;
  readonly rule: string | undefined;
}

/** The peerings of the organization, in the order of their ids. */
export function listPeerings(
  index: SnapshotIndex,
  policy: CompiledPolicy | undefined,
  filter: PeeringFilter,
): readonly ListedPeering[] {
  return index.snapshot.peerings
    .map((peering) => toListed(peering, index, policy))
    .filter((listed) => isWanted(listed, filter));
}

function toListed(
  peering: SnapshotPeering,
  index: SnapshotIndex,
  policy: CompiledPolicy | undefined,
): ListedPeering {
  const decided = policy === undefined || !isLive(peering) ? undefined : decidedBy(policy, peering, index);
  return {
    id: peering.id,
    state: peering.state,
    requester: listedSide(peering.requester, index),
    accepter: listedSide(peering.accepter, index),
    decision: decided?.kind,
    rule: decided?.rule,
  };
}

function decidedBy(policy: CompiledPolicy, { requester, accepter }: SnapshotPeering, index: SnapshotIndex) {
  const regions = new Set(policy.regions);
  return decide(policy, {
    requester: seenUnder(regions, sideOf(requester, index)),
    accepter: seenUnder(regions, sideOf(accepter, index)),
  });
}

function listedSide(side: SnapshotPeering['requester'], index: SnapshotIndex): ListedSide {
  const { accountId, region, vpcId } = side;
  const { cidrs, tags } = sideOf(side, index);
  return {
    accountId,
    account: index.accountName(accountId),
    region,
    vpcId,
    vpc: tags === 'unknown' ? undefined : tags['Name'],
    cidrs: cidrs === 'unknown' ? [] : cidrs,
  };
}

function isWanted(listed: ListedPeering, { account, vpc, state, rule }: PeeringFilter): boolean {
  const sides = [listed.requester, listed.accepter];
  return (
    (account === undefined || sides.some((side) => [side.accountId, side.account].includes(account))) &&
    (vpc === undefined || sides.some((side) => [side.vpcId, side.vpc].includes(vpc))) &&
    (state === undefined || listed.state === state) &&
    (rule === undefined || listed.rule === rule)
  );
}
