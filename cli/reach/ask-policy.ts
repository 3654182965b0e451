import type { AskPolicy } from '../../analysis/reachability/check.ts';
import { policyLayer, policyUnread } from '../../analysis/reachability/policy-layer.ts';
import type { AccountId, Region } from '../../shared/domain/facts/ids.ts';
import type { Membership } from '../../shared/domain/policy/decision/side.ts';
import type { Io } from '../io.ts';
import { explainRead, openReads, type ReadPlatform } from '../member-reads.ts';
import { printable } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import type { Gathered } from './gather.ts';

type MembershipOf = (accountId: AccountId) => Membership;

/**
 * The policy's say; `undefined` where nobody named one, `'faulty'` once people have been told what is wrong. Who belongs to the
 * organization a snapshot says, else Organizations; where that may not be asked, the layer is not known.
 */
export async function askingPolicy(
  file: string | undefined,
  { organization, places }: Gathered,
  roleName: string,
  { io, platform }: { readonly io: Io; readonly platform: ReadPlatform },
): Promise<AskPolicy | 'faulty' | undefined> {
  if (file === undefined) return undefined;
  const loaded = await readPolicy(file, io);
  if (loaded === undefined) return 'faulty';
  if (organization !== undefined) {
    return policyLayer(loaded.policy, (accountId) => organization.membershipOf(accountId));
  }
  const [first] = places;
  if (first === undefined) throw new Error('live, some place was read');
  try {
    return policyLayer(loaded.policy, await readMemberships(roleName, first.region, io, platform));
  } catch (error) {
    const reason = explainRead(
      error,
      'use the management account, or a delegated administrator of Organizations, or --snapshot',
    );
    if (reason === undefined) throw error;
    return policyUnread(reason);
  }
}

async function readMemberships(
  roleName: string,
  home: Region,
  io: Io,
  platform: ReadPlatform,
): Promise<MembershipOf> {
  const [{ OrganizationsClient }, { readChart }, { own }] = await Promise.all([
    import('@aws-sdk/client-organizations'),
    import('../../shared/aws/organization-tree.ts'),
    openReads(roleName, home, platform),
  ]);
  const client = new OrganizationsClient(own(home));
  try {
    const { accounts } = await readChart(client, platform.clock.now(), (reason) => {
      io.stderr.write(`autopeer: ${printable(reason)}\n`);
    });
    return (accountId) => {
      const ous = accounts.get(accountId);
      return ous === undefined ? { kind: 'external' } : { kind: 'member', ous };
    };
  } finally {
    client.destroy();
  }
}
