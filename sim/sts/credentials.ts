import { formatArn, type PartitionId } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import type { Caller } from '../types.ts';

/** Credentials as an SDK client takes them. */
export interface ClientCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A session of a role, as `sts:AssumeRole` hands it out. */
export interface Session extends Required<ClientCredentials> {
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

const SECRET = 'simulated-secret-access-key'; // signatures are not checked
/** Keys of sessions as they are made here. AWS's own have letters up to Z, and neither 0 nor 1. */
const SESSION_KEY = /^ASIA[0-9A-F]{16}$/;

/**
 * Who is behind an access key id. A key id of twelve digits is the account's administrator; the keys of sessions
 * (`ASIA…`) belong to the role that was assumed.
 */
export class CredentialStore {
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #defaultAccountId: string | undefined;
  readonly #partition: PartitionId;
  readonly #sessions = new Map<string, Session>();

  /** @param deps.defaultAccountId the account of key ids that are neither an account's nor a session's; refused when absent */
  constructor(deps: {
    clock: VirtualClock;
    random: SeededRandom;
    partition: PartitionId;
    defaultAccountId?: string | undefined;
  }) {
    this.#partition = deps.partition;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#defaultAccountId = deps.defaultAccountId;
  }

  /** The administrator's credentials of an account. */
  administrator(accountId: string): ClientCredentials {
    return { accessKeyId: accountId, secretAccessKey: SECRET };
  }

  /** New credentials of a role. `sessionName` ends up in the caller's ARN. */
  startSession(
    role: { arn: string; name: string; accountId: string },
    sessionName: string,
    seconds: number,
  ): Session {
    const accessKeyId = `ASIA${this.#random.hex(16).toUpperCase()}`;
    const session: Session = {
      accessKeyId,
      secretAccessKey: SECRET,
      sessionToken: `simulated-session-${accessKeyId}`,
      expiresAtMs: this.#clock.now() + seconds * 1000,
      caller: {
        accountId: role.accountId,
        arn: formatArn(
          'sts',
          '',
          role.accountId,
          `assumed-role/${role.name}/${sessionName}`,
          this.#partition,
        ),
        roleArn: role.arn,
      },
    };
    this.#sessions.set(accessKeyId, session);
    return session;
  }

  /** The caller behind a key id. */
  identify(accessKeyId: string): Caller | 'unknown' | 'expired' {
    if (/^\d{12}$/.test(accessKeyId)) return this.#administratorOf(accessKeyId);
    const session = this.#sessions.get(accessKeyId);
    if (session === undefined) {
      const isForeign = this.#defaultAccountId !== undefined && !SESSION_KEY.test(accessKeyId);
      return isForeign ? this.#administratorOf(this.#defaultAccountId) : 'unknown';
    }
    return session.expiresAtMs <= this.#clock.now() ? 'expired' : session.caller;
  }

  #administratorOf(accountId: string): Caller {
    return { accountId, arn: formatArn('iam', '', accountId, 'user/administrator', this.#partition) };
  }
}
