import { stepKey } from '../domain/connection/plan.ts';
import type { Step } from '../domain/connection/step.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import { routeKey, type Memory } from '../domain/memory/memory.ts';
import type { Title } from '../domain/words/notice.ts';
import { DRY_RUN, statusTold } from '../domain/words/status.ts';

/**
 * What happened, where the notice's detail type does not say it exactly.
 *
 * @param changes the steps that were done
 * @param isRedelivery the last run may have died before it could tell: then nobody knows whether it is a repair
 */
export function exactTitle(
  verdict: Verdict,
  changes: readonly Step[],
  memory: Pick<Memory, 'told' | 'routes' | 'dns'>,
  isRedelivery: boolean,
): Title | undefined {
  if (verdict.kind === 'hold') return titleOfHeld(verdict);
  if (verdict.kind !== 'connect') return undefined;
  if (verdict.problems.length > 0) return 'Peering Incomplete';
  const { told } = memory;
  const before = told?.startsWith(`${DRY_RUN}|`) === true ? undefined : statusTold(told);
  if (changes.length === 0) return before === 'connected' && !isRedelivery ? 'Peering Updated' : undefined;
  if (before !== verdict.standing) return undefined;
  return !isRedelivery && isRepair(changes, memory) ? 'Peering Repaired' : 'Peering Updated';
}

/** That a request expires is more pressing than what it waits for. */
function titleOfHeld({ because, isExpiring }: Extract<Verdict, { kind: 'hold' }>): Title | undefined {
  if (because.code === 'contested') return 'Peering Contested';
  return because.code === 'suspended' && !isExpiring ? 'Account Suspended' : undefined;
}

/** Whether all of it had been there, by autopeer's own hand, and somebody took it away. */
function isRepair(changes: readonly Step[], { routes, dns }: Pick<Memory, 'routes' | 'dns'>): boolean {
  const ours = new Set(routes.map(routeKey));
  return changes.every((step) => {
    if (step.kind === 'create-route') return ours.has(stepKey(step));
    return step.kind === 'enable-dns' && step.roles.every((role) => dns.includes(role));
  });
}
