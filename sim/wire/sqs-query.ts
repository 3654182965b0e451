import type { OldNames } from './protocols.ts';
import type { ErrorShape } from './schema.ts';

/** Lists and maps, which SQS called in the singular when it spoke the query protocol. */
const SINGULAR: Readonly<Record<string, string>> = {
  AttributeNames: 'AttributeName',
  Attributes: 'Attribute',
  MessageAttributeNames: 'MessageAttributeName',
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  MessageSystemAttributes: 'MessageSystemAttribute',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Failed: 'BatchResultErrorEntry',
};
const MAP = { key: 'Name', value: 'Value' };

/**
 * The names of the query protocol of SQS, which the SDKs left in 2023.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
 */
export const oldSqsNames = (errors: ReadonlyMap<string, ErrorShape>): OldNames => ({
  read: (action) => ({
    memberKey: (name) => (name === 'Entries' ? `${action}RequestEntry` : (SINGULAR[name] ?? name)),
    flatLists: true,
    refusesUnknown: false,
    flatMaps: MAP,
  }),
  write: (action) => ({
    elementName: (name) => (name === 'Successful' ? `${action}ResultEntry` : (SINGULAR[name] ?? name)),
    mapKey: MAP.key,
    mapValue: MAP.value,
  }),
  // A request may go to the queue's own address instead of naming it.
  implied: ({ host, path }): Readonly<Record<string, string>> =>
    /^\/\d{12}\/[^/]+$/.test(path) ? { QueueUrl: `https://${host}${path}` } : {},
  errors,
});
