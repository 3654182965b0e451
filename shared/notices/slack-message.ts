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
import { escapedWithin, escapeMarkup, heading, list, section, type SlackMessage } from './slack-blocks.ts';
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

export const MARKS: Readonly<Record<Title, string>> = {
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

/**
 * A notice as a Slack message. Its facts come from other accounts, so none of it is read as markup: no mention, link,
 * emphasis or emoji code. Only the heading, which is our own, is marked up.
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export function slackMessage(event: HubEvent): SlackMessage {
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

export function noticeBlocks(event: DomainEvent) {
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
