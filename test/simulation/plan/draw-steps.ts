import type { Draw } from './draw.ts';
import { OUS, SECONDARY_OFFSET, TIERS } from './landscape.ts';
import type { Plan } from './plan.ts';
import type { Deed, DeedKind, Role, Step } from './steps.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Ids of sweeps come after those of steps; a storm has some hours. */
const SWEEP_IDS = 100;
/** So many VPCs have most of the peerings, and meet in them. */
const NEAR = 4;

/** How often each deed is done, in proportion; requests come first and apart. */
const WEIGHTS: Readonly<Record<Exclude<DeedKind, Apart>, number>> = {
  request: 10,
  accept: 4,
  reject: 1,
  'delete-peering': 7,
  'forget-peering': 2,
  'add-cidr': 4,
  'remove-cidr': 2,
  'add-subnet': 4,
  'remove-subnet': 3,
  'remove-vpc': 0.5,
  'disassociate-table': 2,
  'foreign-route': 4,
  'remove-foreign-routes': 2,
  'route-by-hand': 3,
  'undo-routes': 4,
  'replace-routes': 3,
  'snatch-routes': 3,
  'wide-route': 2,
  'list-route': 2,
  'modify-list': 1,
  propagate: 1,
  'dns-option-off': 2,
  'dns-option-on': 2,
  'dns-hostnames': 2,
  'tag-vpc': 4,
  'untag-vpc': 2,
  'tag-table': 2,
  'forge-tag': 1,
  'forge-status': 1,
  'spoof-status': 2,
  'move-account': 2,
  'suspend-account': 0.5,
  'reopen-account': 0.5,
  'break-role': 0.7,
  'mend-role': 1,
  'change-policy': 3,
  'forge-event': 3,
  'forge-notice': 1,
  'replay-event': 2,
  'double-invocation': 3,
  'routes-quota': 1,
};

/** Drawn by themselves. */
type Apart = 'sweep' | 'look-at-pending' | 'answer';

type Landscape = Pick<Plan, 'accounts' | 'vpcs' | 'regions' | 'policies' | 'vendors'>;

/** What people, tools, an attacker and AWS itself do, in the order of time. */
export function drawSteps(draw: Draw, landscape: Landscape, stormMs: number): readonly Step[] {
  const { vpcs } = landscape;
  const count = draw.skewed(4, 60, 3);
  // Requests come early, so that there is something to do the rest to.
  const requests = draw.integer(1, Math.max(1, Math.min(6, vpcs.length)));
  // One apply of a Terraform sends all of them at once.
  const together = draw.chance(0.25) ? draw.integer(0, Math.floor(stormMs / 4)) : undefined;
  const timed = Array.from({ length: count }, (_, index): { atMs: number; isRequest: boolean } => ({
    atMs:
      index < requests
        ? (together ?? draw.integer(0, Math.floor(stormMs / 4)))
        : draw.integer(0, stormMs - 1),
    isRequest: index < requests,
  })).toSorted((one, other) => one.atMs - other.atMs);
  const steps: Step[] = [];
  const peerings: number[] = [];
  for (const [id, { atMs, isRequest }] of timed.entries()) {
    const kind = isRequest || peerings.length === 0 ? 'request' : draw.weighted(WEIGHTS);
    if (kind === 'request') peerings.push(id);
    steps.push({ id, atMs, ...drawDeed(draw, kind, landscape, peerings) });
  }
  const undoing = drawUndoing(draw, landscape, stormMs, count + SWEEP_IDS);
  const sweeps = Array.from({ length: Math.floor(stormMs / HOUR_MS) }, (_, hour): Step => ({
    id: count + hour,
    atMs: hour * HOUR_MS + draw.integer(0, HOUR_MS / 2),
    kind: 'sweep',
  }));
  return [...steps, ...undoing, ...sweeps].toSorted((one, other) => one.atMs - other.atMs);
}

/** In some runs a Terraform with inline routes runs again and again, and undoes what it does not know. */
function drawUndoing(draw: Draw, { vpcs }: Landscape, stormMs: number, firstId: number): readonly Step[] {
  if (!draw.chance(0.15)) return [];
  const vpc = draw.pick(vpcs.slice(0, NEAR)).name;
  const everyMs = draw.integer(10, 40) * MINUTE_MS;
  return Array.from({ length: Math.floor(stormMs / everyMs) }, (_, round) => ({
    id: firstId + round,
    atMs: (round + 1) * everyMs - 1,
    kind: 'undo-routes',
    vpc,
  }));
}

