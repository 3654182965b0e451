import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Path } from '../../shared/domain/policy/language/faults.ts';
import type { AllowRule } from '../../shared/domain/policy/language/model.ts';
import type { PolicyFile } from '../../shared/domain/policy/language/schema.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import type { RawFinding } from './findings.ts';
import { type RulePlace, takesEveryone } from './sides.ts';
import type { RuleWays } from './ways.ts';

/** Guardrails that can never act, and rules that keep one from acting. `rules` are the live allow rules. */
export function findIdleGuardrails(
  { guardrails: written }: PolicyFile,
  { guardrails, dryRun }: CompiledPolicy,
  rules: readonly RuleWays<AllowRule>[],
  placeOf: (rule: string) => RulePlace | undefined,
): readonly RawFinding[] {
  if (dryRun.all) {
    const strict = KEYS.find((key) => written?.[key] !== undefined && written[key] !== 'report');
    return strict === undefined ? [] : [onlyTells(strict)];
  }
  const asking = rules.filter(({ rule }) => rule.approval !== undefined).map(({ rule }) => rule.name);
  const findings: RawFinding[] = [];
  if (guardrails.unapproved !== 'report' && asking.length === 0) {
    const message =
      'no live rule asks for an approval, so that no peering is ever unapproved. Write approval: required in a rule, or take unapproved out';
    findings.push({ code: 'idle-guardrail', path: ['guardrails', 'unapproved'], message });
  }
  if (guardrails.unsanctioned === 'report') return findings;
  const wide = rules
    .filter(takesAll)
    .filter(({ rule }) => rule.approval === undefined || guardrails.unapproved === 'report');
  findings.push(
    ...wide.map(({ rule, title }) => ({
      code: 'weakened-guardrail' as const,
      path: [...(placeOf(rule.name)?.path ?? []), 'name'],
      message: wideText(title, rule, guardrails.unsanctioned),
    })),
  );
  if (wide.length === 0 && guardrails.unapproved === 'report' && asking.length > 0) {
    findings.push(onlyReports(asking, guardrails.unsanctioned));
  }
  return findings;
}

const KEYS = ['unsanctioned', 'unapproved', 'atMost'] as const;
const UNSANCTIONED: Path = ['guardrails', 'unsanctioned'];

/** Only advice: to begin with a dry run is what people should do. */
const onlyTells = (key: (typeof KEYS)[number]): RawFinding => ({
  code: 'idle-guardrail',
  level: 'advice',
  path: ['guardrails', key],
  message:
    'dryRun: true stands over the whole policy, so that guardrails cut nothing and only tell. Take dryRun out once the notices are as you expect',
});

const takesAll = ({ ways = [] }: RuleWays<AllowRule>): boolean =>
  ways.some(({ requester, accepter }) => takesEveryone(requester) && takesEveryone(accepter));

function wideText(title: string, { approval }: AllowRule, measure: string): string {
  const left = `unsanctioned: ${measure} reaches only what deny rules stop and peerings with the outside`;
  return approval !== undefined
    ? `${title} matches every pair of VPCs of the organization: what nobody approved is only reported, and ${left}. Write unapproved: quarantine, or narrow the rule`
    : `${title} allows every pair of VPCs of the organization: ${left}. Narrow the rule`;
}

const onlyReports = (asking: readonly string[], measure: string): RawFinding => ({
  code: 'weakened-guardrail',
  level: 'advice',
  path: UNSANCTIONED,
  message: `unsanctioned: ${measure} does not reach what somebody accepted by hand under ${asking.length === 1 ? 'rule' : 'rules'} ${shortList(asking)}, which ask for an approval: it is only reported. Write unapproved: quarantine if it is to lose its routes`,
});
