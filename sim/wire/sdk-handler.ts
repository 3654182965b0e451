import { ServiceException } from '@smithy/core/client';
import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import {
  INVOCATION_ID_HEADER,
  isServerError,
  isThrottlingError,
  isTransientError,
  REQUEST_HEADER,
} from '@smithy/core/retry';

import type { VirtualClock } from '../clock.ts';
import type { Answer, WireRequest, WireResponse } from './http.ts';

/** What an SDK client takes as its `requestHandler`. */
export interface SdkRequestHandler {
  handle(request: HttpRequest, options?: unknown): Promise<{ response: HttpResponse }>;
}

/**
 * Turns of the event loop that virtual time stands still for while the SDK sleeps, in real time, before a retry.
 * The SDK's own delays stay under a second for its default three attempts; a turn takes some microseconds.
 * Past this the client has given up (its retry quota is spent) and time goes on.
 */
const HOLD_TURNS = 1_000_000;

/**
 * The in-process transport: reads the HTTP request that the SDK wrote and answers with the HTTP response that it
 * reads. Nothing of the SDK above the transport is replaced.
 *
 * The SDK sleeps between attempts in real time, by `setTimeout`. Virtual time must not run ahead meanwhile, so the
 * handler keeps the clock's loop turning from an answer that will be retried until the next attempt arrives.
 */
export function sdkRequestHandler(answer: Answer, clock: VirtualClock): SdkRequestHandler {
  const retrying = new Set<string>();
  return {
    handle: async (request) => {
      clock.touch();
      const wire = wireRequest(request);
      const invocation = wire.headers[INVOCATION_ID_HEADER];
      if (invocation !== undefined) retrying.delete(invocation);
      const response = await answer(wire);
      clock.touch();
      if (invocation !== undefined && willRetry(wire, response)) {
        retrying.add(invocation);
        holdTime(clock, () => retrying.has(invocation));
      }
      return { response: sdkResponse(response) };
    },
  };
}

/** Keeps virtual time where it is while `isHeld`, though not for ever. */
export function holdTime(clock: VirtualClock, isHeld: () => boolean): void {
  let turns = 0;
  const turn = (): void => {
    if (!isHeld() || turns++ > HOLD_TURNS) return;
    clock.touch();
    setImmediate(turn);
  };
  turn();
}

/** The SDK's own rule, from `amz-sdk-request: attempt=1; max=3` and its classification of errors. */
function willRetry(request: WireRequest, response: WireResponse): boolean {
  if (response.errorCode === undefined) return false;
  const [, attempt, max] = /attempt=(\d+); max=(\d+)/.exec(request.headers[REQUEST_HEADER] ?? '') ?? [];
  if (attempt === undefined || max === undefined || Number(attempt) >= Number(max)) return false;
  const exception = new ServiceException({
    name: response.errorCode,
    $fault: 'client',
    $metadata: { httpStatusCode: response.status },
  });
  // The SDK's own exception is not its own SdkError under exactOptionalPropertyTypes.
  const error = exception as Parameters<typeof isThrottlingError>[0];
  return isThrottlingError(error) || isTransientError(error) || isServerError(error);
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
