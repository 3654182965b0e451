import type { STSClientConfig } from '@aws-sdk/client-sts';
import { HttpRequest, HttpResponse } from '@smithy/core/protocols';

import type { VirtualClock } from '../clock.ts';
import { AwsError } from '../types.ts';
import type { AnswerDeps } from './answer.ts';
import { credentialScope } from './credential-scope.ts';
import { awaitPatiently } from './patience.ts';
import { copierOf, type SchemaRef } from './schema-copy.ts';
import type { SdkRequestHandler } from './sdk-handler.ts';
import type { VirtualRetries } from './virtual-retries.ts';

/** What of an SDK client's configuration the direct wire sets; all clients call these the same. */
export type DirectSettings = Pick<
  STSClientConfig,
  | 'protocol'
  | 'httpAuthSchemes'
  | 'cacheMiddleware'
  | 'useDualstackEndpoint'
  | 'useFipsEndpoint'
  | 'userAgentAppId'
  | 'authSchemePreference'
  | 'defaultUserAgentProvider'
  | 'defaultsMode'
  | 'bodyLengthChecker'
  | 'endpoint'
  | 'endpointProvider'
>;

type Protocol = Exclude<NonNullable<STSClientConfig['protocol']>, abstract new (...args: never[]) => unknown>;
type AuthScheme = NonNullable<STSClientConfig['httpAuthSchemes']>[number];

/** What the SDK tells a protocol of an operation. */
interface OperationShape {
  readonly name: string;
  readonly input: SchemaRef;
  readonly output: SchemaRef;
}

/** What travels in the place of a request's bytes, and of a response's. */
type Sent = { readonly action: string; readonly input: unknown };
type Received =
  | { readonly kind: 'output'; readonly output: unknown; readonly requestId: string }
  | { readonly kind: 'error'; readonly error: AwsError; readonly requestId: string };

/** Nothing is ever sent there. */
const ENDPOINT = { protocol: 'https:', hostname: 'direct.invalid', path: '/' };
const ENDPOINT_URL = new URL(`${ENDPOINT.protocol}//${ENDPOINT.hostname}`);

/**
 * SDK clients whose requests are copied, by the SDK's own schemas, instead of written as XML or JSON and read again;
 * nor are they signed. Everything of the SDK besides runs: commands, middleware, retries, credentials. Six times as
 * fast as the wire, for many thousand runs of the simulation; the wire itself has its contract tests, and
 * test/simulation/simulation.test.ts plays a plan over each.
 */
export const DIRECT_SETTINGS: DirectSettings = {
  protocol: directProtocol(),
  httpAuthSchemes: [unsignedScheme()],
  // The rest spares each new client from reading files and from building its middleware anew for each call.
  cacheMiddleware: true,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: async () => undefined,
  authSchemePreference: async () => [],
  defaultUserAgentProvider: async () => [['aws-sdk-js', 'direct']],
  defaultsMode: 'standard',
  bodyLengthChecker: () => 0,
  endpoint: ENDPOINT,
  endpointProvider: () => ({ url: ENDPOINT_URL, headers: {}, properties: {} }),
};

/** The transport of {@link DIRECT_SETTINGS}. */
export function directRequestHandler(
  deps: AnswerDeps,
  clock: VirtualClock,
  retries: VirtualRetries,
  wire: SdkRequestHandler,
): SdkRequestHandler {
  return {
    handle: async (request, options) => {
      // Written without an SDK client: the bytes of the wire.
      if (typeof request.body === 'string') return wire.handle(request, options);
      clock.touch();
      const received = await retries.noteFailure(
        request.headers,
        awaitPatiently(receive(deps, request), options, clock),
      );
      const statusCode = received.kind === 'output' ? 200 : received.error.httpStatus;
      const response = new HttpResponse({ statusCode, headers: {}, body: received });
      retries.noteAttempts(request.headers, response);
      clock.touch();
      return { response };
    },
  };
}

async function receive(deps: AnswerDeps, request: HttpRequest): Promise<Received> {
  const requestId = deps.newRequestId();
  const { action, input } = request.body as Sent;
  const scope = credentialScope(request.headers['authorization']);
  const service = deps.services.get(scope?.service ?? '');
  if (scope === undefined || service === undefined) throw new Error(`${action} goes to no modelled service`);
  try {
    const caller = deps.identify(scope.accessKeyId);
    if (caller === 'unknown') throw service.unknownCredentials;
    if (caller === 'expired') throw service.expiredCredentials;
    const traceId = request.headers['x-amzn-trace-id'];
    const call = {
      service: scope.service,
      action,
      region: scope.region,
      caller,
      requestId,
      userAgent: request.headers['user-agent'] ?? '',
      ...(traceId === undefined ? {} : { traceId }),
    };
    return { kind: 'output', output: await deps.dispatch(call, input), requestId };
  } catch (error) {
    if (error instanceof AwsError) return { kind: 'error', error, requestId };
    throw error;
  }
}

function directProtocol(): Protocol {
  return {
    getShapeId: () => 'sim.autopeer#direct',
    getRequestType: () => HttpRequest,
    getResponseType: () => HttpResponse,
    getPayloadCodec: () => {
      throw new Error('the direct wire has no payloads');
    },
    setSerdeContext: () => undefined,
    updateServiceEndpoint: (request: HttpRequest) => request,
    serializeRequest: async (operation: OperationShape, input: unknown) => {
      const body: Sent = { action: operation.name, input: copierOf(operation.input)(input) };
      return new HttpRequest({ method: 'POST', hostname: 'direct', path: '/', headers: {}, body });
    },
    deserializeResponse: async (operation: OperationShape, _context: unknown, response: HttpResponse) => {
      const received = response.body as Received;
      const $metadata = { httpStatusCode: response.statusCode, requestId: received.requestId };
      if (received.kind === 'error') throw sdkError(received.error, $metadata);
      const output = copierOf(operation.output)(received.output ?? {});
      return { ...(output as object), $metadata } as never;
    },
  };
}

/** As the SDK's own protocols make them of an answer: the name, and for EC2 the member `Code`, is AWS's code. */
function sdkError({ code, message, httpStatus, details }: AwsError, $metadata: object): Error {
  const fault = httpStatus < 500 ? 'client' : 'server';
  return Object.assign(new Error(message), details, { name: code, Code: code, $fault: fault, $metadata });
}

/** Says who calls, in the header that a signature would be in, and signs nothing. */
function unsignedScheme(): AuthScheme {
  return {
    schemeId: 'aws.auth#sigv4',
    identityProvider: (config) => config.getIdentityProvider('aws.auth#sigv4'),
    signer: {
      sign: async (request, identity, properties) => {
        const { accessKeyId } = identity as { accessKeyId?: string };
        const { name, region } = properties as { name?: string; region?: string };
        const scope = `${accessKeyId}/20260101/${region}/${name}/aws4_request`;
        (request as HttpRequest).headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${scope}`;
        return request;
      },
    },
  };
}
