import { stringify } from 'yaml';
import type { Finding, Path, PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { isMapping, listOf, memberOf, membersOf } from '../../shared/domain/policy/language/raw.ts';
import type { YamlSource } from '../../shared/domain/policy/language/yaml-source.ts';

/** What an included file may hold; all else stands in the policy that includes it. */
const LISTS = ['allow', 'deny'] as const;
const MAPS = ['groups', 'approvers', 'people'] as const;
const SECTIONS: readonly string[] = [...LISTS, ...MAPS];

/** A file of a policy, as it was read. */
export interface PolicyPart {
  readonly file: string;
  readonly source: YamlSource;
}

/** The merged policy, with the faults of the files themselves. */
export interface MergedFiles {
  readonly source: YamlSource;
  readonly faults: readonly PolicyFault[];
}

/** Where each rule and each named thing of the merged policy stands. */
class Origins {
  readonly #lists = new Map<string, readonly [PolicyPart, number]>();
  readonly #maps = new Map<string, PolicyPart>();

  addRule(section: string, merged: number, part: PolicyPart, index: number): void {
    this.#lists.set(`${section} ${merged}`, [part, index]);
  }

  /** @returns the file that has the name already */
  addName(section: string, name: string, part: PolicyPart): PolicyPart | undefined {
    const key = `${section} ${name}`;
    const before = this.#maps.get(key);
    if (before === undefined) this.#maps.set(key, part);
    return before;
  }

  /** The file that a path of the merged policy stands in, and the path there. */
  of([section, step, ...rest]: Path): readonly [PolicyPart, Path] | undefined {
    if (section === undefined || step === undefined) return undefined;
    const rule = this.#lists.get(`${section} ${step}`);
    if (rule !== undefined) return [rule[0], [section, rule[1], ...rest]];
    const part = this.#maps.get(`${section} ${step}`);
    return part === undefined ? undefined : [part, [section, step, ...rest]];
  }
}

/**
 * Puts the files of a policy together: rules in the order of the files, the policy's own first. What is wrong with the
 * result is found in the file where it stands.
 */
export function mergeFiles(policy: PolicyPart, included: readonly PolicyPart[]): MergedFiles {
  const faults: PolicyFault[] = [];
  const complain = ({ file, source }: PolicyPart, finding: Finding): void => {
    faults.push({ ...source.locate(finding), file });
  };
  for (const part of included) for (const finding of findingsIn(part)) complain(part, finding);
  const origins = new Origins();
  const parts = [policy, ...included];
  const own = isMapping(policy.source.value) ? policy.source.value : {};
  const value: Record<string, unknown> = { ...own };
  delete value['include'];
  for (const section of LISTS) {
    if (included.some(({ source }) => memberOf(source.value, section) !== undefined)) {
      value[section] = mergedList(section, parts, origins);
    }
  }
  for (const section of MAPS) {
    if (included.some(({ source }) => memberOf(source.value, section) !== undefined)) {
      value[section] = mergedMap(section, parts, origins, complain);
    }
  }
  const locate = (finding: Finding): PolicyFault => {
    const [part, path] = origins.of(finding.path) ?? [policy, finding.path];
    return { ...part.source.locate({ ...finding, path }), file: part.file };
  };
  return { source: { value, locate }, faults };
}

/** What does not belong into an included file. */
function findingsIn({ source: { value } }: PolicyPart): readonly Finding[] {
  if (!isMapping(value)) {
    return [
      { path: [], message: `write ${SECTIONS.join(', ')} into an included file: there is nothing here` },
    ];
  }
  return Object.entries(value).flatMap(([key, member]): Finding[] => {
    const path = [key];
    if (key === 'include') {
      const message = 'an included file includes no other: name all files in the policy itself';
      return [{ path, message, atKey: true }];
    }
    if (!SECTIONS.includes(key)) {
      const message = `'${key}' belongs into the policy that includes this file; here stand ${SECTIONS.join(', ')}`;
      return [{ path, message, atKey: true }];
    }
    const isList = LISTS.some((section) => section === key);
    if (isList ? Array.isArray(member) : isMapping(member)) return [];
    return [{ path, message: isList ? 'expected a list of rules' : `expected ${key} by their names` }];
  });
}

function mergedList(section: string, parts: readonly PolicyPart[], origins: Origins): readonly unknown[] {
  const merged: unknown[] = [];
  for (const part of parts) {
    listOf(memberOf(part.source.value, section)).forEach((rule, index) => {
      origins.addRule(section, merged.length, part, index);
      merged.push(rule);
    });
  }
  return merged;
}

function mergedMap(
  section: string,
  parts: readonly PolicyPart[],
  origins: Origins,
  complain: (part: PolicyPart, finding: Finding) => void,
): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, member] of membersOf(memberOf(part.source.value, section))) {
      const before = origins.addName(section, name, part);
      if (before === undefined) merged[name] = member;
      else {
        const message = `${before.file} has '${name}' under ${section} already: keep one`;
        complain(part, { path: [section, name], message, atKey: true });
      }
    }
  }
  return merged;
}

/** One file that says the same: what the functions read. */
export const textOf = ({ value }: YamlSource): string =>
  `# Put together by autopeer: change the files that it was made from.\n${stringify(value)}`;
