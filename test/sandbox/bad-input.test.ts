import { connect } from 'node:net';
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { MAX_BODY_BYTES } from '../../sandbox/body.ts';
import { EMPTY_WORLD } from '../../sandbox/worlds.ts';
import { aSandbox, credentialOf, type TestSandbox } from './support.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TARGETS: Readonly<Record<string, string>> = {
  sqs: 'AmazonSQS',
  events: 'AWSEvents',
  dynamodb: 'DynamoDB_20120810',
  ssm: 'AmazonSSM',
  organizations: 'AWSOrganizationsV20161128',
};

const query = (box: TestSandbox, service: string, body: string): Promise<Response> =>
  box.fetch('/', {
    method: 'POST',
    body,
    headers: { authorization: credentialOf(service), 'content-type': FORM },
  });

const json = (box: TestSandbox, service: string, action: string, body: string): Promise<Response> =>
  box.fetch('/', {
    method: 'POST',
    body,
    headers: {
      authorization: credentialOf(service),
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${JSON_TARGETS[service]}.${action}`,
    },
  });

describe("what no service knows gets AWS's own codes", () => {
  it.each([
    ['ec2', 'Action=Nonsense', 'InvalidAction'],
    ['ec2', 'Action=DescribeVpcs&Nonsense=1', 'UnknownParameter'],
    ['ec2', 'Action=DescribeVpcs&Filter.1.Nonsense=1', 'UnknownParameter'],
    ['ec2', 'Action=DescribeVpcs&MaxResults=many', 'InvalidParameterValue'],
    ['ec2', 'Action=DescribeVpcs&DryRun=perhaps', 'InvalidParameterValue'],
    ['ec2', 'Action=CreateVpcPeeringConnection', 'MissingParameter'],
    ['ec2', '', 'MissingAction'],
    ['ec2', '%%%=%zz&&&===', 'MissingAction'],
    ['sts', 'Action=Nonsense', 'InvalidAction'],
    ['sts', 'Action=AssumeRole', 'MissingParameter'],
    ['sns', 'Action=Nonsense', 'InvalidAction'],
  ])('%s with %j: %s', async (service, body, code) => {
    const response = await query(await aSandbox({ world: EMPTY_WORLD }), service, body);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
  });

  it.each(
    Object.keys(JSON_TARGETS).flatMap((service) => [
      [service, 'Nonsense', '{}', 'UnknownOperationException'],
      [service, '', '', 'UnknownOperationException'],
    ]),
  )('%s with %j and %j: %s', async (service, action, body, code) => {
    const response = await json(await aSandbox({ world: EMPTY_WORLD }), service, action, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining(code) });
  });

  it.each(['{', '[]', '"text"', '{"QueueUrl": 1}', '\u0000', 'null'])(
    'the body %j of a JSON service is a client’s fault',
    async (body) => {
      const response = await json(await aSandbox({ world: EMPTY_WORLD }), 'sqs', 'SendMessage', body);

      expect(response.status).toBe(400);
    },
  );

  it('a value that nests as deep as it can is no fault of the sandbox', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });
    const depth = 200_000;
    const item = `${'{"L":['.repeat(depth)}${']}'.repeat(depth)}`;

    const response = await json(box, 'dynamodb', 'PutItem', `{"TableName":"t","Item":{"k":${item}}}`);

    expect(response.status).toBe(400);
    expect(box.faults).toEqual([]);
  });

  it('a request that nobody signed, and one for a service that is not there', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });

    expect((await box.fetch('/', { method: 'POST', body: 'Action=DescribeVpcs' })).status).toBe(403);
    expect(await (await query(box, 's3', '')).text()).toContain('the service &apos;s3&apos;');
  });
});

it('a fault of the simulation is told, and answered so that an SDK can read it', async () => {
  const box = await aSandbox({ world: EMPTY_WORLD });
  box.sandbox.running.world.aws.faults.failSome({ service: 'ec2' }, 1, () => {
    throw new Error('the model is broken');
  });

  const broken = box.ec2('test').send(new DescribeVpcsCommand({}));

  await expect(broken).rejects.toMatchObject({
    name: 'InternalError',
    $metadata: { httpStatusCode: 500 },
  });
  expect(box.faults).toEqual([new Error('the model is broken')]);
});

it('no input whatever is a fault of the sandbox', async () => {
  const box = await aSandbox({ world: EMPTY_WORLD });
  const actions = ['DescribeVpcs', 'CreateVpc', 'CreateRoute', 'CreateTags', 'DescribeRouteTables'];
  const key = fc.oneof(
    fc.constantFrom('VpcId', 'Filter.1.Name', 'Filter.1.Value.1', 'CidrBlock', 'Tag.1.Key', '__proto__'),
    fc.string({ maxLength: 20 }),
  );
  const forms = fc
    .tuple(fc.constantFrom(...actions), fc.array(fc.tuple(key, fc.string())))
    .map(([Action, rest]) => new URLSearchParams([['Action', Action], ...rest]).toString());
  const targets = fc.constantFrom(
    ['sqs', 'SendMessage'] as const,
    ['dynamodb', 'PutItem'] as const,
    ['events', 'PutEvents'] as const,
    ['ssm', 'GetParameter'] as const,
    ['organizations', 'DescribeAccount'] as const,
  );
  await fc.assert(
    fc.asyncProperty(
      forms,
      targets,
      fc.oneof(fc.json(), fc.string()),
      async (form, [service, action], text) => {
        const statuses = [
          (await query(box, 'ec2', form)).status,
          (await box.fetch(`/?${form}`, { headers: { authorization: credentialOf('ec2') } })).status,
          (await box.fetch(`/?Action=Unsubscribe&SubscriptionArn=${encodeURIComponent(text)}`)).status,
          (await query(box, 'sts', text)).status,
          (await json(box, service, action, text)).status,
        ];
        expect(statuses.filter((status) => status >= 500)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  expect(box.faults).toEqual([]);
});

describe('too much', () => {
  /** Bytes, a chunk at a time, so that the test itself holds none of them. */
  const bytes = (count: number): ReadableStream<Uint8Array> => {
    const chunk = new Uint8Array(1024 * 1024).fill(65);
    let left = count;
    return new ReadableStream({
      pull: (controller) => {
        if (left <= 0) controller.close();
        else controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)));
        left -= chunk.length;
      },
    });
  };
  const upload = (box: TestSandbox, count: number, service: string): Promise<Response> =>
    box.fetch('/', {
      method: 'POST',
      body: bytes(count),
      duplex: 'half',
      headers: { authorization: credentialOf(service) },
    });

  it.each([
    ['ec2', '<Code>RequestEntityTooLarge</Code>'],
    ['sqs', 'RequestEntityTooLargeException'],
  ])('a body of 100 MB for %s is answered 413, and is not kept', async (service, code) => {
    const box = await aSandbox({ world: EMPTY_WORLD });
    const response = await upload(box, 100 * 1024 * 1024, service);

    expect(response.status).toBe(413);
    expect(await response.text()).toContain(code);
    expect((await box.ec2('test').send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  });

  it('a body at the limit is read', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });

    expect((await upload(box, MAX_BODY_BYTES, 'ec2')).status).toBe(400);
  });

  it('two thousand requests at once are all answered', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });
    await box.ec2('test').send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));

    const answers = await Promise.all(
      Array.from({ length: 2_000 }, async () => {
        const response = await query(box, 'ec2', 'Action=DescribeVpcs');
        return (await response.text()).includes('10.0.0.0/16') ? response.status : 0;
      }),
    );

    expect(answers.filter((status) => status !== 200)).toEqual([]);
  });

  it('a connection that ends in the middle of its request takes nothing with it', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });
    const { port } = new URL(box.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\nAction=');
        socket.resetAndDestroy();
      });
      socket.once('close', resolve);
      socket.once('error', reject);
    });

    expect((await box.fetch('/_autopeer/health')).status).toBe(200);
    expect(box.faults).toEqual([]);
  });
});
