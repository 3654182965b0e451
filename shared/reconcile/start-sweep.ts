import type { CompiledPolicy } from '../domain/policy/compile.ts';
import type { AccountId } from '../domain/ids.ts';
import type { Log } from '../domain/log.ts';
import type { SweepQueue } from '../domain/work-item.ts';

export interface StartSweepDeps {
  readonly policy: CompiledPolicy;
  readonly members: Members;
  readonly sweeps: SweepQueue;
  readonly log: Log;
}

/** The active accounts of the organization. */
export interface Members {
  list(): Promise<readonly AccountId[]>;
}

/**
 * Starts a sweep of the organization: one message for each account and governed region.
 *
 * @param runId names this sweep; the same one twice within five minutes is one sweep
 */
export async function startSweep(runId: string, deps: StartSweepDeps): Promise<void> {
  const accounts = await deps.members.list();
  const items = accounts.flatMap((accountId) =>
    deps.policy.regions.map((region) => ({
      place: { accountId, region },
      hintId: runId,
      affectsPeers: false,
    })),
  );
  await deps.sweeps.send(items);
  deps.log.write({ code: 'sweep.started', accounts: accounts.length, places: items.length });
}
