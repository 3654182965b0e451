import type { ServerResponse } from 'node:http';
import type { Feed, FeedEvent } from './feed.ts';

/** A client that does not read what it asked for is cut off at this; it may come back with `Last-Event-ID`. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/**
 * Streams the feed until the client goes away.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamFeed(
  feed: Feed,
  headers: Readonly<Record<string, string>>,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  // The headers go out at once, and a client that sees nothing happen sees that it is connected.
  response.write(': connected\n\n');
  const lastSeen = /^\d{1,15}$/.exec(headers['last-event-id'] ?? '')?.[0];
  const end = feed.subscribe(
    (event) => {
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(eventText(event));
    },
    lastSeen === undefined ? undefined : Number(lastSeen),
  );
  response.once('close', end);
}

const eventText = ({ id, kind, atMs, data }: FeedEvent): string =>
  `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify({ at: new Date(atMs).toISOString(), ...data })}\n\n`;
