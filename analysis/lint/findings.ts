import type { Path } from '../../shared/domain/policy/language/faults.ts';

/** What the lint of a policy can find: the whole list, documented in docs/policy-tools.md. */
export const LINT_CODES = [
  /** The rule contradicts itself, or asks for what is not governed. */
  'never-matches',
  /** Whatever the rule matches, another rule matches too, and the rule changes nothing. */
  'covered',
  /** Whatever the allow rule matches, deny rules stop. */
  'cancelled-by-deny',
  /** Nothing in the organization's snapshot is stopped by the deny rule. */
  'deny-hits-nothing',
  /** One side of an allow rule is chosen by tags alone, which its own account sets. */
  'tags-alone',
  /** One side of a deny rule is chosen by tags alone: whoever is denied takes the tag off. */
  'deny-by-tags',
  /** No `cidrs` bounds a side of the allow rule: advice. */
  'unbounded-side',
  /** A selector leaves out what it never takes in. */
  'idle-except',
  /** The time of the allow rule is over. */
  'expired-rule',
  /** The time of the allow rule will be over within 14 days. */
  'expiring-rule',
  /** The guardrail can never act. */
  'idle-guardrail',
  /** A rule, or another guardrail, keeps the guardrail from acting where its author may mean it to. */
  'weakened-guardrail',
  /** No rule refers to the group. */
  'unused-group',
  /** A CIDR selector reaches beyond private addresses. */
  'public-cidr',
  /** The organization's snapshot does not have it. */
  'unknown-ou',
  'unknown-account',
  'unknown-vpc',
  /** The selector says `external: true`, and the account is in the organization. */
  'member-as-external',
] as const;
export type LintCode = (typeof LINT_CODES)[number];

/** Advice is about what may well be meant as it is: it never makes a check fail. */
export type LintLevel = 'warning' | 'advice';

/** A finding before it has a line and a column. */
export interface RawFinding {
  readonly code: LintCode;
  /** A warning unless it says so. */
  readonly level?: LintLevel;
  readonly path: Path;
  readonly message: string;
  readonly atKey?: boolean;
}
