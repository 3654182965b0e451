import {
  ListStackInstancesCommand,
  type CloudFormationClient,
  type StackInstanceSummary,
} from '@aws-sdk/client-cloudformation';
import { call, collectPages } from '../../shared/aws/calls.ts';
import { AwsFailure } from '../../shared/domain/work/failure.ts';
import { plural } from '../policy/files.ts';
import type { CallAs } from './members-template.ts';

/** The outcome in one account and region. */
interface Instance {
  readonly account: string;
  readonly region: string;
  readonly state: 'done' | 'failed' | 'pending' | 'suspended';
  readonly why: string;
}

/** How a stack set stands in the accounts. */
export interface Instances {
  /** For people, a line each. */
  readonly lines: readonly string[];
  /** None failed, and there are some. */
  readonly isGood: boolean;
}

/** How every account's member stack stands, those that failed by name. */
export async function readInstances(
  client: CloudFormationClient,
  StackSetName: string,
  CallAs: CallAs,
): Promise<Instances> {
  try {
    const found = await collectPages(async (NextToken) => {
      const command = new ListStackInstancesCommand({ StackSetName, CallAs, NextToken });
      const { Summaries = [], NextToken: nextToken } = await call(
        'ListStackInstances',
        `the stack set ${StackSetName}`,
        () => client.send(command),
      );
      return { items: Summaries.map(instanceOf), nextToken };
    });
    return reportOf(found);
  } catch (error) {
    if (!(error instanceof AwsFailure && error.code === 'StackSetNotFoundException')) throw error;
    return { lines: [`CloudFormation does not know the stack set ${StackSetName}`], isGood: false };
  }
}

/** The names of the states: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html */
function instanceOf({
  Account = '',
  Region = '',
  Status,
  StatusReason,
  StackInstanceStatus,
}: StackInstanceSummary): Instance {
  const detail = StackInstanceStatus?.DetailedStatus ?? '';
  const isPending = ['PENDING', 'RUNNING'].includes(detail);
  const isDone = detail === '' ? Status === 'CURRENT' : detail === 'SUCCEEDED';
  return {
    account: Account,
    region: Region,
    state:
      detail === 'SKIPPED_SUSPENDED_ACCOUNT'
        ? 'suspended'
        : isPending
          ? 'pending'
          : isDone
            ? 'done'
            : 'failed',
    why: StatusReason ?? (detail === '' ? (Status ?? 'not known') : detail),
  };
}

function reportOf(found: readonly Instance[]): Instances {
  const accountsOf = (items: readonly Instance[]): number =>
    new Set(items.map(({ account }) => account)).size;
  const in_ = (state: Instance['state']): readonly Instance[] => found.filter((it) => it.state === state);
  const [failed, pending, suspended] = [in_('failed'), in_('pending'), in_('suspended')];
  const lines = [
    `${plural(accountsOf(found), 'account')}, ${plural(found.length, 'member stack')}: ${in_('done').length} done, ` +
      `${pending.length} still to come, ${suspended.length} in suspended accounts, ${failed.length} failed`,
    ...failed
      .toSorted((one, other) =>
        `${one.account}${one.region}`.localeCompare(`${other.account}${other.region}`),
      )
      .map(({ account, region, why }) => `  failed  ${account} ${region}: ${why}`),
  ];
  return { lines, isGood: failed.length === 0 };
}
