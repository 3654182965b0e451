import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RequestHandler } from './http.ts';

/** SHA-256 as the SDK's signer takes it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: ConstructorParameters<ConstructorParameters<typeof SignatureV4>[0]['sha256']>[0]) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a digest is made once');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export interface LightCallsDeps {
  readonly http: RequestHandler;
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly region: string;
}

/**
 * Calls of AWS's JSON services without their SDK clients, which take longer to load than all else that a function does
 * which must answer within three seconds of a cold start.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export class LightCalls {
  readonly #deps: LightCallsDeps;

  constructor(deps: LightCallsDeps) {
    this.#deps = deps;
  }

  /** @throws Error that names the action and the status, and nothing of what was sent */
  async call(
    service: 'ssm' | 'sqs',
    target: string,
    version: '1.0' | '1.1',
    input: object,
  ): Promise<unknown> {
    const { http, credentials, region } = this.#deps;
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const hostname = `${service}.${region}.${suffix}`;
    const request = new HttpRequest({
      protocol: 'https:',
      hostname,
      method: 'POST',
      path: '/',
      headers: {
        host: hostname,
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': target,
      },
      body: JSON.stringify(input),
    });
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const signed = await signer.sign(request);
    request.headers = signed.headers;
    const { response } = await http.handle(request);
    const text = await textOf(response.body);
    if (response.statusCode >= 300) throw new Error(`${target} in the hub failed: ${response.statusCode}`);
    const answer: unknown = JSON.parse(text === '' ? '{}' : text);
    return answer;
  }
}

/** Bytes of the simulation, or a stream of Node. */
async function textOf(body: unknown): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  if (!isStream(body)) return '';
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const isStream = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
