import type { Judge } from './judge.ts';
import { listAt, textAt } from './read.ts';

/** Controls but the line break, what turns the direction of reading around, and what cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Each of these begins one line of a notice at most, and that line is autopeer's. */
const FIELDS = [
  'Requester:',
  'Accepter:',
  'Rule:',
  'Reason:',
  'Changes:',
  'Needs a person:',
  'To know:',
] as const;
/** What the forgers of the simulation want to be a link or a call to everybody (actors/words.ts). */
const FORGED_LINK = /https?:\/\/login\.example/;

/**
 * **Foreign words stay words**: whatever members write into tags and names, a notice has its own fields once, no line of
 * theirs, no link, no mention, and nothing that cannot be seen; nor has a status tag.
 */
export function checkWords(judge: Judge): void {
  const { aws, slack } = judge.stage.world;
  const report = (place: string, what: string, text: string): void =>
    judge.report('foreign-words', `${place} has ${what}: ${JSON.stringify(text).slice(0, 300)}`);
  for (const { message, subject } of aws.sns.published) {
    const found = faultOfLines(message) ?? (UNSEEN.test(subject ?? '') ? 'what cannot be seen' : undefined);
    if (found !== undefined) report('a mail', found, message);
  }
  for (const body of slack) {
    const found = faultOfSlack(JSON.parse(body));
    if (found !== undefined) report('a chat message', found, body);
  }
  for (const { call, input } of judge.ownChanges) {
    if (call.action !== 'CreateTags') continue;
    const values = listAt(input, 'Tags').map((tag) => textAt(tag, 'Value') ?? '');
    const forged = values.find((value) => UNSEEN.test(value) || /[<>]/.test(value));
    if (forged !== undefined) report('a tag', 'what is no word', forged);
  }
}

function faultOfLines(message: string): string | undefined {
  const lines = message.split('\n');
  if (lines.some((line) => UNSEEN.test(line))) return 'what cannot be seen';
  const twice = FIELDS.find((field) => lines.filter((line) => line.startsWith(field)).length > 1);
  if (twice !== undefined) return `two lines with ${twice}`;
  return FORGED_LINK.test(message) ? 'a forged link' : undefined;
}

/** Of Slack's texts only those that are marked up are read as more than words; `<` is a control character in all. */
function faultOfSlack(message: unknown): string | undefined {
  const texts = [
    textAt(message, 'text') ?? '',
    ...listAt(message, 'blocks').map((block) => textAt(block, 'text', 'text') ?? ''),
  ];
  if (texts.some((text) => /[<>]/.test(text))) return 'a mention or a link';
  if (texts.some((text) => FORGED_LINK.test(text))) return 'a forged link';
  const marked = listAt(message, 'blocks').filter((block) => textAt(block, 'text', 'type') === 'mrkdwn');
  return marked.some((block) => (textAt(block, 'text', 'text') ?? '').includes('login'))
    ? 'foreign words that are read as markup'
    : undefined;
}
