import type { Plan, PlannedVpc } from '../plan/plan.ts';
import type { Deed } from '../plan/steps.ts';

const MINUTE_MS = 60_000;
const A = '100000000001';
const B = '100000000002';
const C = '100000000003';
export const ACCOUNTS = { a: A, b: B, c: C } as const;
export const PROD = 'ou-ab12-prod0001';
export const SANDBOX = 'ou-ab12-sandbox1';

/** A deed, and the minute in which it is done. */
export type Scripted = readonly [minute: number, deed: Deed];

/**
 * A small run that shows one thing: accounts a and b in Prod, c in Sandbox, and in each of them a VPC or two with one
 * subnet and one table.
 *
 * @param policies the first is in force at the beginning
 */
export function scene(
  policies: readonly object[],
  script: readonly Scripted[],
  over: Partial<Plan> = {},
): Plan {
  const last = Math.max(...script.map(([minute]) => minute));
  return {
    seed: 1,
    accounts: [A, B, C].map((id) => ({ id, ou: id === C ? SANDBOX : PROD, isEnrolled: true })),
    vendors: [],
    regions: ['eu-west-1', 'us-east-1'],
    vpcs: VPCS,
    policies: policies.map((policy) => JSON.stringify(policy)),
    mayDeletePeerings: false,
    steps: script.map(([minute, deed], id) => ({ id, atMs: minute * MINUTE_MS + 1000, ...deed })),
    faults: [],
    stormMs: (last + 1) * MINUTE_MS,
    ...over,
  };
}

const vpc = (name: string, accountId: string, cidr: string, region = 'eu-west-1'): PlannedVpc => ({
  name,
  accountId,
  region,
  cidr,
  hasIpv6: false,
  hasDnsHostnames: true,
  tags: {},
  subnets: 1,
  ownTables: 1,
});

/** `a1` is account a's first; `twin` has the addresses of `b1`, `public` has some that nobody may have by himself. */
const VPCS = [
  vpc('a1', A, '10.1.0.0/16'),
  vpc('b1', B, '10.2.0.0/16'),
  vpc('b2', B, '10.3.0.0/16'),
  vpc('b3', B, '10.4.0.0/16'),
  vpc('c1', C, '10.5.0.0/16'),
  vpc('twin', A, '10.2.0.0/16'),
  vpc('public', B, '140.82.0.0/16'),
  vpc('far', A, '10.6.0.0/16', 'us-east-1'),
];

/** What is in Prod may be joined. */
export const policy = (
  over: object = {},
  {
    connect = {},
    rule = {},
    groups = {},
  }: { readonly connect?: object; readonly rule?: object; readonly groups?: object } = {},
): object => ({
  version: 1,
  regions: ['eu-west-1'],
  groups: { prod: { ous: [PROD] }, sandbox: { ous: [SANDBOX] }, ...groups },
  defaults: { connect },
  allow: [{ name: 'within-prod', between: ['prod', 'prod'], ...rule }],
  ...over,
});

export const request = (from: string, to: string): Deed => ({ kind: 'request', from, to });
export const deploy = (nth: number): Deed => ({ kind: 'change-policy', policy: nth });
export const move = (accountId: string, ou: string): Deed => ({ kind: 'move-account', accountId, ou });
export const byHand = (peering: number, cidr?: string): Deed => ({
  kind: 'route-by-hand',
  peering,
  side: 'requester',
  table: 1,
  part: cidr === undefined ? 'half' : 'whole',
  ...(cidr === undefined ? {} : { cidr }),
});
export const SWEEP: Deed = { kind: 'sweep' };
