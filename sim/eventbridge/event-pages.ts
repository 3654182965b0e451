import { AwsError } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
const HIGHEST_LIMIT = 100;

/** A page of one of EventBridge's lists. */
export function eventPage<Item>(
  items: readonly Item[],
  input: { readonly Limit?: number | undefined; readonly NextToken?: string | undefined },
): { items: Item[]; next: { NextToken?: string } } {
  const { Limit: limit = HIGHEST_LIMIT, NextToken } = input;
  if (limit < 1 || limit > HIGHEST_LIMIT) {
    const constraint =
      limit < 1
        ? 'Member must have value greater than or equal to 1'
        : `Member must have value less than or equal to ${HIGHEST_LIMIT}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ${constraint}`,
    );
  }
  return pageOfList(items, limit, NextToken, () => {
    throw new AwsError('ValidationException', 'Parameter NextToken is not valid.');
  });
}
