import type { Feed } from './feed.ts';

/** What stays when a reset puts another world in the place of one. */
export interface Surroundings {
  readonly feed: Feed;
  /** Where clients reach the sandbox, where it has a socket. */
  readonly publicUrl?: string;
}
