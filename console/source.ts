import type { Feed } from '../sandbox/feed.ts';

/** What the page shows, and does: one of these a request. Both places answer all but the sandbox's own. */
export type Question =
  | { readonly kind: 'peerings'; readonly isFresh: boolean }
  | { readonly kind: 'peering'; readonly id: string; readonly account: string; readonly region: string }
  | { readonly kind: 'organization' }
  | { readonly kind: 'health' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'approvals'; readonly id: string }
  | Decision
  | Reach
  | { readonly kind: 'policy' }
  | { readonly kind: 'policy-change'; readonly text: string };

/** A person's yes or no to exactly what the fingerprint names. */
export interface Decision {
  readonly kind: 'approve' | 'reject';
  readonly peering: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly reason: string | undefined;
  /** Who answers; only the sandbox lets people choose. */
  readonly as: string | undefined;
}

/** Whether A reaches B; the options of `autopeer check`. */
export interface Reach {
  readonly kind: 'check';
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly toAccount: string | undefined;
  readonly toRegion: string | undefined;
}

/** The command's own answer: the JSON that it prints, and what it writes to stderr. */
export type Told =
  | { readonly kind: 'told'; readonly json: string; readonly notes: readonly string[] }
  | { readonly kind: 'not-told'; readonly why: string };

/** Where the page looks. */
export interface ConsolePlace {
  readonly kind: 'sandbox' | 'organization';
  /** What people call it. */
  readonly title: string;
  /** The policy's file, for people. */
  readonly policy: string;
}

/** What the console asks: a real organization, or the sandbox's. */
export interface ConsoleSource {
  readonly place: ConsolePlace;
  ask(question: Question): Promise<Told>;
  /** Only the sandbox has it. */
  readonly sandbox?: SandboxTools;
}

/** What only a sandbox lets people do. */
export interface SandboxTools {
  readonly feed: Feed;
  /** What is made to fail, what time it is, and how fast it passes. */
  state(): unknown;
  act(action: unknown): Promise<Told>;
}
