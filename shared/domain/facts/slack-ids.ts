/**
 * Ids of Slack. They are matched by their form alone, for Slack promises no length.
 * @see https://docs.slack.dev/reference/objects/user-object
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A person: `U` or, in an Enterprise organization, `W` and more. */
export type SlackUserId = Branded<'SlackUserId'>;
/** A user group: `S` and more. */
export type SlackGroupId = Branded<'SlackGroupId'>;

const USER = /^[UW][A-Z0-9]{5,20}$/;
const GROUP = /^S[A-Z0-9]{5,20}$/;

const isUser = (text: unknown): text is SlackUserId => typeof text === 'string' && USER.test(text);
const isGroup = (text: unknown): text is SlackGroupId => typeof text === 'string' && GROUP.test(text);

export const parseSlackUserId = (text: unknown): SlackUserId | undefined => (isUser(text) ? text : undefined);
export const parseSlackGroupId = (text: unknown): SlackGroupId | undefined =>
  isGroup(text) ? text : undefined;
