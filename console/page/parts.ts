import { html } from 'htm/preact';
import type { Loaded } from './asking.ts';
import { linkTo } from './address.ts';
import type { Listed, ListedSide } from './shapes.ts';

/** The answer as `show` shows it, or why there is none. */
export function shown<Result>(loaded: Loaded<Result>, show: (result: Result) => unknown) {
  switch (loaded.kind) {
    case 'loading':
      return html`<p class="quiet">Reading…</p>`;
    case 'failed':
      return html`<p class="bad" role="alert">${loaded.why}</p>`;
    case 'done':
      return html`${loaded.notes.map((note) => html`<p class="wait">${note}</p>`)}${show(loaded.result)}`;
  }
}

const TONES: Readonly<Record<string, string>> = {
  active: 'good',
  ok: 'good',
  yes: 'good',
  no: 'bad',
  failed: 'bad',
  rejected: 'bad',
  'pending-acceptance': 'wait',
  'not-known': 'wait',
};

/** A state, in its colour; the word says it too. */
export const state = (name: string) => html`<span class=${TONES[name] ?? 'quiet'}>${name}</span>`;

export const sideText = ({ accountId, account, region, vpcId, vpc }: ListedSide): string =>
  `${account ?? accountId} ${region} ${vpc ?? vpcId}`;

/** The page of a peering is asked of the side that the organization has. */
export function peeringLink({ id, requester, accepter }: Listed): string {
  const side = requester.account === undefined ? accepter : requester;
  return linkTo('peering', { id, account: side.accountId, region: side.region });
}

/** `2026-11-28 09:12:40` of an instant in UTC. */
export const instant = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}`;

/** Whatever the event, the value of the field that it came from. */
export function valueOf(event: Event): string {
  const { target } = event;
  return target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
    ? target.value
    : '';
}

/** The fields of a form, by name. */
export function fieldsOf(event: Event): Readonly<Record<string, string>> {
  event.preventDefault();
  const { target } = event;
  if (!(target instanceof HTMLFormElement)) return {};
  return Object.fromEntries(
    [...new FormData(target)].map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}
