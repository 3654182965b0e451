/**
 * What Slack refuses of blocks, for those that autopeer sends.
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
const BLOCKS_MAX = 50;
const ELEMENTS_MAX = 25;
const LIMITS = { section: 3000, button: 75, title: 100, question: 300, value: 2000, id: 255 } as const;

interface Text {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
  readonly emoji?: boolean;
}

interface Button {
  readonly type: string;
  readonly action_id?: string;
  readonly text?: Text;
  readonly value?: string;
  readonly confirm?: {
    readonly title: Text;
    readonly text: Text;
    readonly confirm: Text;
    readonly deny: Text;
  };
}

export interface WireBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: Text;
  readonly elements?: readonly Button[];
}

/** Slack's own word for what is wrong, or nothing. */
export function faultOfBlocks(blocks: unknown): 'invalid_blocks' | 'invalid_blocks_format' | undefined {
  if (!Array.isArray(blocks)) return 'invalid_blocks_format';
  const all = blocks as readonly WireBlock[];
  const ids = all.map(({ block_id }) => block_id).filter((id) => id !== undefined);
  const isFine =
    all.length > 0 && all.length <= BLOCKS_MAX && new Set(ids).size === ids.length && all.every(isBlock);
  return isFine ? undefined : 'invalid_blocks';
}

function isBlock({ type, text, elements, block_id: id = 'none' }: WireBlock): boolean {
  if (id.length > LIMITS.id) return false;
  if (type === 'section') return isText(text, LIMITS.section);
  if (type !== 'actions' || elements === undefined) return false;
  const ids = elements.map((element) => element.action_id);
  return (
    elements.length > 0 &&
    elements.length <= ELEMENTS_MAX &&
    new Set(ids).size === ids.length &&
    elements.every(isButton)
  );
}

function isButton({ type, action_id: id = '', text, value = '', confirm }: Button): boolean {
  return (
    type === 'button' &&
    id.length <= LIMITS.id &&
    value.length <= LIMITS.value &&
    text?.type === 'plain_text' &&
    isText(text, LIMITS.button) &&
    (confirm === undefined || (isText(confirm.title, LIMITS.title) && isText(confirm.text, LIMITS.question)))
  );
}

const isText = (text: Text | undefined, most: number): boolean =>
  text !== undefined &&
  (text.type === 'plain_text' || text.type === 'mrkdwn') &&
  text.text.length > 0 &&
  text.text.length <= most;

/** All that people read of a message, a block a line. */
export const wordsOf = (blocks: readonly WireBlock[]): string =>
  blocks.map(({ text }) => text?.text ?? '').join('\n');

export const buttonsOf = (blocks: readonly WireBlock[]): readonly Button[] =>
  blocks.flatMap(({ elements = [] }) => elements);
