import fc from 'fast-check';
import { plainWords, printable, quoted, unlinked } from '../../../shared/domain/words/foreign-text.ts';
import { DETAIL_TYPES, type DomainEvent } from '../../../shared/domain/words/notice.ts';
import { plainNotice } from '../../../shared/domain/words/notice-words.ts';
import { tagsOf } from '../../../shared/domain/words/status.ts';
import { slackMessage } from '../../../shared/notices/slack-message.ts';
import { plainText, subjectOf } from '../../../shared/notices/text.ts';
import { foreignText, UNSEEN } from '../../support/foreign-text.ts';

const side = fc.record(
  {
    accountId: foreignText,
    region: foreignText,
    vpcId: foreignText,
    accountName: foreignText,
    vpcName: foreignText,
    cidrs: fc.array(foreignText, { minLength: 1, maxLength: 120 }),
  },
  { requiredKeys: ['accountId', 'region', 'vpcId'] },
);
const list = fc.oneof(
  { weight: 5, arbitrary: fc.array(foreignText, { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(foreignText, fc.integer({ min: 1, max: 600 }))
      .map(([line, times]) => Array.from({ length: times }, () => line)),
  },
);
/** Of a stranger's making from end to end, which is worse than any that autopeer builds. */
const notice: fc.Arbitrary<DomainEvent> = fc.record({
  detailType: fc.constantFrom(...DETAIL_TYPES),
  detail: fc.record(
    {
      version: fc.constant(1 as const),
      peeringId: foreignText,
      state: foreignText,
      requester: side,
      accepter: side,
      rule: foreignText,
      owner: foreignText,
      ticket: foreignText,
      reason: fc.record({ code: foreignText, text: foreignText }),
      changes: list,
      diff: list,
      problems: list,
    },
    { requiredKeys: ['version', 'peeringId', 'state', 'reason', 'changes', 'problems'] },
  ),
});

const FEW = { numRuns: 60 };
const points = (text: string): number => Array.from(text).length;
const bytes = (text: string): number => Buffer.byteLength(text);
/** What EventBridge and SNS take. */
const MOST_BYTES = 256 * 1024;

describe('plain words', () => {
  it('are one line without anything unseen, within their length, and plain already', () => {
    fc.assert(
      fc.property(foreignText, fc.integer({ min: 1, max: 300 }), (text, most) => {
        const plain = plainWords(text, most);
        expect(plain).not.toMatch(UNSEEN);
        expect(plain).not.toMatch(/ {2}|^ | $/);
        expect(points(plain)).toBeLessThanOrEqual(most);
        expect(plainWords(plain, most)).toBe(plain);
      }),
    );
  });

  it('a quotation ends at its second quote, and holds no link', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(quoted(text)).toMatch(/^"[^"“”„]*"$/u);
        expect(quoted(text)).not.toMatch(/:\/\/|\bwww\./i);
        expect(points(quoted(text))).toBeLessThan(250);
      }),
    );
  });

  it('links are broken once', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(unlinked(text)).not.toContain('://');
        expect(unlinked(unlinked(text))).toBe(unlinked(text));
      }),
      FEW,
    );
  });

  it('what is printable is the same text to whoever reads it as JSON', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        const json = printable(JSON.stringify({ text }));
        expect(json).not.toMatch(UNSEEN);
        expect(JSON.parse(json)).toEqual({ text });
      }),
      FEW,
    );
  });
});