function drawDeed(
  draw: Draw,
  kind: Exclude<DeedKind, Apart>,
  { accounts, vpcs, regions, policies, vendors }: Landscape,
  peerings: readonly number[],
): Deed {
  const vpc = draw.pick(vpcs).name;
  const side: Role = draw.pick(['requester', 'accepter']);
  const peering = draw.pickIfAny(peerings) ?? 0;
  const accountId = draw.pick(accounts).id;
  const region = draw.pick(regions);
  const part = draw.pick(['whole', 'half', 'subnet'] as const);
  const table = draw.integer(0, 3);
  switch (kind) {
    case 'request':
      return drawRequest(
        draw,
        vpcs.map(({ name }) => name),
      );
    case 'accept':
    case 'reject':
    case 'forget-peering':
      return { kind, peering };
    case 'delete-peering':
      return { kind, peering, by: side, isForgotten: draw.chance(0.4) };
    case 'add-cidr':
      return { kind, vpc, cidr: drawCidr(draw, vpcs.length) };
    case 'remove-cidr':
    case 'remove-subnet':
    case 'remove-vpc':
    case 'disassociate-table':
    case 'remove-foreign-routes':
    case 'undo-routes':
    case 'replace-routes':
    case 'snatch-routes':
      return { kind, vpc };
    case 'add-subnet':
      return { kind, vpc, ownTable: draw.chance(0.5) };
    case 'foreign-route':
      return { kind, vpc, table, towards: draw.pick(vpcs).name, part };
    case 'route-by-hand':
      return { kind, peering, side, table, part };
    case 'dns-option-off':
    case 'dns-option-on':
      return { kind, peering, side };
    case 'wide-route':
      return { kind, vpc, table, to: draw.pick(WIDE) };
    case 'list-route': {
      const towards = [draw.pick(vpcs).name, draw.pick(vpcs).name];
      return { kind, vpc, table, towards, part, ...(draw.chance(0.5) ? { peering } : {}) };
    }
    case 'modify-list':
      return { kind, vpc, add: draw.chance(0.7) ? draw.pick(vpcs).name : undefined };
    case 'propagate':
      return { kind, vpc, table, towards: draw.pick(vpcs).name, part };
    case 'forge-tag':
      return { kind, vpc, key: draw.pick(['tier', 'Name']), word: draw.integer(0, 20) };
    case 'forge-status':
      return { kind, peering, side, word: draw.integer(0, 20) };
    case 'dns-hostnames':
      return { kind, vpc, on: draw.chance(0.5) };
    case 'tag-vpc':
      return { kind, vpc, key: 'tier', value: draw.pick(TIERS) };
    case 'untag-vpc':
      return { kind, vpc, key: 'tier' };
    case 'tag-table':
      return { kind, vpc, table };
    case 'spoof-status':
      return { kind, peering, side, status: draw.pick(['connected', 'held', 'rejected']) };
    case 'move-account':
      return { kind, accountId, ou: draw.pick([...OUS.map(({ id }) => id), undefined]) };
    case 'suspend-account':
    case 'reopen-account':
    case 'mend-role':
      return { kind, accountId };
    case 'break-role':
      return { kind, accountId, how: draw.pick(['deleted', 'stripped']) };
    case 'change-policy':
      return { kind, policy: draw.integer(0, policies.length - 1) };
    case 'forge-event':
      return {
        kind,
        accountId: draw.pick([...accounts.map(({ id }) => id), ...vendors]),
        region,
        eventName: draw.pick([
          'CreateVpcPeeringConnection',
          'AcceptVpcPeeringConnection',
          'DeleteVpcPeeringConnection',
          'Nonsense',
        ]),
        peering,
        asVictim: draw.chance(0.5),
      };
    case 'forge-notice':
      return { kind, accountId, peering };
    case 'replay-event':
      return { kind, nth: draw.integer(0, 30) };
    case 'double-invocation':
      return { kind, functionName: draw.weighted({ reconcilePeering: 4, sweepAccount: 1, intake: 1 }) };
    case 'routes-quota':
      return { kind, accountId, region, routesPerTable: draw.integer(1, 10) };
  }
}

/** Now and then a part of what another VPC has: to whoever peers with both, the narrower one takes its traffic. */
function drawCidr(draw: Draw, vpcs: number): string {
  if (draw.chance(0.25)) return draw.pick(GREEDY);
  if (draw.chance(0.7)) return `10.${SECONDARY_OFFSET + draw.integer(1, 9)}.0.0/16`;
  return `10.${draw.integer(1, Math.min(vpcs, NEAR))}.${draw.integer(200, 209)}.0/24`;
}

/** What somebody may add to take the traffic of others: public space, containers', and what on-premises has. */
export const GREEDY = [
  '140.82.112.0/20',
  '8.8.8.0/24',
  '100.64.0.0/16',
  '172.20.0.0/16',
  '192.168.0.0/20',
] as const;

/** Mostly to the internet, as nearly every VPC has it. */
const WIDE = ['all-to-nat', 'all-to-nat', 'all-to-igw', 'all-to-tgw', 'ten-to-tgw', 'shared-to-tgw'] as const;

/** Of two neighbours more often than of any two: then several requests meet. */
function drawRequest(draw: Draw, names: readonly string[]): Deed {
  const near = names.slice(0, NEAR);
  const from = draw.pick(draw.chance(0.6) ? near : names);
  const others = names.filter((name) => name !== from);
  const nearOthers = others.filter((name) => near.includes(name));
  const to = draw.pickIfAny(draw.chance(0.6) ? nearOthers : others) ?? draw.pickIfAny(others) ?? from;
  return { kind: 'request', from, to };
}
