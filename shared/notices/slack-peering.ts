import {
  isApproved,
  votesLeft,
  type Answer,
  type AskedApproval,
  type GivenApproval,
} from '../domain/memory/approvals.ts';
import { mayBeSlack } from '../domain/policy/language/approval-terms.ts';
import type { Role } from '../domain/facts/peering.ts';
import { quoted, unlinked } from '../domain/words/foreign-text.ts';
import { plainEvent, isAboutPeering } from '../domain/words/hub-event.ts';
import { titleOf, type DomainEvent, type NoticeDetail } from '../domain/words/notice.ts';
import { peeringLink } from './console-links.ts';
import {
  escapedWithin,
  heading,
  list,
  section,
  wholeList,
  type SlackBlock,
  type SlackMessage,
} from './slack-blocks.ts';
import { MARKS, noticeBlocks, slackMessage } from './slack-message.ts';
import { factGroups } from './text.ts';

/** What waits for people, and what they said of exactly that. */
export interface Waiting {
  readonly asked: AskedApproval;
  readonly given: GivenApproval | undefined;
}

/** What the buttons are called in what Slack sends back. */
export const ACTIONS = { approve: 'autopeer.approve', reject: 'autopeer.reject' } as const;
/** The block of the buttons. */
const ANSWER_BLOCK = 'autopeer.answer';

/** So many sections at most: with all others they stay below Slack's 50 blocks a message. */
const CIDR_SECTIONS = 2;
const TERMS_SECTIONS = 3;
const TAKEN_SECTIONS = 12;

/**
 * The one message of a peering: how it stands, or what waits for people, with buttons that are bound to what is shown. Of
 * what they would approve nothing is left out: where it does not fit, there is no button.
 * @see https://docs.slack.dev/reference/block-kit
 */
export function peeringMessage(
  event: DomainEvent,
  waiting: Waiting | undefined,
  hasButtons: boolean,
): SlackMessage {
  const message = slackMessage(event);
  const plain = plainEvent(event);
  if (!isAboutPeering(plain)) return message;
  const blocks = waiting === undefined ? noticeBlocks(plain) : requestBlocks(plain, waiting, hasButtons);
  return { ...message, blocks: [...blocks, ...linkBlocks(plain.detail, waiting?.asked)] };
}

function requestBlocks(event: DomainEvent, waiting: Waiting, hasButtons: boolean): readonly SlackBlock[] {
  const { detail } = event;
  const { asked, given } = waiting;
  const { requester: _requester, accepter: _accepter, ...facts } = detail;
  const lists: readonly (readonly [string, readonly string[], number])[] = [
    [cidrTitle('Requester'), cidrsOf(asked, 'requester'), CIDR_SECTIONS],
    [cidrTitle('Accepter'), cidrsOf(asked, 'accepter'), CIDR_SECTIONS],
    ['What it would get', asked.shown, TERMS_SECTIONS],
    ['Traffic that its routes would take from others', asked.taken, TAKEN_SECTIONS],
  ];
  const whole = lists.map(([title, lines, most]) =>
    lines.length === 0 ? [] : wholeList(title, lines, most),
  );
  const shown = whole.flatMap((blocks, index) => blocks ?? list(...titleAndLines(lists[index])));
  const title = titleOf(event);
  return [
    heading(MARKS[title], title, detail.peeringId),
    section(
      escapedWithin([sideLine('Requester', asked, detail), sideLine('Accepter', asked, detail)].join('\n')),
    ),
    ...factGroups(facts)
      .filter((lines) => lines.length > 0)
      .map((lines) => section(escapedWithin(lines.join('\n')))),
    section(escapedWithin(`Reason: ${detail.reason.text}`)),
    ...shown,
    ...(asked.expiresAt === undefined
      ? []
      : [section(escapedWithin(`EC2 lets the request expire on ${minute(asked.expiresAt)}.`))]),
    ...answerBlocks(given),
    ...buttonBlocks(waiting, hasButtons && !whole.includes(undefined), whole.includes(undefined)),
  ];
}

const titleAndLines = (entry: readonly [string, readonly string[], number] | undefined) =>
  [entry?.[0] ?? '', entry?.[1] ?? []] as const;

const cidrTitle = (side: string): string => `${side}’s CIDRs`;

function cidrsOf({ subject }: AskedApproval, role: Role): readonly string[] {
  const { cidrs } = subject[role];
  return cidrs === 'unknown' ? ['not known: autopeer may not see them'] : cidrs;
}

