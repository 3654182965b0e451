import * as z from 'zod';
import type { OuId } from '../../shared/domain/facts/ids.ts';
import { PEERING_STATES } from '../../shared/domain/facts/peering.ts';
import { accountId, cidr, ouId, peeringId, region, vpcId } from './fields.ts';
import { placeFacts } from './network.ts';

const peeringSide = z.strictObject({
  accountId,
  region,
  vpcId,
  /** What the peering itself shows of it: all that anybody here can know of a VPC outside the organization. */
  cidrs: z.array(cidr).optional(),
});

const snapshotFields = z.strictObject({
  version: z.literal(1),
  /** When it was taken, ISO 8601. */
  takenAt: z.iso.datetime(),
  /** The regions that were read; a snapshot written by hand may leave it open. */
  regions: z.array(region).optional(),
  /** Where nothing could be read: one region of an account, or all of them. */
  unread: z.array(z.strictObject({ accountId, region: region.optional(), reason: z.string() })).optional(),
  ous: z.array(z.strictObject({ id: ouId, name: z.string(), parent: ouId.nullable() })),
  accounts: z.array(z.strictObject({ id: accountId, name: z.string(), ou: ouId.nullable() })),
  vpcs: z.array(
    z.strictObject({
      id: vpcId,
      accountId,
      region,
      /** Every one: primary, secondary, IPv6. */
      cidrs: z.array(cidr).min(1),
      /** Whether it is the region's default VPC; a snapshot of an older autopeer does not say. */
      isDefault: z.boolean().optional(),
      tags: z.record(z.string(), z.string()),
    }),
  ),
  peerings: z.array(
    z.strictObject({
      id: peeringId,
      state: z.enum(PEERING_STATES),
      requester: peeringSide,
      accepter: peeringSide,
    }),
  ),
  /** What `autopeer check` needs besides, an account and region each; there where it was asked for. */
  network: z.array(placeFacts).optional(),
});

/** Organizations nests OUs five deep: a longer way up is a circle. */
const OU_DEPTH_MAX = 5;

const snapshotSchema = snapshotFields.superRefine((snapshot, context) => {
  const complain = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const parents = new Map(snapshot.ous.map(({ id, parent }) => [id, parent]));
  for (const list of ['ous', 'accounts', 'vpcs', 'peerings'] as const) {
    const seen = new Set<string>();
    snapshot[list].forEach(({ id }, index) => {
      if (seen.has(id)) complain([list, index, 'id'], `${id} is there twice`);
      seen.add(id);
    });
  }
  snapshot.ous.forEach(({ id, parent }, index) => {
    if (parent !== null && !parents.has(parent)) {
      complain(['ous', index, 'parent'], `there is no OU ${parent}`);
    }
    let depth = 0;
    for (let up: OuId | null | undefined = id; up !== null && up !== undefined; up = parents.get(up)) {
      depth += 1;
      if (depth <= OU_DEPTH_MAX) continue;
      complain(['ous', index, 'parent'], `${id} is nested in a circle, or deeper than ${OU_DEPTH_MAX}`);
      break;
    }
  });
  snapshot.accounts.forEach(({ ou }, index) => {
    if (ou !== null && !parents.has(ou)) complain(['accounts', index, 'ou'], `there is no OU ${ou}`);
  });
});

/**
 * An organization at one moment: what a policy is tried against before it is deployed. An account whose `ou` is
 * `null` is right under the root; an account that is not listed is outside the organization.
 */
export type Snapshot = z.infer<typeof snapshotSchema>;

/** The JSON Schema of a snapshot: docs/snapshot.schema.json is this. */
export const snapshotJsonSchema = (): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(snapshotFields.meta({ title: 'autopeer snapshot' }), { io: 'input', target: 'draft-7' });

/**
 * Checks a snapshot as it comes from a file.
 *
 * @throws ZodError that names every fault with its path
 */
export const parseSnapshot = (json: unknown): Snapshot => snapshotSchema.parse(json);
