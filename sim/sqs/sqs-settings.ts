/** A queue's attributes, in the simulation's own types. */
export interface QueueSettings {
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  /** Whether a deduplication id counts in the whole queue or in its message group only. */
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly delaySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maximumMessageBytes: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | undefined;
  /** JSON text, as it was given. */
  readonly policy?: string | undefined;
}

/** What CreateQueue assumes when the request does not say. */
export const QUEUE_DEFAULTS = {
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  delaySeconds: 0,
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 4 * 24 * 3600,
  receiveWaitSeconds: 0,
  // 1 MiB since August 2025
  maximumMessageBytes: 1_048_576,
} as const;
