import type { Organization } from '../snapshot/organization.ts';
import { parseOuId } from '../../shared/domain/facts/ids.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { inFileOrder, type PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import type { AllowRuleFile, DenyRuleFile, PolicyFile } from '../../shared/domain/policy/language/schema.ts';
import { policyFileSchema } from '../../shared/domain/policy/language/schema.ts';
import { trialRules } from '../../shared/domain/policy/language/trial.ts';
import type { YamlSource } from '../../shared/domain/policy/language/yaml-source.ts';
import { findIdleExcepts } from './excepts.ts';
import { findExpiring } from './expiring.ts';
import { findPublicCidrs, findUnknownIds, findUnknownVpcs, findUnusedGroups } from './facts.ts';
import type { LintCode, LintLevel, RawFinding } from './findings.ts';
import { findIdleGuardrails } from './guards.ts';
import { findIdleDenies, isWhole } from './hits.ts';
import { findUselessRules, type OuNesting, type RuleFinding, type RulesWithWays } from './overlaps.ts';
import { findDeniesByTags, findTagsAlone, findUnboundedSides, type RulePlace } from './sides.ts';
import { rulesWithWays } from './ways.ts';

/** Something in a valid policy that its author can hardly mean, or should at least know. */
export interface LintFinding extends PolicyFault {
  readonly code: LintCode;
  readonly level: LintLevel;
}

/**
 * Looks for what a valid policy says in vain or too widely. Everything it claims is certain: where it cannot be sure
 * that a rule never matches, or that another covers it, it says nothing.
 *
 * Live rules are looked at as if there were no trial rules, and trial rules as if they were live.
 *
 * @param source the file, or files, that `policy` was loaded from
 * @param now epoch milliseconds; `policy` is the one of that instant
 * @param organization with it, OUs nest, and ids and deny rules are held against what there is
 */
export function lintPolicy(
  source: YamlSource,
  policy: CompiledPolicy,
  now: number,
  organization: Organization | undefined,
): readonly LintFinding[] {
  const file = policyFileSchema.parse(source.value);
  const places = rulePlaces(file);
  const placeOf = (rule: string): RulePlace | undefined => places.get(rule);
  const trials = trialRules(policy.model);
  const live = rulesWithWays(policy);
  const findings: RawFinding[] = [
    ...findInRules({ policy, rules: live, trials: new Set() }, placeOf, organization),
    ...trialFindings(policy, trials, placeOf, organization),
    ...findIdleGuardrails(file, policy, live.allow, placeOf),
    ...findIdleExcepts(file, policy),
    ...findExpiring(policy.model, now, placeOf),
    ...findUnusedGroups(file),
    ...findPublicCidrs(file),
    ...(organization === undefined ? [] : findUnknownIds(file, organization)),
    ...(organization !== undefined && isWhole(policy, organization)
      ? findUnknownVpcs(file, organization)
      : []),
  ];
  return inFileOrder(
    findings.map(({ code, level = 'warning', ...finding }) => ({ code, level, ...source.locate(finding) })),
  );
}

interface Looked {
  readonly policy: CompiledPolicy;
  readonly rules: RulesWithWays;
  readonly trials: ReadonlySet<string>;
}

/** Of the trial, only what is about trial rules: of live rules it would claim what is not so yet. */
function trialFindings(
  { trial }: CompiledPolicy,
  trials: ReadonlySet<string>,
  placeOf: (rule: string) => RulePlace | undefined,
  organization: Organization | undefined,
): readonly RawFinding[] {
  if (trial === undefined) return [];
  const rules = rulesWithWays(trial, trials);
  const ofTrials = (rule: string): RulePlace | undefined => (trials.has(rule) ? placeOf(rule) : undefined);
  return findInRules({ policy: trial, rules, trials }, ofTrials, organization);
}

/** @param placeOf of a rule for which it gives no place, nothing is said */
function findInRules(
  { policy, rules, trials }: Looked,
  placeOf: (rule: string) => RulePlace | undefined,
  organization: Organization | undefined,
): readonly RawFinding[] {
  const useless = findUselessRules(rules, nestingOf(organization));
  const toldOf = new Set(useless.map(({ rule }) => rule));
  const idle = organization === undefined ? [] : findIdleDenies(policy, organization, trials);
  return [
    ...[...useless, ...idle.filter(({ rule }) => !toldOf.has(rule))].flatMap((finding) =>
      placed(finding, placeOf),
    ),
    ...findTagsAlone(rules.allow, placeOf),
    ...findDeniesByTags(rules.deny, placeOf),
    ...findUnboundedSides(rules.allow, placeOf),
  ];
}

function nestingOf(organization: Organization | undefined): OuNesting {
  const ancestors = (ou: string): readonly string[] => {
    const id = parseOuId(ou);
    return organization === undefined || id === undefined ? [] : organization.ancestors(id);
  };
  return { ancestors, within: (inner, outer) => ancestors(inner).includes(outer) };
}

function rulePlaces({ allow = [], deny = [] }: PolicyFile): ReadonlyMap<string, RulePlace> {
  const place =
    (section: string) =>
    ({ name, between }: AllowRuleFile | DenyRuleFile, index: number): [string, RulePlace] => [
      name,
      { path: [section, index], isBetween: between !== undefined },
    ];
  return new Map([...allow.map(place('allow')), ...deny.map(place('deny'))]);
}

function placed(
  { code, rule, message }: RuleFinding,
  placeOf: (rule: string) => RulePlace | undefined,
): RawFinding[] {
  const place = placeOf(rule);
  return place === undefined ? [] : [{ code, path: [...place.path, 'name'], message }];
}
