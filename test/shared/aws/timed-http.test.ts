import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { HttpRequest } from '@smithy/core/protocols';
import { TimedHttp } from '../../../shared/aws/http.ts';
import { Stopwatch } from '../../../shared/aws/stopwatch.ts';
import { SimulatedAws } from '../../../sim/aws.ts';

const ACCOUNT = '111122223333';
const REQUEST_MS = 7_000;

describe('over real HTTP', () => {
  /** Takes connections, and never answers. */
  let server: Server;

  beforeAll(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).resume());
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.close();
  });

  function aRequest(): HttpRequest {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, method: 'POST', path: '/' });
  }

  it('an endpoint that never answers is a TimeoutError, and not only a warning', async () => {
    const answer = new TimedHttp().handle(aRequest(), { requestTimeout: 1 });
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
  });

  it('a request is given up when the invocation has no time left', async () => {
    const stopwatch = new Stopwatch();
    const connected = once(server, 'connection');
    let answer: Promise<unknown> = Promise.resolve();
    const kept = stopwatch.keep(() => (answer = new TimedHttp().handle(aRequest())));
    await connected;
    stopwatch.stop();
    await expect(kept).rejects.toMatchObject({ name: 'OutOfTime' });
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe.each(['http', 'direct'] as const)('over the simulated wire, %s', (wire) => {
  function aClient() {
    const aws = new SimulatedAws({ seed: 1, wire });
    aws.organization.addAccount(ACCOUNT);
    const transport = aws.client(ACCOUNT);
    const requestHandler = new TimedHttp(transport.requestHandler);
    const ec2 = new EC2Client({ ...transport, requestHandler, region: 'eu-west-1', maxAttempts: 5 });
    return { aws, describe: () => ec2.send(new DescribeVpcsCommand({})) };
  }

  const passed = async (aws: SimulatedAws, work: Promise<unknown>): Promise<number> => {
    const startMs = aws.clock.now();
    await aws.clock.drive(work.catch(() => undefined));
    return aws.clock.now() - startMs;
  };

  it('a call that is never answered is tried five times, and is a TimeoutError then', async () => {
    const { aws, describe } = aClient();
    aws.faults.hang({ service: 'ec2' });
    const answer = describe();
    expect(await passed(aws, answer)).toBeGreaterThanOrEqual(5 * REQUEST_MS);
    await expect(answer).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      $metadata: { attempts: 5 },
    });
    expect(aws.calls).toHaveLength(5);
  });

  it('an invocation lets it not answer twice', async () => {
    const { aws, describe } = aClient();
    aws.faults.hang({ service: 'ec2' });
    const answer = new Stopwatch().keep(describe);
    expect(await passed(aws, answer)).toBeLessThan(2 * REQUEST_MS + 1_000);
    await expect(answer).rejects.toMatchObject({ Code: 'TimeoutError' });
    expect(aws.calls).toHaveLength(2);
  });

  it('of several calls at once each is tried again', async () => {
    const { aws, describe } = aClient();
    aws.faults.hang({ service: 'ec2' });
    const answers = new Stopwatch().keep(() => Promise.allSettled([describe(), describe(), describe()]));
    expect(await passed(aws, answers)).toBeLessThan(2 * REQUEST_MS + 1_000);
    expect(aws.calls).toHaveLength(6);
  });

  it('the next invocation asks again', async () => {
    const { aws, describe } = aClient();
    const end = aws.faults.hang({ service: 'ec2' });
    await passed(aws, new Stopwatch().keep(describe));
    end();
    await expect(aws.clock.drive(new Stopwatch().keep(describe))).resolves.toMatchObject({ Vpcs: [] });
  });

  it('one call that takes too long is tried again, and what it did is done', async () => {
    const { aws, describe } = aClient();
    const end = aws.faults.latency({ service: 'ec2' }, REQUEST_MS + 1);
    aws.clock.schedule(1_000, end);
    await expect(aws.clock.drive(new Stopwatch().keep(describe))).resolves.toMatchObject({ Vpcs: [] });
    await aws.clock.run();
    expect(aws.calls.every(({ endedAtMs }) => endedAtMs !== undefined)).toBe(true);
  });

  it('nothing is sent any more when the time is over, although the SDK would try again', async () => {
    const { aws, describe } = aClient();
    aws.faults.hang({ service: 'ec2' });
    const stopwatch = new Stopwatch();
    aws.clock.schedule(REQUEST_MS - 1, () => stopwatch.stop());
    const answer = stopwatch.keep(describe);
    expect(await passed(aws, answer)).toBe(REQUEST_MS - 1);
    await expect(answer).rejects.toMatchObject({ name: 'OutOfTime' });
    await aws.clock.run();
    expect(aws.calls).toHaveLength(1);
  });
});
