import { devNull } from 'node:os';
import type { Env } from '../../shared/settings.ts';

/** What the SDK finds then: files without anything in them, and no machine that it runs on. */
const NOTHING_OF_AWS: Readonly<Record<string, string>> = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * Takes everything of AWS out of an environment: variables, and with them profiles. The functions of a simulated AWS use
 * the same SDK as everybody else, and would read the profile, the endpoint or the retries of whoever starts it.
 *
 * @param env the process's own; it is changed
 */
export function leaveAws(env: Env): void {
  for (const name of Object.keys(env)) {
    if (name.startsWith('AWS_')) Reflect.deleteProperty(env, name);
  }
  Object.assign(env, NOTHING_OF_AWS);
}
