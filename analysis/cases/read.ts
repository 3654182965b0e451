import type { z } from 'zod';
import type { Finding, PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { findingsOf } from '../../shared/domain/policy/language/issues.ts';
import { readYaml, type YamlSource } from '../../shared/domain/policy/language/yaml-source.ts';
import { requestFileSchema, testsFileSchema } from './schema.ts';

/** A file that keeps to its schema, or all that is wrong with it. */
export type Reading<File> =
  | { readonly kind: 'read'; readonly file: File; readonly locate: (finding: Finding) => PolicyFault }
  | { readonly kind: 'faulty'; readonly faults: readonly PolicyFault[] };

/** YAML; JSON is YAML too, and gets its faults by line as well. */
export const readTests = (text: string) => readAs(text, testsFileSchema);
export const readRequest = (text: string) => readAs(text, requestFileSchema);

export function readAs<Schema extends z.ZodType>(text: string, schema: Schema): Reading<z.output<Schema>> {
  const { source, faults } = readYaml(text);
  if (source === undefined) return { kind: 'faulty', faults };
  const parsed = schema.safeParse(source.value);
  if (parsed.success && faults.length === 0) {
    return { kind: 'read', file: parsed.data, locate: (finding) => source.locate(finding) };
  }
  return { kind: 'faulty', faults: allFaults(source, faults, findingsOf(parsed.error?.issues ?? [])) };
}

/** Where the YAML itself is at fault, what the schema makes of the same place is only noise. */
function allFaults(
  source: YamlSource,
  faults: readonly PolicyFault[],
  findings: readonly Finding[],
): readonly PolicyFault[] {
  const placeOf = ({ line, column }: PolicyFault): string => `${line}:${column}`;
  const taken = new Set(faults.map(placeOf));
  const rest = findings
    .map((finding) => source.locate(finding))
    .filter((fault) => !taken.has(placeOf(fault)));
  return [...faults, ...rest].toSorted((one, other) => one.line - other.line || one.column - other.column);
}
