import type { Env } from '../shared/settings.ts';

/**
 * Whether output gets colours. `FORCE_COLOR` decides before `NO_COLOR`, as with Node itself; a pipe gets none by itself, also
 * where CI is set.
 *
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function hasColor(env: Env, isTerminal: boolean): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}
