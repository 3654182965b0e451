import { isAboutPeering, parseHubEvent } from '../shared/domain/words/hub-event.ts';
import { EVENT_SOURCE, type DetailType, type DomainEvent } from '../shared/domain/words/notice.ts';
import { requireArn } from '../sim/arn.ts';
import type { Invocation, LogLine } from '../sim/lambda/function.ts';
import { isAutopeer, type Records } from './records.ts';
import type { CallEntry, DecisionKind, ReadEntry, TimelineEntry, WaitEntry } from './timeline-entry.ts';

/** What each reconcile did besides its changes: it read, decided and waited; or it only looked. */
export function runEntries(calls: readonly CallEntry[], records: Records): readonly TimelineEntry[] {
  const runs = runsOf(records.invocations, records.logs);
  return runs.flatMap((run) => entriesOf(run, calls, records));
}

/** One reconcile of one peering. */
interface Run {
  readonly peeringId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** `settled`, `waiting`, `held`, `refused`, or `failed`. */
  readonly outcome: string;
  /** The code of the reason. */
  readonly reason: string;
}

/**
 * The reconciles that have ended, by the line that each of them logs at its end. One invocation takes a batch, one
 * item after the other: an item begins where the one before it ended.
 */
function runsOf(invocations: readonly Invocation[], logs: readonly LogLine[]): readonly Run[] {
  const startOf = new Map(invocations.map(({ requestId, startedAtMs }) => [requestId, startedAtMs]));
  return logs.flatMap(({ requestId, atMs, entry }) => {
    if (entry.code !== 'reconcile.outcome' && entry.code !== 'reconcile.failed') return [];
    const startMs = startOf.get(requestId) ?? atMs;
    startOf.set(requestId, atMs);
    const outcome = entry.code === 'reconcile.failed' ? 'failed' : entry.outcome;
    return [{ peeringId: entry.peeringId, startMs, endMs: atMs, outcome, reason: entry.reason }];
  });
}

const DECISIONS: Readonly<Record<DetailType, DecisionKind | undefined>> = {
  'Peering Connected': 'connect',
  'Peering Accepted': 'connect',
  'Peering Held': 'hold',
  'Peering Expiring': 'hold',
  'Peering Rejected': 'reject',
  'Peering Cleaned Up': 'clean-up',
  'Peering Ended': undefined,
  'Peering Failed': 'clean-up',
  'Peering Unsanctioned': 'report',
  'Peering Unapproved': 'report',
  'Peering Planned': undefined,
};

function entriesOf(run: Run, calls: readonly CallEntry[], records: Records): readonly TimelineEntry[] {
  const { peeringId } = run;
  const changes = calls.filter(
    (call) => call.by === 'autopeer' && call.peeringId === peeringId && isWithin(call.atMs, run),
  );
  const told = toldBy(run, records);
  const decision = told === undefined ? undefined : DECISIONS[told.event.detailType];
  if (told === undefined || decision === undefined) {
    if (run.outcome === 'failed') return [];
    const { outcome, reason } = run;
    return [...waits(run, changes, records), { kind: 'look', atMs: run.endMs, peeringId, outcome, reason }];
  }
  const { rule, reason } = told.event.detail;
  const atMs = changes[0]?.atMs ?? told.atMs;
  return [
    ...reads(run, atMs, records),
    { kind: 'decision', atMs, peeringId, decision, ...(rule === undefined ? {} : { rule }), reason },
    ...waits(run, changes, records),
  ];
}

const isWithin = (atMs: number, { startMs, endMs }: Run): boolean => startMs <= atMs && atMs <= endMs;

/** The domain event that the run published. */
function toldBy(
  run: Run,
  { busDeliveries, hubBusArn }: Records,
): { readonly atMs: number; readonly event: DomainEvent } | undefined {
  const { accountId } = requireArn(hubBusArn);
  for (const { atMs, busArn, event } of busDeliveries) {
    if (busArn !== hubBusArn || event.source !== EVENT_SOURCE || !isWithin(atMs, run)) continue;
    // Members may put events on this bus too, and say in them what they like.
    if (event.account !== accountId) continue;
    const told = parseHubEvent(event);
    if (isAboutPeering(told) && told.detail.peeringId === run.peeringId) return { atMs, event: told };
  }
  return undefined;
}

function reads(run: Run, untilMs: number, { calls, name }: Records): readonly ReadEntry[] {
  const made = calls.filter(
    ({ service, action, caller, atMs }) =>
      service === 'ec2' &&
      action.startsWith('Describe') &&
      isAutopeer(caller, name) &&
      run.startMs <= atMs &&
      atMs < untilMs,
  );
  const accountIds = [...new Set(made.map(({ caller }) => caller.accountId))];
  const { peeringId } = run;
  return [{ kind: 'read', atMs: made[0]?.atMs ?? run.startMs, peeringId, calls: made.length, accountIds }];
}

function waits(run: Run, changes: readonly CallEntry[], { calls, name }: Records): readonly WaitEntry[] {
  const accept = changes.find(({ action }) => action === 'AcceptVpcPeeringConnection');
  if (accept === undefined) return [];
  const untilMs = changes[changes.indexOf(accept) + 1]?.atMs ?? run.endMs;
  const looks = calls.filter(
    ({ action, caller, atMs }) =>
      action === 'DescribeVpcPeeringConnections' &&
      isAutopeer(caller, name) &&
      accept.atMs < atMs &&
      atMs < untilMs,
  );
  const [first] = looks;
  if (first === undefined) return [];
  return [
    {
      kind: 'wait',
      atMs: first.atMs,
      peeringId: run.peeringId,
      forMs: untilMs - first.atMs,
      looks: looks.length,
    },
  ];
}
