import type { Difference } from '../compare.ts';
import type { Situation } from '../situation.ts';

/** A difference that is known and understood. The table of docs/conformance.md is made of these. */
export interface KnownDifference {
  /** What it is about. */
  readonly id: string;
  /** What the simulation does. */
  readonly sim: string;
  /** What moto does. */
  readonly moto: string;
  /** Who does what AWS's documentation says; `either` where it does not say. */
  readonly right: 'sim' | 'moto' | 'either';
  /** AWS's documentation of it. */
  readonly source: string;
  /** After this the sides no longer have the same, though both did what they were asked to: the sequence ends. */
  readonly diverges?: boolean;
  /** Seen in every run of some length. Where it is not, a side has changed: moto, or the simulation for the worse. */
  readonly isCommon?: boolean;
  readonly fits: Fits;
}

export type Fits = (difference: Difference, situation: Situation) => boolean;

export const API = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';
export const PEERING = 'https://docs.aws.amazon.com/vpc/latest/peering';
export const VPC_GUIDE = 'https://docs.aws.amazon.com/vpc/latest/userguide';

/** A member of an answer that only the simulation has. */
export const onlyOurs =
  (path: RegExp): Fits =>
  ({ path: at, moto }) =>
    path.test(at) && moto === undefined;

/** A member of an answer that only moto has. */
export const onlyTheirs =
  (path: RegExp): Fits =>
  ({ path: at, sim }) =>
    path.test(at) && sim === undefined;

/** The two sides end a call differently: with an error's code each, or `done`. */
export const outcomes =
  (action: RegExp, sim: string, moto = 'done'): Fits =>
  (difference, situation) =>
    difference.path === '' &&
    action.test(situation.action) &&
    difference.sim === sim &&
    difference.moto === moto;

/** All of them. */
export const both =
  (...conditions: readonly Fits[]): Fits =>
  (difference, situation) =>
    conditions.every((fits) => fits(difference, situation));

export const either =
  (...conditions: readonly Fits[]): Fits =>
  (difference, situation) =>
    conditions.some((fits) => fits(difference, situation));
