import * as z from 'zod';
import { PRINCIPAL_PATTERN } from '../domain/facts/caller.ts';
import { parsePeeringId, type PeeringId } from '../domain/facts/ids.ts';
import type { AskedApproval, GivenApproval } from '../domain/memory/approvals.ts';
import {
  parseSlackGroupId,
  parseSlackUserId,
  type SlackGroupId,
  type SlackUserId,
} from '../domain/facts/slack-ids.ts';
import { parseDigest, type Digest } from '../domain/policy/language/canonical.ts';
import { form, jsonAttribute, versionAttribute, type Item } from './item-forms.ts';
import { accountId, destination as cidr, region, vpcId } from './ledger-forms.ts';

/**
 * Two partitions of the ledger's table:
 * - `asked`: what waits for people, an item a peering; the reconcile writes it,
 * - `approvals`: what people said, an item for each thing that they were shown of a peering; the commands write it. It is never
 *   taken away: it says who let whom in.
 */
export const ASKED_PARTITION = 'asked';
export const GIVEN_PARTITION = 'approvals';
/** How every peering's id begins. */
export const ASKED_PREFIX = 'pcx-';

export const askedKey = (peeringId: PeeringId): Item => ({
  pk: { S: ASKED_PARTITION },
  sk: { S: peeringId },
});

/** Sorts behind no other peering's: an id is followed by `#`, which is in no id. */
export const givenPrefix = (peeringId: PeeringId): string => `${peeringId}#`;
export const givenKey = (peeringId: PeeringId, fingerprint: string): Item => ({
  pk: { S: GIVEN_PARTITION },
  sk: { S: `${givenPrefix(peeringId)}${fingerprint}` },
});

const peeringId = form<PeeringId>(parsePeeringId, 'a peering id');
const digest = form<Digest>(parseDigest, 'a digest');
const instant = z.int().nonnegative();
const text = z.string();

const side = z.object({
  accountId,
  region,
  vpcId,
  cidrs: z.union([z.literal('unknown'), z.array(cidr)]),
});
const slackUser = form<SlackUserId>(parseSlackUserId, 'a Slack user');
const slackGroup = form<SlackGroupId>(parseSlackGroupId, 'a Slack user group');
const terms = z.object({
  by: z.array(
    z.object({
      principals: z.array(z.string().regex(PRINCIPAL_PATTERN)),
      accounts: z.array(accountId),
      slack: z.array(slackUser).optional(),
      slackGroups: z.array(slackGroup).optional(),
    }),
  ),
  count: z.int().min(1),
  notRequester: z.boolean(),
  people: z.array(z.object({ identities: z.array(text) })).optional(),
});
const subject = z.object({ requester: side, accepter: side, connect: digest, terms });

export const asked: z.ZodType<AskedApproval> = z.object({
  key: z.object({ peeringId, accountId, region }),
  fingerprint: digest,
  subject,
  state: z.enum(['pending-acceptance', 'active']),
  rule: text,
  policyVersion: text,
  shown: z.array(text),
  taken: z.array(text),
  expiresAt: instant.optional(),
});
export const askedItemSchema = z.object({ asked: jsonAttribute(asked) });

const answer = z.object({ arn: text, at: instant, reason: text.optional() });
const given: z.ZodType<GivenApproval> = z.object({
  fingerprint: digest,
  subject,
  taken: z.array(text),
  rule: text,
  policyVersion: text,
  votes: z.array(
    z.object({
      person: text,
      arn: text,
      principal: text,
      accountId: accountId.optional(),
      groups: z.array(slackGroup).optional(),
      at: instant,
      reason: text.optional(),
    }),
  ),
  until: instant.optional(),
  rejected: answer.optional(),
  revoked: answer.optional(),
});
export const givenItemSchema = z.object({ version: versionAttribute, given: jsonAttribute(given) });
