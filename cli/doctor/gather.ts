import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { STSClient } from '@aws-sdk/client-sts';
import { NO_SUCH_VERB } from '../../analysis/doctor/facts.ts';
import type { AccountFacts, Expected, Facts, Health, Known } from '../../analysis/doctor/facts.ts';
import { isOpen } from '../../shared/aws/account-state.ts';
import { call, collectPages } from '../../shared/aws/calls.ts';
import { TimedHttp } from '../../shared/aws/http.ts';
import { MemberSessions } from '../../shared/aws/member-credentials.ts';
import {
  parseAccountId,
  type AccountId,
  type PeeringId,
  type Region,
} from '../../shared/domain/facts/ids.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import { mapBounded } from '../../shared/reconcile/bounded.ts';
import { requestHub, type HubPlatform } from '../hub-command.ts';
import { using, type Config } from './clients.ts';
import { healthSchema } from './health-schema.ts';
import { known } from './known.ts';
import { readRole } from './read-account.ts';
import { readHub } from './read-hub.ts';
import { readFoundBySweep } from './read-metrics.ts';
import { readPlace } from './read-place.ts';

/** Accounts, and regions of each, that are read at once: far below what STS and EC2 allow. */
const PARALLEL_ACCOUNTS = 8;
const PARALLEL_REGIONS = 4;
/** As often as a call is tried at most; the SDK's own retries are the only ones. */
const MAX_ATTEMPTS = 5;
/** So many a call; so many are asked for at all. */
const PEERINGS_A_CALL = 100;
const MAX_PEERINGS = 2000;

export interface DoctorPlatform extends HubPlatform {
  readonly clock: Clock;
}

export interface Scope {
  readonly expected: Expected;
  readonly regions: readonly Region[];
  /** Those that are looked at; all of the organization where it is left out. */
  readonly accounts: readonly AccountId[] | undefined;
  /** Where the hub's function is; looked up where it is left out. */
  readonly url: string | undefined;
  /** Assumed in each account. */
  readonly roleName: string;
}

interface Deps {
  readonly configIn: (region: string) => Config & { readonly region: string };
  readonly sessions: MemberSessions;
  readonly now: number;
}

interface Member {
  readonly id: AccountId;
  readonly name: string;
}

/** Reads everything that the checks look at. Nothing is written, and a read that is refused stops no other. */
export async function gather(scope: Scope, platform: DoctorPlatform): Promise<Facts> {
  const { name, hubRegion } = scope.expected;
  const now = platform.clock.now();
  const requestHandler = new TimedHttp(platform.transport.requestHandler);
  const configIn = (region: string) => ({
    ...platform.transport,
    requestHandler,
    region,
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'adaptive',
  });
  const hub = await readHub(name, configIn(hubRegion));
  const sts = new STSClient(configIn(hubRegion));
  const sessions = new MemberSessions(sts, scope.roleName, platform.clock, partitionOf(hubRegion));
  const deps: Deps = { configIn, sessions, now };
  const members = await known(() => using(new OrganizationsClient(configIn(hubRegion)), readMembers));
  const hubAccount = hub.caller.kind === 'known' ? hub.caller.value : undefined;
  const read =
    members.kind === 'known' ? await readAccounts(members.value, hubAccount, scope, deps) : members;
  const peerings = read.kind === 'known' ? read.value.flatMap((account) => account.peerings) : [];
  const health = await readHealth([...new Set(peerings)].slice(0, MAX_PEERINGS), scope, platform);
  sts.destroy();
  const accounts = read.kind === 'known' ? { ...read, value: read.value.map(({ facts }) => facts) } : read;
  return { now, expected: scope.expected, hub: { ...hub, health }, accounts };
}

interface Organization {
  readonly management: string;
  readonly accounts: readonly Member[];
}

