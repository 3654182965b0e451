import { html } from 'htm/preact';
import { linkTo, type Address } from './address.ts';
import { get, post } from './api.ts';
import { useAsked } from './asking.ts';
import { instant, shown, state } from './parts.ts';
import { approvalsSchema, viewSchema, type ConsolePlace, type ShownSide, type View } from './shapes.ts';
import { anySchema } from './sandbox.ts';

interface Given {
  readonly query: Address['query'];
  readonly place: ConsolePlace;
}

/** A peering with all that is known of it: what autopeer show says, and who approved it. */
export function Peering({ query, place }: Given) {
  const { id = '', account = '', region = '' } = query;
  const about = `${id} ${account} ${region}`;
  const [view, again] = useAsked(() => get('peering', viewSchema, { id, account, region }), about);
  const [approvals] = useAsked(() => get('approvals', approvalsSchema, { id }), id);
  const act = (action: object) => () => void post('sandbox', action, anySchema).then(again);
  return html`
    <h1 class="mono">${id}</h1>
    ${shown(
      view,
      (known) => html`
        ${summary(known)}
        <div class="sides">${known.sides.map((side) => sideCard(side, known, place, act))}</div>
        ${
          place.kind === 'sandbox' &&
          html`<p>
            <button onClick=${act({ kind: 'delete-peering', account, region, peering: id })}>
              Delete the peering as ${account}
            </button>
          </p>`
        }
        <h2>History</h2>
        ${history(known)}
      `,
    )}
    <h2>Approvals</h2>
    ${shown(approvals, ({ approvals: given }) => {
      const lines = given.flatMap(({ rule, approved, rejected, revoked }) => [
        ...approved.map((each) => ({ ...each, what: `approved under rule ${rule}` })),
        ...(rejected === null ? [] : [{ ...rejected, what: 'rejected' }]),
        ...(revoked === null ? [] : [{ ...revoked, what: 'taken back' }]),
      ]);
      if (lines.length === 0) return html`<p class="quiet">Nobody has answered.</p>`;
      return html`<ul>
        ${lines.map(({ at, by, what, reason }) => html`<li>${instant(at)} ${what} by ${by}${reason === undefined ? '' : `: ${reason}`}</li>`)}
      </ul>`;
    })}
  `;
}

const summary = ({ state: now, verdict, rule, reason, problems, steps, sides }: View) => html`
  <p>
    <strong data-test="state">${state(now)}</strong> · autopeer says <strong>${verdict}</strong>${
      rule === undefined ? '' : ` by rule ${rule}`
    }:
    ${reason.text}
  </p>
  ${
    problems.length > 0 &&
    html`<h2 class="bad">In the way</h2>
      <ul>
        ${problems.map((line) => html`<li>${line}</li>`)}
      </ul>`
  }
  ${
    steps.length > 0 &&
    html`<h2 class="wait">Missing: what autopeer would do now</h2>
      <ol data-test="steps">
        ${steps.map((line) => html`<li>${line}</li>`)}
      </ol>`
  }
  <p><a href=${linkTo('check', checkOf(sides))}>Check whether they reach each other</a></p>
`;

function checkOf(sides: readonly ShownSide[]): Readonly<Record<string, string>> {
  const [from, to] = sides;
  if (from === undefined || to === undefined) return {};
  return {
    from: from.vpcId,
    to: to.vpcId,
    account: from.accountId,
    region: from.region,
    toAccount: to.accountId,
    toRegion: to.region,
  };
}

type Act = (action: object) => () => void;

const sideCard = (side: ShownSide, { id }: View, place: ConsolePlace, act: Act) =>
  html`<section class="card">
    <h2>${side.role}</h2>
    <p>
      <span class="mono">${side.vpcId}</span> in ${side.accountId}, ${side.region}<br />
      ${side.cidrs.join(', ')}<br />
      DNS over the peering:
      ${side.dnsFromRemote === undefined ? 'not known' : side.dnsFromRemote ? 'on' : 'off'}
    </p>
    ${place.kind === 'organization' && html`<p><a href=${awsConsole(side, id)} rel="noreferrer" target="_blank">In the AWS console</a></p>`}
    ${side.notRead !== undefined && html`<p class="wait">Its tables are not read: ${side.notRead}</p>`}
    ${
      side.routes.length === 0
        ? html`<p class="quiet">No route leads to the peering.</p>`
        : html`<div class="wide">
            <table>
              <thead>
                <tr>
                  <th scope="col">table</th>
                  <th scope="col">destination</th>
                  <th scope="col">state</th>
                  <th scope="col">whose</th>
                </tr>
              </thead>
              <tbody>
                ${side.routes.map((route) => routeRow(route, side, place, act))}
              </tbody>
            </table>
          </div>`
    }
  </section>`;

const routeRow = (
  { routeTableId, destination, isActive, isOurs }: ShownSide['routes'][number],
  { accountId: account, region }: ShownSide,
  place: ConsolePlace,
  act: Act,
) =>
  html`<tr>
    <td class="mono">${routeTableId}</td>
    <td>${destination}</td>
    <td>${isActive ? state('active') : html`<span class="bad">blackhole</span>`}</td>
    <td>
      ${isOurs === undefined ? 'not known' : isOurs ? 'autopeer’s' : 'another’s'}
      ${
        place.kind === 'sandbox' &&
        html` <button
          aria-label=${`Delete the route to ${destination} of ${routeTableId}`}
          onClick=${act({ kind: 'delete-route', account, region, routeTable: routeTableId, destination })}
        >
          Delete
        </button>`
      }
    </td>
  </tr>`;

/** @see https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/getting-started.html: each partition has a console of its own */
function awsConsole({ region }: ShownSide, id: string): string {
  const query = `region=${region}#PeeringConnectionDetails:vpcPeeringConnectionId=${id}`;
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn/vpcconsole/home?${query}`;
  if (region.startsWith('us-gov-')) return `https://console.amazonaws-us-gov.com/vpcconsole/home?${query}`;
  return `https://${region}.console.aws.amazon.com/vpcconsole/home?${query}`;
}

const history = ({ history: entries }: View) =>
  entries.length === 0
    ? html`<p class="quiet">The ledger has nothing of it.</p>`
    : html`<ol>
        ${entries.toReversed().map(
          ({ at, verdict, rule, by, text, changes }) =>
            html`<li key=${at}>
              <strong>${instant(at)}</strong> ${verdict}${rule === undefined ? '' : ` by rule ${rule}`}:
              ${text}${by === undefined ? '' : ` (${by})`}
              ${
                changes.length > 0 &&
                html`<ul>
                  ${changes.map((change) => html`<li>${change}</li>`)}
                </ul>`
              }
            </li>`,
        )}
      </ol>`;
