import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { PolicyInTime } from '../../shared/domain/policy/decision/policy-in-time.ts';
import { loadReading } from '../../shared/domain/policy/language/load.ts';
import { type FileIo, tellFaults } from './files.ts';
import { readPolicyFiles } from './include.ts';

export interface PolicyText {
  /** One file that says all. */
  readonly text: string;
  /** As it is now. */
  readonly policy: CompiledPolicy;
  readonly policies: PolicyInTime;
}

/** A policy ready to decide; `undefined` once people have been told every fault. */
export async function readPolicy(file: string, io: FileIo): Promise<PolicyText | undefined> {
  const read = await readPolicyFiles(file, io);
  if (read === undefined) return undefined;
  const loaded = loadReading(read.reading);
  if (loaded.kind === 'loaded') {
    const { policies } = loaded;
    return { text: read.text, policy: policies.at(io.now()), policies };
  }
  tellFaults(io, file, loaded.faults);
  return undefined;
}
