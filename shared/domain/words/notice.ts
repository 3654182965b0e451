import * as z from 'zod';

/** The source of autopeer's own events on the hub's bus. */
export const EVENT_SOURCE = 'autopeer';

/** What people are told of a peering. What failed for good, and what may not be read, is told beside it: see hub-event.ts. */
export const DETAIL_TYPES = [
  'Peering Connected',
  'Peering Accepted',
  'Peering Held',
  'Peering Expiring',
  'Peering Rejected',
  'Peering Cleaned Up',
  'Peering Ended',
  'Peering Unsanctioned',
  'Peering Unapproved',
  'Peering Failed',
  'Peering Planned',
] as const;
export type DetailType = (typeof DETAIL_TYPES)[number];

/**
 * What a notice is called where people read it: its detail type, or more exactly what happened. Who filters by the detail
 * type misses nothing: an update, a repair and what is incomplete are of type `Peering Connected` (or `Accepted`), a
 * contested peering and one of a suspended account are of type `Peering Held`.
 */
export const TITLES = [
  ...DETAIL_TYPES,
  'Peering Updated',
  'Peering Repaired',
  'Peering Incomplete',
  'Peering Contested',
  'Account Suspended',
] as const;
export type Title = (typeof TITLES)[number];

const sideSchema = z.strictObject({
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string(),
  /** The account's name in the organization; unknown for an account outside of it. */
  accountName: z.string().optional(),
  /** The VPC's tag `Name`, where autopeer reads the VPC and there is one. */
  vpcName: z.string().optional(),
  /** Every CIDR of the VPC, IPv4 and IPv6, as far as autopeer may see them. */
  cidrs: z.array(z.string()).optional(),
});

const detailSchema = z.strictObject({
  version: z.literal(1),
  peeringId: z.string(),
  /** Where the detail type does not say exactly what happened. */
  title: z.enum(TITLES).optional(),
  /** EC2's state of the peering, or `not-found`. */
  state: z.string(),
  /** Unknown when EC2 no longer knows the peering. */
  requester: sideSchema.optional(),
  accepter: sideSchema.optional(),
  /** The policy rule that decided, where one did. */
  rule: z.string().optional(),
  /** What the policy notes beside that rule: who answers for it, and where it was agreed. */
  owner: z.string().optional(),
  ticket: z.string().optional(),
  reason: z.strictObject({ code: z.string(), text: z.string() }),
  /** What autopeer changed, a sentence each, in the order in which it was done; in a dry run, what it would change. */
  changes: z.array(z.string()),
  /** The same changes for reading, a line each that begins with `+` or `-`: routes by their tables, then DNS. */
  diff: z.array(z.string()).optional(),
  /** What stands in the way and needs a person, a sentence each. */
  problems: z.array(z.string()),
  /** What people are to know though nobody needs to do anything, a sentence each: traffic that a new route takes. */
  notes: z.array(z.string()).optional(),
});

/** The `detail` of a domain event. Its form is a contract: others may subscribe to the hub's bus. */
export type NoticeDetail = Readonly<z.infer<typeof detailSchema>>;

export interface DomainEvent {
  readonly detailType: DetailType;
  readonly detail: NoticeDetail;
}

/** What people read first. */
export const titleOf = ({ detailType, detail }: DomainEvent): Title => detail.title ?? detailType;

/** As it stands on the bus. */
export const eventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(DETAIL_TYPES),
  detail: detailSchema,
});

/**
 * Reads a domain event from its EventBridge envelope.
 *
 * @throws ZodError that names every field that is missing or wrong
 */
export function parseDomainEvent(envelope: unknown): DomainEvent {
  const event = eventSchema.parse(envelope);
  return { detailType: event['detail-type'], detail: event.detail };
}
