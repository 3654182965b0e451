import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { RequestHandler } from './aws/http.ts';
import type { Clock, Log, Metrics } from './domain/work/log.ts';

/** The part of an AWS SDK client's configuration that differs between Lambda, tests and the sandbox. */
export interface AwsTransport {
  /** Replaces HTTP under every SDK client; absent on Lambda. The SDK's own interface, time-outs included. */
  readonly requestHandler?: RequestHandler;
  /** Replaces the SDK's waiting between attempts, which takes real time; absent on Lambda. */
  readonly retryStrategy?: NonNullable<EC2ClientConfig['retryStrategy']>;
  /** The function's own credentials; absent on Lambda, where the SDK finds them. */
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/**
 * Everything that the handlers take from outside. The shipped code is the same on Lambda, in the tests and in
 * the sandbox; only this differs.
 */
export interface Platform {
  /** The function's environment variables, as its template sets them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly transport: AwsTransport;
  readonly clock: Clock;
  /** Calls `run` after so many milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Reads a file packaged beside the function, such as `policy.yaml`, by its path from the package's root. */
  readFile(path: string): string;
  /** For Slack's webhook. */
  readonly fetch: typeof globalThis.fetch;
}

/** What each file of `handlers/` exports besides `handler`: the same function on any platform. */
export type CreateHandler = (platform: Platform) => (event: unknown, context: unknown) => Promise<unknown>;
