import { PolicyInTime } from '../decision/policy-in-time.ts';
import { inFileOrder, type PolicyFault } from './faults.ts';
import { checkExternalBounds } from './external-bounds.ts';
import { findingsOf } from './issues.ts';
import { modelOf } from './model.ts';
import { checkReferences } from './references.ts';
import { policyFileSchema } from './schema.ts';
import { readYaml, type YamlReading } from './yaml-source.ts';

/** More than anybody reads; a hostile file could have a million. */
const FAULTS_MAX = 1000;

export type LoadedPolicy =
  | { readonly kind: 'loaded'; readonly policies: PolicyInTime }
  /** Every fault at once, in the order of the file. */
  | { readonly kind: 'faulty'; readonly faults: readonly PolicyFault[] };

/**
 * Reads and checks a policy file.
 *
 * Never throws, whatever the text: what is wrong comes as faults, all at once. There is no half-loaded policy.
 *
 * @example
 * ```ts
 * const loaded = loadPolicy(readFile('policy.yaml'));
 * if (loaded.kind === 'faulty') {
 *   for (const { line, column, message } of loaded.faults) print(`policy.yaml:${line}:${column} ${message}`);
 * } else {
 *   decide(loaded.policies.at(now), request);
 * }
 * ```
 */
export function loadPolicy(text: string): LoadedPolicy {
  return loadReading(readYaml(text));
}

/** The same of a text that was read before, and put together with others. */
export function loadReading({ source, faults }: YamlReading): LoadedPolicy {
  if (source === undefined) return faulty(faults);
  if (source.value === null && faults.length === 0) {
    const message = 'the file is empty: write at least version: 1 and regions: [eu-west-1]';
    return faulty([{ line: 1, column: 1, path: '', message }]);
  }
  const parsed = policyFileSchema.safeParse(source.value);
  const findings = [
    ...findingsOf(parsed.error?.issues ?? []),
    ...checkReferences(source.value),
    ...checkExternalBounds(source.value),
  ];
  if (parsed.success && findings.length === 0 && faults.length === 0) {
    return { kind: 'loaded', policies: new PolicyInTime(modelOf(parsed.data)) };
  }
  // Where the YAML itself is at fault, what the schema makes of the same place is only noise.
  const taken = new Set(faults.map(placeOf));
  const rest = findings
    .map((finding) => source.locate(finding))
    .filter((fault) => !taken.has(placeOf(fault)));
  return faulty([...faults, ...rest]);
}

const placeOf = ({ file = '', line, column }: PolicyFault): string => `${file}:${line}:${column}`;

function faulty(faults: readonly PolicyFault[]): LoadedPolicy {
  return { kind: 'faulty', faults: inFileOrder(faults).slice(0, FAULTS_MAX) };
}