/** The names come from the notice, and are left out where it tells of another VPC. */
function sideLine(title: 'Requester' | 'Accepter', { subject }: AskedApproval, detail: NoticeDetail): string {
  const role = title === 'Requester' ? 'requester' : 'accepter';
  const { accountId, region, vpcId } = subject[role];
  const told =
    detail[role]?.vpcId === vpcId && detail[role]?.accountId === accountId ? detail[role] : undefined;
  const named = (id: string, name: string | undefined): string =>
    name === undefined ? id : `${id} ${quoted(name)}`;
  return unlinked(
    `${title}: ${named(vpcId, told?.vpcName)} in ${named(accountId, told?.accountName)}, ${region}`,
  );
}

/** `2026-12-05 14:03 UTC` */
const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Who said what. People of Slack are shown by Slack itself, from their ids. */
function answerBlocks(given: GivenApproval | undefined): readonly SlackBlock[] {
  if (given === undefined) return [];
  const answers: readonly (readonly [string, Answer])[] = [
    ...given.votes.map((vote) => ['Approved', vote] as const),
    ...(given.rejected === undefined ? [] : [['Rejected', given.rejected] as const]),
  ];
  if (answers.length === 0) return [];
  const text = answers.map(([what, { arn, at }]) => `${what} by ${whom(arn)}, ${minute(at)}`).join('\n');
  const reasons = answers.flatMap(([what, { reason }]) =>
    reason === undefined ? [] : [`${what}: ${quoted(reason)}`],
  );
  return [
    { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } },
    ...list('What they said', reasons),
  ];
}

/** Of an ARN only what cannot be markup. */
export function whom(arn: string): string {
  const [, user] = /^slack:([UW][A-Z0-9]+)$/.exec(arn) ?? [];
  return user === undefined ? `\`${arn.replaceAll(/[^\w+=,.@/:-]/g, '?')}\`` : `<@${user}>`;
}

function buttonBlocks(
  { asked, given }: Waiting,
  mayApproveHere: boolean,
  isCut: boolean,
): readonly SlackBlock[] {
  if (given?.rejected !== undefined || (given !== undefined && isApproved(given))) {
    return [section('autopeer looks at it now.')];
  }
  const { peeringId } = asked.key;
  const command = `autopeer approve ${peeringId} --fingerprint ${asked.fingerprint.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  const left = given === undefined ? asked.subject.terms.count : votesLeft(given);
  const many = left === 1 ? 'One approval is missing.' : `${left} approvals are missing.`;
  const cut = isCut ? ' It is too long to be shown whole here: autopeer pending shows it.' : '';
  const words = section(escapedWithin(`${many}${cut} On the command line: ${command}`));
  if (!mayApproveHere || !mayBeSlack(asked.subject.terms)) return [words];
  const value = `${peeringId} ${asked.fingerprint}`;
  const approve = button('Approve', 'primary', value, 'Both VPCs then reach each other as shown.');
  const reject = button('Reject', 'danger', value, 'A rejection is final: the requester must ask again.');
  const elements = asked.state === 'active' ? [approve] : [approve, reject];
  return [words, { type: 'actions', block_id: ANSWER_BLOCK, elements }];
}

/** @see https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const button = (
  word: 'Approve' | 'Reject',
  style: 'primary' | 'danger',
  value: string,
  question: string,
) => ({
  type: 'button' as const,
  action_id: word === 'Approve' ? ACTIONS.approve : ACTIONS.reject,
  text: { type: 'plain_text' as const, emoji: false, text: word },
  style,
  value,
  confirm: {
    title: { type: 'plain_text' as const, emoji: false, text: `${word}?` },
    text: { type: 'plain_text' as const, emoji: false, text: question },
    confirm: { type: 'plain_text' as const, emoji: false, text: word },
    deny: { type: 'plain_text' as const, emoji: false, text: 'Not now' },
    style,
  },
});

/** To both consoles: each side is seen only by who signed in to its account. */
function linkBlocks(detail: NoticeDetail, asked: AskedApproval | undefined): readonly SlackBlock[] {
  const links = (['requester', 'accepter'] as const).flatMap((role) => {
    const side = asked?.subject[role] ?? detail[role];
    const link = side === undefined ? undefined : peeringLink(detail.peeringId, side.region);
    return side === undefined || link === undefined ? [] : [`<${link}|Console of the ${role}>`];
  });
  if (links.length === 0) return [];
  return [{ type: 'section', text: { type: 'mrkdwn', verbatim: true, text: links.join(' · ') } }];
}
