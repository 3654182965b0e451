import { render } from 'preact';
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { linkTo, useAddress, type Address } from './address.ts';
import { get, keepKey, type Asked } from './api.ts';
import { Check } from './check.ts';
import { FeedView } from './feed.ts';
import { Overview } from './overview.ts';
import { shown } from './parts.ts';
import { Peering } from './peering.ts';
import { Peerings } from './peerings.ts';
import { Policy } from './policy.ts';
import { Requests } from './requests.ts';
import { SandboxView } from './sandbox.ts';
import { placeSchema, type ConsolePlace } from './shapes.ts';

const EVERYWHERE = [
  ['', 'Overview'],
  ['peerings', 'Peerings'],
  ['requests', 'Requests'],
  ['check', 'Check'],
  ['policy', 'Policy'],
] as const;
const IN_SANDBOX = [
  ['feed', 'Feed'],
  ['sandbox', 'Sandbox'],
] as const;

function App() {
  const [place, setPlace] = useState<Asked<ConsolePlace> | { readonly kind: 'loading' }>({ kind: 'loading' });
  useEffect(() => {
    void get('place', placeSchema).then(setPlace);
  }, []);
  return shown(place, (known) => html`<${Inside} place=${known} />`);
}

function Inside({ place }: { readonly place: ConsolePlace }) {
  const address = useAddress();
  const views = place.kind === 'sandbox' ? [...EVERYWHERE, ...IN_SANDBOX] : EVERYWHERE;
  return html`
    <a class="skip" href="#main" onClick=${toMain}>To the content</a>
    <header>
      <strong>autopeer</strong>
      <nav aria-label="Views">
        ${views.map(
          ([view, name]) =>
            html`<a
              key=${view}
              href=${linkTo(view)}
              aria-current=${address.view === view ? 'page' : undefined}
              >${name}</a
            >`,
        )}
      </nav>
      <span class="quiet">${place.title}</span>
    </header>
    <main id="main" tabindex="-1">${viewOf(address, place)}</main>
  `;
}

/** The address stays what it is: what stands behind its `#` is the view. */
function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('main')?.focus();
}

function viewOf({ view, query }: Address, place: ConsolePlace) {
  switch (view) {
    case '':
      return html`<${Overview} />`;
    case 'peerings':
      return html`<${Peerings} query=${query} />`;
    case 'peering':
      return html`<${Peering} key=${query['id']} query=${query} place=${place} />`;
    case 'requests':
      return html`<${Requests} place=${place} />`;
    case 'check':
      return html`<${Check} query=${query} />`;
    case 'policy':
      return html`<${Policy} place=${place} />`;
    case 'feed':
      return html`<${FeedView} query=${query} />`;
    case 'sandbox':
      return html`<${SandboxView} />`;
    default:
      return html`<h1>There is no such page</h1>`;
  }
}

keepKey();
const app = document.querySelector('#app');
if (app !== null) {
  app.replaceChildren();
  render(html`<${App} />`, app);
}
