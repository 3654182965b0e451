import * as z from 'zod';
import { parseCidr } from '../shared/domain/facts/cidr.ts';

const accountId = z
  .string('write the account id in quotes: twelve digits')
  .regex(/^\d{12}$/, 'an account id has twelve digits');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write a region, such as eu-west-1');
const unitId = z.string().regex(/^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/, 'write an id such as ou-ab12-apps0001');
const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'a name has 1 to 64 letters, digits, dots, dashes or underscores');
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, 'write a CIDR, such as 10.0.0.0/16');
const tags = z.record(z.string(), z.string('write the value of a tag in quotes')).default({});

const subnet = z.strictObject({
  cidr,
  zone: z.string().optional(),
  /** The table's name; the main table when absent. */
  routeTable: name.optional(),
  tags,
});

const routeTable = z.strictObject({ name, tags });

const vpc = z.strictObject({
  name,
  region,
  /** The first is the primary one; IPv6 blocks may follow. */
  cidrs: z.array(cidr).min(1, 'a VPC has at least one CIDR'),
  dnsHostnames: z.boolean().default(true),
  /** Besides the main table, which every VPC has. */
  routeTables: z.array(routeTable).default([]),
  subnets: z.array(subnet).default([]),
  tags,
});

const account = z.strictObject({
  id: accountId,
  name: name.optional(),
  /** Its organizational unit; the organization's root when absent. */
  unit: unitId.optional(),
  /** The account belongs to nobody's organization. */
  external: z.boolean().default(false),
  /** Whether autopeer's member stack is deployed to it; never to an external account. */
  member: z.boolean().default(true),
  vpcs: z.array(vpc).default([]),
});

const peering = z.strictObject({
  /** Names of VPCs. */
  requester: name,
  accepter: name,
  state: z.enum(['active', 'pending-acceptance'], 'write active or pending-acceptance').default('active'),
});

/** What a world file may say. Its keys are described in docs/sandbox.md. */
export const worldSchema = z.strictObject({
  version: z.literal(1, 'write version: 1'),
  /** Regions that get the member stack; those that the policy governs when absent. */
  regions: z.array(region).min(1).optional(),
  units: z.array(z.strictObject({ id: unitId, name, parent: unitId.optional() })).default([]),
  accounts: z.array(account).default([]),
  peerings: z.array(peering).default([]),
});

export type WorldFile = z.output<typeof worldSchema>;
