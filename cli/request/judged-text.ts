import type { Decided } from '../../shared/reconcile/decide-on.ts';

/** What became of a peering and what it waits for, in one line or some. */
export function judgedText({ verdict }: Pick<Decided, 'verdict'>): string {
  const { text } = verdict.because;
  switch (verdict.kind) {
    case 'connect':
      return [text, ...verdict.problems].join('; ');
    case 'hold':
    case 'unsanctioned':
      return [text, ...(verdict.ask?.shown ?? [])].join('; ');
    case 'reject':
    case 'ignore':
    case 'clean-up':
    case 'wait':
      return text;
  }
}
