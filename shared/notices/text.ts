import { isRest } from '../domain/words/at-most.ts';
import type { WorkFailed } from '../domain/words/failed-notice.ts';
import { quoted, unlinked } from '../domain/words/foreign-text.ts';
import {
  isAboutItself,
  isAboutPeering,
  isAboutPlaces,
  isAboutRules,
  isAboutWork,
  plainEvent,
  type HubEvent,
} from '../domain/words/hub-event.ts';
import type { RulesNotice } from '../domain/words/expiry-notice.ts';
import { titleOf, type DomainEvent, type NoticeDetail } from '../domain/words/notice.ts';
import type { PlacesNotice } from '../domain/words/place-notice.ts';
import type { SuspensionEvent } from '../domain/words/suspension-notice.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: ASCII, and less than 100 characters. */
const SUBJECT_CHARACTERS = 99;

export const subjectOf = (event: HubEvent): string =>
  `autopeer: ${isAboutPeering(event) ? titleOf(event) : event.detailType}, ${aboutOf(event)}`
    .replaceAll(/[^ -~]/g, '?')
    .slice(0, SUBJECT_CHARACTERS);

function aboutOf(event: HubEvent): string {
  if (isAboutWork(event)) return failedWords(event);
  if (isAboutItself(event)) return SUSPENSION_WORDS[event.detail.reason.code];
  if (isAboutRules(event)) return rulesWords(event);
  return isAboutPlaces(event) ? placesWords(event) : event.detail.peeringId;
}

export const SUSPENSION_WORDS: Readonly<Record<SuspensionEvent['detail']['reason']['code'], string>> = {
  suspended: 'nothing is written to EC2',
  resumed: 'it writes again',
  expired: 'it writes again',
};

/** `300 dead letters of sweep-describevpcs-internalerror`: a subject that is cut keeps the number. */
export const failedWords = ({ detail: { cause, count } }: WorkFailed): string =>
  `${count} dead ${count === 1 ? 'letter' : 'letters'} of ${cause}`;

/** `300 places, no-access` */
export const placesWords = ({ detail: { count, reason } }: PlacesNotice): string =>
  `${count} ${count === 1 ? 'place' : 'places'}, ${reason.code}`;

/** `2 rules` */
export const rulesWords = ({ detail: { count } }: RulesNotice): string =>
  `${count} ${count === 1 ? 'rule' : 'rules'}`;

/** A notice as plain text, for e-mail and anything else that reads SNS. Each field and each entry is one line. */
export function plainText(event: HubEvent): string {
  const plain = plainEvent(event);
  if (isAboutWork(plain)) return failedText(plain);
  if (isAboutItself(plain)) return suspensionText(plain);
  if (isAboutRules(plain)) return rulesText(plain);
  return isAboutPlaces(plain) ? placesText(plain) : noticeText(plain);
}

const suspensionText = ({ detailType, detail: { reason } }: SuspensionEvent): string =>
  [
    `${detailType}: ${SUSPENSION_WORDS[reason.code]}`,
    unlinked(`Reason: ${reason.text} [${reason.code}]`),
  ].join('\n');

const placesText = (event: PlacesNotice): string =>
  [
    unlinked(`${event.detailType}: ${placesWords(event)}`),
    unlinked(`Reason: ${event.detail.reason.text} [${event.detail.reason.code}]`),
    ...section('Where', event.detail.about),
    ...section('Needs a person', event.detail.problems),
  ].join('\n');

const rulesText = (event: RulesNotice): string =>
  [
    unlinked(`${event.detailType}: ${rulesWords(event)}`),
    unlinked(`Reason: ${event.detail.reason.text} [${event.detail.reason.code}]`),
    ...section('Which', event.detail.about),
    ...section('Needs a person', event.detail.problems),
  ].join('\n');

const failedText = (event: WorkFailed): string =>
  [
    unlinked(`${event.detailType}: ${failedWords(event)}`),
    unlinked(`Reason: ${event.detail.reason.text} [${event.detail.reason.code}]`),
    ...section('What failed', event.detail.about),
    ...section('Needs a person', event.detail.problems),
    // Our own: it may be followed.
    ...(event.detail.link === undefined ? [] : [linkLine(event.detail.link)]),
  ].join('\n');

export const linkLine = (link: string): string => `What the code means: ${link}`;

function noticeText(event: DomainEvent): string {
  const { detail } = event;
  return [
    unlinked(`${titleOf(event)}: ${detail.peeringId} (${detail.state})`),
    ...factGroups(detail).flat(),
    // It keeps its links: a rule's `reason` may name a page to read. Those in values were broken where they were quoted.
    `Reason: ${detail.reason.text} [${detail.reason.code}]`,
    ...listed('Changes', changedLines(detail)),
    ...section('Needs a person', detail.problems),
    ...section('To know', detail.notes ?? []),
  ].join('\n');
}

type Side = NonNullable<NoticeDetail['requester']>;

/** What is known of the requester, of the accepter, and of the rule: a line for each field. */
export const factGroups = (detail: NoticeDetail): readonly (readonly string[])[] =>
  [
    sideLines('Requester', detail.requester),
    sideLines('Accepter', detail.accepter),
    [...(detail.rule === undefined ? [] : [`Rule: ${detail.rule}`]), ...noteLines(detail)],
  ].map((lines) => lines.map(unlinked));

/** Who answers for a rule, and where it was agreed, as a person wrote it into the policy: in quotes. */
export const noteLines = ({ owner, ticket }: Pick<NoticeDetail, 'owner' | 'ticket'>): readonly string[] => [
  ...(owner === undefined ? [] : [`Owner: ${quoted(owner)}`]),
  ...(ticket === undefined ? [] : [`Ticket: ${quoted(ticket)}`]),
];

/** A name is a stranger's word, and stands in quotes. */
function sideLines(title: string, side: Side | undefined): readonly string[] {
  if (side === undefined) return [];
  const { vpcId, vpcName, accountId, accountName, region, cidrs = [] } = side;
  const withName = (id: string, name: string | undefined): string =>
    name === undefined ? id : `${id} ${quoted(name)}`;
  return [
    `${title}: ${withName(vpcId, vpcName)} in ${withName(accountId, accountName)}, ${region}`,
    ...(cidrs.length === 0 ? [] : [`${title}’s CIDRs: ${cidrs.join(', ')}`]),
  ];
}

/** What was changed, with `+` and `-`; the sentences where an older release told it. A list that was cut says so. */
export const changedLines = ({ changes, diff }: NoticeDetail): readonly string[] =>
  (diff ?? changes).map((line) => (/^[+-] /.test(line) || isRest(line) ? line : `- ${line}`));

const section = (title: string, lines: readonly string[]): readonly string[] =>
  listed(
    title,
    lines.map((line) => `- ${line}`),
  );

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(unlinked)];
