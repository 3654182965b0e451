import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { get, post } from './api.ts';
import { useAsked } from './asking.ts';
import { instant, shown, valueOf } from './parts.ts';
import { answeredSchema, pendingSchema, type ConsolePlace, type Waiting } from './shapes.ts';

/** What waits for a person, as the approver should see it. */
export function Requests({ place }: { readonly place: ConsolePlace }) {
  const [pending, again] = useAsked(() => get('pending', pendingSchema));
  const [as, setAs] = useState('');
  // Of the whole list: a request that is answered leaves it, and what was said must stay.
  const [said, setSaid] = useState('');
  const answered = (text: string): void => {
    setSaid(text);
    again();
  };
  return html`
    <h1>Requests</h1>
    ${
      place.kind === 'sandbox' &&
      html`<div class="fields">
        <label
          >You are (a role of the hub’s account; its administrator if left out)
          <input
            pattern="[A-Za-z0-9+=,.@_\\-]{1,64}"
            value=${as}
            onInput=${(event: Event) => setAs(valueOf(event))}
        /></label>
      </div>`
    }
    <p role="status" data-test="said">${said}</p>
    ${shown(pending, ({ waiting }) =>
      waiting.length === 0
        ? html`<p>Nothing waits for an approval.</p>`
        : waiting.map(
            (each) =>
              html`<${Request} key=${each.fingerprint} waiting=${each} as=${as} answered=${answered} />`,
          ),
    )}
  `;
}

interface Given {
  readonly waiting: Waiting;
  readonly as: string;
  readonly answered: (text: string) => void;
}

function Request({ waiting, as, answered }: Given) {
  const {
    peering,
    state,
    rule,
    requester,
    accepter,
    shown: terms,
    taken,
    fingerprint,
    left,
    approved,
  } = waiting;
  const [reason, setReason] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const answer = (verb: 'approve' | 'reject') => async (): Promise<void> => {
    setIsBusy(true);
    // Exactly what is on the page: where something else waits by now, the hub refuses.
    const body = {
      peering,
      fingerprint,
      ...(reason.trim() === '' ? {} : { reason }),
      ...(as === '' ? {} : { as }),
    };
    const told = await post(verb, body, answeredSchema);
    setIsBusy(false);
    if (told.kind === 'failed') answered(`${peering}: ${told.why}`);
    else if (!told.result.done) answered(`${peering}: ${told.result.why ?? 'it was not done'}`);
    else
      answered(
        `${peering}: ${verb === 'approve' ? approvedText(told.result.left ?? 0) : 'rejected; autopeer does it now'}`,
      );
  };
  return html`<section class="card" aria-label=${`Request ${peering}`}>
    <h2><span class="mono">${peering}</span> <span class="quiet">(${state})</span>, rule ${rule}</h2>
    <div class="sides">${side('requester', requester)}${side('accepter', accepter)}</div>
    <h3>What the approval covers</h3>
    <ul>
      ${terms.map((line) => html`<li>${line}</li>`)}
    </ul>
    ${
      taken.length > 0 &&
      html`<h3 class="bad">It takes traffic from others</h3>
        <ul>
          ${taken.map((line) => html`<li>${line}</li>`)}
        </ul>`
    }
    ${approved.map(({ by, at, reason: why }) => html`<p>Approved by ${by}, ${instant(at)}${why === undefined ? '' : `: ${why}`}</p>`)}
    <p class="quiet">
      ${left} ${left === 1 ? 'approval' : 'approvals'} missing; fingerprint ${fingerprint.slice(0, 19)}
    </p>
    <div class="fields">
      <label
        >Reason, for everybody who looks it up
        <input
          maxlength="500"
          size="40"
          value=${reason}
          onInput=${(event: Event) => setReason(valueOf(event))}
      /></label>
      <button class="main" disabled=${isBusy} onClick=${answer('approve')}>Approve</button>
      <button disabled=${isBusy} onClick=${answer('reject')}>Reject</button>
    </div>
  </section>`;
}

const approvedText = (left: number): string =>
  left === 0 ? 'approved; autopeer looks at it now' : `your approval counts, ${left} missing`;

const side = (role: string, { accountId, region, vpcId, cidrs }: Waiting['requester']) =>
  html`<div>
    <strong>${role}</strong><br />
    <span class="mono">${vpcId}</span> in ${accountId}, ${region}<br />
    ${typeof cidrs === 'string' ? `CIDRs ${cidrs}` : cidrs.join(', ')}
  </div>`;
