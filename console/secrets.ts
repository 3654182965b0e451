import { randomBytes, timingSafeEqual, createHash } from 'node:crypto';

const SECRET_BYTES = 32;

/** New for each start; kept in memory only. */
export interface Secrets {
  /** In the printed address: whoever has it gets in. */
  readonly token: string;
  /** In the cookie, which scripts of the page cannot read. */
  readonly session: string;
  /**
   * In a header of each call. A browser sends the cookie of 127.0.0.1 to every port of it, so that another user's server on
   * this machine could see it; this one stays with the page's own origin.
   */
  readonly key: string;
}

const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export const newSecrets = (): Secrets => ({ token: secret(), session: secret(), key: secret() });

/** Compares in a time that says nothing of how much is the same, or how long it is. */
export const isSame = (given: string | undefined, wanted: string): boolean =>
  timingSafeEqual(digest(given ?? ''), digest(wanted));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
