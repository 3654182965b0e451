import fc from 'fast-check';
import { graphOf } from '../../analysis/graph/model.ts';
import { pictureOf } from '../../analysis/graph/layout.ts';
import type { Picture } from '../../analysis/graph/picture.ts';
import { organizationOf } from '../../analysis/snapshot/organization.ts';
import { levelAt, levelsOf } from '../../page/graph/bundles.ts';
import { fitted, focused, panned, toWorld, zoomedAt, zoomOf } from '../../page/graph/camera.ts';
import { coloringOf } from '../../page/graph/palette.ts';
import { circleAt, linesIn, sceneOf } from '../../page/graph/scene.ts';
import { search } from '../../page/graph/search.ts';
import { largeOrganization } from '../support/large-organization.ts';
import { organization } from '../support/organizations.ts';

const WHOLE = { account: undefined, vpc: undefined, withOver: false };
const LARGE = pictureOf(
  graphOf(
    organizationOf(largeOrganization({ accounts: 1000, vpcs: 1500, peerings: 6000 })),
    undefined,
    WHOLE,
  ),
);
const SCENE = sceneOf(LARGE);
const SMALL = pictureOf(graphOf(organization(), undefined, WHOLE));
const SIZE = { width: 900, height: 700 };

/** A line of the small picture, between any two of its VPCs. */
const vpcs = SMALL.circles.flatMap(({ kind }, index) => (kind === 'vpc' ? [index] : []));
const withLines = (lines: Picture['lines']): Picture => ({ ...SMALL, lines });

describe('the camera', () => {
  it('keeps what is below the pointer while it zooms', () => {
    const within = fc.record({ x: fc.nat({ max: 900 }), y: fc.nat({ max: 700 }) });
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 4, noNaN: true }), within, (factor, at) => {
        const camera = zoomedAt(fitted(SIZE), SIZE, 3, { x: 450, y: 350 });
        const [before, after] = [camera, zoomedAt(camera, SIZE, factor, at)].map((each) =>
          toWorld(each, SIZE, at),
        );
        expect(after?.x).toBeCloseTo(before?.x ?? NaN, 6);
        expect(after?.y).toBeCloseTo(before?.y ?? NaN, 6);
      }),
    );
  });

  it('never loses the picture', () => {
    const far = panned(fitted(SIZE), -1e9, 1e9);

    expect([far.x, far.y]).toEqual([1000, 0]);
    expect(zoomOf(zoomedAt(far, SIZE, 1e9, { x: 0, y: 0 }), SIZE)).toBeCloseTo(400);
    expect(zoomOf(zoomedAt(far, SIZE, 1e-9, { x: 0, y: 0 }), SIZE)).toBeCloseTo(0.5);
    expect(zoomOf(focused(SIZE, { x: 1, y: 2, r: 0 }), SIZE)).toBeCloseTo(400);
  });

  it('stands still in a box of no size', () => {
    expect(fitted({ width: 0, height: 0 }).scale).toBeGreaterThan(0);
  });
});

describe('the scene', () => {
  it('finds the innermost circle, and nothing beside all', () => {
    LARGE.circles.forEach((circle, index) => {
      if (circle.kind === 'vpc' && circleAt(SCENE, circle) !== index) throw new Error(`not ${circle.id}`);
    });
    expect(circleAt(SCENE, { x: -5, y: -5 })).toBeUndefined();
  });

  it('gives an account the lines of its VPCs, each once', () => {
    const account = LARGE.circles.findIndex(({ id }) => id === '100000000000');
    const own = LARGE.lines.flatMap(({ from, to }, index) =>
      [from, to].some((end) => LARGE.circles[end]?.parent === account) ? [index] : [],
    );

    expect(linesIn(SCENE, account).toSorted((one, other) => one - other)).toEqual(own);
  });
});

