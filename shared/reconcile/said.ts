import type { OpenPeering } from '../domain/facts/observed.ts';
import type { Peering } from '../domain/facts/peering.ts';
import { isTold, statusOf, statusTold } from '../domain/words/status.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import type { SweepItem } from '../domain/work/work-item.ts';
import type { Ledger } from './ledger.ts';
import type { ReconcileDeps } from './ports.ts';

type SaidDeps = Pick<ReconcileDeps, 'policy'> & { readonly ledger: Pick<Ledger, 'read'> };

/** What people were told of a peering. */
export interface Said {
  readonly status: string | undefined;
  /** They were told how it stands now, as far as it is seen from here. Outdated tags are seen by the plan. */
  readonly isCurrent: boolean;
}
export const NOTHING_SAID: Said = { status: undefined, isCurrent: true };

/** The peering's tags say it; where the policy wants none, the ledger knows. */
export async function saidOf(
  { id, tags }: Peering,
  verdict: Verdict | undefined,
  { policy, ledger }: SaidDeps,
): Promise<Said> {
  if (policy.statusTags) return { status: tags['autopeer:status'], isCurrent: true };
  const { told } = await ledger.read(id);
  const status = verdict === undefined ? undefined : statusOf(verdict);
  return { status: statusTold(told), isCurrent: status === undefined || isTold(status, told) };
}

/** Of most peerings, so that the hourly sweep asks the ledger for the few that are pending or not in order. */
export const isOrderly = ({ peering }: OpenPeering, verdict: Verdict, { by }: SweepItem): boolean =>
  by === undefined &&
  peering.state === 'active' &&
  verdict.kind === 'connect' &&
  verdict.problems.length === 0;
