import { adviceOn } from '../../../shared/domain/words/error-advice.ts';
import { AwsFailure, KNOWN_CODES, RoleNotAssumable } from '../../../shared/domain/work/failure.ts';
import { failureNote, NO_ANSWER, thrownNote } from '../../../shared/domain/work/failure-note.ts';
import { workFailed } from '../../../shared/domain/words/failed-notice.ts';
import { parseHubEvent } from '../../../shared/domain/words/hub-event.ts';
import {
  causeOf,
  GATHER_MS,
  onceTold,
  whileTelling,
  withLetter,
} from '../../../shared/domain/work/letter.ts';
import { slackMessage } from '../../../shared/notices/slack-message.ts';
import { plainText, subjectOf } from '../../../shared/notices/text.ts';

const FROM = { source: 'sweep', functionName: 'sweepAccount' } as const;
const NOTE = { code: 'DescribeVpcs InternalError', text: 'DescribeVpcs in account 111122223333 failed' };
const CAUSE = causeOf(FROM, NOTE);
const DAY_MS = 24 * 60 * 60 * 1000;

describe('what is written down of a failure', () => {
  it.each([
    [
      new AwsFailure('DescribeVpcs', 'account 111122223333', 'InternalError', undefined),
      'DescribeVpcs InternalError',
    ],
    [new RoleNotAssumable('arn:aws:iam::1:role/m', 'AccessDenied', undefined), 'AssumeRole AccessDenied'],
    [new TypeError('x is no function'), 'TypeError'],
    [new Error('pcx-0123456789abcdef0 is still held after 9 looks'), '… is still held after … looks'],
    ['a text', 'string'],
  ])('%s has the code %s', (error, code) => {
    expect(failureNote(error).code).toBe(code);
  });

  it('of an AwsFailure that Lambda wrote down, its words without what differs from place to place', () => {
    const { code, text } = thrownNote('AwsFailure', 'Publish in account 111122223333 failed: Throttled');
    expect(code).toBe('Publish in account … failed: Throttled');
    expect(text).toContain('111122223333');
  });

  it('is plain and short, whatever a stranger wrote', () => {
    const { code, text } = failureNote(new Error(`a\u202e\nb${'x'.repeat(9000)}`));
    expect(code).toMatch(/^a\uFFFD b/);
    expect(text.length).toBeLessThanOrEqual(500);
  });
});

describe('a cause', () => {
  it('has a name to type, of the function and the code', () => {
    expect(CAUSE.id).toBe('sweep-describevpcs-internalerror');
    expect(causeOf({ source: 'events', functionName: 'notify' }, NO_ANSWER).id).toBe('notify-no-answer');
    expect(causeOf(FROM, { code: 'x'.repeat(900), text: '' }).id).toHaveLength(80);
  });

  const first = withLetter(undefined, CAUSE, true, 1000);

  it('is told a while after its first letter', () => {
    expect(first).toMatchObject({ letters: 1, tellAt: 1000 + GATHER_MS, told: undefined });
    expect(withLetter(first, CAUSE, true, 2000)).toMatchObject({ letters: 2, tellAt: 1000 + GATHER_MS });
  });

  it('is not told by two at once, and again where the first died', () => {
    expect(whileTelling(first, 5000).tellAt).toBe(5000 + GATHER_MS);
  });

  it('that was told is told again at ten times as many letters, and not before', () => {
    let cause = onceTold(first, 2, 3000);
    for (let letters = 3; letters < 20; letters++) cause = withLetter(cause, CAUSE, true, 4000);
    expect(cause.tellAt).toBeUndefined();
    cause = withLetter({ ...cause, letters: 19 }, CAUSE, true, 5000);
    expect(cause.tellAt).toBe(5000 + GATHER_MS);
  });

  it('writes nothing for the same letter, but once a day, so that it does not expire', () => {
    const told = onceTold(first, 1, 2000);
    expect(withLetter(told, CAUSE, false, 3000)).toBe(told);
    expect(withLetter(told, CAUSE, false, 1000 + DAY_MS)).toMatchObject({
      lastAt: 1000 + DAY_MS,
      letters: 1,
    });
  });
});

describe('the notice', () => {
  const about = Array.from({ length: 300 }, (_, index) => `account ${100_000_000_000 + index}, eu-west-1`);
  const event = workFailed(CAUSE, about, 'autopeer-prod');

  it('says how many, which, why and what to do', () => {
    expect(subjectOf(event)).toBe(
      'autopeer: Work Failed, 300 dead letters of sweep-describevpcs-internalerror',
    );
    const text = plainText(event);
    expect(text).toContain(
      'Reason: DescribeVpcs in account 111122223333 failed [DescribeVpcs InternalError]',
    );
    expect(text).toContain('- account 100000000000, eu-west-1\n');
    expect(text).toContain('- and 280 more\n');
    expect(text).toContain('autopeer dead-letters retry sweep-describevpcs-internalerror');
    expect(JSON.stringify(slackMessage(event))).toContain('… and 286 more'.replace('286', '285'));
  });

  it('explains a code that autopeer knows, and links to EC2’s page for one that it does not', () => {
    expect(plainText(event)).toContain('- InternalError: a fault at AWS. Look at AWS Health');
    const unknown = workFailed(
      causeOf(FROM, { code: 'DescribeVpcs NeverSeen', text: 'DescribeVpcs failed' }),
      ['account x'],
      'autopeer-prod',
    );
    const link =
      'What the code means: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html';
    expect(plainText(unknown)).toContain(link);
    expect(JSON.stringify(slackMessage(unknown))).toContain(link);
    expect(plainText(event)).not.toContain('https://');
    const ours = workFailed(causeOf(FROM, { code: 'TypeError', text: 'x' }), ['account x'], 'autopeer-prod');
    expect(plainText(ours)).not.toContain('https://');
  });

  it('every code that autopeer knows has its words', () => {
    expect(KNOWN_CODES.filter((code) => adviceOn(code) === undefined)).toEqual([]);
  });

  it('without an answer has the query of the log', () => {
    const silent = workFailed(causeOf(FROM, NO_ANSWER), ['account x'], 'autopeer-prod');
    expect(plainText(silent)).toContain('/aws/lambda/autopeer-prod-sweepAccount');
    expect(plainText(event)).not.toContain('/aws/lambda/');
  });

  it('of another form is refused with the field’s name', () => {
    const envelope = { source: 'autopeer', 'detail-type': 'Work Failed', detail: event.detail };
    expect(parseHubEvent(envelope)).toEqual(event);
    expect(() => parseHubEvent({ ...envelope, detail: { ...event.detail, count: 'many' } })).toThrow(/count/);
  });

  it('holds no line, link or mention of a stranger, and fits every channel', () => {
    const hostile = 'x\nReason: ok [rule-allows] https://evil.example <!channel>'.repeat(200);
    const told = {
      ...event,
      detail: { ...event.detail, cause: hostile, about: Array.from({ length: 900 }, () => hostile) },
    };
    const text = plainText(told);
    expect(text.match(/^Reason: /gm)).toHaveLength(1);
    expect(text).not.toContain('https://evil');
    expect(Buffer.byteLength(text)).toBeLessThan(200_000);
    expect(JSON.stringify(slackMessage(told))).not.toContain('<!channel>');
  });
});
