import { HUB_ACCOUNT, isCalledBy, type Caller } from '../facts/caller.ts';
import type { AccountId } from '../facts/ids.ts';

/** What people may tell autopeer to do, beside their policy. A new verb also gets its line in shared/commands/verbs.ts. */
export const VERBS = [
  'pending',
  'approve',
  'reject',
  'revoke',
  'approvals',
  'history',
  'who-let-in',
  'log',
  'brake release',
  'brake show',
  'release',
  'claim',
  'suspend',
  'resume',
  'status',
  'health',
  'dead-letters list',
  'dead-letters show',
  'dead-letters retry',
  'dead-letters drop',
] as const;
export type Verb = (typeof VERBS)[number];

const isVerb = (text: string): text is Verb => VERBS.some((verb) => verb === text);
export const parseVerb = (text: string): Verb | undefined => (isVerb(text) ? text : undefined);

/** Who may use each verb; `*` is for those that are not named. A list that is empty admits nobody. */
export type CommandCallers = Readonly<Partial<Record<Verb | '*', readonly string[]>>>;

/** Whether the caller may use the verb. That IAM let him call at all was settled before. */
export function mayUse(
  caller: Caller,
  verb: Verb,
  { callers, hubAccountId }: { readonly callers: CommandCallers; readonly hubAccountId: AccountId },
): boolean {
  const patterns = callers[verb] ?? callers['*'] ?? [];
  return patterns.some((pattern) =>
    pattern === HUB_ACCOUNT ? caller.accountId === hubAccountId : isCalledBy(pattern, caller),
  );
}
