import { parseSnapshot, type Snapshot } from '../../analysis/snapshot/snapshot.ts';

export interface OrganizationSize {
  readonly accounts: number;
  readonly vpcs: number;
  readonly peerings: number;
}

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2'] as const;
const TOP_OUS = ['Workloads', 'Data', 'Platform', 'Sandbox'] as const;
const TEAMS_PER_OU = 10;
/** One in so many accounts is a shared one, which many peer with. */
const SHARED_EVERY = 40;

/**
 * A made-up organization of any size: teams in four OUs, a few shared accounts that most peer with, other peerings mostly within
 * a team. The same size always gives the same one.
 */
export function largeOrganization({ accounts, vpcs, peerings }: OrganizationSize): Snapshot {
  const draw = drawing(1);
  const hex = (number: number): string => number.toString(16).padStart(17, '0');
  const ouId = (top: number, team: string): string => `ou-ab12-${String(top).padStart(2, '0')}${team}`;
  const vpcAt = (index: number) => ({
    accountId: accountId(index % accounts),
    region: REGIONS[Math.floor(index / accounts) % REGIONS.length] ?? 'eu-west-1',
    vpcId: `vpc-${hex(index)}`,
  });
  const teamSize = Math.ceil(accounts / (TOP_OUS.length * TEAMS_PER_OU));
  const pairs = new Set<string>();
  while (pairs.size < peerings) {
    const from = draw(vpcs);
    const home = from % accounts;
    const partner = draw(2) === 0 ? draw(Math.ceil(accounts / SHARED_EVERY)) * SHARED_EVERY : near(home);
    const to = (partner % accounts) + accounts * draw(Math.floor(vpcs / accounts));
    if (from !== to && to < vpcs) pairs.add([from, to].toSorted((one, other) => one - other).join(' '));
  }
  function near(home: number): number {
    return Math.max(0, home - (home % teamSize) + draw(teamSize));
  }
  return parseSnapshot({
    version: 1,
    takenAt: '2026-11-20T06:00:00Z',
    regions: [...REGIONS],
    ous: TOP_OUS.flatMap((name, top) => [
      { id: ouId(top, 'xx0000'), name, parent: null },
      ...Array.from({ length: TEAMS_PER_OU }, (_, team) => ({
        id: ouId(top, `team${String(team).padStart(2, '0')}`),
        name: `Team ${top}${team}`,
        parent: ouId(top, 'xx0000'),
      })),
    ]),
    accounts: Array.from({ length: accounts }, (_, index) => {
      const team = Math.floor(index / teamSize);
      const place = String(team % TEAMS_PER_OU).padStart(2, '0');
      return {
        id: accountId(index),
        name: `account-${index}`,
        ou: ouId(Math.floor(team / TEAMS_PER_OU), `team${place}`),
      };
    }),
    vpcs: Array.from({ length: vpcs }, (_, index) => {
      const { accountId: owner, region, vpcId } = vpcAt(index);
      const [second, third] = [Math.floor(index / 256) % 256, index % 256];
      return {
        id: vpcId,
        accountId: owner,
        region,
        cidrs: [`10.${second}.${third}.0/24`],
        tags: { Name: `net-${index}` },
      };
    }),
    peerings: [...pairs].map((pair, index) => {
      const [requester = 0, accepter = 0] = pair.split(' ').map(Number);
      const state = index % 20 === 0 ? 'pending-acceptance' : 'active';
      return { id: `pcx-${hex(index)}`, state, requester: vpcAt(requester), accepter: vpcAt(accepter) };
    }),
  });
}

const accountId = (index: number): string => String(100_000_000_000 + index);

/** Numbers from 0 to below a limit, the same each time. @see https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
