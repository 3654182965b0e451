import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { AwsError, Call } from '../types.ts';
import { invalidValue, limitExceeded } from './errors.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

/** One resource as one account in one region tags it. */
interface TaggedResource {
  readonly resourceId: string;
  readonly tags: ReadonlyMap<string, string>;
}

type ResourceTags = Map<string, Map<string, string>>;

/**
 * Tags belong to an account and a region, not to the resource: the two sides of a peering do not see each
 * other's.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
export class TagStore {
  /** By account and region; then by resource. */
  readonly #byPlace = new Map<string, Map<string, ResourceTags>>();

  set(call: Call, resourceId: string, tags: readonly Tag[]): void {
    const present = this.#of(call, resourceId);
    const next = new Map([...present, ...tags.map(({ Key = '', Value = '' }) => [Key, Value] as const)]);
    for (const tag of tags) assertTag(tag);
    if (next.size > MAX_TAGS) throw tagLimitExceeded();
    if (next.size > 0) this.#place(call).set(resourceId, next);
  }

  /** Removes by key; with a value only if the tag has that value. No keys at all removes every tag. */
  remove(call: Call, resourceId: string, tags: readonly Tag[] | undefined): void {
    const present = this.#of(call, resourceId);
    if (tags === undefined || tags.length === 0) present.clear();
    for (const { Key = '', Value } of tags ?? []) {
      if (Value === undefined || present.get(Key) === Value) present.delete(Key);
    }
  }

  get(call: Call, resourceId: string): Tag[] {
    const present = this.#of(call, resourceId);
    return present.size === 0 ? [] : [...present].map(([Key, Value]) => ({ Key, Value }));
  }

  /** The tags that each account and region has on a deleted resource go with it. */
  forget(resourceId: string): void {
    for (const regions of this.#byPlace.values()) {
      for (const resources of regions.values()) resources.delete(resourceId);
    }
  }

  all(call: Call): TaggedResource[] {
    return [...this.#place(call)].map(([resourceId, tags]) => ({ resourceId, tags }));
  }

  #of(call: Call, resourceId: string): Map<string, string> {
    return this.#place(call).get(resourceId) ?? new Map<string, string>();
  }

  #place({ caller, region }: Call): ResourceTags {
    const regions = this.#byPlace.get(caller.accountId) ?? new Map<string, ResourceTags>();
    this.#byPlace.set(caller.accountId, regions);
    const place = regions.get(region) ?? new Map<string, Map<string, string>>();
    regions.set(region, place);
    return place;
  }
}

function assertTag({ Key = '', Value = '' }: Tag): void {
  if (Key === '' || Key.length > MAX_KEY_LENGTH) {
    throw invalidValue(
      `Tag key exceeds the maximum length of ${MAX_KEY_LENGTH} characters, or is empty: '${Key}'`,
    );
  }
  if (Value.length > MAX_VALUE_LENGTH) {
    throw invalidValue(`Tag value exceeds the maximum length of ${MAX_VALUE_LENGTH} characters.`);
  }
  if (Key.toLowerCase().startsWith('aws:')) {
    throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
  }
}

const tagLimitExceeded = (): AwsError => limitExceeded('TagLimitExceeded', 'Tags for a resource');

/** The tags of a create call for the one resource type that it creates. */
export function tagsFor(
  resourceType: string,
  specifications: readonly TagSpecification[] | undefined,
): Tag[] {
  const tags: Tag[] = [];
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== resourceType) {
      throw invalidValue(
        `'${specification.ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    tags.push(...(specification.Tags ?? []));
  }
  for (const tag of tags) assertTag(tag);
  const keys = tags.map(({ Key }) => Key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw invalidValue(`Duplicate tag key '${repeated}' specified.`);
  if (tags.length > MAX_TAGS) throw tagLimitExceeded();
  return tags;
}
