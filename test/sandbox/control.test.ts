import { request } from 'node:http';
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMPTY_WORLD } from '../../sandbox/worlds.ts';
import { aSandbox, clientConfig, worldOf } from './support.ts';

describe('health', () => {
  it('says that it is ready, and what it serves', async () => {
    const box = await aSandbox({ speed: 60, seed: 3 });

    const response = await box.fetch('/_autopeer/health');

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ready', world: 'demo', seed: 3, speed: 60 });
  });

  it.each([
    ['POST', '/_autopeer/health', 405],
    ['GET', '/_autopeer/reset', 405],
    ['GET', '/_autopeer/nothing', 404],
  ])('%s %s is answered %d with what there is', async (method, path, status) => {
    const response = await (await aSandbox()).fetch(path, { method });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      endpoints: expect.arrayContaining(['GET /_autopeer/health']),
    });
  });
});

describe('reset', () => {
  it.each(['/_autopeer/reset', '/moto-api/reset'])('POST %s empties the demo', async (path) => {
    const box = await aSandbox();

    const response = await box.fetch(path, { method: 'POST' });

    expect(await response.json()).toEqual({ status: 'ok', world: 'empty' });
    expect((await box.ec2('111111111111').send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  });

  it('leads back to the world of a file', async () => {
    const world = worldOf(`
      version: 1
      accounts:
        - { id: '111111111111', vpcs: [{ name: web, region: eu-west-1, cidrs: [10.1.0.0/16] }] }
    `);
    const box = await aSandbox({ world });
    const ec2 = box.ec2('111111111111');
    await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));

    await box.fetch('/_autopeer/reset', { method: 'POST' });

    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs?.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.1.0.0/16']);
  });

  it('answers a request that waits', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });
    const sqs = new SQSClient(clientConfig(box.url, '999988887777'));
    const QueueUrl = box.sandbox.running.world.hub.ref('WorkDeadLetters');
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const ended = waiting.catch((error: unknown) => error);

    // The request is under way once another connection has been answered after it was recorded.
    while (!box.sandbox.running.world.aws.calls.some(({ action }) => action === 'ReceiveMessage')) {
      await box.fetch('/_autopeer/health');
    }
    await box.fetch('/_autopeer/reset', { method: 'POST' });

    expect(await ended).toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  it('may be asked for many times at once', async () => {
    const box = await aSandbox({ world: EMPTY_WORLD });

    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => box.fetch('/_autopeer/reset', { method: 'POST' })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('who may ask', () => {
  /** `fetch` does not let a program choose these headers. */
  const statusOf = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}/_autopeer/health`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.once('error', reject);
      asked.end();
    });

  it.each([
    ['localhost', 200],
    ['LOCALHOST:4566', 200],
    ['127.0.0.1:1', 200],
    ['[::1]:4566', 200],
    ['ec2.localhost:4566', 200],
    ['evil.example', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['169.254.169.254', 403],
    ['0.0.0.0:4566', 403],
  ])('a request for the host %j is answered %d', async (host, status) => {
    expect(await statusOf((await aSandbox({ world: EMPTY_WORLD })).url, { host })).toBe(status);
  });

  it.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:3000' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
  ])('a browser that sends %j is answered %d', async (headers, status) => {
    expect(await statusOf((await aSandbox({ world: EMPTY_WORLD })).url, { ...headers })).toBe(status);
  });

  it('its own page may ask', async () => {
    const { url } = await aSandbox({ world: EMPTY_WORLD });

    expect(await statusOf(url, { origin: url })).toBe(200);
  });
});
