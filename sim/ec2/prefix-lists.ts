import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { selectPage } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue, missingParameter } from './errors.ts';
import type { FilterTable } from './filters.ts';
import { assertIdle, newEntries, referencesTo } from './prefix-list-changes.ts';
import {
  entriesAt,
  isOfAws,
  requireOwnPrefixList,
  requirePrefixList,
  toPrefixList,
  visiblePrefixLists,
} from './prefix-list-state.ts';
import type { PrefixListRecord } from './records.ts';
import type { Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
const MAX_NAME_LENGTH = 255;
const RESERVED_NAME = 'com.amazonaws';
/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
const MAX_RESULTS = { lowestMaxResults: 1, highestMaxResults: 100 } as const;

export function prefixListActions(store: Ec2Store): ActionTable {
  return {
    CreateManagedPrefixList: ec2Action<CreateManagedPrefixListRequest, CreateManagedPrefixListResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'prefix-list')],
      run: (call, input) => createList(store, call, input),
    }),
    DeleteManagedPrefixList: ec2Action<DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult>({
      mutates: true,
      resources: (call, { PrefixListId }) => [arnOf(call, 'prefix-list', PrefixListId)],
      run: (call, { PrefixListId }) =>
        deleteList(store, call, requireOwnPrefixList(store, call, PrefixListId)),
    }),
    DescribeManagedPrefixLists: ec2Action<
      DescribeManagedPrefixListsRequest,
      DescribeManagedPrefixListsResult
    >({
      mutates: false,
      run: (call, input) => {
        const { items, nextToken } = page(store, call, input, visiblePrefixLists(store, call));
        return { PrefixLists: items.map((list) => toPrefixList(store, call, list)), NextToken: nextToken };
      },
    }),
    DescribePrefixLists: ec2Action<DescribePrefixListsRequest, DescribePrefixListsResult>({
      mutates: false,
      run: (call, input) => describeServices(store, call, input),
    }),
  };
}

function createList(
  store: Ec2Store,
  call: Call,
  input: CreateManagedPrefixListRequest,
): CreateManagedPrefixListResult {
  const { PrefixListName: name, MaxEntries: maxEntries, AddressFamily } = input;
  if (name === undefined) throw missingParameter('prefixListName');
  if (maxEntries === undefined) throw missingParameter('maxEntries');
  if (name === '' || name.length > MAX_NAME_LENGTH || name.startsWith(RESERVED_NAME)) {
    throw invalidValue(`Value (${name}) for parameter prefixListName is invalid.`);
  }
  const family = familyNamed(AddressFamily);
  const tags = tagsFor('prefix-list', input.TagSpecifications);
  const now = store.now();
  const list: PrefixListRecord = {
    ...store.newOwned('prefixList', call),
    family,
    name,
    maxEntries,
    versions: [{ entries: newEntries({ family, maxEntries }, [], input.Entries), since: now }],
    change: { kind: 'create', endsAt: now + store.options.prefixListChangingMs, failure: undefined },
  };
  store.prefixLists.add(list);
  store.tags.set(call, list.id, tags);
  return { PrefixList: toPrefixList(store, call, list) };
}

function familyNamed(addressFamily: string | undefined): PrefixListRecord['family'] {
  switch (addressFamily) {
    case 'IPv4':
      return 'ipv4';
    case 'IPv6':
      return 'ipv6';
    case undefined:
      throw missingParameter('addressFamily');
    default:
      throw invalidValue(`Value (${addressFamily}) for parameter addressFamily is invalid.`);
  }
}

/** No error of the call where something refers to the list: its deletion then fails, and it stays. */
function deleteList(store: Ec2Store, call: Call, list: PrefixListRecord): DeleteManagedPrefixListResult {
  assertIdle(store, list);
  const users = referencesTo(store, call, list);
  if (users.length === 0) store.tags.forget(list.id);
  list.change = {
    kind: 'delete',
    endsAt: store.now() + store.options.prefixListChangingMs,
    failure: users.length === 0 ? undefined : `The prefix list is referenced by ${users.join(', ')}.`,
  };
  return { PrefixList: toPrefixList(store, call, list) };
}

type ListsInput = DescribeManagedPrefixListsRequest | DescribePrefixListsRequest;

function page(store: Ec2Store, call: Call, input: ListsInput, all: readonly PrefixListRecord[]) {
  const ids = input.PrefixListIds;
  return selectPage(ids?.length ? ids.map((id) => requirePrefixList(store, call, id)) : all, input, {
    ids,
    idsParameter: 'prefixListIds',
    filters: FILTERS,
    tags: ({ id }) => store.tags.get(call, id),
    ...MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
}

/** The older action knows AWS's own lists only. */
function describeServices(
  store: Ec2Store,
  call: Call,
  input: DescribePrefixListsRequest,
): DescribePrefixListsResult {
  const { items, nextToken } = page(store, call, input, visiblePrefixLists(store, call).filter(isOfAws));
  return {
    PrefixLists: items.map((list) => ({
      PrefixListId: list.id,
      PrefixListName: list.name,
      Cidrs: entriesAt(list, store.now()).map(({ cidr }) => cidr),
    })),
    NextToken: nextToken,
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
const FILTERS: FilterTable<PrefixListRecord> = {
  'owner-id': ({ ownerId }) => [ownerId],
  'prefix-list-id': ({ id }) => [id],
  'prefix-list-name': ({ name }) => [name],
};
