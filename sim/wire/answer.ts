import { ANONYMOUS, AwsError, type Call, type Caller } from '../types.ts';
import { credentialScope, type CredentialScope } from './credential-scope.ts';
import type { Answer, WireRequest, WireResponse } from './http.ts';
import { awsQuery, type Protocol } from './protocols.ts';
import type { Operation } from './schema.ts';
import { unsignedScope } from './unsigned.ts';

/** A service as the wire sees it. */
export interface WireService {
  readonly protocol: Protocol;
  /** The protocol that older clients speak, and how their requests are told from others. */
  readonly older?: { readonly protocol: Protocol; readonly speaks: (request: WireRequest) => boolean };
  readonly operations: ReadonlyMap<string, Operation>;
  /** The code and status with which this service refuses credentials that it does not know. */
  readonly unknownCredentials: AwsError;
  /** The same for a session that is over. */
  readonly expiredCredentials: AwsError;
}

export interface AnswerDeps {
  /** By signing name. */
  readonly services: ReadonlyMap<string, WireService>;
  newRequestId(): string;
  /** The caller behind an access key. */
  identify(accessKeyId: string): Caller | 'unknown' | 'expired';
  /** Runs the call, or throws an {@link AwsError}. */
  dispatch(call: Call, input: unknown): Promise<unknown>;
}

/** Builds the front door of every simulated service: from an HTTP request to an HTTP response. */
export function createAnswer(deps: AnswerDeps): Answer {
  return async (request) => {
    const requestId = deps.newRequestId();
    const signed = credentialScope(request.headers['authorization']);
    const scope = signed ?? unsignedScope(request);
    const service = deps.services.get(scope?.service ?? '');
    if (scope === undefined || service === undefined) return unsigned(request, requestId, scope?.service);
    const protocol = service.older?.speaks(request) === true ? service.older.protocol : service.protocol;
    try {
      const caller = callerOf(deps, service, signed);
      const userAgent = request.headers['user-agent'] ?? '';
      const traceId = request.headers['x-amzn-trace-id'];
      const base = {
        service: scope.service,
        region: scope.region,
        caller,
        requestId,
        userAgent,
        ...(traceId === undefined ? {} : { traceId }),
      };
      return await answerCall(deps, { ...service, protocol }, base, request);
    } catch (error) {
      if (error instanceof AwsError) return protocol.writeError(error, requestId);
      throw error;
    }
  };
}

/** @throws AwsError where the service refuses the credentials */
function callerOf(deps: AnswerDeps, service: WireService, signed: CredentialScope | undefined): Caller {
  const caller = signed === undefined ? ANONYMOUS : deps.identify(signed.accessKeyId);
  if (caller === 'unknown') throw service.unknownCredentials;
  if (caller === 'expired') throw service.expiredCredentials;
  return caller;
}

async function answerCall(
  deps: AnswerDeps,
  service: WireService,
  base: Omit<Call, 'action'>,
  request: WireRequest,
): Promise<WireResponse> {
  const action = service.protocol.actionOf(request);
  const operation = service.operations.get(action);
  if (operation === undefined) throw service.protocol.unknownAction(action);
  const input = service.protocol.read(operation, request);
  const output = await deps.dispatch({ ...base, action }, input);
  return service.protocol.write(operation, output, base.requestId);
}

/** Only for errors: whatever the service, its clients read code and message of the same elements. */
const UNKNOWN_QUERY_SERVICE = awsQuery({ namespace: 'https://aws.amazon.com/', version: '' });

/** Without a readable signature nobody knows which service, hence which protocol, was meant. */
function unsigned(
  { headers }: Pick<WireRequest, 'headers'>,
  requestId: string,
  service: string | undefined,
): WireResponse {
  const message =
    service === undefined
      ? 'Request is missing Authentication Token'
      : `The simulation does not model the service '${service}'`;
  // A service of the query protocol, such as RDS: its clients read XML.
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    const error = new AwsError('MissingAuthenticationToken', message, 403);
    return UNKNOWN_QUERY_SERVICE.writeError(error, requestId);
  }
  return {
    status: 403,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: 'MissingAuthenticationTokenException', message }),
  };
}
