import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/core/protocols';
import type { AwsTransport } from '../../../shared/platform.ts';
import { MOTO_CREDENTIALS } from './clients.ts';

/** Real HTTP to moto under every client of the shipped code, which also writes down what was called. */
export class MotoTransport implements AwsTransport {
  /** The SDK's own setting of where a service is. */
  readonly endpoint: string;
  readonly credentials = MOTO_CREDENTIALS;
  readonly requestHandler: NonNullable<AwsTransport['requestHandler']>;
  readonly #actions: string[] = [];

  constructor(url: string) {
    this.endpoint = url;
    const http = new NodeHttpHandler();
    this.requestHandler = {
      handle: (request: HttpRequest, options?: Parameters<NodeHttpHandler['handle']>[1]) => {
        this.#actions.push(actionOf(request));
        return http.handle(request, options);
      },
    };
  }

  /** What `act` called, without what only reads. */
  async writesOf(act: () => Promise<void>): Promise<readonly string[]> {
    const from = this.#actions.length;
    await act();
    return this.#actions.slice(from).filter((action) => !READS.test(action));
  }
}

const READS = /^(Describe|Get|List|Query|AssumeRole)/;

function actionOf({ headers, body }: HttpRequest): string {
  const target = headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  const text: unknown = body;
  return new URLSearchParams(typeof text === 'string' ? text : '').get('Action') ?? 'unknown';
}
