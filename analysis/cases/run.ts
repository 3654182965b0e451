import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { PolicyInTime } from '../../shared/domain/policy/decision/policy-in-time.ts';
import { decide, type Decision } from '../../shared/domain/policy/decision/decide.ts';
import type { Finding, PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import type { PolicyRequest } from '../../shared/domain/policy/decision/side.ts';
import { didYouMean } from '../../shared/domain/policy/language/suggest.ts';
import { trialRules } from '../../shared/domain/policy/language/trial.ts';
import type { TestCase, TestsFile } from './schema.ts';
import { completeSide, type SideContext } from './side.ts';

/** A test with its request complete. */
export interface ReadyCase {
  readonly test: TestCase;
  readonly request: PolicyRequest;
  /** Where the test stands. */
  readonly place: PolicyFault;
}

export interface CaseResult extends ReadyCase {
  readonly decision: Decision;
  /** What is not as expected, in words; empty where the test passes. */
  readonly failures: readonly string[];
}

export interface Coverage {
  /** All rules of the policy. */
  readonly rules: number;
  /** Those that no test decides, by name. */
  readonly untested: readonly string[];
  /** In percent, rounded down; 100 where there are no rules. */
  readonly percent: number;
}

export type PreparedCases =
  | { readonly kind: 'ready'; readonly cases: readonly ReadyCase[] }
  | { readonly kind: 'faulty'; readonly faults: readonly PolicyFault[] };

/** Completes the tests' requests; what is wrong with any of them comes all at once. */
export function prepareCases(
  { tests }: TestsFile,
  context: SideContext,
  locate: (finding: Finding) => PolicyFault,
): PreparedCases {
  const findings: Finding[] = [];
  const cases: ReadyCase[] = [];
  const rules = ruleNames(context.policy);
  const names = new Set<string>();
  tests.forEach((test, index) => {
    const path = ['tests', index];
    if (names.has(test.name)) {
      findings.push({ path: [...path, 'name'], message: 'another test has this name: give each its own' });
    }
    names.add(test.name);
    if (test.trial === true && context.policy.trial === undefined) {
      const message = 'the policy has no trial rule (dryRun: true): take trial: true out';
      findings.push({ path: [...path, 'trial'], message });
    }
    const { rule } = test.expect;
    if (rule !== undefined && !rules.has(rule)) {
      const message = `the policy has no rule '${rule}'${didYouMean(rule, rules)}`;
      findings.push({ path: [...path, 'expect', 'rule'], message });
    }
    const requester = completeSide(test.requester, 'requester', [...path, 'requester'], context);
    const accepter = completeSide(test.accepter, 'accepter', [...path, 'accepter'], context);
    for (const answer of [requester, accepter]) {
      if (answer.kind === 'faulty') findings.push(...answer.findings);
    }
    if (requester.kind !== 'side' || accepter.kind !== 'side') return;
    const request = { requester: requester.side, accepter: accepter.side };
    cases.push({ test, request, place: locate({ path, message: '' }) });
  });
  if (findings.length === 0) return { kind: 'ready', cases };
  return { kind: 'faulty', faults: findings.map(locate) };
}

/**
 * Live rules decide a test, as they decide a request; with `trial: true` the trial rules besides. Without `at` no rule has
 * expired, so that a test does not fail of itself one day.
 */
export function runCase(policies: PolicyInTime, ready: ReadyCase): CaseResult {
  const { test, request } = ready;
  const policy = test.at === undefined ? policies.whole() : policies.at(test.at);
  const deciding = (test.trial === true ? policy.trial : undefined) ?? policy;
  const first = decide(deciding, request);
  // A test says `approved: true` instead of a fingerprint, which each change of the policy would change.
  const decision = test.approved === true ? decide(deciding, approvedAs(request, first)) : first;
  return { ...ready, decision, failures: failuresOf(test, decision, trialRules(policy.model)) };
}

/** As if somebody had approved just what is asked for. */
function approvedAs(request: PolicyRequest, decision: Decision): PolicyRequest {
  if (decision.kind !== 'hold' || decision.approval === undefined) return request;
  return { ...request, approvals: [{ fingerprint: decision.approval.fingerprint }] };
}

function failuresOf(
  { expect, trial }: TestCase,
  { kind, rule, reason }: Decision,
  trials: ReadonlySet<string>,
): readonly string[] {
  const failures: string[] = [];
  if (kind !== expect.decision) failures.push(`expected ${expect.decision}, got ${kind}`);
  if (expect.rule !== undefined && rule !== expect.rule) {
    const isTrial = trial !== true && trials.has(expect.rule);
    const advice = isTrial ? `: ${expect.rule} is a trial rule, so write trial: true beside expect` : '';
    failures.push(`expected rule ${expect.rule}, got ${rule ?? 'none'}${advice}`);
  }
  if (expect.reason !== undefined && reason.code !== expect.reason) {
    failures.push(`expected reason ${expect.reason}, got ${reason.code}`);
  }
  return failures;
}

/** A rule is tested where it decides, not where it only may; a live one where live rules decide alone. */
export function coverageOf(policy: CompiledPolicy, results: readonly CaseResult[]): Coverage {
  const rules = ruleNames(policy);
  const trials = trialRules(policy.model);
  const decided = new Set(
    results.flatMap(({ test, decision: { rule, reason } }) => {
      if (rule === undefined || reason.code === 'facts-unknown') return [];
      return test.trial !== true || trials.has(rule) ? [rule] : [];
    }),
  );
  const untested = [...rules].filter((rule) => !decided.has(rule));
  const percent = rules.size === 0 ? 100 : Math.floor((100 * (rules.size - untested.length)) / rules.size);
  return { rules: rules.size, untested, percent };
}

const ruleNames = ({ model }: CompiledPolicy): ReadonlySet<string> =>
  new Set([...model.allow, ...model.deny].map(({ name }) => name));
