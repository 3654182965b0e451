import type { VpcName } from './landscape.ts';

/** What the story says becomes of a peering; EC2 is asked whether it is so. */
export type Expected = 'connected' | 'rejected' | 'held' | 'cleaned-up';

interface Told {
  readonly title: string;
  readonly requester: VpcName;
  readonly accepter: VpcName;
}

/** One part of the story: what a person does, and what ought to become of it. */
export type PartPlan = Told &
  (
    | { readonly act: 'request'; readonly expected: Exclude<Expected, 'cleaned-up'> }
    /** The accepter deletes the peering that an earlier part made between the two VPCs. */
    | { readonly act: 'deletion'; readonly expected: 'cleaned-up' }
  );

/** In the order in which they are told. */
export const STORY: readonly PartPlan[] = [
  {
    title: 'A team asks for a peering that a rule allows',
    act: 'request',
    requester: 'web',
    accepter: 'services',
    expected: 'connected',
  },
  {
    title: 'The same across two regions',
    act: 'request',
    requester: 'web-us',
    accepter: 'services',
    expected: 'connected',
  },
  {
    title: 'Two VPCs of one account',
    act: 'request',
    requester: 'web',
    accepter: 'jobs',
    expected: 'connected',
  },
  {
    title: 'A request that a rule denies',
    act: 'request',
    requester: 'trial',
    accepter: 'web',
    expected: 'rejected',
  },
  {
    title: 'A request that no rule speaks of',
    act: 'request',
    requester: 'lake',
    accepter: 'services',
    expected: 'held',
  },
  {
    title: 'A team deletes the first peering again',
    act: 'deletion',
    requester: 'web',
    accepter: 'services',
    expected: 'cleaned-up',
  },
];
