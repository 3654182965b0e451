import type { Verdict } from '../verdict.ts';
import type { CompiledPolicy } from './compile.ts';

/** Whether the policy wants to be told what would be done instead of having it done. A trial rule never decides. */
export const isDryRun = ({ dryRun }: Pick<CompiledPolicy, 'dryRun'>, _verdict: Verdict): boolean =>
  dryRun.all;
