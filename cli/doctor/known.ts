import { denyingPolicy } from '../../analysis/doctor/denial.ts';
import type { Known } from '../../analysis/doctor/facts.ts';
import { AwsFailure, RoleNotAssumable } from '../../shared/domain/work/failure.ts';
import { errorCode } from '../../shared/aws/calls.ts';

/**
 * Reads something. What AWS refuses is not known, with the reason; the other reads go on.
 *
 * @throws what is no answer of AWS: a bug must not pass for something that cannot be read
 */
export async function known<Value>(read: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return { kind: 'known', value: await read() };
  } catch (error) {
    if (error instanceof Error && error.name === 'CredentialsProviderError') {
      return { kind: 'unknown', why: 'the AWS SDK finds no credentials: sign in first' };
    }
    if (!(error instanceof AwsFailure) && !(error instanceof RoleNotAssumable)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message : '';
    // Without the place, which stands beside it: the same cause in a hundred places is one finding.
    const why =
      error instanceof AwsFailure
        ? `${error.call} failed: ${error.code}`
        : `the role for people cannot be assumed: ${error.code}`;
    return { kind: 'unknown', why, code: error.code, policy: denyingPolicy(cause) };
  }
}

/** The same, where that something is not there is one of the answers. */
export const knownIfThere = <Value>(
  read: () => Promise<Value>,
  gone: readonly string[],
): Promise<Known<Value | undefined>> =>
  known(async () => {
    try {
      return await read();
    } catch (error) {
      if (error instanceof AwsFailure && gone.includes(errorCode(error.cause))) return undefined;
      throw error;
    }
  });
