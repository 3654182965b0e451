import * as z from 'zod';
import { parseDomainEvent, type DetailType } from '../../shared/domain/notice.ts';
import { parseEvent } from '../../shared/events/registry.ts';
import type { RecordedCall } from '../aws.ts';
import type { Invocation, LogLine } from '../lambda/function.ts';
import type { Delivery } from '../services/event-rules.ts';
import type { Publication } from '../services/sns.ts';
import type { TrailDelivery } from '../trail.ts';
import type { Caller } from '../types.ts';
import { runsOf, type Run } from './runs.ts';

/** What a simulated AWS has recorded; a timeline is made of nothing else. */
export interface Records {
  /** The names of autopeer's functions and roles start with this. */
  readonly name: string;
  readonly hubBusArn: string;
  readonly calls: readonly RecordedCall[];
  readonly trail: readonly TrailDelivery[];
  readonly busDeliveries: readonly Delivery[];
  readonly invocations: readonly Invocation[];
  readonly logs: readonly LogLine[];
  readonly published: readonly Publication[];
}

export type Actor = 'person' | 'autopeer';

/** What autopeer makes of a peering. */
export type DecisionKind = 'connect' | 'hold' | 'reject' | 'clean-up' | 'report';

/** One thing that happened. `atMs` is virtual, in epoch milliseconds. The kinds and their fields are stable. */
export type TimelineEntry = { readonly atMs: number } & (
  /** A call to EC2 that changes a peering, or a route to one. */
  | {
      readonly kind: 'call';
      readonly by: Actor;
      readonly accountId: string;
      readonly region: string;
      readonly action: string;
      /** Absent where nothing recorded tells which. */
      readonly peeringId?: string;
      readonly routeTableId?: string;
      readonly destination?: string;
      /** The sides whose DNS flag the call sets. */
      readonly dnsOf?: readonly ('requester' | 'accepter')[];
      /** The call failed. */
      readonly errorCode?: string;
    }
  /** CloudTrail's event of a call has reached the hub's bus. */
  | {
      readonly kind: 'event';
      readonly by: Actor;
      readonly accountId: string;
      readonly region: string;
      readonly eventName: string;
      readonly peeringId?: string;
    }
  /** autopeer has begun to read what it decides on: `calls` Describe calls with the roles of these accounts. */
  | {
      readonly kind: 'read';
      readonly peeringId: string;
      readonly calls: number;
      readonly accountIds: readonly string[];
    }
  /** At the last instant at which it can have been made: before the first change, or when it was told. */
  | {
      readonly kind: 'decision';
      readonly peeringId: string;
      readonly decision: DecisionKind;
      readonly rule?: string;
      readonly reason: { readonly code: string; readonly text: string };
    }
  /** After accepting, until the next change: `looks` times EC2 was asked whether the peering is active. */
  | {
      readonly kind: 'wait';
      readonly peeringId: string;
      readonly untilMs: number;
      readonly looks: number;
    }
  /** People were told, on these channels. */
  | {
      readonly kind: 'notice';
      readonly peeringId: string;
      readonly detailType: DetailType;
      readonly channels: readonly string[];
      readonly problems: readonly string[];
    }
  /** autopeer looked at a peering and had nothing to tell. */
  | { readonly kind: 'look'; readonly peeringId: string; readonly outcome: string; readonly reason: string }
  /** A function failed; Lambda or the queue tries it again, and gives up at the dead-letter queue. */
  | { readonly kind: 'failure'; readonly functionName: string; readonly error: string; readonly reason: string }
);

type EntryOf<Kind extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: Kind }>;

/** What happens in one instant is told in this order: a cause before what it leads to. */
const ORDER: readonly TimelineEntry['kind'][] = [
  'event',
  'read',
  'decision',
  'call',
  'wait',
  'failure',
  'look',
  'notice',
];

