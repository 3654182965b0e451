import type { PeeringState, Role } from '../../shared/domain/facts/peering.ts';

/**
 * What is drawn, with every place worked out: for the page, the SVG, and the console. Plain JSON; names are cleaned of what
 * cannot be seen. Circles lie in a square of {@link PICTURE_SIZE}, those around others before them.
 */
export interface Picture {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly circles: readonly Circle[];
  readonly lines: readonly Line[];
}

export const PICTURE_SIZE = 1000;

export type CircleKind = 'organization' | 'outside' | 'ou' | 'account' | 'vpc';

export interface Circle {
  readonly kind: CircleKind;
  readonly id: string;
  /** Its name, or its id where it has none. */
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** Index of the circle around it; -1 for the outermost. */
  readonly parent: number;
  /** Of a VPC. */
  readonly region?: string;
  readonly cidrs?: readonly string[];
  /** Why something of it is not known. */
  readonly note?: string;
}

/** A peering; `from` (the requester) and `to` are indices of circles of VPCs. */
export interface Line {
  readonly id: string;
  readonly state: PeeringState;
  readonly from: number;
  readonly to: number;
  readonly withoutRoute?: readonly Role[];
  readonly decision?: string;
  readonly rule?: string;
}
