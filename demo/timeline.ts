import { isAboutPeering, parseHubEvent } from '../shared/domain/words/hub-event.ts';
import type { Records } from './records.ts';
import { callEntries, eventEntries } from './timeline-calls.ts';
import type { FailureEntry, NoticeEntry, TimelineEntry } from './timeline-entry.ts';
import { runEntries } from './timeline-runs.ts';

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
  const entries: readonly TimelineEntry[] = [
    ...calls,
    ...eventEntries(records),
    ...runEntries(calls, records),
    ...noticeEntries(records),
    ...failureEntries(records),
  ];
  return entries.toSorted(
    (one, other) => one.atMs - other.atMs || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind),
  );
}

/** The domain events as `notify` received them, and the channels on which they went out. */
function noticeEntries({ invocations, logs, published, name }: Records): readonly NoticeEntry[] {
  return invocations
    .filter(({ functionName, result }) => functionName === `${name}-notify` && result?.kind === 'success')
    .flatMap(({ event, requestId, startedAtMs, endedAtMs = startedAtMs }) => {
      const told = parseHubEvent(event);
      // What failed for good is no part of a peering's timeline: the summary counts it. Nor are places.
      if (!isAboutPeering(told)) return [];
      const { detailType, detail } = told;
      const { peeringId, problems } = detail;
      // Slack is told by a function of its own, and a little later.
      const logged = logs.flatMap(({ atMs, requestId: by, entry }) =>
        entry.code === 'notify.sent' &&
        (by === requestId ||
          (atMs >= startedAtMs && entry.about === peeringId && entry.detailType === detailType))
          ? [entry.channel]
          : [],
      );
      const isPublished = published.some(
        ({ atMs, message }) => startedAtMs <= atMs && atMs <= endedAtMs && message.includes(peeringId),
      );
      const channels = [...new Set(logged)].filter((channel) => channel !== 'sns' || isPublished).toSorted();
      return [{ kind: 'notice', atMs: endedAtMs, peeringId, detailType, channels, problems }];
    });
}

function failureEntries({ invocations, logs }: Records): readonly FailureEntry[] {
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
