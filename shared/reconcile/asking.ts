import type { Ask } from '../domain/connection/answers.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import type { Observed, OpenPeering } from '../domain/facts/observed.ts';
import type { PeeringKey } from '../domain/facts/peering.ts';
import type { AskedApproval } from '../domain/memory/approvals.ts';
import type { Memory } from '../domain/memory/memory.ts';
import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import { digestOf } from '../domain/policy/language/canonical.ts';
import type { LedgerPage } from './ledger.ts';

interface Seen {
  readonly observed: Observed;
  readonly verdict: Verdict;
}

export const askIn = (verdict: Verdict): Ask | undefined => ('ask' in verdict ? verdict.ask : undefined);

/** What people are to be asked to approve; `undefined` where nothing waits for them. */
export function askedOf({ observed, verdict }: Seen, { version }: CompiledPolicy): AskedApproval | undefined {
  const ask = askIn(verdict);
  if (ask === undefined || observed.kind !== 'open') return undefined;
  const { state, expiresAt } = observed.peering;
  const asked = { ...ask, key: keyOf(observed), policyVersion: version };
  if (state === 'active') return { ...asked, state };
  return { ...asked, state: 'pending-acceptance', ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** The same from whichever side it is looked at. */
function keyOf({ peering, sides: { requester, accepter } }: OpenPeering): PeeringKey {
  const { accountId, region } = (accepter.kind === 'governed' ? accepter : requester).location;
  return { peeringId: peering.id, accountId, region };
}

/** What the ledger is to know of it after the look; nothing where that knows it already. */
export function askedAfter(
  { observed, verdict }: Seen,
  { asked: before }: Memory,
  policy: CompiledPolicy,
): LedgerPage['asked'] {
  const asked = askedOf({ observed, verdict }, policy);
  if (asked === undefined) return before !== undefined && isSettled({ observed, verdict }) ? null : undefined;
  const digest = digestOf(asked);
  return digest === before ? undefined : digest;
}

/** A look that did not see both sides says nothing of what waits. */
function isSettled({ observed, verdict }: Seen): boolean {
  if (observed.kind === 'ended') return true;
  if (observed.kind !== 'open' || verdict.kind === 'wait') return false;
  return [observed.sides.requester, observed.sides.accepter].every(
    ({ kind }) => kind === 'governed' || kind === 'outside',
  );
}
