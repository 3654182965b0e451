import type { Fate } from '../../sim/faults.ts';
import { denialOf } from '../../sim/iam/iam.ts';
import { AwsError, type Call } from '../../sim/types.ts';
import { listAt } from './invariants/read.ts';
import type { LastingTrouble } from './plan/lasting.ts';

type Denied = Extract<LastingTrouble, { kind: 'place-denied' | 'region-off' | 'action-denied' }>;

/** What becomes of a call of autopeer's in an organization where something stays broken, or odd, for ever. */
export function lastingFate(lasting: readonly LastingTrouble[], call: Call): Fate | undefined {
  const fates = lasting.flatMap((trouble) => fateOf(trouble, call) ?? []);
  // What is denied has no answer that could be odd.
  return fates.find(({ kind }) => kind === 'fail') ?? fates[0];
}

function fateOf(trouble: LastingTrouble, call: Call): Fate | undefined {
  switch (trouble.kind) {
    case 'odd-account':
      return call.service === 'organizations' && call.action === 'ListAccounts'
        ? WITH_ODD_ACCOUNT
        : undefined;
    case 'odd-peering':
      return isThere(trouble, call) && call.action === 'DescribeVpcPeeringConnections'
        ? WITH_ODD_PEERING
        : undefined;
    case 'odd-route':
      return isThere(trouble, call) && call.action === 'DescribeRouteTables' ? WITH_ODD_ROUTES : undefined;
    case 'place-denied':
    case 'region-off':
    case 'action-denied':
      return isThere(trouble, call) ? denial(trouble, call) : undefined;
  }
}

function denial(trouble: Denied, call: Call): Fate | undefined {
  const denied: Fate = {
    kind: 'fail',
    error: denialOf(call, '*', 'with an explicit deny in a service control policy'),
  };
  switch (trouble.kind) {
    case 'place-denied':
      return denied;
    case 'region-off':
      return { kind: 'fail', error: new AwsError(trouble.code, 'The region is not enabled.', 401) };
    case 'action-denied':
      return trouble.action === call.action ? denied : undefined;
  }
}

const isThere = (
  { accountId, region }: Exclude<LastingTrouble, { kind: 'odd-account' }>,
  call: Call,
): boolean => call.service === 'ec2' && call.caller.accountId === accountId && call.region === region;

/** What EC2 and Organizations have been seen to answer, or may by their own types. */
const ODD_PEERING = { VpcPeeringConnectionId: 'pcx-0dd0dd0dd0dd0dd0d', Status: { Code: 'active' } };
const ODD_ACCOUNT = { Id: '100000009999', Name: 'odd', Email: 'odd@example.com' };
const ODD_ROUTE = { DestinationCidrBlock: '203.0.113.0/24', State: 'active', Origin: 'CreateRoute' };

const withOneMore =
  (list: string, item: object) =>
  (output: unknown): unknown =>
    isObject(output) ? { ...output, [list]: [...listAt(output, list), item] } : output;

const WITH_ODD_PEERING: Fate = {
  kind: 'distort',
  distort: withOneMore('VpcPeeringConnections', ODD_PEERING),
};
const WITH_ODD_ACCOUNT: Fate = { kind: 'distort', distort: withOneMore('Accounts', ODD_ACCOUNT) };
const WITH_ODD_ROUTES: Fate = {
  kind: 'distort',
  distort: (output) =>
    isObject(output)
      ? { ...output, RouteTables: listAt(output, 'RouteTables').map(withOneMore('Routes', ODD_ROUTE)) }
      : output,
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