/** Pure: what has happened, in order. The same records give the same timeline. */
export function timelineOf(records: Records): readonly TimelineEntry[] {
  const calls = callEntries(records);
  const runs = runsOf(records.invocations, records.logs);
  const entries: readonly TimelineEntry[] = [
    ...calls,
    ...eventEntries(records),
    ...runs.flatMap((run) => runEntries(run, calls, records)),
    ...noticeEntries(records),
    ...failureEntries(records),
  ];
  return entries.toSorted(
    (one, other) => one.atMs - other.atMs || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind),
  );
}

/** Whether one of autopeer's own roles made the call: a function's in the hub, or a member's that it assumed. */
export function isAutopeer({ roleArn }: Caller, name: string): boolean {
  return roleArn?.split('/').at(-1)?.startsWith(`${name}-`) === true;
}

/** The calls that a timeline is about; what else people do in EC2 is not autopeer's business. */
const ACTIONS: ReadonlySet<string> = new Set([
  'CreateVpcPeeringConnection',
  'AcceptVpcPeeringConnection',
  'RejectVpcPeeringConnection',
  'DeleteVpcPeeringConnection',
  'ModifyVpcPeeringConnectionOptions',
  'CreateRoute',
  'DeleteRoute',
]);

const inputSchema = z.object({
  VpcPeeringConnectionId: z.string().optional(),
  RouteTableId: z.string().optional(),
  DestinationCidrBlock: z.string().optional(),
  DestinationIpv6CidrBlock: z.string().optional(),
  RequesterPeeringConnectionOptions: z.unknown().optional(),
  AccepterPeeringConnectionOptions: z.unknown().optional(),
});
type Input = z.output<typeof inputSchema>;

function callEntries({ calls, trail, name }: Records): readonly EntryOf<'call'>[] {
  const created = peeringsByRequest(trail);
  // DeleteRoute does not name the peering: the CreateRoute before it did.
  const routed = new Map<string, string>();
  return calls
    .filter(({ service, action }) => service === 'ec2' && ACTIONS.has(action))
    .map((call) => {
      const input: Input = inputSchema.safeParse(call.input).data ?? {};
      const destination = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock;
      const route = `${input.RouteTableId} ${destination}`;
      const named = input.VpcPeeringConnectionId ?? created.get(call.requestId);
      if (call.action === 'CreateRoute' && named !== undefined) routed.set(route, named);
      const peeringId = named ?? routed.get(route);
      const dnsOf = dnsSides(input);
      return {
        kind: 'call',
        atMs: call.atMs,
        by: isAutopeer(call.caller, name) ? 'autopeer' : 'person',
        accountId: call.caller.accountId,
        region: call.region,
        action: call.action,
        ...(peeringId === undefined ? {} : { peeringId }),
        ...(input.RouteTableId === undefined ? {} : { routeTableId: input.RouteTableId }),
        ...(destination === undefined ? {} : { destination }),
        ...(dnsOf.length === 0 ? {} : { dnsOf }),
        ...(call.errorCode === undefined ? {} : { errorCode: call.errorCode }),
      };
    });
}

function dnsSides(input: Input): readonly ('requester' | 'accepter')[] {
  return [
    ...(input.RequesterPeeringConnectionOptions === undefined ? [] : (['requester'] as const)),
    ...(input.AccepterPeeringConnectionOptions === undefined ? [] : (['accepter'] as const)),
  ];
}

const recordSchema = z.object({ detail: z.object({ requestID: z.string() }) });
const requestIdOf = (event: unknown): string => recordSchema.safeParse(event).data?.detail.requestID ?? '';

/** Which peering a call made: nobody knew before EC2 answered, and CloudTrail wrote the answer down. */
function peeringsByRequest(trail: readonly TrailDelivery[]): ReadonlyMap<string, string> {
  return new Map(
    trail.flatMap(({ event }) => {
      const parsed = parseEvent(event);
      return parsed.kind === 'key' ? [[requestIdOf(event), parsed.key.peeringId]] : [];
    }),
  );
}

