import { parsePeeringId, type PeeringId } from '../domain/facts/ids.ts';
import { isAboutPeering, type HubEvent } from '../domain/words/hub-event.ts';
import { titleOf, type DomainEvent, type Title } from '../domain/words/notice.ts';
import { slackMessage } from './slack-message.ts';
import { peeringMessage, type Waiting } from './slack-peering.ts';
import type { SlackApprovals, SlackDeps, SlackPost } from './slack-ports.ts';

/** Two events of one peering seldom come at once. */
const MAX_ATTEMPTS = 5;

/** What the whole channel is to see, also where its beginning was posted long ago. */
const LOUD: ReadonlySet<Title> = new Set([
  'Peering Held',
  'Peering Expiring',
  'Peering Unsanctioned',
  'Peering Unapproved',
  'Peering Failed',
  'Peering Contested',
  'Account Suspended',
]);

/**
 * Tells an event in the channel. A peering has one message, which always shows how it stands now; what happened on the way
 * is its thread.
 *
 * @param at when the event happened, epoch milliseconds; what is older than what is shown changes nothing
 */
export async function tellSlack(event: HubEvent, at: number, deps: SlackDeps): Promise<void> {
  const peeringId = isAboutPeering(event) ? parsePeeringId(event.detail.peeringId) : undefined;
  if (peeringId === undefined || !isAboutPeering(event)) {
    await deps.web.post(deps.channel, slackMessage(event));
    return;
  }
  const before = await showPeering(peeringId, { event, at }, deps);
  if (before === undefined || titleOf(before.event) === titleOf(event)) return;
  // An update makes no sound in Slack.
  const thread = { ts: before.ts, isBroadcast: LOUD.has(titleOf(event)) };
  await deps.web.post(before.channel, slackMessage(event), thread);
}

/** Shows what waits now, and what people said, in the message of a peering that has one. */
export async function showAnew(peeringId: PeeringId, deps: SlackDeps): Promise<void> {
  const known = await deps.posts.read(peeringId);
  if (known !== undefined) await showPeering(peeringId, known.post, deps);
}

/** @returns what was shown there before; nothing where the message is new, or shows something newer */
async function showPeering(
  peeringId: PeeringId,
  { event, at }: Pick<SlackPost, 'event' | 'at'>,
  deps: SlackDeps,
): Promise<SlackPost | undefined> {
  const { web, channel, posts } = deps;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const known = await posts.read(peeringId);
    if (known !== undefined && known.post.at > at) return undefined;
    const waiting = await waitingOf(peeringId, event, deps.approvals);
    const message = peeringMessage(event, waiting, deps.hasButtons);
    const shown = known?.post.channel === channel ? known.post : undefined;
    const isShown = shown !== undefined && (await web.update(channel, shown.ts, message));
    const ts = isShown ? shown.ts : await web.post(channel, message);
    if (
      await posts.write(peeringId, known?.version ?? 0, { channel, ts, at, event, asked: waiting?.asked })
    ) {
      return isShown ? shown : undefined;
    }
    // Somebody else has posted meanwhile: one message is enough.
    if (!isShown) await web.remove(channel, ts);
  }
  throw new Error(`the Slack message of ${peeringId} was changed by others ${MAX_ATTEMPTS} times in a row`);
}

/** What ended has nothing that waits, even where the ledger says so a moment longer. */
async function waitingOf(
  peeringId: PeeringId,
  { detailType, detail: { state } }: DomainEvent,
  approvals: SlackApprovals,
): Promise<Waiting | undefined> {
  if (detailType === 'Peering Planned' || (state !== 'pending-acceptance' && state !== 'active'))
    return undefined;
  const asked = await approvals.askedOf(peeringId);
  if (asked === undefined) return undefined;
  const given = (await approvals.givenTo(peeringId)).find(
    (each) => each.fingerprint === asked.fingerprint && each.revoked === undefined,
  );
  return { asked, given };
}
