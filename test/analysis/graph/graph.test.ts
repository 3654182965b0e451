import fc from 'fast-check';
import { pictureOf } from '../../../analysis/graph/layout.ts';
import { graphOf, type GraphScope } from '../../../analysis/graph/model.ts';
import type { Circle } from '../../../analysis/graph/picture.ts';
import { reachingVpcs } from '../../../analysis/graph/reaching.ts';
import { neighboursOf, seemingFrom } from '../../../analysis/graph/reach.ts';
import { organizationOf } from '../../../analysis/snapshot/organization.ts';
import type { Snapshot } from '../../../analysis/snapshot/snapshot.ts';
import { largeOrganization } from '../../support/large-organization.ts';
import { organization, SNAPSHOT } from '../../support/organizations.ts';

const WHOLE: GraphScope = { account: undefined, vpc: undefined, withOver: false };
const [A, B, C, D] = SNAPSHOT.vpcs.map(({ id, accountId, region }) => ({ vpcId: id, accountId, region }));
const peering = (number: number, requester: typeof A, accepter: typeof A, state = 'active') => ({
  id: `pcx-0000000${number}`,
  state,
  requester,
  accepter,
});
const graph = (peerings: readonly unknown[], scope: Partial<GraphScope> = {}, over = {}) =>
  graphOf(organization({ peerings, ...over }), undefined, { ...WHOLE, ...scope });
const vpcOf = (of: ReturnType<typeof graph>, end: typeof A) =>
  reachingVpcs(of).find(({ id }) => id === end?.vpcId);

describe('who reaches whom', () => {
  it('ends behind one peering: A–B–C seems to join A with C, and does not', () => {
    const made = graph([peering(1, A, B), peering(2, B, C)]);

    expect(vpcOf(made, A)).toMatchObject({ reaches: [B?.vpcId], seemsToReach: [C?.vpcId] });
    expect(vpcOf(made, B)).toMatchObject({ reaches: [A?.vpcId, C?.vpcId], seemsToReach: [] });
  });

  it('is told apart once A and C are peered themselves', () => {
    const made = graph([peering(1, A, B), peering(2, B, C), peering(3, A, C)]);

    expect(vpcOf(made, A)).toMatchObject({ reaches: [B?.vpcId, C?.vpcId], seemsToReach: [] });
  });

  it.each(['pending-acceptance', 'provisioning', 'initiating-request'])('is nobody while %s', (state) => {
    const made = graph([peering(1, A, B, state), peering(2, B, C)]);

    expect(made.peerings).toHaveLength(2);
    expect(vpcOf(made, A)).toMatchObject({ reaches: [], seemsToReach: [] });
  });

  it('leaves out what is over, but for those who ask for it', () => {
    const over = ['expired', 'rejected', 'failed', 'deleting', 'deleted'].map((state, index) =>
      peering(index + 1, A, B, state),
    );

    expect(graph(over).peerings).toEqual([]);
    expect(graph(over, { withOver: true }).peerings).toHaveLength(5);
    expect(vpcOf(graph(over, { withOver: true }), A)).toMatchObject({ reaches: [] });
  });

  it('is what two links and no third say, for any links', () => {
    const place = fc.nat({ max: 7 });
    fc.assert(
      fc.property(fc.array(fc.record({ from: place, to: place }), { maxLength: 15 }), (links) => {
        const joined = (one: number, other: number): boolean =>
          links.some(({ from, to }) => (from === one && to === other) || (from === other && to === one));
        const places = [0, 1, 2, 3, 4, 5, 6, 7];
        const neighbours = neighboursOf(places.length, links);
        for (const one of places) {
          const expected = places
            .filter((far) => far !== one && !joined(one, far))
            .map((far) => ({
              place: far,
              via: places.filter((via) => via !== one && via !== far && joined(one, via) && joined(via, far)),
            }))
            .filter(({ via }) => via.length > 0);
          expect(seemingFrom(one, neighbours)).toEqual(expected);
        }
      }),
    );
  });
});

describe('routes, which a snapshot with --network knows', () => {
  const place = (end: typeof A, target: string, over = {}) => ({
    accountId: end?.accountId,
    region: end?.region,
    unread: [],
    vpcs: [],
    subnets: [],
    networkAcls: [],
    securityGroups: [],
    interfaces: [],
    instances: [],
    prefixLists: [],
    peerings: [],
    routeTables: [
      {
        id: 'rtb-1',
        ownerId: end?.accountId,
        vpcId: end?.vpcId,
        isMain: true,
        subnetIds: [],
        routes: [{ destination: '10.0.0.0/8', target, isActive: true, isPropagated: false }],
      },
    ],
    ...over,
  });

  it('a side that no route leads out of reaches nobody through the peering', () => {
    const network = [place(A, 'pcx-00000001'), place(B, 'local')];
    const made = graph([peering(1, A, B)], {}, { network });

    expect(made.peerings).toMatchObject([{ withoutRoute: ['accepter'] }]);
    expect(vpcOf(made, A)).toMatchObject({ reaches: [] });
  });

  it('nothing is said of a side whose tables could not be read, or were not asked for', () => {
    const unread = [{ what: 'route-tables', reason: 'denied' }];
    const network = [place(A, 'pcx-00000001'), place(B, 'local', { unread, routeTables: [] })];

    for (const known of [network, undefined]) {
      const made = graph([peering(1, A, B)], {}, { network: known });
      expect(made.peerings).toMatchObject([{ withoutRoute: [] }]);
      expect(vpcOf(made, A)).toMatchObject({ reaches: [B?.vpcId] });
    }
  });
});

