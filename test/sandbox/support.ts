import { readFileSync } from 'node:fs';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { FeedEvent } from '../../sandbox/feed.ts';
import { Sandbox } from '../../sandbox/sandbox.ts';
import { serve } from '../../sandbox/server.ts';
import type { WallClock } from '../../sandbox/wall-clock.ts';
import { readWorldFile } from '../../sandbox/world-file.ts';
import { DEMO_WORLD, EMPTY_WORLD, type WorldSource } from '../../sandbox/worlds.ts';

export const DEMO_POLICY = readFileSync('demo/policy.yaml', 'utf8');

/** Any fixed instant: the clients of these tests compare nothing with the machine's clock. */
const START_MS = Date.UTC(2026, 5, 1);

/** Real time that passes only when a test says so. */
class ManualWall implements WallClock {
  #nowMs = START_MS;
  now(): number {
    return this.#nowMs;
  }
  every(): () => void {
    return () => undefined;
  }
  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

export interface TestSandbox {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly faults: unknown[];
  /** Real time passes, and everything that is due happens. */
  readonly pass: (ms: number) => Promise<void>;
  readonly ec2: (accessKeyId: string, region?: string) => EC2Client;
  /** What has happened since the start, as far as it is kept. */
  readonly events: () => readonly FeedEvent[];
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A sandbox on a free port, which ends with the test. */
export async function aSandbox(
  options: { world?: WorldSource; speed?: number; seed?: number; policy?: string } = {},
): Promise<TestSandbox> {
  const wall = new ManualWall();
  const { world = DEMO_WORLD, speed = 1, seed = 1, policy = DEMO_POLICY } = options;
  const start = (publicUrl: string) =>
    Sandbox.start({
      world,
      resetWorld: world === DEMO_WORLD ? EMPTY_WORLD : world,
      policy,
      regions: ['eu-west-1', 'us-east-1'],
      seed,
      speed,
      wall,
      publicUrl,
    });
  const faults: unknown[] = [];
  const server = await serve(start, { port: 0, onFault: (error) => faults.push(error) });
  const { sandbox } = server;
  const clients: EC2Client[] = [];
  running.push(async () => {
    for (const client of clients) client.destroy();
    sandbox.stop();
    await server.close();
  });
  return {
    sandbox,
    url: server.url,
    faults,
    pass: async (ms) => {
      wall.pass(ms);
      await sandbox.running.catchUp();
    },
    ec2: (accessKeyId, region = 'eu-west-1') => {
      const client = new EC2Client({ ...clientConfig(server.url, accessKeyId), region });
      clients.push(client);
      return client;
    },
    events: () => {
      const events: FeedEvent[] = [];
      sandbox.feed.subscribe((event) => events.push(event), 0)();
      return events;
    },
    fetch: (path, init) => fetch(`${server.url}${path}`, init),
  };
}

/** What a client of any service needs. It tries once, so that no test waits for a retry. */
export function clientConfig(endpoint: string, accessKeyId: string) {
  return {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey: 'any' },
    maxAttempts: 1,
  };
}

/** The `Authorization` of a request that is written by hand. */
export const credentialOf = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=test/20260601/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** A world of a file's text, which must be right. */
export function worldOf(text: string): WorldSource {
  const read = readWorldFile(text);
  if (read.kind === 'faulty') throw new Error(read.faults.map(({ message }) => message).join('\n'));
  return { name: 'test.yaml', file: read.file };
}
