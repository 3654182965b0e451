import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { RoleNotAssumable } from '../domain/work/failure.ts';
import type { AccountId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Partition } from '../domain/facts/partition.ts';
import { errorCode } from './calls.ts';

interface MemberCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** STS's shortest session; a leaked one is soon worthless. */
const SESSION_SECONDS = 900;
/** Kept at most: more than the accounts of any batch. */
const MAX_SESSIONS = 256;
/** Renewed so long before the end, so that no call starts with credentials that expire on the way. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/**
 * Sessions of the member role, one for each account, kept until shortly before they expire. Calls of one
 * account share one `AssumeRole`, also while it is under way.
 */
export class MemberSessions {
  readonly #sts: STSClient;
  readonly #roleName: string;
  readonly #clock: Clock;
  readonly #partition: Partition;
  readonly #sessions = new Map<AccountId, { renewAt: number; credentials: Promise<MemberCredentials> }>();

  /** @param partition the one that every account of the organization is in */
  constructor(sts: STSClient, roleName: string, clock: Clock, partition: Partition) {
    this.#partition = partition;
    this.#sts = sts;
    this.#roleName = roleName;
    this.#clock = clock;
  }

  /** For an SDK client's `credentials`. */
  provider(accountId: AccountId): () => Promise<MemberCredentials & { expiration: Date }> {
    // The SDK asks again once credentials expire. An expiration in the past makes it ask before each call, so
    // that the one cache is ours, which serves every region of the account and keeps the platform's clock.
    return async () => ({ ...(await this.#session(accountId)), expiration: new Date(0) });
  }

  open(accountId: AccountId): void {
    // Its failure is not kept, and shows at the first call.
    this.#session(accountId).catch(() => undefined);
  }

  /** @throws RoleNotAssumable */
  #session(accountId: AccountId): Promise<MemberCredentials> {
    const known = this.#sessions.get(accountId);
    if (known !== undefined && this.#clock.now() < known.renewAt) return known.credentials;
    const credentials = this.#assume(accountId);
    const renewAt = this.#clock.now() + SESSION_SECONDS * 1000 - RENEW_BEFORE_MS;
    // The newest is last, so that the oldest is first.
    this.#sessions.delete(accountId);
    this.#sessions.set(accountId, { renewAt, credentials });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    // A refusal is not kept: the role may be there a moment later.
    credentials.catch(() => this.#sessions.delete(accountId));
    return credentials;
  }

  async #assume(accountId: AccountId): Promise<MemberCredentials> {
    const roleArn = `arn:${this.#partition.id}:iam::${accountId}:role/${this.#roleName}`;
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: 'autopeer',
      DurationSeconds: SESSION_SECONDS,
    });
    try {
      const { Credentials: answer } = await this.#sts.send(command);
      if (
        answer?.AccessKeyId === undefined ||
        answer.SecretAccessKey === undefined ||
        answer.SessionToken === undefined
      ) {
        throw new RoleNotAssumable(roleArn, 'an answer without credentials', undefined);
      }
      return {
        accessKeyId: answer.AccessKeyId,
        secretAccessKey: answer.SecretAccessKey,
        sessionToken: answer.SessionToken,
      };
    } catch (error) {
      if (error instanceof RoleNotAssumable) throw error;
      throw new RoleNotAssumable(roleArn, errorCode(error), error);
    }
  }
}
