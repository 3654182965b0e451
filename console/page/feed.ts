import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import * as z from 'zod/mini';
import { replaceQuery, type Address } from './address.ts';
import { headers } from './api.ts';
import { valueOf } from './parts.ts';

const KEPT = 1_000;
const SHOWN = 300;
const AGAIN_MS = 2_000;
const KINDS = ['event', 'log', 'notice', 'call', 'invocation', 'delivery', 'policy', 'reset'] as const;

interface Happened {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly text: string;
}

const atSchema = z.looseObject({ at: z.string() });

/** One event of a stream, as the sandbox writes it: a line each for its number, its kind and its data. */
function readBlock(block: string): Happened | undefined {
  const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
  const [, kind] = /^event: (.*)$/m.exec(block) ?? [];
  const [, data] = /^data: (.*)$/m.exec(block) ?? [];
  if (id === undefined || kind === undefined || data === undefined) return undefined;
  const { at, ...rest } = z.parse(atSchema, JSON.parse(data));
  return { id, kind, at, text: JSON.stringify(rest) };
}

/** Reads until `signal` says otherwise. An EventSource cannot send the key. @returns the number of the last event */
async function follow(
  last: string,
  signal: AbortSignal,
  tell: (some: readonly Happened[]) => void,
): Promise<string> {
  const response = await fetch('/api/feed', { headers: { ...headers(), 'last-event-id': last }, signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let [text, seen] = ['', last];
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return seen;
    text += part.value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    const some = blocks.flatMap((block) => readBlock(block) ?? []);
    seen = some.at(-1)?.id ?? seen;
    if (some.length > 0) tell(some);
  }
}

/** Everything that happens in the sandbox, the newest first. */
export function FeedView({ query }: { readonly query: Address['query'] }) {
  const [events, setEvents] = useState<readonly Happened[]>([]);
  const [isPaused, setIsPaused] = useState(false);
  const last = useRef('0');
  useEffect(() => {
    if (isPaused) return undefined;
    const end = new AbortController();
    const again = (): void => {
      follow(last.current, end.signal, (some) => {
        last.current = some.at(-1)?.id ?? last.current;
        setEvents((known) => [...some.toReversed(), ...known].slice(0, KEPT));
      })
        .catch(() => undefined)
        .finally(() => end.signal.aborted || window.setTimeout(again, AGAIN_MS));
    };
    again();
    return () => end.abort();
  }, [isPaused]);
  const { kind = '', find = '' } = query;
  const change = (part: Readonly<Record<string, string>>): void =>
    replaceQuery('feed', { ...query, ...part });
  const rows = events.filter(
    (each) => (kind === '' || each.kind === kind) && each.text.toLowerCase().includes(find.toLowerCase()),
  );
  return html`
    <h1>Feed</h1>
    <div class="fields">
      <label
        >Kind
        <select value=${kind} onChange=${(event: Event) => change({ kind: valueOf(event) })}>
          <option value="">all</option>
          ${KINDS.map((name) => html`<option value=${name}>${name}</option>`)}
        </select></label
      >
      <label
        >Find (a peering, a request id, an action …)
        <input type="search" value=${find} onInput=${(event: Event) => change({ find: valueOf(event) })}
      /></label>
      <button aria-pressed=${isPaused} onClick=${() => setIsPaused(!isPaused)}>
        ${isPaused ? 'Go on' : 'Pause'}
      </button>
      <span class="quiet">${rows.length} of the last ${events.length} events</span>
    </div>
    <ul class="feed">
      ${rows.slice(0, SHOWN).map(
        (each) =>
          html`<li key=${each.id}>
            <span class="quiet">${each.at.slice(11, 19)}</span> <strong>${each.kind}</strong>
            <code>${each.text}</code>
          </li>`,
      )}
    </ul>
  `;
}
