import type { ManagedPrefixList, PrefixListState } from '@aws-sdk/client-ec2';
import { formatArn } from '../arn.ts';
import { AwsError, type Call } from '../types.ts';
import { AWS_OWNER } from './aws-prefix-lists.ts';
import { notFound, requireId } from './errors.ts';
import type { PrefixListEntryRecord, PrefixListRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

export const isOfAws = ({ ownerId }: PrefixListRecord): boolean => ownerId === AWS_OWNER;

/** A list is gone once its deletion has succeeded. */
export const isThere = ({ change }: PrefixListRecord, now: number): boolean =>
  change.kind !== 'delete' || change.failure !== undefined || now < change.endsAt;

export const isChanging = ({ change }: PrefixListRecord, now: number): boolean => now < change.endsAt;

function stateAt({ change }: PrefixListRecord, now: number): PrefixListState {
  if (now < change.endsAt) return `${change.kind}-in-progress`;
  return change.failure === undefined ? `${change.kind}-complete` : `${change.kind}-failed`;
}

/** How many versions are in force or were: the number of the current one. */
export const versionAt = ({ versions }: PrefixListRecord, now: number): number =>
  versions.filter(({ since }) => now >= since).length;

/** The entries of a version, if the list has got that far. */
export const entriesOf = (
  list: PrefixListRecord,
  version: number,
  now: number,
): readonly PrefixListEntryRecord[] | undefined =>
  version > versionAt(list, now) ? undefined : list.versions[version - 1]?.entries;

/** The entries that are in force: what a route to the list leads to. */
export const entriesAt = (list: PrefixListRecord, now: number): readonly PrefixListEntryRecord[] =>
  entriesOf(list, versionAt(list, now), now) ?? [];

/** The lists that the caller sees: AWS's own and his. */
export const visiblePrefixLists = (store: Ec2Store, call: Call): PrefixListRecord[] =>
  store.prefixListsAt(call).filter((list) => isThere(list, store.now()));

export function requirePrefixList(store: Ec2Store, call: Call, id: string | undefined): PrefixListRecord {
  const wellFormed = requireId('prefixList', id);
  const found = visiblePrefixLists(store, call).find((list) => list.id === wellFormed);
  if (found === undefined) throw notFound('prefixList', wellFormed);
  return found;
}

/** A list that the caller may change. */
export function requireOwnPrefixList(store: Ec2Store, call: Call, id: string | undefined): PrefixListRecord {
  const list = requirePrefixList(store, call, id);
  if (!isOfAws(list)) return list;
  throw new AwsError('UnsupportedOperation', `The prefix list '${list.id}' is managed by AWS.`);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html */
export function toPrefixList(store: Ec2Store, call: Call, list: PrefixListRecord): ManagedPrefixList {
  const now = store.now();
  const owner = isOfAws(list) ? 'aws' : list.ownerId;
  const { failure, endsAt } = list.change;
  return {
    PrefixListId: list.id,
    AddressFamily: list.family === 'ipv4' ? 'IPv4' : 'IPv6',
    State: stateAt(list, now),
    ...(failure !== undefined && now >= endsAt && { StateMessage: failure }),
    PrefixListArn: formatArn('ec2', list.region, owner, `prefix-list/${list.id}`),
    PrefixListName: list.name,
    // AWS shows neither of its own lists.
    ...(!isOfAws(list) && { MaxEntries: list.maxEntries, Version: versionAt(list, now) }),
    Tags: store.tags.get(call, list.id),
    OwnerId: list.ownerId,
  };
}
