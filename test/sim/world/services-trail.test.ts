import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, failureOf, MEMBER, newAws, REGION } from './services-support.ts';

async function createVpcs(aws: SimulatedAws, count = 1): Promise<void> {
  const client = new EC2Client(as(aws, MEMBER));
  for (let index = 0; index < count; index++) {
    await aws.clock.drive(client.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` })));
  }
}

/** The CIDR blocks in the events, in the order of arrival. */
const arrived = (aws: SimulatedAws): string[] =>
  aws.trail.delivered.map(
    ({ event }) => JSON.stringify(event.detail).match(/"cidrBlock":"10\.(\d+)/)?.[1] ?? '',
  );

describe('CloudTrail', () => {
  test('puts a changing EC2 call on the default bus of the caller’s account and region', async () => {
    const aws = newAws();

    await createVpcs(aws);
    await aws.clock.run();

    expect(aws.events.delivered).toMatchObject([
      {
        busArn: `arn:aws:events:${REGION}:${MEMBER}:event-bus/default`,
        event: {
          source: 'aws.ec2',
          'detail-type': 'AWS API Call via CloudTrail',
          account: MEMBER,
          region: REGION,
          detail: { eventName: 'CreateVpc' },
        },
      },
    ]);
  });

  test('delivers some seconds later', async () => {
    const aws = newAws();
    const startMs = aws.clock.now();

    await createVpcs(aws);
    await aws.clock.run();

    const lagMs = (aws.trail.delivered[0]?.atMs ?? 0) - startMs;
    expect(lagMs).toBeGreaterThanOrEqual(2_000);
    expect(lagMs).toBeLessThanOrEqual(17_000);
  });

  test('says nothing of calls that only read', async () => {
    const aws = newAws();

    await aws.clock.drive(new EC2Client(as(aws, MEMBER)).send(new DescribeVpcsCommand({})));
    await aws.clock.run();

    expect(aws.trail.delivered).toHaveLength(0);
  });

  test('tells of calls that failed', async () => {
    const aws = newAws();
    const client = new EC2Client(as(aws, MEMBER));

    await failureOf(aws, client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/8' })));
    await aws.clock.run();

    expect(aws.trail.delivered).toMatchObject([
      { event: { detail: { errorCode: expect.stringMatching(/^Client\./), responseElements: null } } },
    ]);
  });

  test('tells of calls that IAM refused', async () => {
    const aws = newAws();
    aws.faults.deny('ec2', 'CreateVpc');

    await failureOf(aws, createVpcs(aws));
    await aws.clock.run();

    expect(aws.trail.delivered).toMatchObject([
      { event: { detail: { errorCode: 'Client.UnauthorizedOperation' } } },
    ]);
  });

  test('keeps the order of one account and region', async () => {
    const aws = newAws();

    await createVpcs(aws, 4);
    await aws.clock.run();

    expect(arrived(aws)).toEqual(['0', '1', '2', '3']);
  });

  test('can deliver out of order', async () => {
    const aws = newAws({ events: { reorderRate: 0.5 } });

    await createVpcs(aws, 5);
    await aws.clock.run();

    expect(arrived(aws)).not.toEqual(['0', '1', '2', '3', '4']);
    expect(arrived(aws).toSorted()).toEqual(['0', '1', '2', '3', '4']);
  });

  test('can deliver twice, with the same ids', async () => {
    const aws = newAws({ events: { duplicateRate: 1 } });

    await createVpcs(aws);
    await aws.clock.run();

    const [first, second] = aws.trail.delivered;
    expect(second?.event).toEqual(first?.event);
  });

  test('can lose events', async () => {
    const aws = newAws({ events: { dropRate: 1 } });

    await createVpcs(aws);
    await aws.clock.run();

    expect(aws.trail.delivered).toHaveLength(0);
    expect(aws.trail.dropped).toHaveLength(1);
  });

  test('can lose the events that a test chooses, and deliver them later', async () => {
    const aws = newAws();
    const stop = aws.trail.dropWhere((event) => event.account === MEMBER);
    await createVpcs(aws);
    stop();
    await aws.clock.run();

    const [lost] = aws.trail.dropped;
    if (lost === undefined) throw new Error('nothing was lost');
    aws.trail.redeliver(lost);

    expect(aws.events.delivered.map(({ event }) => event)).toEqual([lost]);
  });
});
