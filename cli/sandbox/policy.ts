import type { Command } from 'commander';
import * as z from 'zod';
import { manual, type ExitCode, type Io } from '../io.ts';
import { tellFaults } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { DEFAULT_PORT, MAX_PORT, wholeNumber } from './numbers.ts';
import { isUnreachable, tellUnreachable } from './unreachable.ts';

const HELP = `
Checks the policy and puts it in the place of the one that a running sandbox has. The world stays as it is: VPCs,
peerings, routes, and what autopeer remembers. A policy with faults changes nothing. The next event follows the new policy, and
the next sweep, within an hour of virtual time, everything else.

Exit code: 0 if it is in place; 2 if the file cannot be read, the sandbox refuses it, or none answers.

Examples:
  $ autopeer sandbox policy policy.yaml`;

/** `autopeer sandbox policy`: another policy for a running sandbox. */
export function addPolicySwap(sandbox: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  sandbox
    .command('policy')
    .description('give a sandbox that runs on this machine another policy')
    .argument('<file>', 'the policy')
    .option('--port <number>', 'where the sandbox listens', wholeNumber(1, MAX_PORT), DEFAULT_PORT)
    .addHelpText('after', manual(HELP, io))
    .action(async (file: string, { port }: { readonly port: number }) =>
      finish(await swapPolicy(file, port, io)),
    );
}

const refusalSchema = z.object({
  message: z.string(),
  faults: z
    .array(z.object({ line: z.number(), column: z.number(), path: z.string(), message: z.string() }))
    .default([]),
});

export async function swapPolicy(
  file: string,
  port: number,
  io: Pick<Io, 'readFile' | 'stdout' | 'stderr' | 'now'>,
): Promise<ExitCode> {
  const policy = await readPolicy(file, io);
  if (policy === undefined) return 2;
  try {
    const url = `http://127.0.0.1:${port}/_autopeer/policy`;
    const response = await fetch(url, { method: 'POST', body: policy.text });
    if (response.ok) {
      io.stdout.write('the sandbox has the policy; the next event and the next sweep follow it\n');
      return 0;
    }
    const { message, faults } = refusalSchema.parse(await response.json());
    // Of another release, which reads policies otherwise.
    tellFaults(io, file, faults);
    io.stderr.write(`autopeer: ${message}\n`);
    return 2;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    tellUnreachable(io, port);
    return 2;
  }
}
