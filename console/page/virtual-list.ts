import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

/** Rows above and below what is seen, so that quick scrolling shows no gaps. */
const SPARE_ROWS = 8;
const WIDE_ROW_PX = 52;
/** Below 700 pixels a row has three lines; console.css says the same. */
const NARROW_ROW_PX = 84;

interface Given<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly show: (row: Row) => ComponentChildren;
}

/** A list of any length, of which only what is seen is in the document. */
export function VirtualList<Row>({ label, rows, keyOf, show }: Given<Row>) {
  const list = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 800, isNarrow: false });
  useEffect(() => {
    const measure = (): void => {
      const { scrollTop = 0, clientHeight = 800 } = list.current ?? {};
      setSeen({ top: scrollTop, height: clientHeight, isNarrow: matchMedia('(max-width: 700px)').matches });
    };
    measure();
    const { current } = list;
    current?.addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      current?.removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, []);
  const rowPx = seen.isNarrow ? NARROW_ROW_PX : WIDE_ROW_PX;
  const from = Math.max(0, Math.floor(seen.top / rowPx) - SPARE_ROWS);
  const to = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowPx) + SPARE_ROWS);
  return html`<div class="list" ref=${list} tabindex="0" role="region" aria-label=${label}>
    <ul style=${{ height: `${rows.length * rowPx}px` }}>
      ${rows
        .slice(from, to)
        .map(
          (row, index) =>
            html`<li
              key=${keyOf(row)}
              class="row"
              style=${{ top: `${(from + index) * rowPx}px` }}
              aria-setsize=${rows.length}
              aria-posinset=${from + index + 1}
            >
              ${show(row)}
            </li>`,
        )}
    </ul>
  </div>`;
}
