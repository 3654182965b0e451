import { InvalidArgumentError, Option } from 'commander';
import picocolors from 'picocolors';
import { alternativesFor } from '../../analysis/advise/alternatives.ts';
import { limitsAhead } from '../../analysis/advise/limits.ts';
import { meshesOf } from '../../analysis/advise/shapes.ts';
import { askedPairs } from '../../analysis/cidr/report.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE, realReads, type ReadPlatform } from '../member-reads.ts';
import { readOrganization } from '../policy/files.ts';
import { readIndex, tellUnread } from '../snapshot/read-index.ts';
import { parseRegions } from '../snapshot/snapshot.ts';
import { adviceJson, adviceText } from './advise-text.ts';

const HELP = `
What is at four fifths of a limit of AWS or beyond: active peerings of a VPC, routes of a table, network address units of a VPC and
of it with its peers, requests that nobody has answered. "Have it raised" is near what the limit is unless Service Quotas raised
it; "leave" is near what it can be raised to. With --since, an older snapshot, also how fast it grows and when it is full. Then full
meshes of four VPCs or more, and what other ways cost a month for the same bytes, with AWS's list prices and their date.

The organization is read live, as autopeer snapshot --network reads it and with the same permissions, or from --snapshot. Nothing
in AWS is changed.

Exit code: 0 if no limit is near; 1 if one is, or if something of an account could not be read (see stderr); 2 if nothing could.

Examples:
  $ autopeer advise --snapshot organization.json --since organization-of-may.json
  $ autopeer advise --regions eu-west-1,us-east-1 --gigabytes 500
  $ autopeer advise --snapshot organization.json -o json | jq '.limits[] | select(.stage == "leave")'`;

export interface AdviseOptions {
  readonly since?: string;
  readonly gigabytes: number;
  readonly across: 'zone' | 'zones';
  readonly regions?: readonly Region[];
  readonly snapshot?: string;
  readonly roleName: string;
  readonly output: 'text' | 'json';
}

const GIGABYTES = 100;

/** `autopeer advise`: limits ahead, meshes, and when to leave peerings. */
export const addAdvise: AddSubcommand = (program, io, finish) => {
  program
    .command('advise')
    .description('say which limits of AWS are near, and when something else serves better than peerings')
    .option('--since <snapshot>', 'an older snapshot: how fast it grows')
    .option('--gigabytes <count>', 'GB a month through each peering', parseAmount, GIGABYTES)
    .addOption(
      new Option('--across <what>', 'what lies between the ends of a peering')
        .choices(['zone', 'zones'])
        .default('zones'),
    )
    .option('--snapshot <file>', 'the organization, in place of reading it')
    .option('--regions <regions>', 'regions to read, with commas', parseRegions)
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .addOption(
      new Option('-o, --output <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: AdviseOptions) => {
      finish(await runAdvise(options, io, realReads()));
    });
};

function parseAmount(text: string): number {
  const amount = Number(text);
  if (text.trim() !== '' && Number.isFinite(amount) && amount >= 0) return amount;
  throw new InvalidArgumentError('it is a number from 0 on.');
}

/** Reads, weighs, and prints. */
export async function runAdvise(options: AdviseOptions, io: Io, platform: ReadPlatform): Promise<ExitCode> {
  const { since, gigabytes, across } = options;
  const before = since === undefined ? undefined : await readOrganization(since, io);
  if (since !== undefined && before === undefined) return 2;
  const organization = await readIndex(options, undefined, { io, platform, network: true });
  if (organization === undefined) return 2;
  const { snapshot } = organization;
  const advice = {
    limits: limitsAhead(snapshot, before?.snapshot),
    meshes: meshesOf(snapshot).map((mesh) => ({
      ...mesh,
      alternatives: alternativesFor(mesh.vpcIds.length, mesh.peerings * gigabytes, across),
    })),
    overlapping: askedPairs(organization),
    hasNetwork: snapshot.network !== undefined,
  };
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(adviceJson(advice))}\n`
      : adviceText(advice, organization, picocolors.createColors(io.color)),
  );
  tellUnread(organization, io);
  return advice.limits.length === 0 && (snapshot.unread ?? []).length === 0 ? 0 : 1;
}
