import {
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import type { FeedEvent } from '../../sandbox/feed.ts';
import type { FaultChange } from '../../sandbox/fault-settings.ts';
import { aSandbox, type TestSandbox } from './support.ts';

const SHOP = '111111111111';
const PLATFORM = '222222222222';

async function change(box: TestSandbox, faults: FaultChange): Promise<unknown> {
  const response = await box.fetch('/_autopeer/faults', { method: 'POST', body: JSON.stringify(faults) });
  return response.json();
}

/** A request that the policy allows, from web to services. */
async function askForPeering(box: TestSandbox): Promise<string> {
  const { vpcs } = box.sandbox.running;
  const command = new CreateVpcPeeringConnectionCommand({
    VpcId: vpcs.get('web')?.vpcId,
    PeerVpcId: vpcs.get('services')?.vpcId,
    PeerOwnerId: PLATFORM,
  });
  const { VpcPeeringConnection } = await box.ec2(SHOP).send(command);
  return VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
}

async function stateOf(box: TestSandbox, id: string): Promise<string | undefined> {
  const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] });
  const { VpcPeeringConnections } = await box.ec2(SHOP).send(command);
  return VpcPeeringConnections?.[0]?.Status?.Code;
}

const kindOf = (box: TestSandbox, kind: FeedEvent['kind']): readonly FeedEvent[] =>
  box.events().filter((event) => event.kind === kind);

const failures = (box: TestSandbox): readonly unknown[] =>
  kindOf(box, 'invocation').flatMap(({ data }) => (data['outcome'] === 'failure' ? [data['error']] : []));

describe('faults on command', () => {
  it('are none to begin with, add up, and end', async () => {
    const box = await aSandbox();
    const none = {
      throttle: 0,
      dropEvents: 0,
      duplicateEvents: 0,
      lagMs: 0,
      deny: [],
      hang: [],
      crashAfterCall: 0,
    };

    expect(await (await box.fetch('/_autopeer/faults')).json()).toEqual(none);
    await change(box, { throttle: 0.3 });
    expect(await change(box, { lagMs: 5_000, crashAfterCall: 2 })).toEqual({
      ...none,
      throttle: 0.3,
      lagMs: 5_000,
      crashAfterCall: 2,
    });
    expect(await (await box.fetch('/_autopeer/faults', { method: 'DELETE' })).json()).toEqual(none);
  });

  it('end with a reset', async () => {
    const box = await aSandbox();
    await change(box, { throttle: 1 });

    await box.fetch('/_autopeer/reset', { method: 'POST' });

    await expect(box.ec2(SHOP).send(new DescribeVpcsCommand({}))).resolves.toMatchObject({ Vpcs: [] });
  });

  it.each([
    ['{"throttle": 2}', 'throttle'],
    ['{"deny": ["12"]}', 'deny.0'],
    ['{"lag": "5s"}', 'lag'],
    ['{"hang": ["ec2.us-east-1", "s3.us-east-1"]}', 'hang.1'],
    ['{"hang": ["us-east-1"]}', 'hang.0'],
    ['{"hang": ["ec2.us-east-1.amazonaws.com"]}', 'hang.0'],
    ['{"throttle": "many", "lagMs": -1}', 'lagMs'],
    ['not JSON', ''],
    ['null', ''],
  ])('%s is refused', async (body, place) => {
    const box = await aSandbox();

    const response = await box.fetch('/_autopeer/faults', { method: 'POST', body });

    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(place);
  });
});

