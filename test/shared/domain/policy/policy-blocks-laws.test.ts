import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { type Cidr, contains, overlaps } from '../../../../shared/domain/facts/cidr.ts';
import { BlockIndex, blockOf } from '../../../../shared/domain/policy/decision/blocks.ts';
import { CidrSet } from '../../../../shared/domain/policy/language/values.ts';
import { cidr } from '../../../support/policy-builders.ts';
import { lawRuns } from '../../../support/law-runs.ts';

const RUNS = { numRuns: lawRuns(5_000, 2_500), seed: 20_261_104 } as const;

// Few distinct bits, so that blocks nest and share prefixes of every length.
const ipv4 = fc
  .tuple(fc.constantFrom(0, 10, 255), fc.constantFrom(0, 128, 192), fc.nat(3), fc.nat(255), fc.nat(32))
  .map(([a, b, c, d, bits]) => cidr(`${a}.${b}.${c}.${d}/${bits}`));
const ipv6 = fc
  .tuple(fc.constantFrom('2a05', 'fd00'), fc.constantFrom('0', '8000'), fc.nat(3), fc.nat(128))
  .map(([a, b, c, bits]) => cidr(`${a}:${b}:${c}::1/${bits}`));
const block = fc.oneof({ arbitrary: ipv4, weight: 3 }, ipv6);
const blocks = fc.array(block, { maxLength: 25 });

// Zeros in runs of all lengths and in all places, which is what `::` stands for.
const sparse = fc
  .tuple(fc.array(fc.constantFrom(0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 }), fc.nat(128))
  .map(([groups, bits]) => cidr(`${groups.map((group) => group.toString(16)).join(':')}/${bits}`));

describe('a block', () => {
  it('has the address and the length that its text says', () => {
    fc.assert(
      fc.property(fc.oneof(block, sparse), (text) => {
        const [address, bits] = ipaddr.parseCIDR(text);
        const { groups, ...rest } = blockOf(text);
        expect(rest).toEqual({ family: address.kind(), bits });
        expect(groups.flatMap((group) => [group >> 8, group & 255])).toEqual(address.toByteArray());
      }),
      RUNS,
    );
  });
});

describe('the index of blocks', () => {
  it('finds exactly the blocks around a block, and those that overlap it', () => {
    fc.assert(
      fc.property(blocks, block, (listed, asked) => {
        const index = new BlockIndex(listed.map((one, place) => [blockOf(one), place]));
        const places = (picked: (one: Cidr) => boolean): number[] =>
          listed.flatMap((one, place) => (picked(one) ? [place] : []));
        const inOrder = (found: readonly number[]) => found.toSorted((one, other) => one - other);
        const around = inOrder(index.containing(blockOf(asked)));
        expect(around).toEqual(places((one) => contains(one, asked)));
        const touching = inOrder(index.overlapping(blockOf(asked)));
        expect(touching).toEqual(places((one) => overlaps(one, asked)));
      }),
      RUNS,
    );
  });

  it('serves a list of CIDRs, short or long', () => {
    fc.assert(
      fc.property(blocks, block, (listed, asked) => {
        const set = new CidrSet(listed);
        expect(set.covers(blockOf(asked))).toBe(listed.some((one) => contains(one, asked)));
        expect(set.touches(blockOf(asked))).toBe(listed.some((one) => overlaps(one, asked)));
      }),
      RUNS,
    );
  });
});
