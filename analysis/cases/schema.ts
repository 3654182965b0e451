import * as z from 'zod';
import * as field from '../../shared/domain/policy/decision/fields.ts';
import { REASON_CODES } from '../../shared/domain/policy/decision/reasons.ts';

const { choice, expected, flag, list, mapping } = field;

/** Twelve digits, or a name that the organization's snapshot has. */
const account = z
  .string({
    // An unquoted number gets the same advice as in a policy.
    error: (issue) =>
      typeof issue.input === 'number'
        ? (field.accountId.safeParse(issue.input).error?.issues[0]?.message ?? '')
        : expected('a quoted account id, or the name of an account', issue.input),
  })
  .min(1, { error: 'the account is empty' });

/** An id, or names from the root down. */
const ou = z
  .string({ error: (issue) => expected('an OU, such as ou-ab12-prod0001 or Workloads/Prod', issue.input) })
  .min(1, { error: 'the OU is empty: write an id, or a path such as Workloads/Prod' });

const tags = z.record(field.tagKey, field.tagValue, {
  error: (issue) => expected('tags, such as { tier: shared }, or unknown', issue.input),
});

const sideFields = mapping('a side', {
  vpc: field.vpcId.optional(),
  account: account.optional(),
  region: field.region.optional(),
  ou: ou.optional(),
  ous: list('[ou-ab12-prod0001]', field.ouId).optional(),
  external: flag('external: true').optional(),
  defaultVpc: flag('defaultVpc: true').optional(),
  cidrs: z
    .union([z.literal('unknown'), list('[10.1.0.0/16]', field.cidr)], {
      error: (issue) => expected('a list of CIDRs, or unknown', issue.input),
    })
    .optional(),
  tags: z
    .union([z.literal('unknown'), tags], {
      error: (issue) => expected('tags, such as { tier: shared }, or unknown', issue.input),
    })
    .optional(),
});

const side = z.union([field.vpcId, sideFields], {
  error: (issue) => expected('a VPC id or a mapping with the facts of a side', issue.input),
});

const digest = z
  .string({ error: (issue) => expected('a fingerprint, such as sha256:…', issue.input) })
  .regex(/^sha256:[0-9a-f]{64}$/, { error: 'a fingerprint is sha256: and 64 hexadecimal digits' });

/** One request, as `explain` takes it. */
export const requestFileSchema = mapping('a request', {
  requester: side,
  accepter: side,
  approvals: list('["sha256:…"]', digest).optional(),
});

const expectation = mapping('an expectation', {
  decision: choice(['accept', 'hold', 'reject', 'ignore']),
  rule: field.name.optional(),
  reason: choice(REASON_CODES).optional(),
});

const testCase = mapping('a test', {
  name: z
    .string({ error: (issue) => expected('a sentence that says what must hold', issue.input) })
    .min(1, { error: 'the name is empty: write a sentence that says what must hold' }),
  requester: side,
  accepter: side,
  approved: flag('approved: true').optional(),
  trial: flag('trial: true').optional(),
  at: field.instant.optional(),
  expect: expectation,
});

/** The tests of a policy, as they stand beside it. */
export const testsFileSchema = mapping('the tests of a policy', {
  version: z.literal(1, { error: (issue) => expected('version: 1', issue.input) }),
  organization: z
    .string({ error: (issue) => expected("a file with the organization's snapshot", issue.input) })
    .min(1, { error: 'the file name is empty' })
    .optional(),
  tests: list('{ name, requester, accepter, expect }', testCase),
});

export type SideFacts = z.output<typeof sideFields>;
export type CaseSide = z.output<typeof side>;
export type TestCase = z.output<typeof testCase>;
export type TestsFile = z.output<typeof testsFileSchema>;
