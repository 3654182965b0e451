import type { Region } from '../../shared/domain/facts/ids.ts';
import { codeOf, MIB, type ExitCode, type Io } from '../io.ts';
import { check } from '../policy/check.ts';
import { printable } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { runTests, testsBeside } from '../policy/test.ts';

/** A policy that may be deployed, or why not. */
export type Checked =
  | {
      readonly kind: 'good';
      readonly text: string;
      readonly isDryRun: boolean;
      /** Where it governs. */
      readonly regions: readonly Region[];
      /** Whether autopeer may have to delete a peering. */
      readonly deletes: boolean;
    }
  | { readonly kind: 'bad'; readonly exitCode: ExitCode };

/**
 * Faults, lint and tests of the policy that is to be deployed, and of nothing else. Warnings are shown. Its tests may be
 * missing, which is told. What is printed goes to stderr.
 */
export async function checkPolicy(file: string, given: Io): Promise<Checked> {
  const io = { ...given, stdout: given.stderr };
  const checked = await check(file, { strict: false, advice: false, json: false }, io);
  if (checked !== 0) return { kind: 'bad', exitCode: checked };
  const read = await readPolicy(file, io);
  if (read === undefined) return { kind: 'bad', exitCode: 2 };
  if (await isThere(testsBeside(file), io)) {
    const tested = await runTests(file, { minCoverage: 0, json: false }, io);
    if (tested !== 0) {
      io.stderr.write('autopeer: the tests of the policy do not pass: nothing is deployed\n');
      return { kind: 'bad', exitCode: tested };
    }
  } else {
    io.stderr.write(`${printable(file)} has no tests: ${printable(testsBeside(file))} would hold them\n`);
  }
  const { dryRun, regions, guardrails } = read.policy;
  const deletes = guardrails.unsanctioned === 'delete';
  return { kind: 'good', text: read.text, isDryRun: dryRun.all, regions, deletes };
}

async function isThere(file: string, io: Io): Promise<boolean> {
  try {
    await io.readFile(file, MIB);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
