import { AwsError } from '../sim/types.ts';
import { credentialScope } from '../sim/wire/credential-scope.ts';
import type { WireRequest, WireResponse } from '../sim/wire/http.ts';
import { WIRE_SERVICES } from '../sim/wire/services.ts';

/** An answer of the server itself, in the protocol of the service that was asked, so that SDKs can read it. */
export function refusal(
  headers: WireRequest['headers'],
  requestId: string,
  { codes, message, status }: { codes: RefusalCodes; message: string; status: number },
): WireResponse {
  const name = credentialScope(headers['authorization'])?.service ?? '';
  const service = WIRE_SERVICES.get(name);
  if (service !== undefined) {
    const code = name === 'ec2' || name === 'sts' || name === 'sns' ? codes.query : codes.json;
    return service.protocol.writeError(new AwsError(code, message, status), requestId);
  }
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: codes.json, message }),
  };
}

/** What the two families of protocols call the same thing. */
export interface RefusalCodes {
  readonly query: string;
  readonly json: string;
}
