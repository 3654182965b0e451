import * as z from 'zod';
import type { ConsoleSource, Question, Told } from './source.ts';

const text = z.string().min(1).max(200);
const optional = text.optional().transform((given) => given);
/** As large as a policy may be. */
const MAX_POLICY_CHARACTERS = 1024 * 1024;

const none = z.strictObject({});
const place = { account: text, region: text };
const decision = z.strictObject({
  peering: text,
  fingerprint: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  reason: z.string().trim().min(1).max(500).optional(),
  as: optional,
});

type Read<Input> = (input: Input) => Question;

/** A way to ask: what it takes, and what it means. */
interface Route {
  question(input: unknown): Question | undefined;
}

const route = <Input>(schema: z.ZodType<Input>, read: Read<Input>): Route => ({
  question: (input) => {
    const parsed = schema.safeParse(input);
    return parsed.success ? read(parsed.data) : undefined;
  },
});

const answer = (kind: 'approve' | 'reject'): Route =>
  route(decision, ({ peering, fingerprint, reason, as }) => ({ kind, peering, fingerprint, reason, as }));

const ROUTES: ReadonlyMap<string, Route> = new Map([
  [
    'GET /api/peerings',
    route(z.strictObject({ fresh: z.literal('1').optional() }), ({ fresh }) => ({
      kind: 'peerings',
      isFresh: fresh !== undefined,
    })),
  ],
  [
    'GET /api/peering',
    route(z.strictObject({ id: text, ...place }), (asked) => ({ kind: 'peering', ...asked })),
  ],
  ['GET /api/organization', route(none, () => ({ kind: 'organization' }))],
  ['GET /api/health', route(none, () => ({ kind: 'health' }))],
  ['GET /api/pending', route(none, () => ({ kind: 'pending' }))],
  ['GET /api/approvals', route(z.strictObject({ id: text }), ({ id }) => ({ kind: 'approvals', id }))],
  ['POST /api/approve', answer('approve')],
  ['POST /api/reject', answer('reject')],
  [
    'GET /api/check',
    route(
      z.strictObject({
        from: text,
        to: text,
        protocol: z.string(),
        port: optional,
        account: optional,
        region: optional,
        toAccount: optional,
        toRegion: optional,
      }),
      ({ from, to, protocol, port, account, region, toAccount, toRegion }) => ({
        kind: 'check',
        from,
        to,
        protocol,
        port,
        account,
        region,
        toAccount,
        toRegion,
      }),
    ),
  ],
  ['GET /api/policy', route(none, () => ({ kind: 'policy' }))],
  [
    'POST /api/policy-change',
    route(z.strictObject({ text: z.string().max(MAX_POLICY_CHARACTERS) }), (asked) => ({
      kind: 'policy-change',
      ...asked,
    })),
  ],
]);

export interface Reply {
  readonly status: number;
  readonly value: unknown;
}

/** Answers a call of the page; with nothing where there is no such call. */
export async function answerCall(
  name: string,
  input: unknown,
  source: ConsoleSource,
): Promise<Reply | undefined> {
  if (name === 'GET /api/place') return { status: 200, value: { result: source.place, notes: [] } };
  const { sandbox } = source;
  if (sandbox !== undefined && name === 'GET /api/sandbox')
    return { status: 200, value: { result: sandbox.state(), notes: [] } };
  if (sandbox !== undefined && name === 'POST /api/sandbox') return replyOf(await sandbox.act(input));
  const found = ROUTES.get(name);
  if (found === undefined) return undefined;
  const question = found.question(input);
  if (question === undefined)
    return { status: 400, value: { message: 'The page asked for something malformed.' } };
  return replyOf(await source.ask(question));
}

function replyOf(told: Told): Reply {
  if (told.kind === 'not-told') return { status: 502, value: { message: told.why } };
  const result: unknown = JSON.parse(told.json);
  return { status: 200, value: { result, notes: told.notes } };
}
