/** How a peering stands, as its people read it: in its tags, and in a notice whenever it changes. */
export interface Status {
  /**
   * `accepted`: the peering is active, and routes of it are other people's to write, for good or for a while.
   * `incomplete`: connected, but something that needs a person stands in the way of some of it.
   */
  readonly status:
    | 'connected'
    | 'accepted'
    | 'incomplete'
    | 'held'
    | 'expiring'
    | 'suspended'
    | 'rejected'
    | 'unsanctioned'
    | 'unapproved'
    | 'ended';
  /** The rule's name; `-` where no rule decided. */
  readonly rule: string;
  /** The reason's code. */
  readonly reason: string;
}

/**
 * Tags of the peering, for the people of its accounts, who need no access to the hub to see them. They can also change
 * them: nothing rests on these tags, and the next look writes them again.
 */
export interface StatusTags {
  readonly 'autopeer:status': Status['status'];
  readonly 'autopeer:rule': string;
  readonly 'autopeer:reason': string;
}
