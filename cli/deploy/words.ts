import type { Stack } from '@aws-sdk/client-cloudformation';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import type { ExitCode, Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { StackFailure } from './stack.ts';

/** Tells people one line of progress. */
export type Say = (line: string) => void;

export const sayOn =
  ({ stderr }: Pick<Io, 'stderr'>): Say =>
  (line) =>
    stderr.write(`${printable(line)}\n`);

/** The value of a stack's output. */
export const outputOf = ({ Outputs = [] }: Stack, key: string): string | undefined =>
  Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;

/**
 * Says why it could not be done, where AWS said so.
 *
 * @throws what it is given, where that was not foreseen
 */
export function tellFailure(error: unknown, say: Say): ExitCode {
  const reason = explain(error);
  if (reason === undefined) throw error;
  for (const line of reason.split('\n')) say(`autopeer: ${line}`);
  return 2;
}

function explain(error: unknown): string | undefined {
  if (error instanceof StackFailure) return error.message;
  if (error instanceof AwsFailure) {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return `${error.message}${cause}`;
  }
  return error instanceof Error && error.name === 'CredentialsProviderError'
    ? 'the AWS SDK finds no credentials: sign in first'
    : undefined;
}
