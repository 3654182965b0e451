import { contains, overlaps, parseCidr } from '../../../../shared/domain/facts/cidr.ts';
import { cidr } from '../../../support/ids.ts';

it.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['100.68.0.18/18', '100.68.0.0/18'],
  ['2001:DB8:0:0::1/56', '2001:db8::/56'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
])('%s is %s in canonical form', (text, canonical) => {
  expect(parseCidr(text)).toBe(canonical);
});

it.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '10/8',
  '010.0.0.0/8',
  '0x0a.0.0.0/8',
  '::ffff:10.0.0.0/104x',
  '',
  'a/1',
])('%p is no CIDR', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

it('a block contains itself and its parts, and none of another family', () => {
  expect(contains(cidr('10.0.0.0/8'), cidr('10.0.0.0/8'))).toBe(true);
  expect(contains(cidr('10.0.0.0/8'), cidr('10.255.0.0/16'))).toBe(true);
  expect(contains(cidr('10.0.0.0/16'), cidr('10.0.0.0/8'))).toBe(false);
  expect(contains(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
});

it('two blocks overlap when one contains the other, whichever comes first', () => {
  expect(overlaps(cidr('10.0.0.0/8'), cidr('10.1.0.0/16'))).toBe(true);
  expect(overlaps(cidr('10.1.0.0/16'), cidr('10.0.0.0/8'))).toBe(true);
  expect(overlaps(cidr('10.1.0.0/16'), cidr('10.2.0.0/16'))).toBe(false);
});
