import type { PeeringId } from '../domain/facts/ids.ts';
import type { SlackGroupId, SlackUserId } from '../domain/facts/slack-ids.ts';
import type { AskedApproval, GivenApproval } from '../domain/memory/approvals.ts';
import type { DomainEvent } from '../domain/words/notice.ts';
import type { SlackMessage } from './slack-blocks.ts';

/** What autopeer's bot does in Slack. Each throws an Error that says what Slack refused, and tells no token. */
export interface SlackWeb {
  /** @returns the message's `ts`, by which Slack knows it in its channel */
  post(channel: string, message: SlackMessage, thread?: SlackThread): Promise<string>;
  /** @returns false where the message is not there any more */
  update(channel: string, ts: string, message: SlackMessage): Promise<boolean>;
  remove(channel: string, ts: string): Promise<void>;
  /** Tells one person something that nobody else sees. A person who left the channel does not hear it. */
  whisper(channel: string, user: SlackUserId, message: SlackMessage): Promise<void>;
  membersOf(group: SlackGroupId): Promise<readonly SlackUserId[]>;
}

export interface SlackThread {
  readonly ts: string;
  /** Whether the channel sees it too, and not only who follows the thread. */
  readonly isBroadcast: boolean;
}

/** The one message of a peering. */
export interface SlackPost {
  readonly channel: string;
  readonly ts: string;
  /** When the event that it shows happened, epoch milliseconds. */
  readonly at: number;
  readonly event: DomainEvent;
  /** What waited for people when it was shown. */
  readonly asked?: AskedApproval | undefined;
}

/** Where it is remembered. */
export interface SlackPosts {
  read(peeringId: PeeringId): Promise<{ readonly version: number; readonly post: SlackPost } | undefined>;
  /** @returns false where somebody else has written since; `version` is 0 where there was none */
  write(peeringId: PeeringId, version: number, post: SlackPost): Promise<boolean>;
}

/** What waits for people, and what they said. */
export interface SlackApprovals {
  askedOf(peeringId: PeeringId): Promise<AskedApproval | undefined>;
  givenTo(peeringId: PeeringId): Promise<readonly GivenApproval[]>;
}

export interface SlackDeps {
  readonly web: SlackWeb;
  readonly channel: string;
  readonly posts: SlackPosts;
  readonly approvals: SlackApprovals;
  /** Whether Slack may send clicks to the hub. */
  readonly hasButtons: boolean;
}
