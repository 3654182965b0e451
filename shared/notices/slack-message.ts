import type { IncomingWebhookSendArguments } from '@slack/webhook';
import { atMost, fitting, isRest } from '../domain/words/at-most.ts';
import type { WorkFailed } from '../domain/words/failed-notice.ts';
import { unlinked } from '../domain/words/foreign-text.ts';
import {
  isAboutItself,
  isAboutPlaces,
  isAboutRules,
  isAboutWork,
  plainEvent,
  type HubEvent,
} from '../domain/words/hub-event.ts';
import { titleOf, type DomainEvent, type Title } from '../domain/words/notice.ts';
import type { RulesNotice } from '../domain/words/expiry-notice.ts';
import type { PlacesNotice, PlaceType } from '../domain/words/place-notice.ts';
import type { SuspensionEvent } from '../domain/words/suspension-notice.ts';
import {
  changedLines,
  factGroups,
  failedWords,
  linkLine,
  placesWords,
  rulesWords,
  subjectOf,
  SUSPENSION_WORDS,
} from './text.ts';

const MARKS: Readonly<Record<Title, string>> = {
  'Peering Connected': ':white_check_mark:',
  'Peering Accepted': ':white_check_mark:',
  'Peering Updated': ':arrows_counterclockwise:',
  'Peering Repaired': ':wrench:',
  'Peering Incomplete': ':warning:',
  'Peering Contested': ':crossed_swords:',
  'Account Suspended': ':lock:',
  'Peering Held': ':raised_hand:',
  'Peering Expiring': ':hourglass_flowing_sand:',
  'Peering Rejected': ':no_entry:',
  'Peering Cleaned Up': ':broom:',
  'Peering Ended': ':wave:',
  'Peering Unsanctioned': ':rotating_light:',
  'Peering Unapproved': ':rotating_light:',
  'Peering Failed': ':x:',
  'Peering Planned': ':memo:',
};

const PLACE_MARKS: Readonly<Record<PlaceType, string>> = {
  'Access Missing': ':no_entry_sign:',
  'Access Restored': ':white_check_mark:',
};

/** More than people read in a chat; the list ends in "and N more". */
const LIST_LINES = 15;
/** Slack takes no longer text in a section. Counted after escaping, in UTF-16 units, which are never fewer. */
const SECTION_CHARACTERS = 3000;

/**
 * A notice as a Slack message. Its facts come from other accounts, so none of it is read as markup: no mention, link,
 * emphasis or emoji code. Only the heading, which is our own, is marked up.
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export function slackMessage(event: HubEvent): IncomingWebhookSendArguments {
  const plain = plainEvent(event);
  return {
    // For notifications; where blocks are shown, it is not.
    text: escapeMarkup(subjectOf(plain)),
    unfurl_links: false,
    unfurl_media: false,
    link_names: false,
    blocks: blocksOf(plain),
  };
}

function blocksOf(plain: HubEvent) {
  if (isAboutWork(plain)) return failedBlocks(plain);
  if (isAboutItself(plain)) return suspensionBlocks(plain);
  if (isAboutRules(plain)) return rulesBlocks(plain);
  return isAboutPlaces(plain) ? placesBlocks(plain) : noticeBlocks(plain);
}

function suspensionBlocks({ detailType, detail: { reason } }: SuspensionEvent) {
  const mark = detailType === 'Autopeer Suspended' ? ':octagonal_sign:' : ':arrow_forward:';
  return [
    heading(mark, detailType, reason.code),
    section(escapedWithin(SUSPENSION_WORDS[reason.code])),
    section(escapedWithin(unlinked(`Reason: ${reason.text}`))),
  ];
}

function placesBlocks(event: PlacesNotice) {
  const { reason, about, problems } = event.detail;
  return [
    heading(PLACE_MARKS[event.detailType], event.detailType, reason.code),
    section(escapedWithin(placesWords(event))),
    section(escapedWithin(unlinked(`Reason: ${reason.text} [${reason.code}]`))),
    ...list('Where', about),
    ...list('Needs a person', problems),
  ];
}

function rulesBlocks(event: RulesNotice) {
  const { reason, about, problems } = event.detail;
  return [
    heading(':hourglass_flowing_sand:', event.detailType, reason.code),
    section(escapedWithin(rulesWords(event))),
    section(escapedWithin(unlinked(`Reason: ${reason.text}`))),
    ...list('Which', about),
    ...list('Needs a person', problems),
  ];
}

function noticeBlocks(event: DomainEvent) {
  const { detail } = event;
  const title = titleOf(event);
  const facts = factGroups(detail).filter((lines) => lines.length > 0);
  return [
    heading(MARKS[title], title, detail.peeringId),
    ...facts.map((lines) => section(escapedWithin(lines.join('\n')))),
    section(escapedWithin(`Reason: ${detail.reason.text}`)),
    ...list('Changes', changedLines(detail), ''),
    ...list('Needs a person', detail.problems),
    ...list('To know', detail.notes ?? []),
  ];
}

function failedBlocks(event: WorkFailed) {
  const { cause, reason, about, problems, link } = event.detail;
  return [
    heading(':x:', event.detailType, cause),
    section(escapedWithin(failedWords(event))),
    section(escapedWithin(unlinked(`Reason: ${reason.text} [${reason.code}]`))),
    ...list('What failed', about),
    ...list('Needs a person', problems),
    ...(link === undefined ? [] : [section(escapedWithin(linkLine(link)))]),
  ];
}

function heading(mark: string, title: HubEvent['detailType'] | Title, idText: string) {
  // An id has no other characters; what has is not marked up.
  const id = idText.replaceAll(/[^0-9a-z-]/g, '?');
  const text = `${mark} *${title}* \`${id}\``;
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } } as const;
}

/** @param text escaped, and within the limit */
const section = (text: string) =>
  ({ type: 'section', text: { type: 'plain_text', emoji: false, text } }) as const;

function list(title: string, lines: readonly string[], bullet = '• ') {
  if (lines.length === 0) return [];
  const first = `${title}:`;
  const item = (line: string): string => escapeMarkup(`${bullet}${unlinked(line)}`);
  const most = SECTION_CHARACTERS - first.length;
  const shown = fitting(atMost(lines, LIST_LINES), most, (line) => `\n${item(line)}`.length);
  return [section([first, ...shown.map((line) => (isRest(line) ? `… ${line}` : item(line)))].join('\n'))];
}

/**
 * Escapes text and cuts it to a section, at a whole character and a whole entity.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
function escapedWithin(text: string): string {
  const escaped = escapeMarkup(text);
  if (escaped.length <= SECTION_CHARACTERS) return escaped;
  let cut = '';
  for (const character of text) {
    const next = escapeMarkup(character);
    if (cut.length + next.length + '…'.length > SECTION_CHARACTERS) break;
    cut += next;
  }
  return `${cut}…`;
}

/** In every text object of Slack, also in one of plain text, these three characters are control characters. */
const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
