import type {
  AddPrefixListEntry,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
  RemovePrefixListEntry,
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { cidrOf } from './cidrs.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { pageOf } from './paging.ts';
import {
  entriesAt,
  entriesOf,
  isChanging,
  requireOwnPrefixList,
  requirePrefixList,
  toPrefixList,
  versionAt,
} from './prefix-list-state.ts';
import type { PrefixListEntryRecord, PrefixListRecord, RouteTableRecord } from './records.ts';
import { roomLeft } from './route-quota.ts';
import { itemsAt, type Ec2Store } from './store.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-quotas-managed-prefix-lists */
const MOST_ENTRIES = 1000;
/** Of one call, to add and to remove each. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html */
const MOST_ENTRIES_OF_A_CALL = 100;
const HIGHEST_MAX_RESULTS = 100;
/** "Check the state message for the IDs of the first ten resources" */
const MOST_NAMED = 10;

export function prefixListChangeActions(store: Ec2Store): ActionTable {
  const resources = (call: Call, { PrefixListId }: { PrefixListId: string | undefined }) => [
    arnOf(call, 'prefix-list', PrefixListId),
  ];
  return {
    ModifyManagedPrefixList: ec2Action<ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult>({
      mutates: true,
      resources,
      run: (call, input) => modifyList(store, call, input),
    }),
    RestoreManagedPrefixListVersion: ec2Action<
      RestoreManagedPrefixListVersionRequest,
      RestoreManagedPrefixListVersionResult
    >({
      mutates: true,
      resources,
      run: (call, input) => restoreList(store, call, input),
    }),
    GetManagedPrefixListEntries: ec2Action<
      GetManagedPrefixListEntriesRequest,
      GetManagedPrefixListEntriesResult
    >({
      mutates: false,
      resources,
      run: (call, input) => getEntries(store, call, input),
    }),
  };
}

/** A new version comes with new entries only, and is in force when the change ends. */
function modifyList(
  store: Ec2Store,
  call: Call,
  input: ModifyManagedPrefixListRequest,
): ModifyManagedPrefixListResult {
  const list = requireOwnPrefixList(store, call, input.PrefixListId);
  assertIdle(store, list);
  const { AddEntries = [], RemoveEntries = [], CurrentVersion, MaxEntries, PrefixListName } = input;
  const hasEntries = AddEntries.length + RemoveEntries.length > 0;
  if (hasEntries && MaxEntries !== undefined) {
    throw invalidCombination(
      'You cannot modify the entries and the maximum entries for the prefix list in the same request.',
    );
  }
  const now = store.now();
  if (CurrentVersion !== undefined) assertCurrent(list, CurrentVersion, now);
  const endsAt = now + store.options.prefixListChangingMs;
  if (hasEntries) {
    const kept = entriesWithout(entriesAt(list, now), RemoveEntries, AddEntries);
    list.versions.push({ entries: newEntries(list, kept, AddEntries), since: endsAt });
  }
  const failure = MaxEntries === undefined ? undefined : resize(store, call, list, MaxEntries);
  list.name = PrefixListName ?? list.name;
  list.change = { kind: 'modify', endsAt, failure };
  return { PrefixList: toPrefixList(store, call, list) };
}

/** The entries of an older version are those of a new one. */
function restoreList(
  store: Ec2Store,
  call: Call,
  input: RestoreManagedPrefixListVersionRequest,
): RestoreManagedPrefixListVersionResult {
  const list = requireOwnPrefixList(store, call, input.PrefixListId);
  assertIdle(store, list);
  const { PreviousVersion, CurrentVersion } = input;
  if (PreviousVersion === undefined) throw missingParameter('previousVersion');
  if (CurrentVersion === undefined) throw missingParameter('currentVersion');
  const now = store.now();
  assertCurrent(list, CurrentVersion, now);
  const entries = entriesOf(list, PreviousVersion, now);
  if (entries === undefined) throw invalidValue(`The prefix list has no version ${PreviousVersion}`);
  const endsAt = now + store.options.prefixListChangingMs;
  list.versions.push({ entries, since: endsAt });
  list.change = { kind: 'restore', endsAt, failure: undefined };
  return { PrefixList: toPrefixList(store, call, list) };
}

function assertCurrent(list: PrefixListRecord, version: number, now: number): void {
  if (version === versionAt(list, now)) return;
  throw new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
}

function entriesWithout(
  entries: readonly PrefixListEntryRecord[],
  removed: readonly RemovePrefixListEntry[],
  added: readonly AddPrefixListEntry[],
): readonly PrefixListEntryRecord[] {
  if (removed.length > MOST_ENTRIES_OF_A_CALL) throw tooMany();
  const gone = new Set(removed.map(({ Cidr = '' }) => Cidr));
  const twice = added.find(({ Cidr = '' }) => gone.has(Cidr));
  if (twice !== undefined) {
    throw invalidValue(
      `Request cannot contain Cidr ${twice.Cidr} in both AddPrefixListEntries and RemovePrefixListEntries`,
    );
  }
  const missing = [...gone].find((cidr) => entries.every((entry) => entry.cidr !== cidr));
  if (missing !== undefined) throw invalidValue(`The prefix list has no entry ${missing}`);
  return entries.filter(({ cidr }) => !gone.has(cidr));
}

/** Entries with more of them: each once, and no more than the list may have. */
export function newEntries(
  { family, maxEntries }: Pick<PrefixListRecord, 'family' | 'maxEntries'>,
  present: readonly PrefixListEntryRecord[],
  added: readonly AddPrefixListEntry[] = [],
): readonly PrefixListEntryRecord[] {
  assertMaxEntries(maxEntries);
  if (added.length > MOST_ENTRIES_OF_A_CALL) throw tooMany();
  const entries = [...present];
  for (const { Cidr, Description } of added) {
    if (Cidr === undefined) throw missingParameter('cidr');
    const cidr = cidrOf(Cidr, family, 'cidr');
    // Nor can a description be changed so: https://github.com/hashicorp/terraform-provider-aws, vpc_managed_prefix_list.go
    if (entries.some((entry) => entry.cidr === cidr)) {
      throw new AwsError('InvalidRequest', 'The request received was invalid.');
    }
    entries.push({ cidr, description: Description });
  }
  assertFits(entries.length, maxEntries);
  return entries;
}

function assertFits(count: number, maxEntries: number): void {
  if (count <= maxEntries) return;
  throw new AwsError(
    'PrefixListMaxEntriesExceeded',
    `You've reached the maximum number of entries for the prefix list: ${maxEntries}.`,
  );
}

function assertMaxEntries(maxEntries: number): void {
  if (maxEntries >= 1 && maxEntries <= MOST_ENTRIES) return;
  throw invalidValue(`Value (${maxEntries}) for parameter maxEntries is invalid.`);
}

const tooMany = (): AwsError =>
  invalidValue(`At most ${MOST_ENTRIES_OF_A_CALL} entries may be given in one request.`);

/** @returns why it fails, where a route table that leads to the list has no room for that many */
function resize(store: Ec2Store, call: Call, list: PrefixListRecord, maxEntries: number): string | undefined {
  assertMaxEntries(maxEntries);
  assertFits(entriesAt(list, store.now()).length, maxEntries);
  const more = maxEntries - list.maxEntries;
  const full = tablesTo(store, call, list).filter((table) => roomLeft(store, table, list.family) < more);
  if (full.length === 0) {
    list.maxEntries = maxEntries;
    return undefined;
  }
  const named = full.slice(0, MOST_NAMED).map(({ id }) => id);
  return `These resources do not support the new maximum size: ${named.join(', ')}.`;
}

const tablesTo = (store: Ec2Store, call: Call, { id }: PrefixListRecord): RouteTableRecord[] =>
  itemsAt(store.routeTables, call).filter(({ routes }) =>
    routes.some(({ destination }) => destination.kind === 'prefix-list' && destination.id === id),
  );

/** The ids of what refers to the list: route tables, and groups by a rule. */
export function referencesTo(store: Ec2Store, call: Call, list: PrefixListRecord): readonly string[] {
  const groups = itemsAt(store.securityGroups, call).filter(({ rules }) =>
    rules.some(({ peer }) => peer.kind === 'prefix-list' && peer.id === list.id),
  );
  return [...tablesTo(store, call, list), ...groups].map(({ id }) => id);
}

/** One change after the other. */
export function assertIdle(store: Ec2Store, list: PrefixListRecord): void {
  if (!isChanging(list, store.now())) return;
  throw new AwsError(
    'IncorrectState',
    `The request cannot be completed while the prefix list (${list.id}) is in the current state (${list.change.kind}-in-progress).`,
  );
}

function getEntries(
  store: Ec2Store,
  call: Call,
  input: GetManagedPrefixListEntriesRequest,
): GetManagedPrefixListEntriesResult {
  const list = requirePrefixList(store, call, input.PrefixListId);
  const now = store.now();
  const version = input.TargetVersion ?? versionAt(list, now);
  const entries = entriesOf(list, version, now);
  if (entries === undefined) throw invalidValue(`The prefix list ${list.id} has no version ${version}`);
  const rows = entries.map(({ cidr, description }, index) => ({
    order: index + 1,
    entry: { Cidr: cidr, ...(description !== undefined && { Description: description }) },
  }));
  const page = pageOf(rows, input, {
    ids: undefined,
    idsParameter: 'prefixListIds',
    lowestMaxResults: 1,
    highestMaxResults: HIGHEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  return { Entries: page.items.map(({ entry }) => entry), NextToken: page.nextToken };
}
