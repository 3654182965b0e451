import type { Verdict } from '../verdict.ts';
import type { CompiledPolicy } from './compile.ts';

/** Whether the policy, or the rule that decided, wants to be told what would be done instead of having it done. */
export const isDryRun = ({ dryRun }: Pick<CompiledPolicy, 'dryRun'>, verdict: Verdict): boolean =>
  dryRun.all || ('rule' in verdict && verdict.rule !== undefined && dryRun.rules.has(verdict.rule));
