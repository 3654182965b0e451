import type { Env } from '../shared/settings.ts';

/** Set, it shows the stack of a fault, and Node's warnings about the package's own code. */
export const isDebug = (env: Env): boolean => env['AUTOPEER_DEBUG'] !== undefined;

/** What nobody has foreseen, in two lines; the stack is for who looks for the fault. */
export function faultText(error: unknown, env: Env): string {
  const known = error instanceof Error ? error : new Error(String(error));
  const more = isDebug(env)
    ? (known.stack ?? '')
    : 'Please report it, with what it prints when AUTOPEER_DEBUG=1 is set.';
  return `autopeer: a fault of autopeer itself: ${known.name}: ${known.message}\n${more}\n`;
}
