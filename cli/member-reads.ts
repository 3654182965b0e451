import { setTimeout } from 'node:timers/promises';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { AwsTransport } from '../shared/platform.ts';
import type { AccountId, Region } from '../shared/domain/facts/ids.ts';
import { partitionOf } from '../shared/domain/facts/partition.ts';
import { AwsFailure, RoleNotAssumable } from '../shared/domain/work/failure.ts';
import type { Clock } from '../shared/domain/work/log.ts';
import { realTransport } from './proxy.ts';

/** The role for people of deploy/member.yaml, unless another is named. */
export const READ_ROLE = 'autopeer-prod-read';

/** The SDK's own retries, with its client-side rate limiter, are the only ones. */
const MAX_ATTEMPTS = 5;

/** What commands that read accounts take from outside: a test gives them a simulated AWS. */
export interface ReadPlatform {
  readonly transport: AwsTransport;
  readonly clock: Clock;
}

/** AWS itself. */
export const realReads = (): ReadPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
});

/** Clients that read, each account's with a session of the role there. */
export interface MemberReads {
  /** With the credentials that the SDK finds. */
  readonly own: (region: string) => Omit<EC2ClientConfig, 'credentials'>;
  /** With those of the role in an account. */
  readonly configureEc2: (accountId: AccountId, region: Region) => EC2ClientConfig;
}

/** @param home a region of the partition that is read, where STS is asked */
export async function openReads(
  roleName: string,
  home: Region,
  { transport, clock }: ReadPlatform,
): Promise<MemberReads> {
  // Only here, so that the other commands do not load the SDK.
  const [{ STSClient }, { TimedHttp }, { MemberSessions }] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('../shared/aws/http.ts'),
    import('../shared/aws/member-credentials.ts'),
  ]);
  const own = (region: string) => ({
    ...transport,
    requestHandler: new TimedHttp(transport.requestHandler),
    region,
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'adaptive',
  });
  const sessions = new MemberSessions(new STSClient(own(home)), roleName, clock, partitionOf(home));
  return {
    own,
    configureEc2: (accountId, region) => ({ ...own(region), credentials: sessions.provider(accountId) }),
  };
}

/**
 * Why reading failed, in words.
 *
 * @returns `undefined` for what is a fault of autopeer itself
 */
export function explainRead(error: unknown, deniedAdvice: string): string | undefined {
  if (error instanceof AwsFailure) {
    return `${error.message}${error.failureClass === 'denied' ? `; ${deniedAdvice}` : ''}`;
  }
  if (error instanceof RoleNotAssumable) return error.message;
  return error instanceof Error && error.name === 'CredentialsProviderError'
    ? 'the AWS SDK finds no credentials: sign in first'
    : undefined;
}
