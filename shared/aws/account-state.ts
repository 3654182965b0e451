import type { Account } from '@aws-sdk/client-organizations';
import { UnexpectedAnswer } from './ec2-shapes.ts';

/**
 * Whether an account of the organization is open: a closed or suspended one is no member that autopeer may act in.
 *
 * `Status` is what Organizations said until 9 September 2026; `State` took its place, and both came for a year.
 *
 * @throws UnexpectedAnswer where neither is there: an account that is taken for a stranger loses its peerings to the
 * guardrails
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
 */
export function isOpen({ Id, State, Status }: Account): boolean {
  const state = State ?? Status;
  if (state === undefined) throw new UnexpectedAnswer(`account ${String(Id)} without its state`);
  return state === 'ACTIVE';
}
