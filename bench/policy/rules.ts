import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import type { AccountId, OuId, Region } from '../../shared/domain/facts/ids.ts';

/**
 * The rules of the bench in a form of their own, from which each engine's rules are translated: what a rule means is
 * said here, and by no engine's code.
 */
export interface Selector {
  readonly accounts?: readonly AccountId[];
  /** Under one of these, at any depth. */
  readonly ous?: readonly OuId[];
  readonly external?: boolean;
  readonly regions?: readonly Region[];
  /** Every key, with one of its values. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly cidrs?: readonly Cidr[];
}

export interface RuleSide {
  /** The name of a group with this selector, or `undefined` when it is written in place. */
  readonly group: string | undefined;
  readonly selector: Selector;
}

export interface Rule {
  readonly name: string;
  readonly effect: Effect;
  /** Whether either side may be the requester. */
  readonly between: boolean;
  /** The requester's side, unless `between`. */
  readonly one: RuleSide;
  /** The accepter's side, unless `between`. */
  readonly other: RuleSide;
}

/** `approve`: allowed once a person approves. */
export type Effect = 'allow' | 'approve' | 'deny';

/** What all engines must agree on: the outcome, and the rule that decided, the first by name where several match. */
export interface Answer {
  readonly kind: 'accept' | 'hold' | 'reject';
  readonly rule: string | undefined;
}

export const OUTCOMES = { allow: 'accept', approve: 'hold', deny: 'reject' } as const;

/** No rule matches: the policy of the bench holds such a request. */
export const UNMATCHED: Answer = { kind: 'hold', rule: undefined };

/**
 * What the selector says of membership, in so many words. To allow, one that does not say `external` means the
 * organization; one with OUs needs no telling, for only members are under an OU.
 */
export function externalOf({ external, ous }: Selector, effect: Effect): boolean | undefined {
  return external ?? (effect !== 'deny' && ous === undefined ? false : undefined);
}

/** How CIDRs are read: to allow, every one of a VPC lies within the selector's; to deny, any one overlaps. */
export const cidrReading = (effect: Effect): 'within' | 'overlap' =>
  effect === 'deny' ? 'overlap' : 'within';