describe('a part of the organization', () => {
  const all = [peering(1, A, B), peering(2, B, C), peering(3, C, D)];

  it('is a VPC, those it is peered with, and all peerings between these', () => {
    const made = graph([...all, peering(4, A, C)], { vpc: B?.vpcId ?? '' });

    expect(made.vpcs.map(({ id }) => id)).toEqual([A?.vpcId, B?.vpcId, C?.vpcId]);
    // Without the peering of A and C they would only seem to be joined.
    expect(made.peerings.map(({ id }) => id)).toEqual(['pcx-00000001', 'pcx-00000002', 'pcx-00000004']);
    expect(made.accounts.map(({ name }) => name)).toEqual(['web-prod', 'card-vault', 'web-dev']);
    expect(made.ous.map(({ name }) => name)).not.toContain('Sandbox');
  });

  it('is an account by its name or its id', () => {
    const byName = graph(all, { account: 'web-prod' });

    expect(byName.vpcs.map(({ id }) => id)).toEqual([A?.vpcId, B?.vpcId]);
    expect(graph(all, { account: A?.accountId ?? '' })).toEqual(byName);
  });
});

/** Whether one circle lies in another, up to rounding. */
const liesIn = (one: Circle, other: Circle): boolean =>
  Math.hypot(one.x - other.x, one.y - other.y) + one.r <= other.r + 0.05;

function expectNested(circles: readonly Circle[]): void {
  const loose = circles.filter(({ parent }, index) => parent >= index);
  const outside = circles.filter((circle) => {
    const around = circles[circle.parent];
    return around !== undefined && !liesIn(circle, around);
  });
  const overlapping = [...Map.groupBy(circles, ({ parent }) => parent).values()].flatMap((group) =>
    group.filter((one, index) =>
      group
        .slice(index + 1)
        .some((other) => Math.hypot(one.x - other.x, one.y - other.y) < one.r + other.r - 0.05),
    ),
  );
  expect({ loose, outside, overlapping }).toEqual({ loose: [], outside: [], overlapping: [] });
}

describe('the picture', () => {
  it('has OUs around accounts around VPCs, and strangers outside', () => {
    const { circles, lines } = pictureOf(graph(SNAPSHOT.peerings));
    const way = (index: number): readonly string[] => {
      const circle = circles[index];
      return circle === undefined ? [] : [circle.name, ...way(circle.parent)];
    };
    const at = (id: string) => circles.findIndex((circle) => circle.id === id);

    expect(way(at('vpc-00000012'))).toEqual([
      'vpc-00000012',
      'card-vault',
      'Payments',
      'Prod',
      'Workloads',
      'organization',
    ]);
    expect(way(at('vpc-00000099'))).toEqual(['vpc-00000099', '999900001111', 'outside the organization']);
    expect(circles[at('vpc-00000099')]).toMatchObject({
      cidrs: ['192.168.8.0/21'],
      note: 'only a peering tells of it',
    });
    expect(lines).toEqual([
      { id: 'pcx-00000001', state: 'active', from: at('vpc-00000099'), to: at('vpc-00000011') },
    ]);
    expectNested(circles);
  });

  it('says what was not read, and shows what is empty', () => {
    const unread = [{ accountId: '100000000005', reason: 'AccessDenied' }];
    const { circles } = pictureOf(graph([], {}, { unread }));

    expect(circles.find(({ id }) => id === '100000000005')).toMatchObject({ note: 'not read: AccessDenied' });
    expect(circles.find(({ id }) => id === 'ou-ab12-empty001')?.r).toBeGreaterThan(0);
    expectNested(circles);
  });

  it('is there for an organization without anything', () => {
    const nothing = { ous: [], accounts: [], vpcs: [], peerings: [] };

    expect(pictureOf(graph([], {}, nothing)).circles).toMatchObject([{ kind: 'organization' }]);
  });

  it('is the same for 1,000 accounts in any order', () => {
    const snapshot = largeOrganization({ accounts: 1000, vpcs: 1500, peerings: 3000 });
    const turned: Snapshot = {
      ...snapshot,
      ous: snapshot.ous.toReversed(),
      accounts: snapshot.accounts.toReversed(),
      vpcs: snapshot.vpcs.toReversed(),
      peerings: snapshot.peerings.toReversed(),
    };
    const [one, other] = [snapshot, turned].map((each) =>
      pictureOf(graphOf(organizationOf(each), undefined, WHOLE)),
    );

    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    expect(one?.lines).toHaveLength(3000);
    expectNested(one?.circles ?? []);
  });
});
