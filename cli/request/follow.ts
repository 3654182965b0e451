import { judgedText } from './judged-text.ts';
import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import { isOver, type Peering } from '../../shared/domain/facts/peering.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import type { Decided } from '../../shared/reconcile/decide-on.ts';

/** How a request ended, or what it waits for. */
export type Outcome =
  /** Both sides are connected. */
  | { readonly kind: 'connected'; readonly why: string }
  /** Active; the routes are other people's to write. */
  | { readonly kind: 'accepted'; readonly why: string }
  /** Active, and something stands in the way of a part of it. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** Somebody must do something first. */
  | { readonly kind: 'waits'; readonly why: string }
  /** Rejected, failed, expired or deleted. */
  | { readonly kind: 'over'; readonly why: string }
  /** Nothing was decided in the time that was given. */
  | { readonly kind: 'timeout'; readonly why: string };

export interface Following {
  readonly find: (id: PeeringId) => Promise<Peering | undefined>;
  /** What autopeer would do at a look now; `undefined` where that cannot be said. */
  readonly decide: () => Promise<Decided | undefined>;
  readonly clock: Clock;
  readonly tell: (text: string) => void;
  readonly timeoutMs: number;
  /** Whether to go on where people must do something. */
  readonly isPatient: boolean;
}

/** EC2 takes some seconds for each state, and the hub about half a minute to hear of a request. */
const FIRST_MS = 2_000;
const LATER_MS = 10_000;
/** From then on it is asked less often. */
const SOON_MS = 60_000;

/** Tells of each change until the request has come to something. */
export async function follow(id: PeeringId, following: Following): Promise<Outcome> {
  const { find, clock, tell, timeoutMs } = following;
  const startedAt = clock.now();
  let told = '';
  let last: Peering | undefined;
  for (;;) {
    const peering = await find(id);
    last = peering ?? last;
    const elapsedMs = clock.now() - startedAt;
    const status = peering === undefined ? 'EC2 does not show it yet' : statusText(peering);
    if (status !== told) tell(`${String(Math.round(elapsedMs / 1000)).padStart(4)} s  ${status}`);
    told = status;
    const outcome = peering && (await outcomeOf(peering, following));
    if (outcome !== undefined) return outcome;
    if (elapsedMs >= timeoutMs) return timeoutOf(last, following);
    const pauseMs = elapsedMs < SOON_MS ? FIRST_MS : LATER_MS;
    await clock.sleep(Math.min(pauseMs, timeoutMs - elapsedMs));
  }
}

/** EC2's state, and how autopeer has it: its tags of the requester's side. */
function statusText({ state, tags }: Peering): string {
  const status = tags['autopeer:status'];
  if (status === undefined) return state;
  const rule = tags['autopeer:rule'] ?? '-';
  return `${state}; autopeer: ${status}${rule === '-' ? '' : ` by rule ${rule}`}`;
}

async function outcomeOf(peering: Peering, following: Following): Promise<Outcome | undefined> {
  const { state, stateMessage, tags } = peering;
  const reason = tags['autopeer:reason'];
  if (isOver(state)) {
    const why = tags['autopeer:status'] === 'rejected' ? ` (autopeer: ${reason ?? 'rejected'})` : '';
    return { kind: 'over', why: `${state}: ${stateMessage}${why}` };
  }
  switch (tags['autopeer:status']) {
    case 'connected':
      return state === 'active' ? { kind: 'connected', why: ruleText(tags) } : undefined;
    case 'accepted':
      return state === 'active'
        ? { kind: 'accepted', why: `${ruleText(tags)}; the routes are left to others` }
        : undefined;
    case 'incomplete':
      return { kind: 'incomplete', why: await whyOf(following, reason) };
    case 'held':
    case 'expiring':
    case 'suspended':
    case 'unsanctioned':
    case 'unapproved':
      return following.isPatient ? undefined : { kind: 'waits', why: await whyOf(following, reason) };
    case undefined:
    default:
      // Without tags (statusTags: false, or a requester that autopeer does not govern) both sides are looked at.
      return state === 'active' ? untagged(following) : undefined;
  }
}

const ruleText = (tags: Peering['tags']): string => `by rule ${tags['autopeer:rule'] ?? '-'}`;

async function untagged({ decide }: Following): Promise<Outcome | undefined> {
  const decided = await decide();
  if (decided?.verdict.kind !== 'connect' || decided.plan.stages.length > 0) return undefined;
  const { verdict, plan } = decided;
  // The tags come last: where they are still to be written, autopeer is at work.
  if (plan.tags.length > 0) return undefined;
  const why = `by rule ${verdict.rule}`;
  if (verdict.problems.length > 0) return { kind: 'incomplete', why: judgedText(decided) };
  return { kind: verdict.standing, why };
}

/** In words, as a look now has it; else the code that the hub gave. */
async function whyOf({ decide }: Following, reason: string | undefined): Promise<string> {
  const decided = await decide();
  return decided === undefined ? (reason ?? 'not known') : judgedText(decided);
}

async function timeoutOf(peering: Peering | undefined, following: Following): Promise<Outcome> {
  if (peering === undefined) return { kind: 'timeout', why: 'EC2 does not show it' };
  const decided = await following.decide();
  const status = peering.tags['autopeer:status'];
  const waits = decided?.verdict.kind === 'hold' || decided?.verdict.kind === 'ignore';
  if (decided !== undefined && waits) return { kind: 'waits', why: judgedText(decided) };
  if (status !== undefined && decided?.verdict.kind === 'connect') {
    const why = `the hub says ${status} (${peering.tags['autopeer:reason'] ?? '-'}), and this policy would connect it: is the hub's policy another one?`;
    return { kind: 'waits', why };
  }
  const why = `it is ${peering.state}, and autopeer has not answered yet: see autopeer status and autopeer doctor`;
  return { kind: 'timeout', why };
}
