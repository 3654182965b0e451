import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { applyFilters, type FilterTable } from './filters.ts';
import { pageOf } from './paging.ts';

/** What every Describe action with pages takes, apart from the list of ids, which each calls differently. */
interface DescribeInput {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

interface DescribeRules<Item> {
  /** The ids that the request names: all of them are answered in one page. */
  readonly ids?: readonly string[] | undefined;
  /** How EC2 calls the list of ids in its errors. */
  readonly idsParameter: string;
  readonly filters: FilterTable<Item>;
  /** Absent where the resource has no tags. */
  readonly tags?: (item: Item) => readonly Tag[];
  readonly lowestMaxResults?: number;
  readonly highestMaxResults?: number;
  readonly pageSize: number;
}

const HIGHEST_MAX_RESULTS = 1000;

/** The items of one page of a Describe action that match its filters. */
export function selectPage<Item extends { readonly order: number }>(
  candidates: readonly Item[],
  input: DescribeInput,
  rules: DescribeRules<Item>,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const { filters, tags } = rules;
  const matching = applyFilters(candidates, input.Filters, filters, tags && { tags });
  return pageOf(matching, input, {
    ids: rules.ids,
    idsParameter: rules.idsParameter,
    lowestMaxResults: rules.lowestMaxResults,
    highestMaxResults: rules.highestMaxResults ?? HIGHEST_MAX_RESULTS,
    pageSize: rules.pageSize,
  });
}

/** A resource and how the caller sees it; the view is made when a filter or the page asks for it. */
export interface Row<View> {
  readonly order: number;
  readonly view: View;
}

export function rowOf<View>(order: number, makeView: () => View): Row<View> {
  let made: View | undefined;
  return {
    order,
    get view() {
      made ??= makeView();
      return made;
    },
  };
}
