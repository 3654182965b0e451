import { canonicalJson } from './canonical.ts';
import type { CompiledPolicy } from '../decision/compile.ts';
import { decide, type Decision } from '../decision/decide.ts';
import type { PolicyModel } from './model.ts';
import type { PolicyRequest } from '../decision/side.ts';

/** What the trial rules would have decided; `undefined` where they would change nothing that is done. */
export function trialDecision(
  { trial }: CompiledPolicy,
  request: PolicyRequest,
  live: Decision,
): Decision | undefined {
  if (trial === undefined) return undefined;
  const tried = decide(trial, request);
  return effectOf(tried) === effectOf(live) ? undefined : tried;
}

/** Which rule decides, and in what words, changes nothing by itself. */
function effectOf(decision: Decision): string {
  const { kind, reason } = decision;
  const terms = kind === 'accept' ? decision : kind === 'hold' ? decision.approval : undefined;
  if (terms === undefined) return canonicalJson({ kind, code: reason.code });
  const { connect, limits, oneSided, bounds } = terms;
  return canonicalJson({ kind, code: reason.code, connect, limits, oneSided, bounds });
}

/** The names of the rules with `dryRun: true`. */
export const trialRules = ({ allow, deny }: PolicyModel): ReadonlySet<string> =>
  new Set([...allow, ...deny].filter(({ dryRun }) => dryRun).map(({ name }) => name));
