import { createHash } from 'node:crypto';

import type { VirtualClock } from '../clock.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import type { Caller } from '../types.ts';
import { credentialScope } from '../wire/credential-scope.ts';
import type { WireRequest, WireResponse } from '../wire/http.ts';
import type { InvocationResult } from './function.ts';
import { urlAddress, urlId, urlTarget } from './url-address.ts';

export interface FunctionUrlDeps {
  readonly clock: VirtualClock;
  readonly iam: SimulatedIam;
  newRequestId(): string;
  /** The caller behind an access key. */
  identify(accessKeyId: string): Caller | 'unknown' | 'expired';
  invoke(functionArn: string, event: unknown): Promise<InvocationResult>;
  /** Where clients reach this AWS; addresses are AWS's own without it. */
  publicUrl(): string | undefined;
}

interface FunctionUrl {
  readonly functionArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly authType: 'AWS_IAM' | 'NONE';
}

/** What a caller must be allowed; the second since October 2025. */
const PERMISSIONS = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'] as const;
const CONDITION_KEYS = { FunctionUrlAuthType: 'AWS_IAM', InvokedViaFunctionUrl: 'true' };

/**
 * URLs of functions whose callers IAM authenticates. Signatures are not checked, here as elsewhere.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export class FunctionUrls {
  readonly #deps: FunctionUrlDeps;
  readonly #urls = new Map<string, FunctionUrl>();
  /** What policies of functions let everybody do. */
  readonly #open = new Set<string>();

  constructor(deps: FunctionUrlDeps) {
    this.#deps = deps;
  }

  add(url: FunctionUrl): void {
    this.#urls.set(urlId(url.functionArn), url);
  }

  /** As `lambda:AddPermission` for everybody, by the function's URL. */
  admitAll(functionArn: string, action: string): void {
    this.#open.add(`${action} ${functionArn}`);
  }

  /** Where a function is called that has a URL, or will have one. */
  addressOf(functionArn: string): string {
    return urlAddress(functionArn, this.#deps.publicUrl());
  }

  /** The answer of the function; nothing where the request is not for a function's URL. */
  async answer(request: WireRequest): Promise<WireResponse | undefined> {
    const target = urlTarget(request.host, request.path);
    if (target === undefined) return undefined;
    const requestId = this.#deps.newRequestId();
    const url = this.#urls.get(target.id);
    if (url?.authType === 'NONE')
      return this.#answerAnybody({ ...request, path: target.path }, url, requestId);
    const scope = credentialScope(request.headers['authorization']);
    if (url === undefined || scope?.service !== 'lambda' || scope.region !== url.region) {
      return forbidden(requestId);
    }
    const caller = this.#deps.identify(scope.accessKeyId);
    if (typeof caller === 'string' || !this.#mayCall(caller, url)) return forbidden(requestId);
    const event = this.#event({ ...request, path: target.path }, { url, caller, requestId, ...scope });
    return answerOf(await this.#deps.invoke(url.functionArn, event), requestId);
  }

  /** Both permissions are asked for, though nobody says who calls. */
  async #answerAnybody(request: WireRequest, url: FunctionUrl, requestId: string): Promise<WireResponse> {
    if (!PERMISSIONS.every((action) => this.#open.has(`${action} ${url.functionArn}`)))
      return forbidden(requestId);
    const event = this.#event(request, { url, requestId });
    return answerOf(await this.#deps.invoke(url.functionArn, event), requestId);
  }

  /** Policies of functions are not modelled, so that nobody of another account ever may. */
  #mayCall(caller: Caller, { functionArn, accountId, region }: FunctionUrl): boolean {
    if (caller.accountId !== accountId) return false;
    return PERMISSIONS.every(
      (action) =>
        this.#deps.iam.decide({ caller, action, resource: functionArn, region, input: CONDITION_KEYS })
          .allowed,
    );
  }

  #event(
    { method, path, query = '', headers, body }: WireRequest,
    by: { url: FunctionUrl; caller?: Caller; requestId: string; accessKeyId?: string },
  ): object {
    const { caller, requestId, url, accessKeyId } = by;
    const isText = !(headers['content-type'] ?? '').includes('form-urlencoded');
    const now = this.#deps.clock.now();
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const domainPrefix = urlId(url.functionArn);
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: query,
      // AWS does not say whether it hands the signature on.
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization')),
      ...(query === '' ? {} : { queryStringParameters: parameters }),
      requestContext: {
        accountId: url.accountId,
        apiId: domainPrefix,
        ...(caller === undefined ? {} : { authorizer: authorizerOf(caller, accessKeyId) }),
        domainName: `${domainPrefix}.lambda-url.${url.region}.on.aws`,
        domainPrefix,
        http: {
          method,
          path,
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: headers['user-agent'] ?? '',
        },
        requestId,
        routeKey: '$default',
        stage: '$default',
        time: apacheTime(now),
        timeEpoch: now,
      },
      // AWS hands on as text what it knows to be text, JSON for one; a form it does not.
      ...(body === '' ? {} : { body: isText ? body : Buffer.from(body, 'utf8').toString('base64') }),
      isBase64Encoded: body !== '' && !isText,
    };
  }
}

function authorizerOf(caller: Caller, accessKey: string | undefined): object {
  const callerId = callerIdOf(caller);
  return {
    iam: {
      accessKey,
      accountId: caller.accountId,
      callerId,
      // Function URLs do not use these.
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: caller.arn,
      userId: callerId,
    },
  };
}

/** The unique id of a user; of a role's session with its name. */
function callerIdOf({ arn, roleArn }: Caller): string {
  const digits = createHash('sha256')
    .update(roleArn ?? arn)
    .digest('hex')
    .slice(0, 17)
    .toUpperCase();
  return roleArn === undefined ? `AIDA${digits}` : `AROA${digits}:${arn.split('/').at(-1)}`;
}

/** `12/Mar/2020:19:03:58 +0000` */
function apacheTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

const jsonAnswer = (status: number, requestId: string, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
  body: JSON.stringify(body),
});

const forbidden = (requestId: string): WireResponse => {
  const answer = jsonAnswer(403, requestId, { Message: 'Forbidden' });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': 'AccessDeniedException' } };
};

/** What a function answers is the response, where it has a status; otherwise it is the body. */
function answerOf(result: InvocationResult, requestId: string): WireResponse {
  if (result.kind === 'failure') {
    return { ...jsonAnswer(502, requestId, ''), body: 'Internal Server Error' };
  }
  const { payload } = result;
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    return jsonAnswer(200, requestId, payload);
  }
  const { statusCode, headers, body } = payload as {
    statusCode: number;
    headers?: Record<string, string>;
    body?: string;
  };
  return {
    status: statusCode,
    headers: { 'content-type': 'application/json', ...headers, 'x-amzn-requestid': requestId },
    body: body ?? '',
  };
}