describe('throttle', () => {
  it('answers the share of the calls RequestLimitExceeded', async () => {
    const box = await aSandbox();
    await change(box, { throttle: 0.3 });
    const ec2 = box.ec2(SHOP);

    const answers = await Promise.all(
      Array.from({ length: 200 }, async () =>
        ec2.send(new DescribeVpcsCommand({})).then(
          () => 'answered',
          (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
        ),
      ),
    );

    expect(new Set(answers)).toEqual(new Set(['answered', 'RequestLimitExceeded']));
    const throttled = answers.filter((answer) => answer === 'RequestLimitExceeded').length;
    expect(throttled).toBeGreaterThan(30);
    expect(throttled).toBeLessThan(90);
  });

  it('does not keep autopeer from connecting', async () => {
    const box = await aSandbox();
    const id = await askForPeering(box);
    await change(box, { throttle: 0.3 });

    await box.pass(3_600_000);
    await change(box, { throttle: 0 });

    expect(await stateOf(box, id)).toBe('active');
  });
});

describe('events', () => {
  it('that are dropped leave the work to the sweep', async () => {
    const box = await aSandbox();
    await change(box, { dropEvents: 1 });
    const id = await askForPeering(box);

    await box.pass(600_000);
    expect(kindOf(box, 'event')).toEqual([]);
    expect(await stateOf(box, id)).toBe('pending-acceptance');

    await box.pass(3_600_000);
    expect(await stateOf(box, id)).toBe('active');
  });

  it('may come twice', async () => {
    const box = await aSandbox();
    await change(box, { duplicateEvents: 1 });
    await askForPeering(box);

    await box.pass(20_000);

    const created = kindOf(box, 'event').filter(({ data }) =>
      JSON.stringify(data).includes('"eventName":"CreateVpcPeeringConnection"'),
    );
    expect(created).toHaveLength(2);
  });
});

it('lag keeps what was just written from whoever reads', async () => {
  const box = await aSandbox();
  await change(box, { lagMs: 5_000 });
  const id = await askForPeering(box);

  await expect(stateOf(box, id)).rejects.toMatchObject({ name: 'InvalidVpcPeeringConnectionID.NotFound' });
  await box.pass(5_000);
  expect(await stateOf(box, id)).toBe('pending-acceptance');
});

it('deny keeps the member role of an account from everything, and nobody else', async () => {
  const box = await aSandbox();
  await change(box, { deny: [PLATFORM] });
  const id = await askForPeering(box);

  await box.pass(600_000);

  const codes = kindOf(box, 'call').flatMap(({ data }) =>
    data['accountId'] === PLATFORM ? [data['errorCode']] : [],
  );
  expect(new Set(codes)).toEqual(new Set(['UnauthorizedOperation']));
  expect(await stateOf(box, id)).toBe('pending-acceptance');
  expect((await box.ec2(PLATFORM).send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
});

describe('hang', () => {
  const describeVpcs = (box: TestSandbox, region: string, options = {}) =>
    box.ec2(SHOP, region).send(new DescribeVpcsCommand({}), options);

  it('keeps an endpoint from ever answering, and no other', async () => {
    const box = await aSandbox();
    await change(box, { hang: ['ec2.us-east-1'] });
    const patience = new AbortController();
    const hung = describeVpcs(box, 'us-east-1', { abortSignal: patience.signal });

    await expect(describeVpcs(box, 'eu-west-1')).resolves.toMatchObject({ Vpcs: expect.any(Array) });
    await box.pass(3_600_000);
    patience.abort();
    await expect(hung).rejects.toMatchObject({ name: 'AbortError' });

    await change(box, { hang: [] });
    await expect(describeVpcs(box, 'us-east-1')).resolves.toMatchObject({ Vpcs: expect.any(Array) });
  });

  it('does not keep autopeer from connecting elsewhere', async () => {
    const box = await aSandbox();
    await change(box, { hang: ['ec2.us-east-1'] });
    const id = await askForPeering(box);

    await box.pass(60_000);

    expect(await stateOf(box, id)).toBe('active');
  });
});

describe('crash-after-call', () => {
  it('ends one invocation in the middle; the next one finishes its work', async () => {
    const box = await aSandbox();
    const id = await askForPeering(box);
    // The one call of intake is one; only reconcile comes to twelve.
    await change(box, { crashAfterCall: 12 });

    await box.pass(20_000);
    expect(failures(box)).toEqual(['Runtime.ExitError']);

    await box.pass(1_200_000);
    expect(failures(box)).toEqual(['Runtime.ExitError']);
    expect(await stateOf(box, id)).toBe('active');
  });

  it('is used up by the crash', async () => {
    const box = await aSandbox();
    await change(box, { crashAfterCall: 1 });
    await askForPeering(box);

    await box.pass(20_000);

    expect(await (await box.fetch('/_autopeer/faults')).json()).toMatchObject({ crashAfterCall: 0 });
  });
});
