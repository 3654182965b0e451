import type { IncomingWebhookSendArguments } from '@slack/webhook';
import type { DetailType, DomainEvent } from '../domain/notice.ts';
import { sideLines, subjectOf } from './text.ts';

const MARKS: Readonly<Record<DetailType, string>> = {
  'Peering Connected': ':white_check_mark:',
  'Peering Held': ':raised_hand:',
  'Peering Expiring': ':hourglass_flowing_sand:',
  'Peering Rejected': ':no_entry:',
  'Peering Cleaned Up': ':broom:',
  'Peering Ended': ':wave:',
  'Peering Unsanctioned': ':rotating_light:',
  'Peering Unapproved': ':rotating_light:',
  'Peering Failed': ':x:',
  'Peering Planned': ':memo:',
  'Reconcile Failed': ':x:',
};

/** Slack takes 3,000 characters in a section's text; a list longer than this ends in "and N more". */
const LIST_LINES = 15;
const SECTION_CHARACTERS = 3000;

/**
 * A notice as a Slack message. Its facts come from other accounts, so none of it is read as markup.
 * @see https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
export function slackMessage(event: DomainEvent): IncomingWebhookSendArguments {
  const { detail } = event;
  const facts = [
    ...sideLines(detail),
    ...(detail.rule === undefined ? [] : [`Rule: ${detail.rule}`]),
    `Reason: ${detail.reason.text}`,
  ];
  return {
    text: subjectOf(event),
    blocks: [
      section(`${MARKS[event.detailType]} *${event.detailType}* \`${escapeMarkup(detail.peeringId)}\``),
      section(facts.map(escapeMarkup).join('\n')),
      ...list('Changes', detail.changes),
      ...list('Needs a person', detail.problems),
    ],
  };
}

const section = (text: string) =>
  ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, SECTION_CHARACTERS) } }) as const;

function list(title: string, lines: readonly string[]) {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, LIST_LINES).map((line) => `• ${escapeMarkup(line)}`);
  const rest = lines.length - shown.length;
  return [section([`*${title}*`, ...shown, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n'))];
}

/** @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
