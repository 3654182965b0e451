import { parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import {
  parseAccountId,
  parseOuId,
  parsePeeringId,
  parsePrefixListId,
  parseRegion,
  parseRouteTableId,
  parseVpcId,
} from '../../shared/domain/facts/ids.ts';

/** Ids for tests: a text of the wrong form fails the test that wrote it. */
const of =
  <Id>(parse: (text: string) => Id | undefined) =>
  (text: string): Id => {
    const id = parse(text);
    if (id === undefined) throw new TypeError(`a test wrote a bad id: ${text}`);
    return id;
  };

export const accountId = of(parseAccountId);
export const region = of(parseRegion);
export const vpcId = of(parseVpcId);
export const peeringId = of(parsePeeringId);
export const routeTableId = of(parseRouteTableId);
export const prefixListId = of(parsePrefixListId);
export const ouId = of(parseOuId);
export const cidr = of<Cidr>(parseCidr);
