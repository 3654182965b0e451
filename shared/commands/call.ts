import * as z from 'zod';
import { callerOf, type Caller } from '../domain/facts/caller.ts';

/** A command is some hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** A call of the function's URL: who, and what he asks for. */
export type CommandCall =
  | { readonly kind: 'asked'; readonly caller: Caller; readonly verb: string; readonly input: unknown }
  /** Nobody is named: the function was not called by its URL, or AWS did not say who calls. */
  | { readonly kind: 'no-caller' }
  | {
      readonly kind: 'malformed';
      readonly caller: Caller;
      readonly status: 400 | 405 | 413;
      readonly why: string;
    };

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads: what AWS writes, not the client. */
const signedSchema = z.object({
  requestContext: z.object({
    authorizer: z.object({ iam: z.object({ accountId: z.string(), userArn: z.string() }) }),
    http: z.object({ method: z.string() }),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

const bodySchema = z.strictObject({ verb: z.string(), input: z.unknown().optional() });

/** Reads the event of a function URL whose callers IAM authenticates. */
export function readCall(event: unknown): CommandCall {
  const signed = signedSchema.safeParse(event).data;
  const iam = signed?.requestContext.authorizer.iam;
  const caller = iam === undefined ? undefined : callerOf(iam.accountId, iam.userArn);
  if (signed === undefined || caller === undefined) return { kind: 'no-caller' };
  const malformed = (status: 400 | 405 | 413, why: string): CommandCall => ({
    kind: 'malformed',
    caller,
    status,
    why,
  });
  if (signed.requestContext.http.method !== 'POST') return malformed(405, 'Send a command with POST.');
  const bytes = Buffer.from(signed.body ?? '', signed.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.byteLength > MAX_BODY_BYTES) {
    return malformed(413, `A command has at most ${MAX_BODY_BYTES} bytes.`);
  }
  const body = bodySchema.safeParse(parsedJson(bytes.toString('utf8')));
  if (!body.success) {
    return malformed(400, 'The body must be JSON such as {"verb": "brake show", "input": {}}.');
  }
  return { kind: 'asked', caller, verb: body.data.verb, input: body.data.input ?? {} };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
