import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import { graphOf, type Graph } from '../../analysis/graph/model.ts';
import { reachingVpcs } from '../../analysis/graph/reaching.ts';
import { organizationOf, type Organization } from '../../analysis/snapshot/organization.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { codeOf, guardedText, manual, STDIN, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { READ_ROLE, type ReadPlatform } from '../member-reads.ts';
import { plural, printable, readOrganization } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { realTransport } from '../proxy.ts';
import { parseRegions, readLive } from '../snapshot/snapshot.ts';
import { csvOf } from './csv.ts';
import { dotOf } from './dot.ts';
import { MERMAID_EDGES_MAX, MERMAID_TEXT_MAX, mermaidOf } from './mermaid.ts';

const HELP = `
Draws which VPCs are peered: OUs, accounts in them, VPCs in these. Whatever the format, the same organization gives the same
file, to the byte.

html is one page to look around in, which needs no network: search, colours by state, rule or region, and for each VPC what it
reaches and what it only seems to reach. svg is a picture without scripts; mermaid goes into a Markdown page, dot to Graphviz; json and csv are for programs and
spreadsheets. Without --format the ending of --out decides.

--account and --vpc, by id or name, show one with those it is peered with, and the peerings between all of these. Peerings that
are over are left out; --all draws them too.

The organization is read live, as autopeer snapshot reads it and with the same permissions, or from --snapshot. From a snapshot
with --network it also knows which peerings no route leads to. With --policy each peering has its rule. Nothing in AWS is
changed. The file holds names, ids and CIDRs.

Exit code: 0 if all was read; 1 if something of an account could not be (see stderr; it is drawn without); 2 if there is no
graph.

Examples:
  $ autopeer graph --snapshot organization.json --out peerings.html
  $ autopeer graph --regions eu-west-1,us-east-1 --policy policy.yaml --out peerings.svg
  $ autopeer graph --regions eu-west-1,us-east-1 --account payments --format mermaid
  $ autopeer graph --snapshot organization.json --format json | jq '.vpcs[] | {id, seemsToReach}'`;

const FORMATS = ['html', 'svg', 'mermaid', 'dot', 'json', 'csv'] as const;
type Format = (typeof FORMATS)[number];

const ENDINGS: ReadonlyMap<string, Format> = new Map([
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.svg', 'svg'],
  ['.mmd', 'mermaid'],
  ['.mermaid', 'mermaid'],
  ['.dot', 'dot'],
  ['.gv', 'dot'],
  ['.json', 'json'],
  ['.csv', 'csv'],
]);

export interface GraphOptions {
  readonly format?: Format;
  readonly out?: string;
  readonly account?: string;
  readonly vpc?: string;
  readonly all: boolean;
  readonly regions?: readonly Region[];
  readonly policy?: string;
  readonly snapshot?: string;
  readonly roleName: string;
}

/** What the command takes from outside, beside its files. */
export interface GraphPlatform extends ReadPlatform {
  writeFile(path: string, text: string): Promise<void>;
}

const realPlatform = (): GraphPlatform => ({
  transport: realTransport(),
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
  // The names of accounts and the tags of VPCs are nobody else's business.
  writeFile: (path, text) => writeFile(path, text, { mode: 0o600 }),
});

/** `autopeer graph`: a picture of the organization's peerings. */
export const addGraph: AddSubcommand = (program, io, finish) => {
  program
    .command('graph')
    .description('draw the peerings of your AWS organization')
    .addOption(new Option('--format <format>', 'what is written').choices(FORMATS))
    .option('--out <file>', 'where to write it; standard output if left out')
    .option('--account <account>', 'only this account, and those it is peered with')
    .option('--vpc <vpc>', 'only this VPC, and those it is peered with')
    .option('--all', 'with peerings that are over', false)
    .option('--regions <regions>', 'regions to read, with commas; the policy’s if left out', parseRegions)
    .option('--policy <file>', 'say what this policy says to the peerings')
    .option('--snapshot <file>', 'the organization, in place of reading it')
    .option('--role-name <name>', 'the role to assume in each account', READ_ROLE)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: GraphOptions) => {
      finish(await runGraph(options, io, realPlatform()));
    });
};

