import type { PlaceFacts } from '../../analysis/snapshot/network.ts';
import { indexNetwork, peeringsOf } from '../../analysis/reachability/network-index.ts';
import { resolveEnds } from '../../analysis/reachability/ends.ts';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import type { Place } from '../../shared/domain/facts/peering.ts';
import type { Io } from '../io.ts';
import { openReads, type ReadPlatform } from '../member-reads.ts';
import { printable, readOrganization } from '../policy/files.ts';

/** Where the facts come from. */
export interface Sources {
  readonly snapshot: string | undefined;
  /** Places that are read, in which A is looked for. */
  readonly places: readonly Place[];
  readonly roleName: string;
}

export interface Gathered {
  readonly places: readonly PlaceFacts[];
  /** Of a snapshot. */
  readonly organization: Organization | undefined;
}

/** Peers of a VPC that are read to find B: a VPC has 125 peerings at most. */
const PEERS_MAX = 125;

/**
 * The facts of both ends, live or of a snapshot; `undefined` once people have been told why there are none. Live, the places of
 * A's peers are read too, where B was not found before.
 */
export async function gather(
  { snapshot, places, roleName }: Sources,
  asked: readonly { readonly from: string; readonly to: string }[],
  io: Io,
  platform: ReadPlatform,
): Promise<Gathered | undefined> {
  if (snapshot !== undefined) return fromSnapshot(snapshot, io);
  const [first] = places;
  if (first === undefined) {
    io.stderr.write('autopeer: say where A is: --account and --region, or --snapshot\n');
    return undefined;
  }
  const [{ EC2Client }, { readPlaceFacts }, reads] = await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('./read-place.ts'),
    openReads(roleName, first.region, platform),
  ]);
  const read = async ({ accountId, region }: Place): Promise<PlaceFacts> => {
    const client = new EC2Client(reads.configureEc2(accountId, region));
    try {
      return await readPlaceFacts(client, accountId, region);
    } finally {
      client.destroy();
    }
  };
  const found: PlaceFacts[] = [];
  for (const place of places) if (!isRead(place, found)) found.push(await read(place));
  for (const place of peersOf(found, asked)) if (!isRead(place, found)) found.push(await read(place));
  return { places: found, organization: undefined };
}

const isRead = ({ accountId, region }: Place, found: readonly PlaceFacts[]): boolean =>
  found.some((each) => each.accountId === accountId && each.region === region);

/** Where B may be: the other sides of the peerings of A's VPC. */
function peersOf(
  found: readonly PlaceFacts[],
  asked: readonly { readonly from: string; readonly to: string }[],
): readonly Place[] {
  const index = indexNetwork(found);
  const vpcIds = asked.flatMap((question) => {
    const { from, to } = resolveEnds(question.from, question.to, index);
    return from.kind === 'ends' && to.kind !== 'ends' ? from.ends.map(({ vpc }) => vpc.id) : [];
  });
  return [...new Set(vpcIds)]
    .flatMap((vpcId) => peeringsOf(index, vpcId).map(({ other }) => other))
    .slice(0, PEERS_MAX);
}

async function fromSnapshot(file: string, io: Io): Promise<Gathered | undefined> {
  const organization = await readOrganization(file, io);
  if (organization === undefined) return undefined;
  const { network } = organization.snapshot;
  if (network !== undefined) return { places: network, organization };
  io.stderr.write(
    `autopeer: ${printable(file)}: has not what check needs: take it with autopeer snapshot --network\n`,
  );
  return undefined;
}
