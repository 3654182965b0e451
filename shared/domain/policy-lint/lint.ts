import type { Organization } from '../organization.ts';
import { parseOuId } from '../ids.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Path, PolicyFault } from '../policy/faults.ts';
import type { AllowRuleFile, PolicyFile } from '../policy/schema.ts';
import { policyFileSchema } from '../policy/schema.ts';
import { readYaml } from '../policy/yaml-source.ts';
import {
  findPublicCidrs,
  findTagsAlone,
  findUnknownIds,
  findUnknownVpcs,
  findUnusedGroups,
} from './facts.ts';
import type { LintCode, RawFinding } from './findings.ts';
import { findIdleDenies, isWhole } from './hits.ts';
import { findUselessRules, type OuNesting, type RuleFinding } from './overlaps.ts';
import { rulesWithWays } from './ways.ts';

/** Something in a valid policy that its author can hardly mean. */
export interface LintFinding extends PolicyFault {
  readonly code: LintCode;
}

/**
 * Looks for what a valid policy says in vain or too widely. Everything it claims is certain: where it cannot be sure
 * that a rule never matches, or that another covers it, it says nothing.
 *
 * @param text the file that `policy` was loaded from
 * @param organization with it, OUs nest, and ids and deny rules are held against what there is
 */
export function lintPolicy(
  text: string,
  policy: CompiledPolicy,
  organization: Organization | undefined,
): readonly LintFinding[] {
  const { source } = readYaml(text);
  if (source === undefined) throw new Error('a policy that was loaded can be read again');
  const file = policyFileSchema.parse(source.value);
  const rules = rulesWithWays(policy);
  const useless = findUselessRules(rules, nestingOf(organization));
  const toldOf = new Set(useless.map(({ rule }) => rule));
  const idle = organization === undefined ? [] : findIdleDenies(policy, organization);
  const places = rulePlaces(file);
  const findings: RawFinding[] = [
    ...[...useless, ...idle.filter(({ rule }) => !toldOf.has(rule))].map((finding) =>
      placed(finding, places),
    ),
    ...findTagsAlone(rules.allow, allowPlaces(file)),
    ...findUnusedGroups(file),
    ...findPublicCidrs(file),
    ...(organization === undefined ? [] : findUnknownIds(file, organization)),
    ...(organization !== undefined && isWhole(policy, organization)
      ? findUnknownVpcs(file, organization)
      : []),
  ];
  return findings
    .map(({ code, ...finding }) => ({ code, ...source.locate(finding) }))
    .toSorted((one, other) => one.line - other.line || one.column - other.column);
}

function nestingOf(organization: Organization | undefined): OuNesting {
  const ancestors = (ou: string): readonly string[] => {
    const id = parseOuId(ou);
    return organization === undefined || id === undefined ? [] : organization.ancestors(id);
  };
  return { ancestors, within: (inner, outer) => ancestors(inner).includes(outer) };
}

function rulePlaces({ allow = [], deny = [] }: PolicyFile): ReadonlyMap<string, Path> {
  return new Map([
    ...allow.map(({ name }, index): [string, Path] => [name, ['allow', index, 'name']]),
    ...deny.map(({ name }, index): [string, Path] => [name, ['deny', index, 'name']]),
  ]);
}

const placed = ({ code, rule, message }: RuleFinding, places: ReadonlyMap<string, Path>): RawFinding => ({
  code,
  path: places.get(rule) ?? [],
  message,
});

function allowPlaces({ allow = [] }: PolicyFile) {
  const places = new Map(
    allow.map((file, index): [string, { readonly path: Path; readonly file: AllowRuleFile }] => [
      file.name,
      { path: ['allow', index], file },
    ]),
  );
  return (rule: string) => places.get(rule);
}
