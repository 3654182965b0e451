import * as z from 'zod';
import { plural, printable } from '../policy/files.ts';

const answerSchema = z.object({ by: z.string(), at: z.string(), reason: z.string().optional() });
export type Answer = z.infer<typeof answerSchema>;

const sideSchema = z.object({
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string(),
  cidrs: z.union([z.literal('unknown'), z.array(z.string())]),
});

/** What waits for people, as the hub answers. */
export const waitingSchema = z.object({
  peering: z.string(),
  state: z.enum(['pending-acceptance', 'active']),
  rule: z.string(),
  requester: sideSchema,
  accepter: sideSchema,
  shown: z.array(z.string()),
  taken: z.array(z.string()),
  fingerprint: z.string(),
  left: z.number(),
  approved: z.array(answerSchema),
});
export type Waiting = z.infer<typeof waitingSchema>;

export const pendingSchema = z.object({ waiting: z.array(waitingSchema) });

/** What the hub answers to `approve`, `reject` and `revoke` that it did not do. */
const refusalSchema = z.object({
  done: z.literal(false),
  peering: z.string(),
  why: z.string(),
  waiting: waitingSchema.optional(),
});
export const approvedSchema = z.union([
  refusalSchema,
  z.object({
    done: z.literal(true),
    peering: z.string(),
    left: z.number(),
    approved: z.array(answerSchema),
    until: z.string().optional(),
  }),
]);
export const rejectedSchema = z.union([
  refusalSchema,
  z.object({ done: z.literal(true), peering: z.string(), rejected: answerSchema }),
]);
export const revokedSchema = z.union([
  refusalSchema,
  z.object({
    done: z.literal(true),
    peering: z.string(),
    revoked: z.number(),
    by: z.string(),
    at: z.string(),
  }),
]);
export const approvalsSchema = z.object({
  peering: z.string(),
  approvals: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      approved: z.array(answerSchema),
      until: z.string().optional(),
      left: z.number(),
      rejected: answerSchema.nullable(),
      revoked: answerSchema.nullable(),
    }),
  ),
});

/** Why the hub did not do it. */
export const whyNot = (
  answer: { readonly done: true } | z.infer<typeof refusalSchema>,
): string | undefined =>
  answer.done
    ? undefined
    : `${answer.peering}: ${answer.why}${answer.waiting === undefined ? '' : '. See autopeer pending'}`;

/** As much of a fingerprint as tells one thing that was shown from another. */
const SHORT = 'sha256:'.length + 12;
export const shortFingerprint = (fingerprint: string): string => fingerprint.slice(0, SHORT);

/** Everything that an approval covers, and what else to know. */
export function waitingLines(waiting: Waiting): readonly string[] {
  const { peering, state, rule, shown, taken, fingerprint, left, approved } = waiting;
  return [
    `${peering} (${state}), rule ${rule}`,
    ...(['requester', 'accepter'] as const).map((role) => `  ${role.padEnd(11)}${sideText(waiting[role])}`),
    ...shown.map((line) => `  ${line}`),
    ...(taken.length === 0 ? [] : ['  it takes traffic from others:', ...taken.map((line) => `    ${line}`)]),
    ...approved.map((answer) => `  approved by ${answerText(answer)}`),
    `  ${plural(left, 'approval')} missing; fingerprint ${shortFingerprint(fingerprint)}`,
  ].map(printable);
}

function sideText({ accountId, region, vpcId, cidrs }: Waiting['requester']): string {
  return `${vpcId} in ${accountId}, ${region}: ${cidrs === 'unknown' ? 'CIDRs unknown' : cidrs.join(', ')}`;
}

export const answerText = ({ by, at, reason }: Answer): string =>
  `${by} at ${at}${reason === undefined ? '' : `: ${reason}`}`;
