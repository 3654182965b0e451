import { basename, dirname, join } from 'node:path';
import type { Finding, PolicyFault } from '../../shared/domain/policy/language/faults.ts';
import { memberOf } from '../../shared/domain/policy/language/raw.ts';
import { readYaml, type YamlReading } from '../../shared/domain/policy/language/yaml-source.ts';
import { STDIN } from '../io.ts';
import { type FileIo, readFileText, readText } from './files.ts';
import { mergeFiles, type PolicyPart, textOf } from './merge-files.ts';

/** More than an organization has teams that answer for rules. */
const FILES_MAX = 100;
/** A name in the same folder: no path leads out of it. */
const NAME_FORM = /^[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml$/;

/** A policy with the files that it includes, as one. */
export interface PolicyFiles {
  /** One file that says all: what is deployed. */
  readonly text: string;
  readonly reading: YamlReading;
  /** Which it was put together from, the policy itself first. */
  readonly files: readonly string[];
}

/** Reads a policy and what it includes; `undefined` once people have been told that the policy cannot be read. */
export async function readPolicyFiles(file: string, io: FileIo): Promise<PolicyFiles | undefined> {
  const text = await readText(file, io);
  if (text === undefined) return undefined;
  const reading = readYaml(text);
  const { source } = reading;
  const include = source === undefined ? undefined : memberOf(source.value, 'include');
  if (source === undefined || include === undefined) return { text, reading, files: [file] };
  const findings = findingsIn(include, file);
  if (findings.length > 0 || !Array.isArray(include)) {
    const faults = [...reading.faults, ...findings.map((finding) => source.locate(finding))];
    // Without the files, what is said of the rest is noise.
    return { text, reading: { source: undefined, faults }, files: [file] };
  }
  const names: readonly string[] = include.filter((name) => typeof name === 'string');
  const parts = await Promise.all(names.map((name, index) => readPart(name, index, { file, source }, io)));
  const included = parts.flatMap(({ part }) => (part === undefined ? [] : [part]));
  const before = [...reading.faults, ...parts.flatMap((part) => part.faults)];
  if (included.length < parts.length) {
    return { text, reading: { source: undefined, faults: before }, files: [file] };
  }
  const merged = mergeFiles({ file, source }, included);
  const faults = [...before, ...merged.faults];
  return {
    text: textOf(merged.source),
    reading: { source: merged.source, faults },
    files: [file, ...included.map((part) => part.file)],
  };
}

function findingsIn(include: unknown, file: string): readonly Finding[] {
  const path = ['include'];
  if (file === STDIN) {
    const message = 'standard input has no folder to include files from: name the policy by its file';
    return [{ path, message, atKey: true }];
  }
  if (!Array.isArray(include) || include.length === 0 || include.length > FILES_MAX) {
    const message = `expected a list of 1 to ${FILES_MAX} files of the same folder, such as [network.yaml]`;
    return [{ path, message }];
  }
  return include.flatMap((name: unknown, index): Finding[] => {
    const at = [...path, index];
    if (typeof name !== 'string' || !NAME_FORM.test(name)) {
      return [
        { path: at, message: 'expected the name of a YAML file in the same folder, such as network.yaml' },
      ];
    }
    if (name === basename(file))
      return [{ path: at, message: 'a policy does not include itself: take it out' }];
    return include.indexOf(name) < index
      ? [{ path: at, message: `${name} is included twice: keep one` }]
      : [];
  });
}

interface ReadPart {
  readonly part: PolicyPart | undefined;
  readonly faults: readonly PolicyFault[];
}

async function readPart(name: string, index: number, policy: PolicyPart, io: FileIo): Promise<ReadPart> {
  const file = join(dirname(policy.file), name);
  const read = await readFileText(file, io);
  if (read.kind === 'unread') {
    const message = `${name}: ${read.why}`;
    return { part: undefined, faults: [policy.source.locate({ path: ['include', index], message })] };
  }
  const { source, faults } = readYaml(read.text);
  return {
    part: source === undefined ? undefined : { file, source },
    faults: faults.map((fault) => ({ ...fault, file })),
  };
}
