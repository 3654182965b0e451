import fc from 'fast-check';
import { freeRanges } from '../../../analysis/cidr/free.ts';
import { eachOverlap, type Overlap } from '../../../analysis/cidr/overlaps.ts';
import { overlaps, parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no CIDR`);
  return parsed;
};

const found = (blocksOf: readonly (readonly string[])[]): readonly Overlap[] => {
  const pairs: Overlap[] = [];
  eachOverlap(
    blocksOf.map((blocks) => blocks.map(cidr)),
    (overlap) => pairs.push(overlap),
  );
  return pairs;
};

describe('overlaps', () => {
  it.each([
    ['the same', [['10.0.0.0/16'], ['10.0.0.0/16']], 1],
    ['one within the other', [['10.0.1.0/24'], ['10.0.0.0/16']], 1],
    ['neighbours', [['10.0.0.0/17'], ['10.0.128.0/17']], 0],
    [
      'through a secondary CIDR',
      [
        ['10.1.0.0/16', '100.64.0.0/16'],
        ['10.2.0.0/16', '100.64.0.0/18'],
      ],
      1,
    ],
    ['twice', [['10.1.0.0/16', '10.2.0.0/16'], ['10.0.0.0/8']], 1],
    [
      'IPv6',
      [
        ['10.1.0.0/16', '2001:db8::/56'],
        ['10.2.0.0/16', '2001:db8:0:0080::/60'],
      ],
      1,
    ],
    ['families apart', [['0.0.0.0/8'], ['::/8']], 0],
    ['the last block of all', [['255.255.255.0/24'], ['255.255.255.128/25']], 1],
    ['a VPC with itself', [['10.0.0.0/16', '10.0.0.0/16']], 0],
    ['nothing', [], 0],
    ['a VPC without blocks', [[], ['10.0.0.0/16']], 0],
  ])('%s', (_what, blocksOf, count) => {
    expect(found(blocksOf)).toHaveLength(count);
  });

  it('names the blocks, and the largest one around them', () => {
    const outer = ['10.0.0.0/8'];
    expect(found([['10.1.0.0/24'], ['10.1.0.0/16'], outer])).toContainEqual({
      one: 0,
      other: 1,
      oneBlock: '10.1.0.0/24',
      otherBlock: '10.1.0.0/16',
      root: '10.0.0.0/8',
    });
  });

  const block = fc
    .record({ six: fc.boolean(), high: fc.nat(3), low: fc.nat(255), prefix: fc.integer({ min: 8, max: 32 }) })
    .map(({ six, high, low, prefix }) =>
      cidr(six ? `2001:db8:${high}:${low}::/${prefix + 20}` : `10.${high}.${low}.0/${prefix}`),
    );

  it('are those of every pair asked by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.array(block, { maxLength: 3 }), { maxLength: 8 }), (blocksOf) => {
        const expected = blocksOf.flatMap((blocks, one) =>
          blocksOf.flatMap((others, other) =>
            other > one && blocks.some((each) => others.some((theirs) => overlaps(each, theirs)))
              ? [`${one} ${other}`]
              : [],
          ),
        );
        const pairs = found(blocksOf);
        expect(pairs.map(({ one, other }) => `${one} ${other}`).toSorted()).toEqual(expected.toSorted());
        for (const pair of pairs) {
          expect(overlaps(pair.oneBlock, pair.otherBlock)).toBe(true);
          expect(blocksOf[pair.one]).toContain(pair.oneBlock);
          expect(blocksOf[pair.other]).toContain(pair.otherBlock);
        }
      }),
    );
  });

  it('of 10,000 VPCs are found without a look at every pair', () => {
    const blocksOf = Array.from({ length: 10_000 }, (_, index) => [
      // Every hundredth is a default VPC.
      index % 100 === 0 ? '172.31.0.0/16' : `10.${index >> 8}.${index & 255}.0/24`,
    ]);
    let pairs = 0;
    const steps = eachOverlap(
      blocksOf.map((blocks) => blocks.map(cidr)),
      () => (pairs += 1),
    );
    expect(pairs).toBe((100 * 99) / 2);
    expect(steps).toBe(10_000 + 2 * pairs);
  });
});

describe('free ranges', () => {
  const free = (prefix: number, within: readonly string[], taken: readonly string[], count = 3) =>
    freeRanges(prefix, within.map(cidr), taken.map(cidr), count);

  it('come from the smallest gap first, so that large ones stay whole', () => {
    expect(free(24, ['10.0.0.0/16'], ['10.0.0.0/17', '10.0.128.0/24'])).toEqual({
      total: 127n,
      ranges: [
        { cidr: '10.0.129.0/24', gap: '10.0.129.0/24' },
        { cidr: '10.0.130.0/24', gap: '10.0.130.0/23' },
        { cidr: '10.0.131.0/24', gap: '10.0.130.0/23' },
      ],
    });
  });

  it.each([
    ['nothing is taken', ['10.0.0.0/8'], [], 4096n],
    ['all is taken by something larger', ['10.0.0.0/16'], ['0.0.0.0/0'], 0n],
    ['a small one is in every range', ['10.0.0.0/19'], ['10.0.0.1/32', '10.0.31.255/32'], 0n],
    ['what is taken lies elsewhere', ['10.0.0.0/19'], ['10.0.32.0/19'], 2n],
    ['one place is named twice, or within another', ['10.0.0.0/19', '10.0.0.0/19', '10.0.0.0/20'], [], 2n],
    ['IPv6 is taken', ['10.0.0.0/19'], ['::/0'], 2n],
    ['the end of all addresses', ['255.255.240.0/20'], [], 1n],
  ])('where %s', (_what, within, taken, total) => {
    expect(free(20, within, taken).total).toBe(total);
  });

  it('are found in IPv6, of which there are more than a number holds', () => {
    expect(free(60, ['fd00::/8'], ['fd00::/56'], 1)).toEqual({
      total: 2n ** 52n - 16n,
      ranges: [{ cidr: 'fd00:0:0:100::/60', gap: 'fd00:0:0:100::/56' }],
    });
  });

  it('overlap nothing that is taken, and are all that do not', () => {
    const block = fc
      .record({ low: fc.nat(255), prefix: fc.integer({ min: 18, max: 28 }) })
      .map(({ low, prefix }) => `10.0.${low}.0/${prefix}`);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (taken) => {
        const all = Array.from({ length: 64 }, (_, index) => cidr(`10.0.${index * 4}.0/22`));
        const expected = all.filter((each) => !taken.some((other) => overlaps(each, cidr(other))));
        const { ranges, total } = free(22, ['10.0.0.0/16'], taken, 100);
        expect(ranges.map((range) => range.cidr).toSorted()).toEqual(expected.toSorted());
        expect(total).toBe(BigInt(expected.length));
      }),
    );
  });
});
