import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { replaceQuery, type Address } from './address.ts';
import { get } from './api.ts';
import { useAsked } from './asking.ts';
import { peeringLink, shown, sideText, state, valueOf } from './parts.ts';
import { listedSchema, type Listed } from './shapes.ts';
import { VirtualList } from './virtual-list.ts';

/** Every peering of the organization, filtered by the state and by any words. */
export function Peerings({ query }: { readonly query: Address['query'] }) {
  const [peerings] = useAsked(() => get('peerings', listedSchema));
  return html`
    <h1>Peerings</h1>
    ${shown(peerings, (listed) => html`<${Filtered} listed=${listed} query=${query} />`)}
  `;
}

interface Given {
  readonly listed: readonly Listed[];
  readonly query: Address['query'];
}

function Filtered({ listed, query }: Given) {
  const { state: wanted = '', find = '' } = query;
  const texts = useMemo(() => new Map(listed.map((row) => [row, textOf(row)])), [listed]);
  const states = useMemo(() => [...new Set(listed.map((row) => row.state))].toSorted(), [listed]);
  const words = find.toLowerCase().split(/\s+/);
  const rows = listed.filter(
    (row) => (wanted === '' || row.state === wanted) && words.every((word) => texts.get(row)?.includes(word)),
  );
  const change = (part: Readonly<Record<string, string>>): void =>
    replaceQuery('peerings', { ...query, ...part });
  return html`
    <div class="fields">
      <label
        >State
        <select value=${wanted} onChange=${(event: Event) => change({ state: valueOf(event) })}>
          <option value="">all</option>
          ${states.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
        </select></label
      >
      <label
        >Find (account, VPC, CIDR, rule …)
        <input type="search" value=${find} onInput=${(event: Event) => change({ find: valueOf(event) })}
      /></label>
      <span role="status">${rows.length} of ${listed.length} peerings</span>
    </div>
    <${VirtualList} label="Peerings" rows=${rows} keyOf=${(row: Listed) => row.id} show=${showRow} />
  `;
}

const showRow = (row: Listed) => html`
  <a class="mono" href=${peeringLink(row)}>${row.id}</a>
  ${state(row.state)}
  <span title=${row.requester.cidrs.join(', ')}>${sideText(row.requester)}</span>
  <span title=${row.accepter.cidrs.join(', ')}>→ ${sideText(row.accepter)}</span>
  <span class="quiet">${row.decision ?? ''} ${row.rule ?? ''}</span>
`;

const textOf = ({ id, requester, accepter, decision, rule }: Listed): string =>
  [
    id,
    decision,
    rule,
    ...[requester, accepter].flatMap((side) => [sideText(side), side.accountId, side.vpcId, ...side.cidrs]),
  ]
    .join(' ')
    .toLowerCase();
