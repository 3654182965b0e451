/** What becomes of an active peering that no rule allows. */
export type Unsanctioned = 'report' | 'quarantine' | 'delete';
/** What becomes of an active peering whose rule asks for an approval that nobody gave. */
export type Unapproved = 'report' | 'quarantine';

export interface Guardrails {
  readonly unsanctioned: Unsanctioned;
  readonly unapproved: Unapproved;
  /**
   * How many peerings an hour may lose their reachability, in the whole organization: by a guardrail, or because a
   * changed policy no longer wants their routes. From 1 to {@link CUTS_AN_HOUR_MAX}.
   */
  readonly atMost: number;
}

/** Many times what people cut in an hour by hand: who needs more has no use for a brake. */
export const CUTS_AN_HOUR_MAX = 1000;

/** What holds where the policy says nothing: documented in docs/policy.md. */
export const BUILT_IN_GUARDRAILS: Guardrails = { unsanctioned: 'report', unapproved: 'report', atMost: 10 };
