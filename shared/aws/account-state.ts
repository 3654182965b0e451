import type { Account } from '@aws-sdk/client-organizations';
import { UnexpectedAnswer } from './ec2-shapes.ts';

/**
 * Whether an account of the organization is open: in a closed or suspended one autopeer can do nothing.
 *
 * `Status` is what Organizations said until 9 September 2026; `State` took its place, and both came for a year.
 *
 * @throws UnexpectedAnswer where neither is there: whether autopeer may act there must not be guessed
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
 */
export function isOpen({ Id, State, Status }: Account): boolean {
  const state = State ?? Status;
  if (state === undefined) throw new UnexpectedAnswer(`account ${String(Id)} without its state`);
  return state === 'ACTIVE';
}
