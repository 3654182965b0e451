import { parseAccountId, type AccountId } from './ids.ts';
import type { SlackGroupId, SlackUserId } from './slack-ids.ts';

/** Who says something, as AWS or Slack says. */
export interface Speaker {
  /** Of whoever AWS names; nobody of Slack has one. */
  readonly accountId?: AccountId | undefined;
  /** As AWS names it: of a role its session, whose name often is that of a person. Of Slack the same as `principal`. */
  readonly arn: string;
  /** What a pattern names: the role of a session, without its path; otherwise the same as `arn`. Of Slack `slack:U…`. */
  readonly principal: string;
  /** Slack's user groups, of those that were asked for, that had the person as a member at that moment. */
  readonly groups?: readonly SlackGroupId[] | undefined;
}

/** Who makes a command, as AWS says. */
export interface Caller extends Speaker {
  readonly accountId: AccountId;
}

const SLACK = 'slack:';

/** @param groups that have the person as a member now */
export function slackSpeaker(user: SlackUserId, groups: readonly SlackGroupId[]): Speaker {
  const principal = slackIdentity(user);
  return { arn: principal, principal, groups };
}

export const slackIdentity = (user: SlackUserId): string => `${SLACK}${user}`;

export const isOfSlack = ({ principal }: Pick<Speaker, 'principal'>): boolean => principal.startsWith(SLACK);

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
export const HUB_ACCOUNT = '*';
/** In a role's or user's name, `*` stands for any text. */
export const PRINCIPAL_PATTERN =
  /^arn:[a-z-]+:iam::\d{12}:(role\/[\w+=,.@*-]+|user\/[\w+=,.@*-]+(\/[\w+=,.@*-]+)*)$/;

/** Whether this is a pattern of callers: `*`, or the ARN of a role (without its path) or of a user. */
export const isCallerPattern = (text: string): boolean =>
  text === HUB_ACCOUNT || PRINCIPAL_PATTERN.test(text);

/** Whether a pattern of {@link PRINCIPAL_PATTERN} names the caller. */
export function isCalledBy(pattern: string, { principal }: Pick<Speaker, 'principal'>): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(principal);
}

/** Identity Center names a session after the person who signed in, and nobody else can choose that name. */
const IDENTITY_CENTER = /:assumed-role\/AWSReservedSSO_[\w+=,.@-]+\/(?<user>[\w+=,.@-]+)$/;

/**
 * Who counts as one and the same where several people must agree: the user of Identity Center, whatever role he took; of any
 * other role all its sessions, since whoever takes it chooses the session's name.
 */
export const personOf = ({ arn, principal }: Pick<Speaker, 'arn' | 'principal'>): string => {
  const user = IDENTITY_CENTER.exec(arn)?.groups?.['user'];
  return user === undefined ? principal : identityCenterPerson(user);
};

export const identityCenterPerson = (user: string): string => `identity-center:${user}`;
