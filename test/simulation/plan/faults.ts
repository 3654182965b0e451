/**
 * What goes wrong for a while. Rates are chances in [0, 1] for each call, event or message; instants are milliseconds
 * since the storm began.
 */
export type PlannedFault = {
  readonly id: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rate: number;
} & Trouble;

export type Trouble =
  | { readonly kind: 'throttled'; readonly service: string | undefined }
  | { readonly kind: 'server-error'; readonly service: string | undefined }
  /** The call takes effect and its answer is lost. */
  | { readonly kind: 'answer-lost'; readonly service: string | undefined }
  /** So slow that functions run into their timeouts. */
  | { readonly kind: 'slow'; readonly service: string | undefined; readonly latencyMs: number }
  /** The function is killed before or after a call. */
  | { readonly kind: 'killed'; readonly moment: 'before-call' | 'after-call' }
  /** A read gets the answer that the same read got up to {@link STALE_MS} ago. */
  | { readonly kind: 'stale-read' }
  /** What is new shows up late in EC2, so many milliseconds. */
  | { readonly kind: 'read-lag'; readonly lagMs: number }
  /** An accepted peering takes so many milliseconds until it is active. */
  | { readonly kind: 'slow-provisioning'; readonly provisioningMs: number }
  | { readonly kind: 'role-refused'; readonly accountId: string }
  /** The account's own control policy refuses the reading of VPCs. */
  | { readonly kind: 'vpc-unreadable'; readonly accountId: string }
  | { readonly kind: 'ledger-down' }
  /** DynamoDB says that it has written, and has not. */
  | { readonly kind: 'ledger-loses-write' }
  | { readonly kind: 'region-away'; readonly region: string }
  | { readonly kind: 'events-lost' }
  | { readonly kind: 'events-doubled' }
  | { readonly kind: 'events-disordered' }
  | { readonly kind: 'events-late'; readonly delayMs: number }
  /** SQS forgets a delete, so that the message comes again. */
  | { readonly kind: 'redelivered' }
  /** New environments have clocks that are off by up to so much. */
  | { readonly kind: 'clocks-apart'; readonly skewMs: number }
  | { readonly kind: 'slack-down' }
  /** Nothing ever answers: one service, and of EC2 all, one account and region, or one action there. */
  | {
      readonly kind: 'hang';
      readonly service: string;
      readonly accountId: string | undefined;
      readonly region: string | undefined;
      readonly action: string | undefined;
    }
  | { readonly kind: 'slack-hangs' }
  /** Lists show one of the account's own peerings without its VPCs. */
  | { readonly kind: 'odd-peering'; readonly accountId: string };

export type TroubleKind = Trouble['kind'];

export const TROUBLE_KINDS: readonly TroubleKind[] = [
  'throttled',
  'server-error',
  'answer-lost',
  'slow',
  'killed',
  'stale-read',
  'read-lag',
  'slow-provisioning',
  'role-refused',
  'vpc-unreadable',
  'ledger-down',
  'ledger-loses-write',
  'region-away',
  'events-lost',
  'events-doubled',
  'events-disordered',
  'events-late',
  'redelivered',
  'clocks-apart',
  'slack-down',
  'hang',
  'slack-hangs',
  'odd-peering',
];

/** How old an answer of a stale read may be. EC2 settles within seconds, rarely within a minute. */
export const STALE_MS = 30_000;