function eventEntries({ busDeliveries, hubBusArn, calls, name }: Records): readonly EntryOf<'event'>[] {
  const callers = new Map(calls.map(({ requestId, caller }) => [requestId, caller]));
  return busDeliveries
    .filter(({ busArn, event }) => busArn === hubBusArn && event.source === 'aws.ec2')
    .map(({ atMs, event }) => {
      const parsed = parseEvent(event);
      const caller = callers.get(requestIdOf(event));
      return {
        kind: 'event',
        atMs,
        by: caller !== undefined && isAutopeer(caller, name) ? 'autopeer' : 'person',
        accountId: event.account,
        region: event.region,
        eventName: parsed.eventName,
        ...(parsed.kind === 'key' ? { peeringId: parsed.key.peeringId } : {}),
      };
    });
}

const DECISIONS: Readonly<Record<DetailType, DecisionKind | undefined>> = {
  'Peering Connected': 'connect',
  'Peering Held': 'hold',
  'Peering Rejected': 'reject',
  'Peering Cleaned Up': 'clean-up',
  'Peering Failed': 'clean-up',
  'Peering Unsanctioned': 'report',
  'Reconcile Failed': undefined,
};

/** What one reconcile did besides its changes: read, decide, wait; or only look. */
function runEntries(
  run: Run,
  calls: readonly EntryOf<'call'>[],
  records: Records,
): readonly TimelineEntry[] {
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
function toldBy(run: Run, { busDeliveries, hubBusArn }: Records) {
  for (const { atMs, busArn, event } of busDeliveries) {
    if (busArn !== hubBusArn || event.source !== 'autopeer' || !isWithin(atMs, run)) continue;
    const told = parseDomainEvent(event);
    if (told.detail.peeringId === run.peeringId) return { atMs, event: told };
  }
  return undefined;
}

function reads(run: Run, untilMs: number, { calls, name }: Records): readonly EntryOf<'read'>[] {
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

function waits(
  run: Run,
  changes: readonly EntryOf<'call'>[],
  { calls, name }: Records,
): readonly EntryOf<'wait'>[] {
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
  return [{ kind: 'wait', atMs: first.atMs, peeringId: run.peeringId, untilMs, looks: looks.length }];
}

/** The domain events as `notify` received them, and the channels on which they went out. */
function noticeEntries({ invocations, logs, published, name }: Records): readonly EntryOf<'notice'>[] {
  return invocations
    .filter(({ functionName, result }) => functionName === `${name}-notify` && result?.kind === 'success')
    .map(({ event, requestId, startedAtMs, endedAtMs = startedAtMs }) => {
      const { detailType, detail } = parseDomainEvent(event);
      const { peeringId, problems } = detail;
      const logged = logs.flatMap((line) =>
        line.requestId === requestId && line.entry.code === 'notify.sent' ? [line.entry.channel] : [],
      );
      const isPublished = published.some(
        ({ atMs, message }) => startedAtMs <= atMs && atMs <= endedAtMs && message.includes(peeringId),
      );
      const channels = logged.filter((channel) => channel !== 'sns' || isPublished);
      return { kind: 'notice', atMs: endedAtMs, peeringId, detailType, channels, problems };
    });
}

function failureEntries({ invocations, logs }: Records): readonly EntryOf<'failure'>[] {
  const thrown = invocations.flatMap(({ functionName, result, endedAtMs = 0 }) =>
    result?.kind === 'failure'
      ? [
          {
            kind: 'failure' as const,
            atMs: endedAtMs,
            functionName,
            error: result.errorType,
            reason: result.errorMessage,
          },
        ]
      : [],
  );
  // A batch that fails in part is a success to Lambda; only the log tells of its failed items.
  const logged = logs.flatMap(({ atMs, functionName, entry }) =>
    entry.code === 'reconcile.failed'
      ? [{ kind: 'failure' as const, atMs, functionName, error: entry.error, reason: entry.reason }]
      : [],
  );
  return [...thrown, ...logged];
}
