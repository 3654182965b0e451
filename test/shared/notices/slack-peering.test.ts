import fc from 'fast-check';
import type { DomainEvent } from '../../../shared/domain/words/notice.ts';
import { peeringMessage, type Waiting } from '../../../shared/notices/slack-peering.ts';
import { buttonsOf, faultOfBlocks, wordsOf, type WireBlock } from '../../../sim/slack/slack-blocks.ts';
import { askedUnder } from '../../support/asked.ts';
import { cidr } from '../../support/ids.ts';
import { PEERING } from '../../support/observed.ts';

const ASKED = askedUnder('{ by: net }', 'approvers: { net: { slack: [U0000ANNA] } }');

const eventOf = (name: string, more: Partial<DomainEvent['detail']> = {}): DomainEvent => ({
  detailType: 'Peering Held',
  detail: {
    version: 1,
    peeringId: PEERING,
    state: 'pending-acceptance',
    requester: { ...ASKED.subject.requester, cidrs: undefined, vpcName: name, accountName: name },
    accepter: { ...ASKED.subject.accepter, cidrs: undefined, vpcName: name, accountName: name },
    rule: 'r',
    owner: name.slice(0, 100),
    reason: { code: 'needs-approval', text: `Rule r asks for an approval: ${name}` },
    changes: [],
    problems: [],
    ...more,
  },
});

/** As Slack gets it. */
function blocksOf(event: DomainEvent, waiting: Waiting | undefined): readonly WireBlock[] {
  const blocks: readonly WireBlock[] = JSON.parse(
    JSON.stringify(peeringMessage(event, waiting, true).blocks),
  );
  return blocks;
}

const given = (reason: string): Waiting['given'] => ({
  ...ASKED,
  votes: [{ person: 'x', arn: '<!channel>*x*', principal: 'x', at: 1, reason }],
});

const NASTY = [
  '<!channel>',
  '<https://evil|x>',
  '*b* _i_ `c`',
  ':tada:',
  '&lt;',
  '\u202egnp.exe',
  'مرحبا',
  '👩‍👩‍👧',
  '\n• no',
  '@here',
];
const name = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constant('&'.repeat(5000)),
);

/** What of a block is read as markup. */
const markedUp = (blocks: readonly WireBlock[]): string =>
  blocks.flatMap(({ text }) => (text?.type === 'mrkdwn' ? [text.text] : [])).join('\n');

it('whatever people call their things, and however much there is: within Slack’s limits, and no markup', () => {
  const lines = fc.array(fc.oneof(name, fc.constant('x'.repeat(400))), { maxLength: 500 });
  fc.assert(
    fc.property(name, lines, lines, fc.boolean(), (words, shown, taken, isAnswered) => {
      const waiting = { asked: { ...ASKED, shown, taken }, given: isAnswered ? given(words) : undefined };
      for (const blocks of [blocksOf(eventOf(words), waiting), blocksOf(eventOf(words), undefined)]) {
        expect(faultOfBlocks(blocks)).toBeUndefined();
        const marked = markedUp(blocks);
        const links =
          /<https:\/\/[a-z0-9-]+\.console\.aws\.amazon\.com\/[\w/?=#:-]+\|Console of the (requester|accepter)>/g;
        expect(marked.replaceAll(links, '')).not.toMatch(/[<>]|:tada:|@here|\u202e/);
        expect(wordsOf(blocks).replaceAll(links, '')).not.toMatch(/[<>]/);
      }
    }),
    { numRuns: 40 },
  );
});

describe('a button', () => {
  const buttons = (asked: Partial<Waiting['asked']>): readonly unknown[] =>
    buttonsOf(blocksOf(eventOf('web'), { asked: { ...ASKED, ...asked }, given: undefined })).map(
      ({ value, text }) => [text?.text, value],
    );

  it('is bound to the fingerprint of what is shown', () => {
    const value = `${PEERING} ${ASKED.fingerprint}`;
    expect(buttons({})).toEqual([
      ['Approve', value],
      ['Reject', value],
    ]);
  });

  it('to reject is not there where the peering is active', () => {
    expect(buttons({ state: 'active' })).toEqual([['Approve', expect.any(String)]]);
  });

  it('is there where all 100 CIDRs and all routes are shown', () => {
    const cidrs = Array.from({ length: 100 }, (_, index) => cidr(`10.${index}.0.0/16`));
    const subject = { ...ASKED.subject, requester: { ...ASKED.subject.requester, cidrs } };
    const taken = Array.from(
      { length: 90 },
      (_, index) => `table rtb-${index} routes 10.${index}.0.0/16 elsewhere`,
    );
    const blocks = blocksOf(eventOf('web'), { asked: { ...ASKED, subject, taken }, given: undefined });
    for (const each of [...cidrs, ...taken]) expect(wordsOf(blocks)).toContain(`• ${each}`);
    expect(buttonsOf(blocks)).toHaveLength(2);
  });

  it('is not there where something of it does not fit, and the message says where it is shown', () => {
    const taken = Array.from({ length: 500 }, () => 'x'.repeat(200));
    const blocks = blocksOf(eventOf('web'), { asked: { ...ASKED, taken }, given: undefined });
    expect(buttonsOf(blocks)).toEqual([]);
    expect(wordsOf(blocks)).toContain('and 486 more');
    expect(wordsOf(blocks)).toContain('It is too long to be shown whole here: autopeer pending shows it.');
  });

  it('is not there any more once enough people have said yes, or one no', () => {
    const vote = { person: 'slack:U0000ANNA', arn: 'slack:U0000ANNA', principal: 'slack:U0000ANNA', at: 1 };
    for (const more of [{ votes: [vote] }, { votes: [], rejected: { arn: 'slack:U0000ANNA', at: 1 } }]) {
      const blocks = blocksOf(eventOf('web'), { asked: ASKED, given: { ...ASKED, ...more } });
      expect(buttonsOf(blocks)).toEqual([]);
      expect(wordsOf(blocks)).toContain('by <@U0000ANNA>, 1970-01-01 00:00 UTC');
    }
  });
});