describe('mail', () => {
  it('has the lines that its fields make, and each label once', () => {
    fc.assert(
      fc.property(notice, (event) => {
        const { detail } = event;
        const plain = plainNotice(event).detail;
        const section = (lines: readonly string[]): number => (lines.length === 0 ? 0 : lines.length + 2);
        const { requester, accepter, rule, owner, ticket } = detail;
        const facts = [requester, requester?.cidrs, accepter, accepter?.cidrs, rule, owner, ticket].filter(
          (fact) => fact !== undefined,
        );
        const changed = plain.diff ?? plain.changes;
        const text = plainText(event);
        const lines = text.split('\n');
        expect(lines).toHaveLength(2 + facts.length + section(changed) + section(plain.problems));
        expect(lines.filter((line) => UNSEEN.test(line))).toEqual([]);
        const count = (label: string): number => lines.filter((line) => line.startsWith(label)).length;
        expect(count('Reason: ')).toBe(1);
        expect(count('Rule: ')).toBe(detail.rule === undefined ? 0 : 1);
        expect(count('Ticket: ')).toBe(ticket === undefined ? 0 : 1);
        expect(count('Requester: ')).toBe(detail.requester === undefined ? 0 : 1);
        expect(count('Accepter: ')).toBe(detail.accepter === undefined ? 0 : 1);
        expect(count('Accepter’s CIDRs: ')).toBe(accepter?.cidrs === undefined ? 0 : 1);
        expect(count('Changes:')).toBe(changed.length === 0 ? 0 : 1);
        expect(lines.filter((line) => line.includes('://') && !line.startsWith('Reason: '))).toEqual([]);
        expect(bytes(text)).toBeLessThan(MOST_BYTES);
      }),
      FEW,
    );
  });

  it('has a subject that SNS takes', () => {
    fc.assert(
      fc.property(notice, (event) => {
        expect(subjectOf(event)).toMatch(/^[ -~]{1,100}$/);
      }),
      FEW,
    );
  });
});

describe('Slack', () => {
  it('reads no markup of a stranger, and takes each section', () => {
    fc.assert(
      fc.property(notice, (event) => {
        const { text, blocks, ...rest } = slackMessage(event);
        expect(rest).toEqual({ unfurl_links: false, unfurl_media: false, link_names: false });
        const shown = blocks.map((block) => {
          if (!('text' in block) || typeof block.text !== 'object') throw new TypeError('a section has text');
          return block.text;
        });
        // Only the heading is marked up, and it holds an id.
        expect(shown.map(({ type }) => type).filter((type) => type === 'mrkdwn')).toHaveLength(1);
        expect(shown[0]?.text).toMatch(/^:\w+: \*[A-Z][A-Za-z ]+\* `[0-9a-z?-]*`$/);
        for (const section of [text, ...shown.map((part) => part.text)]) {
          expect(section.replaceAll('\n', ' ')).not.toMatch(UNSEEN);
          expect(section).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
          expect(section.length).toBeGreaterThan(0);
          expect(points(section)).toBeLessThanOrEqual(3000);
        }
      }),
      FEW,
    );
  });

  it('a list that is cut still says how many more there are', () => {
    fc.assert(
      fc.property(foreignText, fc.integer({ min: 16, max: 600 }), (line, count) => {
        const detail = {
          version: 1 as const,
          peeringId: 'pcx-11111111',
          state: 'active',
          reason: { code: 'x', text: 'x' },
          changes: Array.from({ length: count }, () => line),
          problems: [],
        };
        const message = slackMessage({ detailType: 'Peering Connected', detail });
        const last = JSON.stringify(message.blocks?.at(-1));
        const shown = last.split('\\n- ').length - 1;
        expect(shown).toBeGreaterThan(0);
        expect(last).toContain(`\\n… and ${count - shown} more`);
      }),
      FEW,
    );
  });
});

it('an event on the bus is clean, of a size that EventBridge takes, and cleaned once', () => {
  fc.assert(
    fc.property(notice, (event) => {
      const plain = plainNotice(event);
      expect(JSON.stringify(plain)).not.toMatch(UNSEEN);
      expect(bytes(JSON.stringify(plain))).toBeLessThan(MOST_BYTES);
      expect(plainNotice(plain)).toEqual(plain);
    }),
    FEW,
  );
});

it('a tag that autopeer writes is one that EC2 takes', () => {
  fc.assert(
    fc.property(foreignText, foreignText, (rule, reason) => {
      const tags = tagsOf({ status: 'held', rule, reason });
      for (const value of Object.values<string>({ ...tags })) {
        expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
        expect(value).not.toMatch(UNSEEN);
        expect(value.length).toBeLessThanOrEqual(256);
      }
    }),
    FEW,
  );
});
