import type { Region } from '../../shared/domain/facts/ids.ts';
import { organizationOf, type Organization } from '../../analysis/snapshot/organization.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Io } from '../io.ts';
import type { ReadPlatform } from '../member-reads.ts';
import { printable, readOrganization } from '../policy/files.ts';
import { readLive } from './snapshot.ts';

/** Where the organization is read from: a snapshot, or AWS. */
export interface OrganizationSource {
  readonly snapshot?: string;
  readonly regions?: readonly Region[];
  readonly roleName: string;
}

/** The organization; `undefined` once people have been told why it cannot be read. */
export async function readIndex(
  { snapshot, regions, roleName }: OrganizationSource,
  policy: CompiledPolicy | undefined,
  {
    io,
    platform,
    network = false,
  }: { readonly io: Io; readonly platform: ReadPlatform; readonly network?: boolean },
): Promise<Organization | undefined> {
  if (snapshot !== undefined) return await readOrganization(snapshot, io);
  const wanted = regions ?? policy?.regions;
  if (wanted === undefined) {
    io.stderr.write('autopeer: say what to read: --regions, --policy, or --snapshot\n');
    return undefined;
  }
  const read = await readLive({ roleName, network }, wanted, io, platform);
  return read && organizationOf(read);
}

/** Tells people of what of an account could not be read. */
export function tellUnread({ snapshot: { unread = [] } }: Organization, io: Io): void {
  for (const { accountId, region, reason } of unread) {
    const place = region === undefined ? accountId : `${accountId}, ${region}`;
    io.stderr.write(`autopeer: account ${place} is not read: ${printable(reason)}\n`);
  }
}
