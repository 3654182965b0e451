import { newAws, MEMBER, REGION } from '../world/services-support.ts';
import { signedRequest } from './wire-stub.ts';

/** SQS as clients from before 2023 speak to it: forms in, XML out. */
function oldClient() {
  const aws = newAws();
  aws.sqs.createQueue(MEMBER, REGION, 'work');
  const call = async (form: Record<string, string>, path = '/') => {
    const body = new URLSearchParams({ Version: '2012-11-05', ...form }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const request = { ...signedRequest({ service: 'sqs', body, headers }), path };
    return aws.clock.drive(aws.answer(request));
  };
  return { aws, call };
}

const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${MEMBER}/work`;

describe('the query protocol of SQS', () => {
  test('makes a queue with attributes', async () => {
    const { call } = oldClient();
    const form = { 'Attribute.1.Name': 'VisibilityTimeout', 'Attribute.1.Value': '60' };
    const made = await call({ Action: 'CreateQueue', QueueName: 'other', ...form });
    expect(made.body).toContain(
      `<CreateQueueResult><QueueUrl>${QUEUE_URL.replace('work', 'other')}</QueueUrl>`,
    );
    const asked = await call({
      Action: 'GetQueueAttributes',
      QueueUrl: QUEUE_URL.replace('work', 'other'),
      'AttributeName.1': 'VisibilityTimeout',
    });
    expect(asked.body).toContain('<Attribute><Name>VisibilityTimeout</Name><Value>60</Value></Attribute>');
  });

  test('carries messages with their attributes', async () => {
    const { call } = oldClient();
    const sent = await call({
      Action: 'SendMessage',
      QueueUrl: QUEUE_URL,
      MessageBody: 'a < b',
      'MessageAttribute.1.Name': 'kind',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'test',
    });
    expect(sent.body).toMatch(/<SendMessageResult>.*<MD5OfMessageAttributes>/s);
    const received = await call({
      Action: 'ReceiveMessage',
      QueueUrl: QUEUE_URL,
      'AttributeName.1': 'All',
      'MessageAttributeName.1': 'All',
    });
    expect(received.body).toContain('<Body>a &lt; b</Body>');
    expect(received.body).toContain(
      '<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>',
    );
    expect(received.body).toMatch(
      /<MessageAttribute><Name>kind<\/Name><Value>(<StringValue>test<\/StringValue>|<DataType>String<\/DataType>){2}<\/Value>/,
    );
  });

  test('names batches by their action', async () => {
    const { call } = oldClient();
    const { body } = await call({
      Action: 'SendMessageBatch',
      QueueUrl: QUEUE_URL,
      'SendMessageBatchRequestEntry.1.Id': 'good',
      'SendMessageBatchRequestEntry.1.MessageBody': 'x',
      'SendMessageBatchRequestEntry.2.Id': 'bad',
      'SendMessageBatchRequestEntry.2.MessageBody': '',
    });
    expect(body).toMatch(/<SendMessageBatchResultEntry>.*<Id>good<\/Id>.*<\/SendMessageBatchResultEntry>/s);
    expect(body).toMatch(/<BatchResultErrorEntry>.*<Id>bad<\/Id>.*<\/BatchResultErrorEntry>/s);
  });

  test('takes the address of a queue for its name', async () => {
    const { aws, call } = oldClient();
    await call({ Action: 'SendMessage', MessageBody: 'x' }, `/${MEMBER}/work`);
    expect(aws.sqs.queue(`arn:aws:sqs:eu-west-1:${MEMBER}:work`)?.peek()).toHaveLength(1);
  });

  test('has codes of its own for errors', async () => {
    const { call } = oldClient();
    const { status, body } = await call({ Action: 'GetQueueUrl', QueueName: 'none' });
    expect(status).toBe(400);
    expect(body).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
  });
});
