import * as z from 'zod';
import { parseAccountId, parsePeeringId, parseRegion } from '../facts/ids.ts';
import type { PeeringKey, Place } from '../facts/peering.ts';

/** How often one hint is looked at for want of a settled answer: about an hour in all, with growing delays. */
export const MAX_LOOKS = 9;

/** How the hints of events begin. Whoever sends an event chooses its id: so it never begins as one of the others does. */
export const EVENT_HINT = 'event-';

/** How the hints of a sweep begin. */
export const SWEEP_HINT = 'sweep-';

/** How the hints of a claim begin. An older release takes one for a look, which claims nothing. */
export const CLAIM_HINT = 'claim-';

/** How the hints of a look for requests alone begin. An older release takes one for a whole look, which does no harm. */
const REQUESTS_HINT = 'requests-';

/** What the queues carry: where to look, and how often it has been looked at. */
export interface WorkItem {
  readonly key: PeeringKey;
  /** The CloudTrail event, or the sweep, that gave the hint: a second delivery of it within five minutes is dropped. */
  readonly hintId: string;
  readonly looks: number;
  /** What caused the hint and who did it, as CloudTrail has it: for people to read, and not believed. */
  readonly by?: string | undefined;
}

/** The FIFO queue: items of one peering are worked on one after the other. */
export interface WorkQueue {
  send(item: WorkItem): Promise<void>;
}

/** An account and region whose peerings are to be looked through, because something changed there or in time. */
export interface SweepItem {
  readonly place: Place;
  /** Whether the other sides of its peerings are to be looked through as well. */
  readonly affectsPeers: boolean;
  readonly hintId: string;
  /** What caused it and who did it, as CloudTrail has it; `undefined` for the hourly sweep. */
  readonly by?: string | undefined;
  /** Only for new requests, between two sweeps. */
  readonly isForRequests?: boolean | undefined;
}

/** The FIFO queue of places. It keeps a message back for a minute, so that a burst of changes is one look. */
export interface SweepQueue {
  send(items: readonly SweepItem[]): Promise<void>;
}

/** An id as its parser knows it; anything else is refused with the field's name. */
const id = <Id extends string>(parse: (text: unknown) => Id | undefined, name: string) =>
  z.unknown().transform((text, context): Id => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `not a ${name}` });
    return z.NEVER;
  });

const itemSchema = z.strictObject({
  version: z.literal(1),
  peeringId: id(parsePeeringId, 'peering id'),
  accountId: id(parseAccountId, 'account id'),
  region: id(parseRegion, 'region'),
  hintId: z.string().min(1).max(100),
  looks: z.int().min(0).max(MAX_LOOKS),
  by: z.string().max(500).optional(),
});

const sweepItemSchema = itemSchema
  .omit({ peeringId: true, looks: true })
  .extend({ affectsPeers: z.boolean() });

/**
 * @throws ZodError, or SyntaxError when the body is not JSON
 */
export function readSweepItem(body: string): SweepItem {
  const json: unknown = JSON.parse(body);
  const { accountId, region, hintId, affectsPeers, by } = sweepItemSchema.parse(json);
  const isForRequests = hintId.startsWith(REQUESTS_HINT);
  return { place: { accountId, region }, hintId, affectsPeers, by, isForRequests };
}

/** The hint of a look for requests, by the schedule's event. */
export const requestsHint = (eventId: string): string => `${REQUESTS_HINT}${eventId}`;

export const writeSweepItem = ({ place, hintId, affectsPeers, by }: SweepItem): string =>
  JSON.stringify({ version: 1, ...place, hintId, affectsPeers, by });

/**
 * @throws ZodError, or SyntaxError when the body is not JSON
 */
export function readWorkItem(body: string): WorkItem {
  const json: unknown = JSON.parse(body);
  const { peeringId, accountId, region, hintId, looks, by } = itemSchema.parse(json);
  return { key: { peeringId, accountId, region }, hintId, looks, by };
}

export const writeWorkItem = ({ key, hintId, looks, by }: WorkItem): string =>
  JSON.stringify({ version: 1, ...key, hintId, looks, by });
