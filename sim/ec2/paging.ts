import { AwsError } from '../types.ts';
import { invalidCombination, invalidValue } from './errors.ts';

/** The least that EC2's Describe actions take for MaxResults. */
const MIN_MAX_RESULTS = 5;

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

interface PageRules {
  /** The ids that the request names: all of them are answered in one page. */
  readonly ids: readonly string[] | undefined;
  /** How EC2 calls the list of ids. */
  readonly idsParameter: string;
  /** Five where it is absent. */
  readonly lowestMaxResults?: number | undefined;
  readonly highestMaxResults: number;
  readonly pageSize: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** One page, in the order of creation. The token names the last item, so that deletions in between move nothing. */
export function pageOf<Item extends { readonly order: number }>(
  items: readonly Item[],
  { MaxResults, NextToken }: PageRequest,
  rules: PageRules,
): Page<Item> {
  assertMaxResults(MaxResults, rules);
  if (rules.ids !== undefined && rules.ids.length > 0) return { items, nextToken: undefined };
  const after = NextToken === undefined ? 0 : readToken(NextToken);
  const rest = inOrder(after === 0 ? items : items.filter(({ order }) => order > after));
  const page = rest.slice(0, Math.min(MaxResults ?? rules.pageSize, rules.pageSize));
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return { items: page, nextToken: more ? writeToken(last.order) : undefined };
}

/** Lists mostly are in order: to see that costs less than to sort them. */
function inOrder<Item extends { readonly order: number }>(items: readonly Item[]): readonly Item[] {
  const isInOrder = items.every(({ order }, index) => order >= (items[index - 1]?.order ?? 0));
  return isInOrder ? items : items.toSorted((one, other) => one.order - other.order);
}

function assertMaxResults(
  value: number | undefined,
  { ids, idsParameter, lowestMaxResults = MIN_MAX_RESULTS, highestMaxResults }: PageRules,
): void {
  if (value === undefined) return;
  if (ids !== undefined && ids.length > 0) {
    throw invalidCombination(`The parameter ${idsParameter} cannot be used with the parameter maxResults`);
  }
  if (value < lowestMaxResults || value > highestMaxResults) {
    throw invalidValue(
      `Value ( ${value} ) for parameter maxResults is invalid. Expecting a value between ${lowestMaxResults} and ${highestMaxResults}.`,
    );
  }
}

const writeToken = (order: number): string => Buffer.from(`after ${order}`).toString('base64url');

function readToken(token: string): number {
  const order = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (order === undefined) {
    throw new AwsError(
      'InvalidPaginationToken',
      'The specified pagination token is not valid or is expired.',
    );
  }
  return Number(order);
}
