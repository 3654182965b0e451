import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../types.ts';
import { invalidValue } from './errors.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MAX_VALUES = 200;

type Values = readonly (string | undefined)[];
/** What a filter compares with, by the filter's name. An item matches if any of its values matches. */
export type FilterTable<Item> = Readonly<Record<string, (item: Item) => Values>>;

/** Adds `tag:<key>` and `tag-key`, which every Describe action of a taggable resource takes. */
interface TagFilters<Item> {
  readonly tags: (item: Item) => readonly Tag[];
}

/** The items that match every filter; the values of one filter are alternatives. */
export function applyFilters<Item>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<Item>,
  tagged?: TagFilters<Item>,
): Item[] {
  const tests = (filters ?? []).map((filter) => toTest(filter, table, tagged));
  return tests.length === 0 ? [...items] : items.filter((item) => tests.every((test) => test(item)));
}

function toTest<Item>(
  { Name = '', Values }: Filter,
  table: FilterTable<Item>,
  tagged: TagFilters<Item> | undefined,
): (item: Item) => boolean {
  const read = reader(Name, table, tagged);
  if (read === undefined) throw invalidValue(`The filter '${Name}' is invalid`);
  if (Values === undefined || Values.length === 0) throw invalidValue('The filter value is empty.');
  if (Values.length > MAX_VALUES) {
    throw new AwsError('FilterLimitExceeded', `The maximum number of filter values is ${MAX_VALUES}`);
  }
  const patterns = Values.map(toPattern);
  return (item) =>
    read(item).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
}

function reader<Item>(
  name: string,
  table: FilterTable<Item>,
  tagged: TagFilters<Item> | undefined,
): ((item: Item) => Values) | undefined {
  if (Object.hasOwn(table, name)) return table[name];
  if (tagged === undefined) return undefined;
  if (name === 'tag-key') return (item) => tagged.tags(item).map(({ Key }) => Key);
  if (!name.startsWith('tag:')) return undefined;
  const key = name.slice('tag:'.length);
  return (item) =>
    tagged
      .tags(item)
      .filter(({ Key }) => Key === key)
      .map(({ Value }) => Value);
}

/** `*` stands for any characters, `?` for exactly one; a backslash takes their meaning away. */
function toPattern(value: string): RegExp {
  const source = value.replaceAll(/\\[*?\\]|[\s\S]/gu, (part) => {
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    return (/^\\./su.test(part) ? part.slice(1) : part).replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'u');
}
