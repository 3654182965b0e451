import type { RecordedCall } from '../sim/aws.ts';
import type { Invocation, LogLine } from '../sim/lambda/function.ts';
import type { World } from '../sim/world/world.ts';
import type { Feed, FeedEvent } from './feed.ts';

/** A request's parameters are told up to this length; a longer one is only counted. */
const MAX_INPUT_CHARS = 4_096;

type Told = Pick<FeedEvent, 'kind' | 'atMs' | 'data'>;

/**
 * Tells the feed what the world has recorded, in the order of virtual time, and takes it out of the world: a server
 * that runs for days must not keep all of it.
 */
export function drain(world: World, feed: Feed): void {
  for (const { kind, atMs, data } of taken(world).toSorted((one, other) => one.atMs - other.atMs)) {
    feed.publish(kind, atMs, data);
  }
  const { lambda, trail, events } = world.aws;
  const untold = [lambda.counts, lambda.async.lost, trail.dropped];
  for (const list of [...untold, events.delivered, events.failedInvocations, events.lost]) list.length = 0;
}

/** What happened at one instant stays in this order: a cause before what it leads to. */
function taken({ aws, slack }: World): readonly Told[] {
  const { calls, trail, lambda, sns, clock } = aws;
  return [
    ...takeEnded(calls).map((call): Told => ({ kind: 'call', atMs: call.atMs, data: callData(call) })),
    ...trail.delivered
      .splice(0)
      .map(({ atMs, event }): Told => ({ kind: 'event', atMs, data: { ...event } })),
    ...lambda.logs.splice(0).map((line): Told => ({ kind: 'log', atMs: line.atMs, data: logData(line) })),
    ...takeEnded(lambda.invocations).map((run): Told => ({
      kind: 'invocation',
      atMs: run.endedAtMs ?? clock.now(),
      data: invocationData(run),
    })),
    ...sns.published.splice(0).map(({ atMs, topicArn, subject, message }): Told => ({
      kind: 'notice',
      atMs,
      data: { channel: 'sns', topicArn, subject, message },
    })),
    ...sns.deliveries.splice(0).map(({ atMs, ...data }): Told => ({ kind: 'delivery', atMs, data })),
    ...slack
      .splice(0)
      .map((message): Told => ({ kind: 'notice', atMs: clock.now(), data: { channel: 'slack', message } })),
  ];
}

/** Takes out of the list what is over; what is under way stays. */
function takeEnded<Item extends { readonly endedAtMs?: number }>(list: Item[]): readonly Item[] {
  const isOver = ({ endedAtMs }: Item): boolean => endedAtMs !== undefined;
  const over = list.filter(isOver);
  if (over.length === 0) return over;
  const underWay = list.filter((item) => !isOver(item));
  list.length = 0;
  for (const item of underWay) list.push(item);
  return over;
}

const callData = (call: RecordedCall): FeedEvent['data'] => ({
  service: call.service,
  action: call.action,
  accountId: call.caller.accountId,
  region: call.region,
  caller: call.caller.arn,
  requestId: call.requestId,
  errorCode: call.errorCode,
  input: shortInput(call.input),
});

function shortInput(input: unknown): unknown {
  const { length } = JSON.stringify(input) ?? '';
  return length <= MAX_INPUT_CHARS ? input : { characters: length };
}

const logData = ({ functionName, requestId, entry }: LogLine): FeedEvent['data'] => ({
  functionName,
  requestId,
  entry,
});

const invocationData = ({
  functionName,
  requestId,
  startedAtMs,
  endedAtMs,
  result,
}: Invocation): FeedEvent['data'] => ({
  functionName,
  requestId,
  startedAt: new Date(startedAtMs).toISOString(),
  virtualMs: (endedAtMs ?? startedAtMs) - startedAtMs,
  ...(result?.kind === 'failure'
    ? { outcome: 'failure', error: result.errorType, reason: result.errorMessage }
    : { outcome: 'success' }),
});
