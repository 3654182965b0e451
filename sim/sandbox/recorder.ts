import type { RecordedCall } from '../aws.ts';
import type { Invocation, LogLine } from '../lambda/function.ts';
import type { TrailDelivery } from '../trail.ts';
import type { World } from '../world.ts';
import type { Feed, FeedEvent } from './feed.ts';

/** A request's parameters are told up to this length; a longer one is only counted. */
const MAX_INPUT_CHARS = 4_096;

/**
 * Tells the feed what the world has recorded, and takes it out of the world: a server that runs for days must not
 * keep all of it.
 */
export function drain(world: World, feed: Feed): void {
  const { aws, slack } = world;
  const nowMs = aws.clock.now();
  const ended = <Item extends { readonly endedAtMs?: number }>(list: Item[]): Item[] => {
    const done = list.filter(({ endedAtMs }) => endedAtMs !== undefined);
    if (done.length === 0) return done;
    const open = list.filter(({ endedAtMs }) => endedAtMs === undefined);
    list.length = 0;
    for (const item of open) list.push(item);
    return done;
  };
  for (const call of ended(aws.calls)) feed.publish('call', call.atMs, callData(call));
  for (const item of aws.trail.delivered.splice(0)) feed.publish('event', item.atMs, eventData(item));
  for (const line of aws.lambda.logs.splice(0)) feed.publish('log', line.atMs, logData(line));
  for (const item of ended(aws.lambda.invocations)) {
    feed.publish('invocation', item.endedAtMs ?? nowMs, invocationData(item));
  }
  for (const { atMs, topicArn, subject, message } of aws.sns.published.splice(0)) {
    feed.publish('notice', atMs, { channel: 'sns', topicArn, subject, message });
  }
  for (const message of slack.splice(0)) feed.publish('notice', nowMs, { channel: 'slack', message });
  for (const list of [aws.lambda.counts, aws.trail.dropped, aws.events.delivered, aws.lambda.async.lost]) {
    list.length = 0;
  }
  aws.events.failedInvocations.length = 0;
  aws.events.lost.length = 0;
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

const eventData = ({ event }: TrailDelivery): FeedEvent['data'] => ({ ...event });

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
