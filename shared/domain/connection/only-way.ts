import { overlaps } from '../facts/cidr.ts';
import { isPrefixList, type Destination } from '../facts/vpc.ts';
import type { Step } from './step.ts';

/**
 * Whether a route that the rule no longer wants is still the only way, since what is to take its place could not be
 * written: the table is full, or AWS denies it. It stays then, and people are told what is in the way.
 *
 * @param unwritten steps that are wanted and were refused
 */
export const isOnlyWay = (removal: Step, unwritten: readonly Step[]): boolean =>
  removal.kind === 'delete-route' &&
  unwritten.some(
    (step) =>
      step.kind === 'create-route' &&
      step.routeTableId === removal.routeTableId &&
      mayOverlap(step.destination, removal.destination),
  );

/** What is in a prefix list is not known here. */
export const mayOverlap = (one: Destination, other: Destination): boolean =>
  isPrefixList(one) || isPrefixList(other) || overlaps(one, other);
