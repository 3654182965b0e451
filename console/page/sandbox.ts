import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import * as z from 'zod/mini';
import { get, post } from './api.ts';
import { useAsked } from './asking.ts';
import { fieldsOf, instant, shown } from './parts.ts';
import { organizationSchema, type OneVpc, type Organization } from './shapes.ts';

export const anySchema = z.unknown();
const idSchema = z.nullable(z.looseObject({ id: z.optional(z.string()) }));

const stateSchema = z.object({
  virtualTime: z.string(),
  speed: z.number(),
  faults: z.object({
    throttle: z.number(),
    dropEvents: z.number(),
    duplicateEvents: z.number(),
    lagMs: z.number(),
    deny: z.array(z.string()),
    hang: z.array(z.string()),
  }),
});
type State = z.infer<typeof stateSchema>;

const SPEEDS = ['0.1', '1', '10', '60', '600'] as const;

type Act = (action: object) => Promise<void>;

/** What people do in a sandbox: what its accounts could do on AWS, and what only a simulation can. */
export function SandboxView() {
  const [state, again] = useAsked(() => get('sandbox', stateSchema));
  const [organization] = useAsked(() => get('organization', organizationSchema));
  const [said, setSaid] = useState('');
  const act: Act = async (action) => {
    const told = await post('sandbox', action, idSchema);
    setSaid(told.kind === 'failed' ? told.why : `Done. ${told.result?.id ?? ''}`);
    again();
  };
  return html`
    <h1>Sandbox</h1>
    <p role="status" data-test="done">${said}</p>
    ${shown(state, (now) => html`${time(now, act)}${faults(now, act)}`)}
    ${shown(organization, (known) => html`${requestForm(known, act)}${vpcForms(known, act)}`)}
  `;
}

const time = ({ virtualTime, speed }: State, act: Act) => html`
  <h2>Time</h2>
  <div class="fields">
    <span
      >${instant(virtualTime)} UTC, ${speed} virtual ${speed === 1 ? 'second' : 'seconds'} in a real one</span
    >
    ${SPEEDS.map(
      (each) =>
        html`<button
          aria-pressed=${speed === Number(each)}
          onClick=${() => act({ kind: 'speed', speed: Number(each) })}
        >
          × ${each}
        </button>`,
    )}
  </div>
`;

const nameOf = ({ id, tags }: OneVpc): string => tags?.['Name'] ?? id;

function requestForm({ vpcs, accounts }: Organization, act: Act) {
  const send = (event: Event): void => {
    const { from = '', to = '' } = fieldsOf(event);
    const [vpc, peer] = [vpcs[Number(from)], vpcs[Number(to)]];
    if (vpc === undefined || peer === undefined) return;
    void act({
      kind: 'request',
      account: vpc.accountId,
      region: vpc.region,
      vpc: vpc.id,
      peerVpc: peer.id,
      peerAccount: peer.accountId,
      peerRegion: peer.region,
    });
  };
  const account = (id: string): string => accounts.find((each) => each.id === id)?.name ?? id;
  const select = (name: string, label: string) =>
    html`<label
      >${label}
      <select name=${name} required>
        ${vpcs.map((vpc, index) => html`<option value=${index}>${account(vpc.accountId)} ${vpc.region} ${nameOf(vpc)} ${vpc.cidrs[0]}</option>`)}
      </select></label
    >`;
  return html`
    <h2>Ask for a peering</h2>
    <form class="fields" aria-label="Ask for a peering" onSubmit=${send}>
      ${select('from', 'This VPC asks')} ${select('to', 'that one')}
      <button class="main">Ask</button>
    </form>
  `;
}

function vpcForms({ accounts, vpcs }: Organization, act: Act) {
  const create = (event: Event): void => {
    const { account = '', region = '', cidr = '', name = '' } = fieldsOf(event);
    void act({ kind: 'create-vpc', account, region, cidr, name });
  };
  const subnet = (event: Event): void => {
    const { vpc: index = '', cidr = '' } = fieldsOf(event);
    const vpc = vpcs[Number(index)];
    if (vpc === undefined) return;
    void act({ kind: 'create-subnet', account: vpc.accountId, region: vpc.region, vpc: vpc.id, cidr });
  };
  return html`
    <h2>Make a VPC</h2>
    <form class="fields" onSubmit=${create}>
      <label
        >Account
        <select name="account">
          ${accounts.map(({ id, name }) => html`<option value=${id}>${name ?? id}</option>`)}
        </select></label
      >
      <label>Region <input name="region" defaultValue="eu-west-1" required /></label>
      <label>CIDR <input name="cidr" placeholder="10.9.0.0/16" required /></label>
      <label>Name <input name="name" /></label>
      <button>Make it</button>
    </form>
    <h2>Make a subnet</h2>
    <form class="fields" onSubmit=${subnet}>
      <label
        >VPC
        <select name="vpc">
          ${vpcs.map((vpc, index) => html`<option value=${index}>${nameOf(vpc)} ${vpc.cidrs[0]}</option>`)}
        </select></label
      >
      <label>CIDR <input name="cidr" placeholder="10.9.1.0/24" required /></label>
      <button>Make it</button>
    </form>
    <p class="quiet">Routes are broken, and peerings deleted, on the peering’s own page.</p>
  `;
}

const listOf = (text = ''): readonly string[] => text.split(/[\s,]+/).filter((each) => each !== '');

function faults({ faults: on }: State, act: Act) {
  const change = (event: Event): void => {
    const { throttle, dropEvents, duplicateEvents, lag, deny, hang } = fieldsOf(event);
    void act({
      kind: 'faults',
      change: {
        throttle: Number(throttle),
        dropEvents: Number(dropEvents),
        duplicateEvents: Number(duplicateEvents),
        lagMs: Number(lag) * 1000,
        deny: listOf(deny),
        hang: listOf(hang),
      },
    });
  };
  const share = (name: 'throttle' | 'dropEvents' | 'duplicateEvents', label: string) =>
    html`<label
      >${label}
      <input name=${name} type="number" min="0" max="1" step="0.05" defaultValue=${String(on[name])}
    /></label>`;
  // Another form once other faults are on, so that it begins with them.
  return html`
    <h2>Faults</h2>
    <form class="fields" key=${JSON.stringify(on)} aria-label="Faults" onSubmit=${change}>
      ${share('throttle', 'Share of calls throttled')} ${share('dropEvents', 'Share of events lost')}
      ${share('duplicateEvents', 'Share of events sent twice')}
      <label
        >EC2 shows changes late (seconds)
        <input name="lag" type="number" min="0" max="3600" defaultValue=${String(on.lagMs / 1000)}
      /></label>
      <label
        >Accounts that deny everything
        <input name="deny" placeholder="222222222222" defaultValue=${on.deny.join(' ')}
      /></label>
      <label
        >Endpoints that hang <input name="hang" placeholder="ec2.us-east-1" defaultValue=${on.hang.join(' ')}
      /></label>
      <button>Set</button>
      <button type="button" onClick=${() => act({ kind: 'clear-faults' })}>Clear</button>
    </form>
  `;
}