async function readMembers(client: OrganizationsClient): Promise<Organization> {
  const where = 'the organization';
  const { Organization } = await call('DescribeOrganization', where, () =>
    client.send(new DescribeOrganizationCommand({})),
  );
  const accounts = await collectPages(async (NextToken) => {
    const answer = await call('ListAccounts', where, () =>
      client.send(new ListAccountsCommand({ NextToken })),
    );
    return { items: answer.Accounts ?? [], nextToken: answer.NextToken };
  });
  return {
    management: Organization?.MasterAccountId ?? '',
    accounts: accounts.filter(isOpen).flatMap(({ Id = '', Name = '' }) => {
      const id = parseAccountId(Id);
      return id === undefined ? [] : [{ id, name: Name }];
    }),
  };
}

interface ReadAccount {
  readonly facts: AccountFacts;
  readonly peerings: readonly PeeringId[];
}

async function readAccounts(
  { accounts, management }: Organization,
  hubAccount: string | undefined,
  scope: Scope,
  deps: Deps,
): Promise<Known<readonly ReadAccount[]>> {
  const asked = accounts.filter(({ id }) => scope.accounts?.includes(id) ?? true);
  const { hubRegion } = scope.expected;
  const found = await known(() =>
    readFoundBySweep(
      asked.map(({ id }) => id),
      deps.now,
      deps.configIn(hubRegion),
    ),
  );
  const settled = await mapBounded(asked, PARALLEL_ACCOUNTS, (member) => readAccount(member, scope, deps));
  const value = settled.map((result, index) => {
    if (result.status === 'rejected') throw result.reason;
    const { id = '' } = asked[index] ?? {};
    const foundBySweep = found.kind === 'known' ? { ...found, value: found.value.get(id) ?? 0 } : found;
    const isOptional = id === management || id === hubAccount;
    return { ...result.value, facts: { ...result.value.facts, foundBySweep, isOptional } };
  });
  return { kind: 'known', value };
}

/** With the role for people. Where it cannot be assumed, nothing else of the account is asked for. */
async function readAccount(
  { id, name }: Member,
  { expected, regions }: Scope,
  { configIn, sessions, now }: Deps,
): Promise<{
  readonly facts: Omit<AccountFacts, 'foundBySweep' | 'isOptional'>;
  readonly peerings: readonly PeeringId[];
}> {
  const credentials = sessions.provider(id);
  const reader = await known(async () => {
    await credentials();
    return true as const;
  });
  if (reader.kind === 'unknown') {
    return { facts: { accountId: id, name, reader, memberRole: reader, places: [] }, peerings: [] };
  }
  const config = (region: string) => ({ ...configIn(region), credentials });
  const memberRole = await readRole(`${expected.name}-member`, 'peering', config(expected.hubRegion));
  const settled = await mapBounded(regions, PARALLEL_REGIONS, (region) =>
    readPlace(id, region, { name: expected.name, now, config: config(region) }),
  );
  const places = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    facts: { accountId: id, name, reader, memberRole, places: places.map(({ facts }) => facts) },
    peerings: places.flatMap((place) => place.peerings),
  };
}

/** The ledger's part, by the hub's own function. Of many peerings it is asked again. */
async function readHealth(
  peerings: readonly PeeringId[],
  { expected: { name, hubRegion }, url }: Scope,
  platform: HubPlatform,
): Promise<Known<Health>> {
  const hub = { name, hubRegion, ...(url === undefined ? {} : { url }) };
  const ask = (input: object) => requestHub({ verb: 'health', input, result: healthSchema }, hub, platform);
  const first = await ask({ peerings: peerings.slice(0, PEERINGS_A_CALL) });
  if (first.kind === 'not-done') {
    return first.status === 404
      ? { kind: 'unknown', why: 'the hub is older than this command, and does not tell', code: NO_SUCH_VERB }
      : { kind: 'unknown', why: first.why };
  }
  let { blocked } = first.result;
  for (let from = PEERINGS_A_CALL; from < peerings.length; from += PEERINGS_A_CALL) {
    const next = await ask({ peerings: peerings.slice(from, from + PEERINGS_A_CALL) });
    if (next.kind === 'not-done') return { kind: 'unknown', why: next.why };
    blocked = [...blocked, ...next.result.blocked];
  }
  return { kind: 'known', value: { ...first.result, blocked } };
}
