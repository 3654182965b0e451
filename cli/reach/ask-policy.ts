import type { AskPolicy } from '../../analysis/reachability/check.ts';
import { policyLayer } from '../../analysis/reachability/policy-layer.ts';
import type { Io } from '../io.ts';
import { readPolicy } from '../policy/read-policy.ts';
import type { Gathered } from './gather.ts';

/**
 * The policy's say; `undefined` where nobody named one, `'faulty'` once people have been told what is wrong. Who belongs to the
 * organization only a snapshot says.
 */
export async function askingPolicy(
  file: string | undefined,
  { organization }: Gathered,
  io: Io,
): Promise<AskPolicy | 'faulty' | undefined> {
  if (file === undefined) return undefined;
  if (organization === undefined) {
    io.stderr.write(
      'autopeer: --policy needs --snapshot, which knows the accounts and their OUs; live, autopeer plan asks it\n',
    );
    return 'faulty';
  }
  const loaded = await readPolicy(file, io);
  if (loaded === undefined) return 'faulty';
  return policyLayer(loaded.policy, (accountId) => organization.membershipOf(accountId));
}