/** Reads, draws, and writes. */
export async function runGraph(options: GraphOptions, io: Io, platform: GraphPlatform): Promise<ExitCode> {
  const format = formatOf(options);
  const loaded = options.policy === undefined ? undefined : await readPolicy(options.policy, io);
  if (options.policy !== undefined && loaded === undefined) return 2;
  const organization = await read(options, loaded?.policy, io, platform);
  if (organization === undefined) return 2;
  const { account, vpc, all: withOver } = options;
  const graph = graphOf(organization, loaded?.policy, { account, vpc, withOver });
  if ((account ?? vpc) !== undefined && graph.vpcs.length === 0) {
    io.stderr.write(`autopeer: there is no VPC of ${printable(account ?? '')}${printable(vpc ?? '')}\n`);
    return 2;
  }
  if (!(await put(await draw(format, graph, io), graph, options, io, platform))) return 2;
  const { unread = [] } = organization.snapshot;
  for (const { accountId, region, reason } of unread) {
    const place = region === undefined ? accountId : `${accountId}, ${region}`;
    io.stderr.write(`autopeer: account ${place} is not read: ${printable(reason)}\n`);
  }
  return unread.length === 0 ? 0 : 1;
}

function formatOf({ format, out }: GraphOptions): Format {
  if (format !== undefined) return format;
  const known = out === undefined ? undefined : ENDINGS.get(extname(out).toLowerCase());
  if (known === undefined) {
    throw new InvalidArgumentError(
      `say --format, one of ${FORMATS.join(', ')}, or --out with such an ending`,
    );
  }
  return known;
}

async function read(
  { snapshot, regions, roleName }: GraphOptions,
  policy: CompiledPolicy | undefined,
  io: Io,
  platform: ReadPlatform,
): Promise<Organization | undefined> {
  if (snapshot !== undefined) return await readOrganization(snapshot, io);
  const wanted = regions ?? policy?.regions;
  if (wanted === undefined) {
    io.stderr.write('autopeer: say what to read: --regions, --policy, or --snapshot\n');
    return undefined;
  }
  const live = await readLive({ roleName, network: false }, wanted, io, platform);
  return live && organizationOf(live);
}

async function draw(format: Format, graph: Graph, io: Io): Promise<string> {
  switch (format) {
    case 'html': {
      const [[{ pictureOf }], { htmlOf }, code] = await Promise.all([
        loadDrawing(),
        import('./html.ts'),
        io.installation.pageCode(),
      ]);
      return htmlOf(pictureOf(graph), code);
    }
    case 'svg': {
      const [{ pictureOf }, { svgOf }] = await loadDrawing();
      return svgOf(pictureOf(graph));
    }
    case 'mermaid': {
      const text = mermaidOf(graph);
      if (graph.peerings.length > MERMAID_EDGES_MAX || text.length > MERMAID_TEXT_MAX) {
        io.stderr.write(
          `autopeer: most pages draw no Mermaid of more than ${MERMAID_EDGES_MAX} links or ${MERMAID_TEXT_MAX} characters: narrow it down with --account or --vpc, or take svg\n`,
        );
      }
      return text;
    }
    case 'dot':
      return dotOf(graph);
    case 'json':
      return guardedText(`${JSON.stringify({ ...graph, vpcs: reachingVpcs(graph) })}\n`);
    case 'csv':
      return csvOf(graph);
  }
}

/** Only here, so that the other commands do not load the layout. */
const loadDrawing = () => Promise.all([import('../../analysis/graph/layout.ts'), import('./svg.ts')]);

/** Whether it could be written. */
async function put(
  text: string,
  { vpcs, peerings }: Graph,
  { out = STDIN }: GraphOptions,
  io: Io,
  platform: GraphPlatform,
): Promise<boolean> {
  if (out === STDIN) {
    io.stdout.write(text);
    return true;
  }
  try {
    await platform.writeFile(out, text);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    io.stderr.write(`autopeer: ${printable(out)}: cannot be written (${code})\n`);
    return false;
  }
  const counts = [plural(vpcs.length, 'VPC'), plural(peerings.length, 'peering')];
  io.stdout.write(`${printable(out)}: ${counts.join(', ')}\n`);
  return true;
}
