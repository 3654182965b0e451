import { html } from 'htm/preact';
import { linkTo } from './address.ts';
import { get } from './api.ts';
import { useAsked } from './asking.ts';
import { instant, shown } from './parts.ts';
import {
  healthSchema,
  listedSchema,
  pendingSchema,
  type Health,
  type Listed,
  type Waiting,
} from './shapes.ts';

/** What there is, what waits for a person, and what is broken where. Each part says for itself if it cannot be read. */
export function Overview() {
  const [peerings] = useAsked(() => get('peerings', listedSchema));
  const [pending] = useAsked(() => get('pending', pendingSchema));
  const [health] = useAsked(() => get('health', healthSchema));
  return html`
    <h1>Overview</h1>
    <h2>Waiting for a person</h2>
    ${shown(pending, ({ waiting }) => waitingTile(waiting))}
    <h2>Peerings</h2>
    ${shown(peerings, counts)}
    <h2>The hub</h2>
    ${shown(health, hub)}
  `;
}

const waitingTile = (waiting: readonly Waiting[]) =>
  html`<ul class="tiles">
    <li>
      <a href=${linkTo('requests')}
        ><b class=${waiting.length === 0 ? 'good' : 'wait'} data-test="waiting">${waiting.length}</b> requests
        wait</a
      >
    </li>
  </ul>`;

function counts(listed: readonly Listed[]) {
  const byState = Map.groupBy(listed, ({ state }) => state);
  if (byState.size === 0) return html`<p>There is no peering yet.</p>`;
  return html`<ul class="tiles">
    ${[...byState].map(
      ([state, of]) =>
        html`<li key=${state}>
          <a href=${linkTo('peerings', { state })}><b>${of.length}</b> ${state}</a>
        </li>`,
    )}
  </ul>`;
}

function hub({ version, lastSweep, suspended, cutWithinHour, deadLetters, places, blocked }: Health) {
  const broken = places.filter(({ state }) => state !== 'ok');
  const letters = deadLetters.reduce((sum, { letters: some }) => sum + some, 0);
  const tile = (count: number, text: string) =>
    html`<li>
      <div><b class=${count === 0 ? 'good' : 'bad'}>${count}</b> ${text}</div>
    </li>`;
  return html`
    ${
      suspended !== null &&
      html`<p class="bad">
        <strong>Suspended</strong> by ${suspended.by}, ${instant(suspended.at)}: autopeer writes nothing.
      </p>`
    }
    <ul class="tiles">
      ${tile(broken.length, 'places not readable')} ${tile(letters, 'dead letters')}
      ${tile(blocked.length, 'blocked steps')}
      ${tile(cutWithinHour, 'peerings cut within the hour (the brake counts them)')}
    </ul>
    <p class="quiet">
      ${
        lastSweep === null
          ? 'There was no sweep yet.'
          : `Last sweep ${instant(lastSweep.at)} UTC, ${lastSweep.accounts} accounts.`
      }
      ${' '}Release ${version ?? 'not known'}.
    </p>
    ${list(
      'Places that cannot be read',
      broken.map(
        (each) =>
          `${each.account} ${each.region}: ${each.state} since ${instant(each.since)}. ${each.reason ?? ''}`,
      ),
    )}
    ${list(
      'Dead letters, by cause (autopeer dead-letters)',
      deadLetters.map((each) => `${each.letters} of ${each.cause}: ${each.text}`),
    )}
    ${list(
      'Steps that AWS refuses',
      blocked.map((each) => `${each.peering}: ${each.step}: ${each.problem}`),
    )}
  `;
}

const list = (title: string, lines: readonly string[]) =>
  lines.length === 0
    ? null
    : html`<h3>${title}</h3>
        <ul>
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`;
