import * as z from 'zod/mini';

/** What the page reads of the answers, which are the JSON of the commands. */
export const placeSchema = z.object({
  kind: z.enum(['sandbox', 'organization']),
  title: z.string(),
  policy: z.string(),
});
export type ConsolePlace = z.infer<typeof placeSchema>;

const listedSide = z.object({
  accountId: z.string(),
  account: z.optional(z.string()),
  region: z.string(),
  vpcId: z.string(),
  vpc: z.optional(z.string()),
  cidrs: z.array(z.string()),
});
export type ListedSide = z.infer<typeof listedSide>;

const listed = z.object({
  id: z.string(),
  state: z.string(),
  requester: listedSide,
  accepter: listedSide,
  decision: z.optional(z.string()),
  rule: z.optional(z.string()),
});
export type Listed = z.infer<typeof listed>;
export const listedSchema = z.array(listed);

const shownSide = z.object({
  role: z.string(),
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string(),
  cidrs: z.array(z.string()),
  notRead: z.optional(z.string()),
  dnsFromRemote: z.optional(z.boolean()),
  routes: z.array(
    z.object({
      routeTableId: z.string(),
      destination: z.string(),
      isActive: z.boolean(),
      isOurs: z.optional(z.boolean()),
    }),
  ),
});
export type ShownSide = z.infer<typeof shownSide>;

export const viewSchema = z.object({
  id: z.string(),
  state: z.string(),
  verdict: z.string(),
  rule: z.optional(z.string()),
  reason: z.object({ code: z.string(), text: z.string() }),
  sides: z.array(shownSide),
  problems: z.array(z.string()),
  steps: z.array(z.string()),
  history: z.array(
    z.object({
      at: z.string(),
      verdict: z.string(),
      rule: z.optional(z.string()),
      by: z.optional(z.string()),
      text: z.string(),
      changes: z.array(z.string()),
    }),
  ),
});
export type View = z.infer<typeof viewSchema>;

const person = z.object({ by: z.string(), at: z.string(), reason: z.optional(z.string()) });
const waitingSide = z.object({
  accountId: z.string(),
  region: z.string(),
  vpcId: z.string(),
  cidrs: z.union([z.string(), z.array(z.string())]),
});
const waiting = z.object({
  peering: z.string(),
  state: z.string(),
  rule: z.string(),
  requester: waitingSide,
  accepter: waitingSide,
  shown: z.array(z.string()),
  taken: z.array(z.string()),
  fingerprint: z.string(),
  left: z.number(),
  approved: z.array(person),
});
export type Waiting = z.infer<typeof waiting>;
export const pendingSchema = z.object({ waiting: z.array(waiting) });

export const approvalsSchema = z.object({
  approvals: z.array(
    z.object({
      rule: z.string(),
      approved: z.array(person),
      rejected: z.nullable(person),
      revoked: z.nullable(person),
    }),
  ),
});

/** The hub's answer to a yes or a no. */
export const answeredSchema = z.object({
  done: z.boolean(),
  left: z.optional(z.number()),
  why: z.optional(z.string()),
});

export const healthSchema = z.object({
  version: z.nullable(z.string()),
  lastSweep: z.nullable(z.object({ at: z.string(), accounts: z.number() })),
  suspended: z.nullable(z.object({ by: z.string(), at: z.string() })),
  cutWithinHour: z.number(),
  deadLetters: z.array(z.object({ cause: z.string(), text: z.string(), letters: z.number() })),
  places: z.array(
    z.object({
      account: z.string(),
      region: z.string(),
      state: z.string(),
      reason: z.optional(z.string()),
      since: z.string(),
    }),
  ),
  blocked: z.array(z.object({ peering: z.string(), step: z.string(), problem: z.string() })),
});
export type Health = z.infer<typeof healthSchema>;

export const organizationSchema = z.object({
  accounts: z.array(z.object({ id: z.string(), name: z.optional(z.string()) })),
  vpcs: z.array(
    z.object({
      id: z.string(),
      accountId: z.string(),
      region: z.string(),
      cidrs: z.array(z.string()),
      tags: z.optional(z.record(z.string(), z.string())),
    }),
  ),
});
export type Organization = z.infer<typeof organizationSchema>;
export type OneVpc = Organization['vpcs'][number];