describe('bundles', () => {
  const levels = levelsOf(SCENE, () => 0);

  it('hold every line that leaves an account, or an OU', () => {
    const up = (index: number): number => LARGE.circles[index]?.parent ?? -1;
    const leaving = (end: (vpc: number) => number): number =>
      LARGE.lines.filter(({ from, to }) => end(from) !== end(to)).length;
    const counts = levels.map((strokes) => strokes.reduce((sum, { count }) => sum + count, 0));

    expect(counts).toEqual([6000, leaving(up), leaving((vpc) => up(up(vpc)))]);
    const [single = [], accounts = [], ous = []] = levels;
    expect([single.length > accounts.length, accounts.length > ous.length]).toEqual([true, true]);
  });

  it('are coarse from afar, and lines from near', () => {
    expect(levelAt(levels, 1)).toBe(levels[2]);
    expect(levelAt(levels, 8)).toBe(levels[0]);
    const few = levelsOf(sceneOf(withLines([])), () => 0);
    expect(levelAt(few, 1)).toBe(few[0]);
  });

  it('leave out what is hidden, and take the colour of most', () => {
    const [one = 0, other = 0] = vpcs;
    const line = { id: 'pcx-1', state: 'active', from: one, to: other } as const;
    const scene = sceneOf(withLines([line, { ...line, id: 'pcx-2' }, { ...line, id: 'pcx-3' }]));

    expect(levelsOf(scene, (index) => [4, 7, 7][index])[1]).toMatchObject([{ category: 7, count: 3 }]);
    expect(levelsOf(scene, (index) => [undefined, 4, undefined][index])[1]).toMatchObject([
      { category: 4, count: 1 },
    ]);
    expect(levelsOf(scene, () => undefined)).toEqual([[], [], []]);
  });
});

describe('colours', () => {
  const [one = 0, other = 0, third = 0] = vpcs;
  const line = { id: 'pcx-1', state: 'active', from: one, to: other } as const;
  const labels = (picture: Picture, by: Parameters<typeof coloringOf>[1]) => {
    const { categories, ofLine } = coloringOf(picture, by);
    return ofLine.map((category) => categories[category]?.label);
  };

  it('by state, in the order of a life', () => {
    const picture = withLines([
      line,
      { ...line, state: 'rejected' },
      { ...line, state: 'pending-acceptance' },
    ]);

    expect(labels(picture, 'state')).toEqual(['active', 'rejected', 'pending-acceptance']);
    expect(coloringOf(picture, 'state').categories.map(({ label, count }) => [label, count])).toEqual([
      ['pending-acceptance', 1],
      ['active', 1],
      ['rejected', 1],
    ]);
  });

  it('by rule: nine have a colour, the others share one', () => {
    const rules = Array.from({ length: 12 }, (_, index) => `rule-${String(index).padStart(2, '0')}`);
    const picture = withLines([...rules.map((rule) => ({ ...line, rule })), line]);

    expect(labels(picture, 'rule')).toEqual([...rules.slice(0, 9), 'others', 'others', 'others', 'no rule']);
  });

  it('by region, of VPCs too', () => {
    const regions = vpcs.map((index) => SMALL.circles[index]?.region);
    const picture = withLines([line, { ...line, to: third }]);
    const { categories, ofCircle } = coloringOf(picture, 'region');

    expect(vpcs.map((index) => categories[ofCircle[index] ?? -1]?.label)).toEqual(regions);
    expect(labels(picture, 'region')).toEqual(
      [other, third].map((end) =>
        SMALL.circles[end]?.region === SMALL.circles[one]?.region
          ? SMALL.circles[one]?.region
          : 'between regions',
      ),
    );
  });
});

describe('search', () => {
  const found = (words: string) => search(LARGE, words).map((index) => LARGE.circles[index]?.name);

  it('finds names, ids and CIDRs; what is just that first', () => {
    expect(found('NET-40')[0]).toBe('net-40');
    expect(found('100000000007')).toEqual(['account-7']);
    expect(found('10.0.7.0/24')).toEqual(['net-7']);
    expect(found('  ')).toEqual([]);
    expect(found('nowhere')).toEqual([]);
  });

  it('lists no more than people read', () => {
    expect(found('net')).toHaveLength(12);
  });
});
