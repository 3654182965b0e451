import * as z from 'zod';
import { parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import {
  parseAccountId,
  parseOuId,
  parsePeeringId,
  parseRegion,
  parseVpcId,
  type AccountId,
  type OuId,
  type PeeringId,
  type Region,
  type VpcId,
} from '../../shared/domain/facts/ids.ts';

/** Text of one of AWS's forms; anything else is refused with the field's path. */
const id = <Id>(parse: (text: string) => Id | undefined, name: string) =>
  z
    .string()
    .meta({ description: name })
    .transform((text, context): Id => {
      const parsed = parse(text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${name}` });
      return z.NEVER;
    });

export const accountId = id<AccountId>(parseAccountId, 'an account id of twelve digits');
export const ouId = id<OuId>(parseOuId, 'the id of an OU');
export const region = id<Region>(parseRegion, 'a region');
export const vpcId = id<VpcId>(parseVpcId, 'a VPC id');
export const peeringId = id<PeeringId>(parsePeeringId, 'the id of a peering');
export const cidr = id<Cidr>(parseCidr, 'a CIDR');
