import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';

import type { VirtualClock } from '../clock.ts';
import { awaitPatiently } from './patience.ts';
import type { Answer, WireRequest, WireResponse } from './http.ts';
import type { VirtualRetries } from './virtual-retries.ts';

/** What an SDK client takes as its `requestHandler`. */
export interface SdkRequestHandler {
  handle(request: HttpRequest, options?: unknown): Promise<{ response: HttpResponse }>;
}

/**
 * The in-process transport: reads the HTTP request that the SDK wrote and answers with the HTTP response that it
 * reads. Nothing of the SDK above the transport is replaced.
 */
export function sdkRequestHandler(
  answer: Answer,
  clock: VirtualClock,
  retries?: VirtualRetries,
): SdkRequestHandler {
  return {
    handle: async (request, options) => {
      clock.touch();
      const wire = wireRequest(request);
      const waiting = awaitPatiently(answer(wire), options, clock);
      const response = sdkResponse(await (retries?.noteFailure(wire.headers, waiting) ?? waiting));
      retries?.noteAttempts(wire.headers, response);
      clock.touch();
      return { response };
    },
  };
}

function wireRequest(request: HttpRequest): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const body: unknown = request.body ?? '';
  return {
    method: request.method,
    host: request.hostname,
    path: request.path,
    headers,
    body: bodyText(body),
  };
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError('the simulation reads request bodies of text or bytes, not streams');
}

const sdkResponse = ({ status, headers, body }: WireResponse): HttpResponse =>
  new HttpResponse({
    statusCode: status,
    headers: { ...headers },
    body: new Uint8Array(Buffer.from(body, 'utf8')),
  });
