import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { parseRegion, type Region } from '../../shared/domain/facts/ids.ts';
import type { Snapshot } from '../../analysis/snapshot/snapshot.ts';
import { guardedText, type AddSubcommand, type ExitCode, type Io, manual } from '../io.ts';
import { explainRead, openReads, READ_ROLE, type ReadPlatform } from '../member-reads.ts';
import { plural, printable } from '../policy/files.ts';
import { POLICY_FILE } from '../policy/policy-file.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { realTransport } from '../proxy.ts';

const HELP = `
Reads the tree of the organization, and the VPCs and peerings of every active account in each region, with the
credentials that the AWS SDK finds (environment, profile, SSO). They must be those of the management account or of a
delegated administrator of Organizations, and must be allowed to assume the role in each account. The role is the one for
people of deploy/member.yaml, which is there where its parameter ReadPrincipalArn names you. Name another with
--role-name, one that may call ec2:DescribeVpcs and ec2:DescribeVpcPeeringConnections and trusts you. Nothing in AWS is
changed.

With --network the snapshot also holds what autopeer check needs: subnets, route tables, network ACLs, security groups,
prefix lists, interfaces and instances, with their ids, addresses and names. The role must be allowed to describe these
too; what may not be read is left out, and check says so.

The snapshot is what autopeer policy check, test, explain, who-can and diff work on. It holds ids, names, CIDRs and tags.

Exit code: 0 if all was read; 1 if something of an account could not be (see stderr; the snapshot is written and says
so itself; with --allow-partial 0); 2 if there is no snapshot.

Examples:
  $ autopeer snapshot --out organization.json
  $ autopeer snapshot --out organization.json --regions eu-west-1,us-east-1 --role-name OrganizationAccountAccessRole`;

interface Options {
  readonly out: string;
  readonly regions?: readonly Region[];
  readonly policy: string;
  readonly roleName: string;
  readonly network: boolean;
  readonly allowPartial: boolean;
}

/** What the command takes from outside, beside its files: a test gives it a simulated AWS. */
export interface SnapshotPlatform extends ReadPlatform {
  writeFile(path: string, text: string): Promise<void>;
}

const realPlatform = (): SnapshotPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
  // The names of accounts and the tags of VPCs are nobody else's business.
  writeFile: (path, text) => writeFile(path, text, { mode: 0o600 }),
});

/** `autopeer snapshot`: the organization as it is now, in a file. */
export const addSnapshot: AddSubcommand = (program, io, finish) => {
  program
    .command('snapshot')
    .description('write what the policy tools need to know of your AWS organization to a file')
    .requiredOption('--out <file>', 'where to write it')
    .option('--regions <regions>', 'regions to read, with commas; the policy’s if left out', parseRegions)
    .option('--policy <file>', 'the policy, whose regions are read', POLICY_FILE)
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .option('--network', 'with what autopeer check needs', false)
    .option('--allow-partial', 'exit with 0 although some account could not be read', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await takeSnapshot(options, io, realPlatform()));
    });
};

export function parseRegions(text: string): readonly Region[] {
  return text.split(',').map((part) => {
    const region = parseRegion(part.trim());
    if (region === undefined) throw new InvalidArgumentError(`'${part}' is not a region, such as eu-west-1.`);
    return region;
  });
}

/** Takes the snapshot and writes it. */
export async function takeSnapshot(options: Options, io: Io, platform: SnapshotPlatform): Promise<ExitCode> {
  const regions = options.regions ?? (await readPolicy(options.policy, io))?.policy.regions;
  if (regions === undefined) {
    io.stderr.write('autopeer: say which regions to read: --regions, or --policy\n');
    return 2;
  }
  const snapshot = await readLive(options, regions, io, platform);
  if (snapshot === undefined) return 2;
  try {
    await platform.writeFile(options.out, guardedText(`${JSON.stringify(snapshot, undefined, 2)}\n`));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    io.stderr.write(`autopeer: ${printable(options.out)}: cannot be written (${String(error.code)})\n`);
    return 2;
  }
  const { accounts, vpcs, peerings, unread = [] } = snapshot;
  for (const { accountId, region, reason } of unread) {
    const name = accounts.find(({ id }) => id === accountId)?.name ?? '';
    const place = region === undefined ? accountId : `${accountId}, ${region}`;
    io.stderr.write(`autopeer: account ${printable(name)} (${place}) is not read: ${printable(reason)}\n`);
  }
  const counts = [
    plural(accounts.length, 'account'),
    plural(vpcs.length, 'VPC'),
    plural(peerings.length, 'peering'),
  ];
  io.stdout.write(
    `${printable(options.out)}: ${counts.join(', ')}${unread.length > 0 ? '; incomplete' : ''}\n`,
  );
  return unread.length === 0 || options.allowPartial ? 0 : 1;
}

/** The organization as it is now; `undefined` once people have been told why it cannot be read. */
export async function readLive(
  { roleName, network }: Pick<Options, 'roleName' | 'network'>,
  regions: readonly Region[],
  io: Io,
  platform: ReadPlatform,
): Promise<Snapshot | undefined> {
  const [home] = regions;
  if (home === undefined) throw new Error('a list of regions is not empty');
  // Only here, so that the other commands do not load the SDK.
  const [{ OrganizationsClient }, { readSnapshot }] = await Promise.all([
    import('@aws-sdk/client-organizations'),
    import('./reader.ts'),
  ]);
  const { own, configureEc2 } = await openReads(roleName, home, platform);
  try {
    return await readSnapshot(
      {
        // One endpoint serves all regions of a partition, and the SDK knows which.
        organizations: new OrganizationsClient(own(home)),
        configureEc2,
        clock: platform.clock,
        network,
      },
      regions,
    );
  } catch (error) {
    const reason = explainRead(
      error,
      'use the management account, or a delegated administrator of Organizations',
    );
    if (reason === undefined) throw error;
    io.stderr.write(`autopeer: ${printable(reason)}\n`);
    return undefined;
  }
}
