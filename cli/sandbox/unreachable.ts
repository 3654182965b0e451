import type { Io } from '../io.ts';

/** What `fetch` rejects with where nobody listens, or who listens hangs up. */
export function isUnreachable(error: unknown): boolean {
  const cause: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : undefined;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string';
}

export const tellUnreachable = (io: Pick<Io, 'stderr'>, port: number): void =>
  io.stderr.write(
    `autopeer: no sandbox listens on port ${port}: start one, or choose its port with --port\n`,
  );
