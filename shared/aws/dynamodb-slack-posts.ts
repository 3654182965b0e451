import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { PeeringId } from '../domain/facts/ids.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import { EVENT_SOURCE, parseDomainEvent, type DomainEvent } from '../domain/words/notice.ts';
import { plainNotice } from '../domain/words/notice-words.ts';
import type { SlackPost, SlackPosts } from '../notices/slack-ports.ts';
import { asked } from './approval-items.ts';
import { call } from './calls.ts';
import { jsonAttribute, readItem, stillAt, versionAttribute, type Item } from './item-forms.ts';

/** A partition of the ledger's table: the message of each peering in Slack. Who loses it posts a new one. */
const PARTITION = 'slack';

const keyOf = (peeringId: PeeringId): Item => ({ pk: { S: PARTITION }, sk: { S: peeringId } });

const envelope = z.unknown().transform((value, context): DomainEvent => {
  try {
    return parseDomainEvent(value);
  } catch {
    context.addIssue('not an event about a peering');
    return z.NEVER;
  }
});
const post: z.ZodType<SlackPost> = z.object({
  channel: z.string(),
  ts: z.string(),
  at: z.int().nonnegative(),
  event: envelope,
  asked: asked.optional(),
});
const itemSchema = z.object({ version: versionAttribute, post: jsonAttribute(post) });

export class DynamoDbSlackPosts implements SlackPosts {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async read(peeringId: PeeringId) {
    const Key = keyOf(peeringId);
    const command = new GetItemCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
    const { Item: found } = await this.#call('GetItem', () => this.#client.send(command));
    return found === undefined ? undefined : readItem(found, itemSchema);
  }

  async write(peeringId: PeeringId, version: number, { event, ...rest }: SlackPost): Promise<boolean> {
    const { detailType, detail } = plainNotice(event);
    const kept = { ...rest, event: { source: EVENT_SOURCE, 'detail-type': detailType, detail } };
    const Item = {
      ...keyOf(peeringId),
      version: { N: String(version + 1) },
      post: { S: JSON.stringify(kept) },
    };
    const command = new PutItemCommand({ TableName: this.#tableName, Item, ...stillAt(version) });
    try {
      await this.#call('PutItem', () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}
