import type { IncomingWebhookSendArguments } from '@slack/webhook';
import { atMost, fitting, isRest } from '../domain/words/at-most.ts';
import { unlinked } from '../domain/words/foreign-text.ts';

export type SlackBlock = NonNullable<IncomingWebhookSendArguments['blocks']>[number];

/** What is sent to Slack, by a webhook or by a bot. */
export interface SlackMessage {
  /** For notifications; where blocks are shown, it is not. */
  readonly text: string;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly link_names: false;
  readonly blocks: SlackBlock[];
}

/** More than people read in a chat; the list ends in "and N more". */
const LIST_LINES = 15;
/** Slack takes no longer text in a section. Counted after escaping, in UTF-16 units, which are never fewer. */
const SECTION_CHARACTERS = 3000;

export function heading(mark: string, title: string, idText: string) {
  // An id has no other characters; what has is not marked up.
  const id = idText.replaceAll(/[^0-9a-z-]/g, '?');
  const text = `${mark} *${title}* \`${id}\``;
  return { type: 'section', text: { type: 'mrkdwn', verbatim: true, text } } as const;
}

/** @param text escaped, and within the limit */
export const section = (text: string) =>
  ({ type: 'section', text: { type: 'plain_text', emoji: false, text } }) as const;

/** A list that people read: cut to some lines, and then it says how many more there are. */
export function list(title: string, lines: readonly string[], bullet = '• ') {
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
export function escapedWithin(text: string): string {
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
export const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * A list of which nothing may be left out, over as many sections as it needs.
 *
 * @returns nothing where it does not fit: then nobody can be asked to approve what the list says
 */
export function wholeList(
  title: string,
  lines: readonly string[],
  mostSections: number,
): readonly SlackBlock[] | undefined {
  const texts: string[] = [];
  let text = escapeMarkup(`${title}:`);
  for (const line of lines) {
    const next = `\n${escapeMarkup(`• ${unlinked(line)}`)}`;
    if (next.length > SECTION_CHARACTERS) return undefined;
    if (text.length + next.length > SECTION_CHARACTERS) {
      texts.push(text);
      text = next.trimStart();
    } else text += next;
  }
  texts.push(text);
  return texts.length > mostSections ? undefined : texts.map(section);
}
