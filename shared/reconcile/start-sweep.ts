import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import { askedFromOutside, mayBeAskedFromOutside } from '../domain/policy/decision/from-outside.ts';
import type { Clock, Log, Metrics } from '../domain/work/log.ts';
import type { OrganizationChart } from '../domain/facts/organization-chart.ts';
import { requestsHint, type SweepQueue } from '../domain/work/work-item.ts';
import type { Schedule } from '../events/schedule.ts';
import type { Charts } from './charts.ts';
import { tellExpiring, type TellExpiringDeps } from './expiries.ts';
import { tellSuspension, type TellDeps } from './suspensions.ts';
import { tellPlaces, type TellPlacesDeps } from './tell-places.ts';

export interface StartSweepDeps extends TellDeps, TellPlacesDeps, TellExpiringDeps {
  readonly bus: TellDeps['bus'] & TellPlacesDeps['bus'];
  readonly policy: CompiledPolicy;
  readonly readChart: (readAt: number) => Promise<OrganizationChart>;
  readonly charts: Charts;
  readonly sweeps: SweepQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

export const startLook = ({ id, look }: Schedule, deps: StartSweepDeps): Promise<void> =>
  look === 'sweep' ? startSweep(id, deps) : startRequests(id, deps);

/**
 * Starts a look for new requests, between two sweeps: at the accounts and regions that the policy lets somebody outside
 * the organization ask. No event tells of his request, and the sweep comes once an hour. Where the policy lets nobody in,
 * no call is made.
 */
async function startRequests(eventId: string, deps: StartSweepDeps): Promise<void> {
  const { model, regions } = deps.policy;
  if (askedFromOutside(model).length === 0) return;
  // The organization as the last sweep read it. Before the first one there is none, and the sweep itself is not far.
  const chart = await deps.charts.load();
  const places = [...(chart?.accounts ?? [])].flatMap(([accountId, ous]) =>
    regions
      .filter((region) => mayBeAskedFromOutside(model, { accountId, region, ous }))
      .map((region) => ({ accountId, region })),
  );
  const hintId = requestsHint(eventId);
  await deps.sweeps.send(places.map((place) => ({ place, hintId, affectsPeers: false })));
}

/**
 * Starts a sweep of the organization: reads it once, for all that follow, and sends one message for each active account
 * and governed region. Then it tells what the last one found out about places, that the time of a suspension is over, and
 * which rules expire soon, since nobody else is there to.
 *
 * @param runId names this sweep; the same one twice within five minutes is one sweep
 */
async function startSweep(runId: string, deps: StartSweepDeps): Promise<void> {
  await tellSuspension(deps);
  const chart = await deps.readChart(deps.clock.now());
  await deps.charts.save(chart);
  const items = [...chart.accounts.keys()].flatMap((accountId) =>
    deps.policy.regions.map((region) => ({
      place: { accountId, region },
      hintId: runId,
      affectsPeers: false,
    })),
  );
  await deps.sweeps.send(items);
  deps.log.write({ code: 'sweep.started', accounts: chart.accounts.size, places: items.length });
  deps.metrics.count('SweepStarted', {});
  await tellPlaces(deps);
  await tellExpiring(deps);
}
