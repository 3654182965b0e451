import type { Env } from '../shared/settings.ts';

/** The scripts of package.json that are the command itself. */
const OWN_SCRIPTS = new Set(['autopeer', 'sandbox', 'start']);

/**
 * The folder that the files among the arguments are meant from, where it is not the process's own: npm runs a script in the
 * folder of its package, wherever people are who call it.
 *
 * @see https://docs.npmjs.com/cli/v11/using-npm/scripts#environment
 */
export function usersFolder(env: Env): string | undefined {
  const isOwn = env['npm_package_name'] === 'autopeer' && OWN_SCRIPTS.has(env['npm_lifecycle_event'] ?? '');
  return isOwn ? env['INIT_CWD'] : undefined;
}
