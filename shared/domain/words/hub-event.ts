import * as z from 'zod';
import { parseWorkFailed, plainFailed, WORK_FAILED, type WorkFailed } from './failed-notice.ts';
import { parseRulesNotice, plainRules, RULES_EXPIRING, type RulesNotice } from './expiry-notice.ts';
import { DETAIL_TYPES, parseDomainEvent, type DomainEvent } from './notice.ts';
import { plainNotice } from './notice-words.ts';
import {
  isSuspensionType,
  parseSuspensionEvent,
  plainSuspension,
  SUSPENSION_TYPES,
  type SuspensionEvent,
} from './suspension-notice.ts';
import { parsePlacesNotice, PLACE_TYPES, plainPlaces, type PlacesNotice } from './place-notice.ts';

/** Every event that autopeer puts on the hub's bus: about a peering, what failed for good, places, rules, or itself. */
export type HubEvent = DomainEvent | WorkFailed | PlacesNotice | SuspensionEvent | RulesNotice;

export const HUB_EVENT_TYPES: readonly HubEvent['detailType'][] = [
  ...DETAIL_TYPES,
  WORK_FAILED,
  ...PLACE_TYPES,
  ...SUSPENSION_TYPES,
  RULES_EXPIRING,
];

export const isAboutWork = (event: HubEvent): event is WorkFailed => event.detailType === WORK_FAILED;

export const isAboutPlaces = (event: HubEvent): event is PlacesNotice =>
  PLACE_TYPES.some((type) => type === event.detailType);

/** Whether it tells of autopeer itself: that it stops its writes, or goes on. */
export const isAboutItself = (event: HubEvent): event is SuspensionEvent =>
  isSuspensionType(event.detailType);

export const isAboutRules = (event: HubEvent): event is RulesNotice => event.detailType === RULES_EXPIRING;

export const isAboutPeering = (event: HubEvent): event is DomainEvent =>
  !isAboutWork(event) && !isAboutPlaces(event) && !isAboutItself(event) && !isAboutRules(event);

const typeSchema = z.object({ 'detail-type': z.unknown() });

/**
 * Reads an event of autopeer from its EventBridge envelope.
 *
 * @throws ZodError that names every field that is missing or wrong
 */
export function parseHubEvent(envelope: unknown): HubEvent {
  const type = typeSchema.safeParse(envelope).data?.['detail-type'];
  if (type === WORK_FAILED) return parseWorkFailed(envelope);
  if (type === RULES_EXPIRING) return parseRulesNotice(envelope);
  if (isSuspensionType(type)) return parseSuspensionEvent(envelope);
  return PLACE_TYPES.some((each) => each === type) ? parsePlacesNotice(envelope) : parseDomainEvent(envelope);
}

/** The same event in plain words, and of a size that every channel takes. */
export function plainEvent(event: HubEvent): HubEvent {
  if (isAboutWork(event)) return plainFailed(event);
  if (isAboutRules(event)) return plainRules(event);
  if (isAboutItself(event)) return plainSuspension(event);
  return isAboutPlaces(event) ? plainPlaces(event) : plainNotice(event);
}
