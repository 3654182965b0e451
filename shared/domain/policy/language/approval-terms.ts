import { identityCenterPerson, slackIdentity } from '../../facts/caller.ts';
import type { AccountId } from '../../facts/ids.ts';
import type { SlackGroupId, SlackUserId } from '../../facts/slack-ids.ts';
import { canonicalJson, compareText, sortedUnique } from './canonical.ts';

/** Some of those who may approve. */
export interface Approver {
  /** IAM roles and users, as patterns of their ARNs; sorted. */
  readonly principals: readonly string[];
  /** The accounts whose people these are: they do not approve what those ask for. Sorted. */
  readonly accounts: readonly AccountId[];
  /** People of Slack; sorted, and absent where there are none. */
  readonly slack?: readonly SlackUserId[] | undefined;
  /** User groups of Slack, whose members are read when somebody answers; sorted, and absent where there are none. */
  readonly slackGroups?: readonly SlackGroupId[] | undefined;
}

/** One person, and what he is called in AWS and in Slack. */
export interface KnownPerson {
  /** Each as `personOf` writes it; sorted. */
  readonly identities: readonly string[];
}

/** Whose approval a rule asks for. */
export interface ApprovalTerms {
  /** Sorted. Empty: everybody whom the hub lets use the command `approve`. */
  readonly by: readonly Approver[];
  /** So many different people must approve; at least 1. */
  readonly count: number;
  /** Nobody approves what his own account asks for, or an account that he is listed for. */
  readonly notRequester: boolean;
  /** Who is one and the same in AWS and in Slack; absent where nobody of Slack may approve, or nobody is mapped. Sorted. */
  readonly people?: readonly KnownPerson[] | undefined;
}

export const mayBeSlack = ({ by }: ApprovalTerms): boolean =>
  by.some(({ slack = [], slackGroups = [] }) => slack.length + slackGroups.length > 0);

/** As a rule is written. */
type ApprovalFile =
  | 'required'
  | {
      readonly by: string | readonly string[];
      readonly count?: number | undefined;
      readonly notRequester?: boolean | undefined;
    };

interface ApproversFile {
  readonly iam?: readonly string[] | undefined;
  readonly accounts?: readonly AccountId[] | undefined;
  readonly slack?: readonly SlackUserId[] | undefined;
  readonly slackGroups?: readonly SlackGroupId[] | undefined;
}

interface PersonFile {
  readonly iam?: readonly string[] | undefined;
  readonly identityCenter?: readonly string[] | undefined;
  readonly slack: readonly SlackUserId[];
}

/** What a policy says of people, by the names that it gives them. */
interface PeopleFile {
  readonly approvers?: Readonly<Record<string, ApproversFile>> | undefined;
  readonly people?: Readonly<Record<string, PersonFile>> | undefined;
}

/** More people than that nobody gets together within the week that a request lives. */
export const APPROVALS_MAX = 10;

/** @param policy the references to its approvers are checked already */
export function approvalTermsOf(
  file: ApprovalFile | undefined,
  { approvers = {}, people = {} }: PeopleFile,
): ApprovalTerms | undefined {
  if (file === undefined) return undefined;
  if (file === 'required') return { by: [], count: 1, notRequester: true };
  const names = typeof file.by === 'string' ? [file.by] : file.by;
  const by = sortedUnique(names).map((name): Approver => {
    const named = approvers[name];
    if (named === undefined) throw new Error(`approvers '${name}' passed the check of references`);
    return approverOf(named);
  });
  const terms = {
    by: sorted(by),
    count: file.count ?? 1,
    notRequester: file.notRequester ?? true,
  };
  const known = Object.values(people).map(personOfFile);
  return known.length === 0 || !mayBeSlack(terms) ? terms : { ...terms, people: sorted(known) };
}

/** What nobody asked for is left out: what an approval covers stays what it was before there was Slack. */
function approverOf({ iam = [], accounts = [], slack = [], slackGroups = [] }: ApproversFile): Approver {
  return {
    principals: sortedUnique(iam),
    accounts: sortedUnique(accounts),
    ...(slack.length === 0 ? {} : { slack: sortedUnique(slack) }),
    ...(slackGroups.length === 0 ? {} : { slackGroups: sortedUnique(slackGroups) }),
  };
}

const personOfFile = ({ iam = [], identityCenter = [], slack }: PersonFile): KnownPerson => ({
  identities: sortedUnique([
    ...iam,
    ...identityCenter.map(identityCenterPerson),
    ...slack.map(slackIdentity),
  ]),
});

const sorted = <Value>(values: readonly Value[]): readonly Value[] =>
  values.toSorted((one, other) => compareText(canonicalJson(one), canonicalJson(other)));
