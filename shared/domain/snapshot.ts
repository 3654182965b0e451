import * as z from 'zod';
import { parseCidr, type Cidr } from './cidr.ts';
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
} from './ids.ts';
import { PEERING_STATES } from './peering.ts';

/** Text of one of AWS's forms; anything else is refused with the field's path. */
const id = <Id>(parse: (text: string) => Id | undefined, name: string) =>
  z.string().transform((text, context): Id => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${name}` });
    return z.NEVER;
  });

const accountId = id<AccountId>(parseAccountId, 'an account id of twelve digits');
const ouId = id<OuId>(parseOuId, 'the id of an OU');
const region = id<Region>(parseRegion, 'a region');
const vpcId = id<VpcId>(parseVpcId, 'a VPC id');
const peeringId = id<PeeringId>(parsePeeringId, 'the id of a peering');
const cidr = id<Cidr>(parseCidr, 'a CIDR');

const snapshotSchema = z.strictObject({
  version: z.literal(1),
  /** When it was taken, ISO 8601. */
  takenAt: z.iso.datetime(),
  ous: z.array(z.strictObject({ id: ouId, name: z.string(), parent: ouId.nullable() })),
  accounts: z.array(z.strictObject({ id: accountId, name: z.string(), ou: ouId.nullable() })),
  vpcs: z.array(
    z.strictObject({
      id: vpcId,
      accountId,
      region,
      /** Every one: primary, secondary, IPv6. */
      cidrs: z.array(cidr).min(1),
      tags: z.record(z.string(), z.string()),
    }),
  ),
  peerings: z.array(
    z.strictObject({
      id: peeringId,
      state: z.enum(PEERING_STATES),
      requester: z.strictObject({ accountId, region, vpcId }),
      accepter: z.strictObject({ accountId, region, vpcId }),
    }),
  ),
});

/**
 * An organization at one moment: what a policy is tried against before it is deployed. An account whose `ou` is
 * `null` is right under the root; an account that is not listed is outside the organization.
 */
export type Snapshot = z.infer<typeof snapshotSchema>;

/**
 * Checks a snapshot as it comes from a file.
 *
 * @throws ZodError that names every fault with its path
 */
export const parseSnapshot = (json: unknown): Snapshot => snapshotSchema.parse(json);
