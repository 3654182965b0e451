import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import * as z from 'zod/mini';
import { get, post, type Asked } from './api.ts';
import { shown, valueOf } from './parts.ts';
import { anySchema } from './sandbox.ts';
import type { ConsolePlace } from './shapes.ts';

const policySchema = z.object({ file: z.string(), text: z.string() });

const outcome = z.object({ kind: z.string(), rule: z.optional(z.string()) });
const group = z.object({
  old: outcome,
  new: outcome,
  pairs: z.optional(z.number()),
  examples: z.array(
    z.object({ requester: z.object({ vpcId: z.string() }), accepter: z.object({ vpcId: z.string() }) }),
  ),
});
const changeSchema = z.object({
  growth: z.string(),
  peerings: z.object({
    total: z.number(),
    changes: z.array(
      z.object({
        peering: z.union([z.string(), z.looseObject({ id: z.string() })]),
        old: outcome,
        new: outcome,
      }),
    ),
  }),
  pairs: z.object({ groups: z.array(group) }),
  outside: z.object({ groups: z.array(group) }),
});
type Change = z.infer<typeof changeSchema>;
type Group = z.infer<typeof group>;

/** After the last key: the whole organization is compared. */
const PAUSE_MS = 400;

/** The policy in an editor, and what another one would change. Nothing is deployed from here. */
export function Policy({ place }: { readonly place: ConsolePlace }) {
  const [read, setRead] = useState<Asked<z.infer<typeof policySchema>> | { readonly kind: 'loading' }>({
    kind: 'loading',
  });
  useEffect(() => {
    void get('policy', policySchema).then(setRead);
  }, []);
  return html`
    <h1>Policy</h1>
    <p class="quiet">
      Edit it, and see at once what would change. Nothing is deployed: copy the text into your repository when
      it is right.
    </p>
    ${shown(read, ({ text }) => html`<${Editor} before=${text} place=${place} />`)}
  `;
}

function Editor({ before, place }: { readonly before: string; readonly place: ConsolePlace }) {
  const [text, setText] = useState(before);
  const [change, setChange] = useState<Asked<Change> | { readonly kind: 'loading' }>({ kind: 'loading' });
  const [said, setSaid] = useState('');
  useEffect(() => {
    const current = { isOver: false };
    const timer = window.setTimeout(() => {
      void post('policy-change', { text }, changeSchema).then((told) => current.isOver || setChange(told));
    }, PAUSE_MS);
    return () => {
      current.isOver = true;
      window.clearTimeout(timer);
    };
  }, [text]);
  const give = async (): Promise<void> => {
    const told = await post('sandbox', { kind: 'policy', text }, anySchema);
    setSaid(
      told.kind === 'done' ? 'The sandbox has it; the next event and the next sweep follow it.' : told.why,
    );
  };
  return html`
    <label for="policy">The policy</label>
    <textarea
      id="policy"
      spellcheck="false"
      value=${text}
      onInput=${(event: Event) => setText(valueOf(event))}
    ></textarea>
    ${
      place.kind === 'sandbox' &&
      html`<p>
        <button disabled=${change.kind !== 'done'} onClick=${give}>Give it to the sandbox</button>
        <span role="status">${said}</span>
      </p>`
    }
    <h2>What would change</h2>
    <div aria-live="polite" data-test="change">
      ${change.kind === 'failed' ? html`<pre class="bad">${change.why}</pre>` : shown(change, changes)}
    </div>
  `;
}

const says = ({ kind, rule }: Group['old']): string => `${kind}${rule === undefined ? '' : ` by ${rule}`}`;

function changes({ growth, peerings, pairs, outside }: Change) {
  const groups = [...pairs.groups, ...outside.groups];
  if (peerings.changes.length === 0 && groups.length === 0) return html`<p>Nothing.</p>`;
  return html`
    <p>Access: <strong class=${growth === 'grew' || growth === 'unclear' ? 'wait' : ''}>${growth}</strong></p>
    <h3>${peerings.changes.length} of ${peerings.total} live peerings</h3>
    <ul>
      ${peerings.changes.map(
        ({ peering, old, new: now }) =>
          html`<li>
            <span class="mono">${typeof peering === 'string' ? peering : peering.id}</span>: ${says(old)} →
            ${says(now)}
          </li>`,
      )}
    </ul>
    <h3>Pairs of VPCs</h3>
    <ul>
      ${groups.map(
        ({ old, new: now, pairs: count, examples }) =>
          html`<li>
            ${count === undefined ? 'outside the organization' : `${count} pairs`}: ${says(old)} →
            ${says(now)}
            <span class="quiet">
              such as
              ${examples
                .slice(0, 2)
                .map(({ requester, accepter }) => `${requester.vpcId} to ${accepter.vpcId}`)
                .join(', ')}</span
            >
          </li>`,
      )}
    </ul>
  `;
}
