import type { AccountId } from '../../facts/ids.ts';
import { canonicalJson, compareText, sortedUnique } from './canonical.ts';

/** Some of those who may approve. */
export interface Approver {
  /** IAM roles and users, as patterns of their ARNs; sorted. */
  readonly principals: readonly string[];
  /** The accounts whose people these are: they do not approve what those ask for. Sorted. */
  readonly accounts: readonly AccountId[];
}

/** Whose approval a rule asks for. */
export interface ApprovalTerms {
  /** Sorted. Empty: everybody whom the hub lets use the command `approve`. */
  readonly by: readonly Approver[];
  /** So many different people must approve; at least 1. */
  readonly count: number;
  /** Nobody approves what his own account asks for, or an account that he is listed for. */
  readonly notRequester: boolean;
}

/** As a rule is written. */
type ApprovalFile =
  | 'required'
  | {
      readonly by: string | readonly string[];
      readonly count?: number | undefined;
      readonly notRequester?: boolean | undefined;
    };

interface ApproversFile {
  readonly iam: readonly string[];
  readonly accounts?: readonly AccountId[] | undefined;
}

/** More people than that nobody gets together within the week that a request lives. */
export const APPROVALS_MAX = 10;

/** @param approvers the policy's named approvers; the references are checked already */
export function approvalTermsOf(
  file: ApprovalFile | undefined,
  approvers: Readonly<Record<string, ApproversFile>>,
): ApprovalTerms | undefined {
  if (file === undefined) return undefined;
  if (file === 'required') return { by: [], count: 1, notRequester: true };
  const names = typeof file.by === 'string' ? [file.by] : file.by;
  const by = sortedUnique(names).map((name): Approver => {
    const named = approvers[name];
    if (named === undefined) throw new Error(`approvers '${name}' passed the check of references`);
    return { principals: sortedUnique(named.iam), accounts: sortedUnique(named.accounts ?? []) };
  });
  return {
    by: by.toSorted((one, other) => compareText(canonicalJson(one), canonicalJson(other))),
    count: file.count ?? 1,
    notRequester: file.notRequester ?? true,
  };
}
