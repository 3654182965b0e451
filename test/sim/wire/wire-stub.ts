import { VirtualClock } from '../../../sim/clock.ts';
import { AwsError, type Call, type Caller } from '../../../sim/types.ts';
import { createAnswer } from '../../../sim/wire/answer.ts';
import type { Answer } from '../../../sim/wire/http.ts';
import { sdkRequestHandler } from '../../../sim/wire/sdk-handler.ts';
import { WIRE_SERVICES } from '../../../sim/wire/services.ts';

type Stub = (call: Call, input: unknown) => unknown;

/** A front door behind which one function answers every call, and what that function was given. */
export function stubbedWire(stub: Stub) {
  const calls: { call: Call; input: unknown }[] = [];
  const answer: Answer = createAnswer({
    services: WIRE_SERVICES,
    newRequestId: () => 'request-1',
    identify: (accessKeyId): Caller | 'unknown' | 'expired' => {
      if (accessKeyId === 'EXPIRED') return 'expired';
      if (!/^\d{12}$/.test(accessKeyId)) return 'unknown';
      return { accountId: accessKeyId, arn: `arn:aws:iam::${accessKeyId}:user/administrator` };
    },
    dispatch: async (call, input) => {
      calls.push({ call, input });
      return stub(call, input);
    },
  });
  return {
    answer,
    calls,
    client: {
      region: 'eu-west-1',
      maxAttempts: 1,
      requestHandler: sdkRequestHandler(answer, new VirtualClock(0)),
      credentials: { accessKeyId: '111122223333', secretAccessKey: 'none' },
    },
  };
}

/** A signed request as a client in another language would write it. */
export function signedRequest(options: {
  service: string;
  body?: string;
  accessKeyId?: string;
  headers?: Record<string, string>;
}) {
  const { service, body = '', accessKeyId = '111122223333', headers = {} } = options;
  return {
    method: 'POST',
    host: `${service}.eu-west-1.amazonaws.com`,
    path: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      ...headers,
    },
    body,
  };
}

export const refuse =
  (code: string, message: string, httpStatus = 400): Stub =>
  () => {
    throw new AwsError(code, message, httpStatus);
  };
