import { check } from '../../../analysis/reachability/check.ts';
import { indexNetwork } from '../../../analysis/reachability/network-index.ts';
import { SeededRandom } from '../../../sim/random.ts';
import { drawTopology, factsOf } from '../../support/drawn-topologies.ts';
import { lawRuns } from '../../support/law-runs.ts';
import { walk, type Fate, type Trip } from '../../support/packet-walker.ts';

/** Trips that are asked about in each topology. */
const TRIPS = 12;
/** A topology is a seed: the same ones each time, so that a disagreement can be looked at again. */
const TOPOLOGIES = lawRuns(10_000, 200);

const REPLY_PORTS = { from: 40_000, to: 40_002 };

/** For all of them; some take seconds. */
const TIMEOUT_MS = 20 * 60_000;
const SHOWN_MAX = 5;

function one<Item>(random: SeededRandom, items: readonly Item[]): Item {
  const item = items[random.integer(0, items.length - 1)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}

/** What the checker may say of each fate. Of a packet that goes elsewhere it may know that another layer stops it besides. */
const MAY_SAY: Readonly<Record<Fate, readonly string[]>> = {
  delivered: ['yes'],
  dropped: ['no'],
  elsewhere: ['not-known', 'no'],
};

function drawTrip(random: SeededRandom, all: readonly Trip['from'][]): Trip | undefined {
  const [from, to] = [one(random, all), one(random, all)];
  const family = one(random, ['ipv4', 'ipv4', 'ipv6'] as const);
  const protocol = one(random, ['tcp', 'tcp', 'udp', 'icmp'] as const);
  const port = one(random, [22, 443, 5432] as const);
  return from === to ? undefined : { from, to, family, protocol, port, replyPorts: [40_000, 40_001, 40_002] };
}

interface Compared {
  readonly fates: readonly Fate[];
  /** What the two say otherwise, with what makes it again. */
  readonly disagreements: readonly string[];
}

async function compare(seed: number): Promise<Compared> {
  const topology = await drawTopology(seed);
  const { truth } = topology.world.ec2;
  const index = indexNetwork(factsOf(topology));
  const random = new SeededRandom(seed);
  const all = [...truth.networkInterfaces.values()];
  const fates: Fate[] = [];
  const disagreements: string[] = [];
  for (let number = 0; number < TRIPS; number += 1) {
    const trip = drawTrip(random, all);
    if (trip === undefined) continue;
    const { family, protocol, port } = trip;
    const fate = walk(truth, topology.world.clock.now(), trip);
    const asked = { from: trip.from.id, to: trip.to.id, protocol, port, family };
    const answer = check({ ...asked, replyPorts: REPLY_PORTS, isAskedByName: false }, index);
    const said = answer.kind === 'answer' ? answer.verdict : answer.reason;
    fates.push(fate);
    if (!MAY_SAY[fate].includes(said)) {
      disagreements.push(`seed ${seed}, ${JSON.stringify(asked)}: ${fate}, but the checker says ${said}`);
    }
  }
  return { fates, disagreements };
}

describe('the checker and the packet walker', () => {
  it(
    `say the same of ${TOPOLOGIES} random topologies`,
    async () => {
      const fates = new Map<Fate, number>();
      const disagreements: string[] = [];
      for (let seed = 1; seed <= TOPOLOGIES; seed += 1) {
        const compared = await compare(seed);
        disagreements.push(...compared.disagreements);
        for (const fate of compared.fates) fates.set(fate, (fates.get(fate) ?? 0) + 1);
      }
      expect(disagreements.slice(0, SHOWN_MAX)).toEqual([]);
      // Both are met often enough to mean something.
      expect(fates.get('delivered')).toBeGreaterThan(TOPOLOGIES / 4);
      expect(fates.get('dropped')).toBeGreaterThan(TOPOLOGIES);
    },
    TIMEOUT_MS,
  );
});
