import type { DomainEvent, NoticeDetail } from '../domain/notice.ts';

/** SNS takes 100 ASCII characters of subject at most. */
const SUBJECT_CHARACTERS = 100;

export const subjectOf = ({ detailType, detail }: DomainEvent): string =>
  `autopeer: ${detailType}, ${detail.peeringId}`.slice(0, SUBJECT_CHARACTERS);

/** A notice as plain text, for e-mail and anything else that reads SNS. */
export function plainText(event: DomainEvent): string {
  const { detail } = event;
  return [
    `${event.detailType}: ${detail.peeringId} (${detail.state})`,
    ...sideLines(detail),
    ...(detail.rule === undefined ? [] : [`Rule: ${detail.rule}`]),
    `Reason: ${detail.reason.text} [${detail.reason.code}]`,
    ...section('Changes', detail.changes),
    ...section('Needs a person', detail.problems),
  ].join('\n');
}

export function sideLines({ requester, accepter }: NoticeDetail): readonly string[] {
  const line = (name: string, side: NoticeDetail['requester']): readonly string[] =>
    side === undefined ? [] : [`${name}: ${side.vpcId} in ${side.accountId}, ${side.region}`];
  return [...line('Requester', requester), ...line('Accepter', accepter)];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `- ${line}`)];
