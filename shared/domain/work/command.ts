import { parseAccountId, type AccountId } from '../facts/ids.ts';

/** What people may tell autopeer to do, beside their policy. A new verb also gets its line in shared/commands/verbs.ts. */
export const VERBS = [
  'brake release',
  'brake show',
  'release',
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

/** Who makes a command, as AWS says. */
export interface Caller {
  readonly accountId: AccountId;
  /** As AWS names it: of a role its session, whose name often is that of a person. */
  readonly arn: string;
  /** What a pattern names: the role of a session, without its path; otherwise the same as `arn`. */
  readonly principal: string;
}

const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;
const IN_ACCOUNT = /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/;

/** @returns nothing where this is no ARN of a principal of that account */
export function callerOf(account: string, arn: string): Caller | undefined {
  const accountId = parseAccountId(account);
  if (accountId === undefined || IN_ACCOUNT.exec(arn)?.[1] !== accountId) return undefined;
  const [, partition, , role] = SESSION.exec(arn) ?? [];
  // A session does not say its role's path. A role's name is unique in its account without it.
  const principal = role === undefined ? arn : `arn:${partition}:iam::${accountId}:role/${role}`;
  return { accountId, arn, principal };
}

/** Everybody of the hub's own account whom IAM lets in. */
const HUB_ACCOUNT = '*';
/** In a role's or user's name, `*` stands for any text. */
const PRINCIPAL_PATTERN =
  /^arn:[a-z-]+:iam::\d{12}:(role\/[\w+=,.@*-]+|user\/[\w+=,.@*-]+(\/[\w+=,.@*-]+)*)$/;

/** Whether this is a pattern of callers: `*`, or the ARN of a role (without its path) or of a user. */
export const isCallerPattern = (text: string): boolean =>
  text === HUB_ACCOUNT || PRINCIPAL_PATTERN.test(text);

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
    pattern === HUB_ACCOUNT ? caller.accountId === hubAccountId : matches(pattern, caller.principal),
  );
}

function matches(pattern: string, principal: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(principal);
}
