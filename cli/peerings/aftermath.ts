import type { Observed } from '../../shared/domain/facts/observed.ts';
import { isOver, ROLES, type Peering, type Role } from '../../shared/domain/facts/peering.ts';
import type { Decided } from '../../shared/reconcile/decide-on.ts';
import { viewOf, type PeeringView } from './view.ts';

type ViewedSide = PeeringView['sides'][number];

/** What becomes of one side when the peering is deleted. */
export interface Aftermath {
  readonly side: ViewedSide;
  /**
   * - `removed`: autopeer removes every route to a peering that is over, whoever wrote it
   * - `stays`: autopeer does not look after this side: what leads to the peering there drops its traffic until its owner removes it
   * - `told`: the policy says dryRun, so autopeer only tells of them
   */
  readonly routes: 'removed' | 'stays' | 'told';
}

/** A peering before it is deleted. */
export interface Deletion {
  readonly peering: Peering;
  readonly view: PeeringView;
  readonly sides: readonly Aftermath[];
  /** What is left to be cleaned up, of a peering that is over. */
  readonly leftovers: readonly string[];
}

/** `undefined` where EC2 does not show the peering. */
export function deletionOf(decided: Decided, isLedgerAsked: boolean): Deletion | undefined {
  const { observed, isDryRun } = decided;
  const view = viewOf(decided, [], isLedgerAsked);
  if (view === undefined || !('peering' in observed)) return undefined;
  const { peering } = observed;
  const sides = ROLES.map((role, index): Aftermath => {
    const side = view.sides[index];
    if (side === undefined) throw new Error('a peering has two sides');
    if (!isGoverned(observed, role)) return { side, routes: 'stays' };
    return { side, routes: isDryRun ? 'told' : 'removed' };
  });
  return { peering, view, sides, leftovers: leftoversOf(observed) };
}

const isGoverned = (observed: Observed, role: Role): boolean =>
  observed.kind === 'open' && observed.sides[role].kind === 'governed';

/** Routes that lead to a peering that is over, in words. */
export const leftoversOf = (observed: Observed): readonly string[] =>
  observed.kind === 'ended' || observed.kind === 'not-found'
    ? observed.leftovers.map(
        ({ accountId, region, routeTableId, destination }) =>
          `${destination} in ${routeTableId}, ${accountId} ${region}`,
      )
    : [];

/** Why EC2 does not delete it from this account; `undefined` where it does. */
export function whyNotDeleted(
  { state, requester, accepter }: Peering,
  accountId: string,
): string | undefined {
  if (state === 'pending-acceptance' && requester.accountId !== accountId) {
    return (
      `only the requester, account ${requester.accountId}, can delete a request that waits; ` +
      `account ${accepter.accountId} can reject it: aws ec2 reject-vpc-peering-connection`
    );
  }
  return isOver(state) || state === 'active' || state === 'pending-acceptance' || state === 'deleting'
    ? undefined
    : `it is ${state}: try again in some seconds`;
}
