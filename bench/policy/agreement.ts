import { at, type Workload } from './engine.ts';
import { OUTCOMES } from './rules.ts';

/** One engine's answers to the first requests: the rank of the rule that decided, or -1. */
export interface Answers {
  readonly engine: string;
  readonly answers: readonly number[];
}

/**
 * The first request on which an engine differs from the first of them, in words; `undefined` when all agree. Only
 * requests that both answered are compared.
 */
export function disagreement(workload: Workload, [first, ...others]: readonly Answers[]): string | undefined {
  if (first === undefined) return undefined;
  for (const { engine, answers } of others) {
    const shared = Math.min(answers.length, first.answers.length);
    for (let request = 0; request < shared; request += 1) {
      const [one, other] = [at(first.answers, request), at(answers, request)];
      if (one === other) continue;
      return [
        `request ${request} of the policy with ${workload.rules.length} rules:`,
        `${first.engine}: ${tell(workload, one)}`,
        `${engine}: ${tell(workload, other)}`,
        `request: ${JSON.stringify(at(workload.requests, request))}`,
      ].join('\n');
    }
  }
  return undefined;
}

function tell({ rules }: Workload, rank: number): string {
  if (rank === -1) return 'no rule matches';
  const rule = at(rules, rank);
  return `${OUTCOMES[rule.effect]} by ${JSON.stringify(rule)}`;
}

/** How a policy's answers are made up: a bench in which all requests come out alike would say little. */
export interface Mix {
  readonly accept: number;
  readonly reject: number;
  /** Held for a person's approval. */
  readonly hold: number;
  /** Held because no rule matches. */
  readonly unmatched: number;
  /** How many different rules decided. */
  readonly decidingRules: number;
}

export function mixOf({ rules }: Workload, answers: readonly number[]): Mix {
  const counts = { accept: 0, reject: 0, hold: 0, unmatched: 0 };
  for (const rank of answers) counts[rank === -1 ? 'unmatched' : OUTCOMES[at(rules, rank).effect]] += 1;
  return { ...counts, decidingRules: new Set(answers.filter((rank) => rank !== -1)).size };
}
