import { decide } from '../../shared/domain/policy/decision/decide.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { loadPolicy } from '../../shared/domain/policy/language/load.ts';
import { sideOf, type LivePeering } from '../access/live-peerings.ts';
import { seenUnder } from '../access/snapshot-index.ts';
import type { Organization } from '../snapshot/organization.ts';
import { propose, type Existing, type Proposal } from './cover.ts';
import { Picks } from './picks.ts';
import { policyText } from './policy-text.ts';

export interface Adoption {
  /** The policy file. */
  readonly text: string;
  readonly proposals: readonly Proposal[];
  /** Rules that name both VPCs, since nothing wider describes their peering. */
  readonly single: readonly Proposal[];
  /** What no rule can allow, with the reason. */
  readonly leftOut: readonly { readonly peering: LivePeering; readonly why: string }[];
  /** How many active peerings the snapshot has. */
  readonly active: number;
}

/**
 * A first policy for an organization that has peerings already: it allows each that is active, by few rules.
 *
 * @param from where the snapshot is from, for a comment
 * @param density see {@link propose}
 * @throws Error where the policy does not allow what it must: a fault of this function
 * @example
 * ```ts
 * const { text, leftOut } = adopt(organizationOf(parseSnapshot(json)), 'organization.json', 0.5);
 * ```
 */
export function adopt(organization: Organization, from: string, density: number): Adoption {
  const active = organization.snapshot.peerings.filter(({ state }) => state === 'active');
  const picks = new Picks(organization);
  const leftOut: { peering: LivePeering; why: string }[] = [];
  const existing = active.flatMap((peering): Existing[] => {
    const each = {
      peering,
      requester: sideOf(peering.requester, organization),
      accepter: sideOf(peering.accepter, organization),
    };
    const why = whyNot(each, picks);
    if (why === undefined) return [each];
    leftOut.push({ peering, why });
    return [];
  });
  const regions = regionsOf(existing, organization);
  const proposals = inOrder(propose(existing, picks, density));
  const text = policyText(proposals, regions, from);
  leftOut.push(...refused(existing, text));
  const single = proposals.filter(({ one, other }) => one.kind === 'vpc' && other.kind === 'vpc');
  return { text, proposals, single, leftOut, active: active.length };
}

function whyNot({ requester, accepter }: Existing, picks: Picks): string | undefined {
  const isOutside = [requester, accepter].every(({ membership }) => membership.kind === 'external');
  if (isOutside) return 'neither side is in the organization';
  const isUnknown = [requester, accepter].some((side) => picks.of(side).length === 0);
  return isUnknown ? 'the CIDRs of the side outside the organization are not in the snapshot' : undefined;
}

/** Those where the organization has a side; where there is none, those that were read, or that have VPCs. */
function regionsOf(existing: readonly Existing[], { snapshot, vpcs }: Organization): readonly Region[] {
  const sides = existing.flatMap(({ requester, accepter }) => [requester, accepter]);
  const found = sides.filter(({ membership }) => membership.kind === 'member').map(({ region }) => region);
  const ways = [found, snapshot.regions ?? [], vpcs.map(({ region }) => region)];
  return [...new Set(ways.find((regions) => regions.length > 0))].toSorted();
}

/** Those with the most peerings first: they are what an organization is about. */
const inOrder = (proposals: readonly Proposal[]): readonly Proposal[] =>
  proposals.toSorted((one, other) => other.covers.length - one.covers.length);

/** Each peering is decided by the policy as it was written: what it does not allow is told. */
function refused(existing: readonly Existing[], text: string): Adoption['leftOut'] {
  if (existing.length === 0) return [];
  const loaded = loadPolicy(text);
  if (loaded.kind !== 'loaded') {
    throw new Error(`the policy has faults: ${loaded.faults.map(({ message }) => message).join('; ')}`);
  }
  const policy = loaded.policies.whole();
  const regions = new Set(policy.regions);
  return existing.flatMap(({ peering, requester, accepter }) => {
    const request = { requester: seenUnder(regions, requester), accepter: seenUnder(regions, accepter) };
    const decision = decide(policy, request);
    return decision.kind === 'accept' ? [] : [{ peering, why: decision.reason.text }];
  });
}
