import type { Step } from './step.ts';
import type { Because } from './verdict.ts';

/** How one step of a plan ended. */
export type StepResult =
  | { readonly kind: 'done'; readonly step: Step }
  /** Somebody had already done it, or what it was for is gone. */
  | { readonly kind: 'unneeded'; readonly step: Step }
  /** AWS refuses it for a reason that only a person can mend; trying again does not help. */
  | {
      readonly kind: 'blocked';
      readonly step: Step;
      readonly problem: string;
      /** Nothing that EC2 does by itself ends it: a permission, or the VPC's own settings. */
      readonly isLasting: boolean;
    }
  /** The world moved on since it was observed: observe again before anything else. */
  | {
      readonly kind: 'stale';
      readonly step: Step;
      readonly because: Because;
      /** EC2 refused the step at its first attempt: it was certainly not us who did it. */
      readonly isCertain: boolean;
    };

/** How one reconcile ended. Only a thrown error is a failure; waiting and holding are answers. */
export type Outcome = Answer & {
  /** After so long, a second look is to confirm what this one found, or to write what nobody else wrote. It is no retry. */
  readonly againAfterSeconds?: number;
};

type Answer =
  /** All is as it should be. */
  | { readonly kind: 'settled'; readonly because: Because }
  /** EC2 has not settled; look again. */
  | { readonly kind: 'waiting'; readonly because: Because }
  /** A person has to do something first. */
  | { readonly kind: 'held'; readonly because: Because }
  /** The request was rejected. */
  | { readonly kind: 'refused'; readonly because: Because };
