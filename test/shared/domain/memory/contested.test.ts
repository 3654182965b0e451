import {
  CONTESTED_ROUNDS,
  CONTESTED_WINDOW_MS,
  contestIn,
} from '../../../../shared/domain/memory/contested.ts';
import type { HistoryEntry } from '../../../../shared/domain/memory/memory.ts';

const repair = (change: string) => ({ change, undone: `undo ${change}` });
const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const entry = (at: number, ...changes: string[]): HistoryEntry => ({
  at,
  verdict: 'connect',
  reason: { code: 'rule-allows', text: 'a rule allows it' },
  policyVersion: 'sha256:0',
  changes,
});
const rounds = (count: number, startMs = NOW - count * MINUTE_MS) =>
  Array.from({ length: count }, (_, round) => entry(startMs + round * MINUTE_MS, 'route a', 'route b'));

it('the same repair again and again within a day is a fight, and it is named', () => {
  const found = contestIn([repair('route c'), repair('route b')], rounds(CONTESTED_ROUNDS), NOW, undefined);
  expect(found?.because.code).toBe('contested');
  expect(found?.because.text).toContain('route b');
});

it('fewer times are repairs', () => {
  expect(contestIn([repair('route a')], rounds(CONTESTED_ROUNDS - 1), NOW, undefined)).toBeUndefined();
});

it('what autopeer took back itself is no fight', () => {
  const undone = rounds(2).map((each) => ({ ...each, changes: ['undo route a'] }));
  const history = [...rounds(CONTESTED_ROUNDS + 1), ...undone];
  expect(contestIn([repair('route a')], history, NOW, undefined)).toBeUndefined();
});

it('another change is none', () => {
  expect(contestIn([repair('route c')], rounds(10), NOW, undefined)).toBeUndefined();
});

it('what was done long ago no longer counts', () => {
  expect(
    contestIn([repair('route a')], rounds(10, NOW - CONTESTED_WINDOW_MS - 20 * MINUTE_MS), NOW, undefined),
  ).toBeUndefined();
});

describe('who undoes it', () => {
  const cause = 'DeleteRoute by arn:aws:sts::111111111111:assumed-role/terraform/run';
  const textOf = (history: readonly HistoryEntry[], by?: string) =>
    contestIn([repair('route a')], history, NOW, by)?.because.text;

  it('is named as CloudTrail told it with the hint', () => {
    expect(textOf(rounds(CONTESTED_ROUNDS), cause)).toContain(cause);
  });

  it('or with an earlier one, when a sweep found it', () => {
    const told = rounds(CONTESTED_ROUNDS).map((each) => ({ ...each, by: cause }));
    expect(textOf(told)).toContain(cause);
  });

  it('is shown without a link, and not at any length: a user’s path is its owner’s to choose', () => {
    const by = `DeleteRoute by arn:aws:iam::111122223333:user/https://evil.example/${'x'.repeat(1000)}`;
    const text = contestIn([repair('route b')], rounds(CONTESTED_ROUNDS), NOW, by)?.because.text ?? '';
    expect(text).toContain('user/https:/ /evil .example/x');
    expect(text.length).toBeLessThan(700);
    expect(text).toMatch(/it is tried again after a day$/);
  });

  it('is left to CloudTrail when no hint told of it', () => {
    expect(textOf(rounds(CONTESTED_ROUNDS))).toContain('CloudTrail names who undid it');
  });
});
