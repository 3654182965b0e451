import { CreateVpcCommand, CreateVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { EMPTY_WORLD } from '../../sandbox/worlds.ts';
import { aSandbox, type TestSandbox } from './support.ts';

interface Streamed {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Reads the stream until so many events have come. */
async function read(box: TestSandbox, count: number, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await box.fetch('/_autopeer/events', { headers, signal: abort.signal });
  const events: Streamed[] = [];
  const done = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.filter((block) => !block.startsWith(':')).map(parse));
      if (events.length >= count) break;
    }
    abort.abort();
    return events.slice(0, count);
  })();
  return { type: response.headers.get('content-type'), done };
}

function parse(block: string): Streamed {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
}

it('tells calls, events and the runs of functions as they happen', async () => {
  const box = await aSandbox();
  const stream = await read(box, 4);
  const { vpcs } = box.sandbox.running;

  await box.ec2('111111111111').send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: vpcs.get('web')?.vpcId,
      PeerVpcId: vpcs.get('services')?.vpcId,
      PeerOwnerId: '222222222222',
    }),
  );
  await box.pass(60_000);

  const events = await stream.done;
  expect(stream.type).toBe('text/event-stream');
  expect(events[0]).toMatchObject({
    id: '1',
    event: 'call',
    data: { at: '2026-06-01T00:00:00.000Z', action: 'CreateVpcPeeringConnection', accountId: '111111111111' },
  });
  expect(events[1]).toMatchObject({
    event: 'event',
    data: { detail: { eventName: 'CreateVpcPeeringConnection' } },
  });
  const kinds = box.events().map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['call', 'event', 'log', 'invocation', 'notice']));
  const instants = box.events().map(({ atMs }) => atMs);
  expect(instants).toEqual(instants.toSorted((one, other) => one - other));
});

it('a failed call says how', async () => {
  const box = await aSandbox({ world: EMPTY_WORLD });
  const stream = await read(box, 1);

  await box
    .ec2('test')
    .send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/8' }))
    .catch(() => undefined);
  await box.pass(10);

  expect((await stream.done)[0]?.data).toMatchObject({ errorCode: 'InvalidVpc.Range' });
});

it('a client that comes back gets what it has missed', async () => {
  const box = await aSandbox({ world: EMPTY_WORLD });
  for (const CidrBlock of ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16']) {
    await box.ec2('test').send(new CreateVpcCommand({ CidrBlock }));
  }
  await box.pass(10);

  const stream = await read(box, 2, { 'last-event-id': '1' });

  expect((await stream.done).map(({ id, data }) => [id, data])).toEqual([
    ['2', expect.objectContaining({ input: { CidrBlock: '10.2.0.0/16' } })],
    ['3', expect.objectContaining({ input: { CidrBlock: '10.3.0.0/16' } })],
  ]);
});

it('what is told is not kept in the world', async () => {
  const box = await aSandbox();
  await box.ec2('111111111111').send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));

  await box.pass(3_600_000);

  const { aws, slack } = box.sandbox.running.world;
  const { calls, trail, lambda, sns, events } = aws;
  const lists = [calls, trail.delivered, lambda.invocations, lambda.logs, lambda.counts, sns.published];
  expect([...lists, events.delivered, slack].map(({ length }) => length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

it('a reset is told', async () => {
  const box = await aSandbox();
  const stream = await read(box, 1);

  await box.fetch('/_autopeer/reset', { method: 'POST' });

  expect((await stream.done)[0]).toMatchObject({ event: 'reset', data: { world: 'empty' } });
});
