import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import * as z from 'zod/mini';
import { replaceQuery, type Address } from './address.ts';
import { get, type Asked } from './api.ts';
import { fieldsOf, shown, state } from './parts.ts';

const answerSchema = z.object({
  verdict: z.string(),
  findings: z.array(
    z.object({
      layer: z.string(),
      verdict: z.string(),
      code: z.string(),
      family: z.optional(z.string()),
      text: z.string(),
      mend: z.optional(
        z.object({
          owner: z.optional(z.object({ accountId: z.string(), region: z.string() })),
          command: z.optional(z.string()),
          text: z.optional(z.string()),
        }),
      ),
    }),
  ),
});
type Answer = z.infer<typeof answerSchema>;

const FIELDS = ['from', 'to', 'account', 'region', 'toAccount', 'toRegion', 'port'] as const;
const LABELS = {
  from: 'A: id, address or name',
  to: 'B',
  account: 'A’s account',
  region: 'A’s region',
  toAccount: 'B’s account',
  toRegion: 'B’s region',
  port: 'Port',
} as const;

/** Why A reaches B or not, layer by layer, both ways: what autopeer check says. */
export function Check({ query }: { readonly query: Address['query'] }) {
  const [answer, setAnswer] = useState<Asked<Answer> | { readonly kind: 'loading' } | undefined>(undefined);
  const ask = async (event: Event): Promise<void> => {
    const fields = fieldsOf(event);
    replaceQuery('check', fields);
    setAnswer({ kind: 'loading' });
    setAnswer(await get('check', answerSchema, fields));
  };
  return html`
    <h1>Check</h1>
    <p class="quiet">The request and its answer are followed through every layer.</p>
    <form onSubmit=${ask}>
      <div class="fields">
        ${FIELDS.map(
          (name) =>
            html`<label key=${name}
              >${LABELS[name]}
              <input
                name=${name}
                defaultValue=${query[name] ?? ''}
                required=${name === 'from' || name === 'to'}
            /></label>`,
        )}
        <label
          >Protocol
          <select name="protocol" defaultValue=${query['protocol'] ?? 'tcp'}>
            ${['tcp', 'udp', 'icmp'].map((name) => html`<option value=${name}>${name}</option>`)}
          </select></label
        >
        <button class="main">Check</button>
      </div>
    </form>
    <div aria-live="polite">${answer && shown(answer, result)}</div>
  `;
}

const result = ({ verdict, findings }: Answer) => html`
  <p>Does A reach B, as far as AWS shows? <strong data-test="verdict">${state(verdict)}</strong></p>
  <div class="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col"></th>
          <th scope="col">why</th>
        </tr>
      </thead>
      <tbody>
        ${findings.map(
          ({ layer, verdict: says, text, mend, family }) =>
            html`<tr>
              <td>${layer}${family === undefined ? '' : ` (${family})`}</td>
              <td>${state(says)}</td>
              <td>
                ${text} ${mend?.text !== undefined && html`<br />${mend.text}`}
                ${mend?.command !== undefined && html`<br /><code>${mend.command}</code>`}
                ${mend?.owner !== undefined && html`<br /><span class="quiet">account ${mend.owner.accountId}, ${mend.owner.region}</span>`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;
