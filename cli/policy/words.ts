import type { SnapshotIndex } from '../../analysis/access/snapshot-index.ts';
import type { Who } from '../../analysis/access/fold.ts';
import type { LeftOut } from '../../analysis/access/left-out.ts';
import type { Outcome } from '../../analysis/access/outcome.ts';
import { ANY_REGION, ANY_VPC, type Strangers } from '../../analysis/access/strangers.ts';
import type { AccountId } from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { shortList } from '../../shared/domain/policy/decision/trace.ts';
import { plainWords } from '../../shared/domain/words/foreign-text.ts';
import { plural } from './files.ts';

/** AWS's names of accounts and OUs are shorter; a snapshot may be written by hand. */
const NAME_CHARACTERS = 128;
const REASON_CHARACTERS = 300;

const named = (name: string): string => plainWords(name, NAME_CHARACTERS);

/** `1,234 VPCs` */
export const counted = (count: number, noun: string): string =>
  plural(count, noun).replace(/^\d+/, grouped(count));

export const grouped = (count: number): string => count.toLocaleString('en-US');

/** `payments (420000000001)` */
export const accountText = (id: AccountId, name: string | undefined): string =>
  name === undefined ? id : `${named(name)} (${id})`;

/** `payments`, or the id of an account whose name is not known. */
export const shortAccount = (id: AccountId, index: SnapshotIndex): string =>
  named(index.accountName(id) ?? id);

/** One line of an answer to "who". */
export function whoText(who: Who): string {
  switch (who.kind) {
    case 'organization':
      return `the whole organization: ${counts(who)}`;
    case 'ou':
      return `OU ${named(who.name)} (${who.id}): ${counts(who)}`;
    case 'account':
      return `account ${accountText(who.id, who.name)}: ${counted(who.vpcs, 'VPC')}`;
    case 'vpcs': {
      const some = `${grouped(who.vpcs.length)} of ${counted(who.of, 'VPC')}`;
      return `account ${accountText(who.accountId, who.name)}: ${some}, ${shortList(who.vpcs)}`;
    }
    case 'outside': {
      const account = who.accountId === undefined ? 'any other account' : `account ${who.accountId}`;
      const regions =
        who.regions === 'any'
          ? ''
          : ` in ${shortList(
              who.regions.map((region) => (region === 'other' ? 'any other region' : region)),
              'or',
            )}`;
      const vpcs =
        who.vpcs === 'any'
          ? ''
          : `, ${shortList(
              who.vpcs.map((vpc) => (vpc === 'other' ? 'any other VPC' : vpc)),
              'or',
            )}`;
      return `${account} outside the organization${vpcs}${regions}`;
    }
  }
}

const counts = ({ accounts, vpcs }: { readonly accounts: number; readonly vpcs: number }): string =>
  `${counted(vpcs, 'VPC')} of ${counted(accounts, 'account')}`;

/** A decision in few words: `accept by apps-to-shared` */
export function outcomeText({ kind, code, rule }: Outcome): string {
  const by = rule === undefined ? '' : ` by ${rule}`;
  switch (code) {
    case 'approval-required':
      return `hold for approval${by}`;
    case 'facts-unknown':
      return `hold, facts unknown to ${rule ?? 'a rule'}`;
    case 'no-rule-matches':
      return `${kind}, no rule`;
    case 'not-governed':
      return 'ignore, not governed';
    case 'rule-allows':
    case 'approval-given':
    case 'approval-outdated':
    case 'rule-denies':
      return `${kind}${by}`;
  }
}

/** `vpc-… of payments, eu-west-1` */
export function sideText(side: PolicySide, index: SnapshotIndex, { anyAccount }: Strangers): string {
  const { accountId, vpcId, region, membership, cidrs } = side;
  const where = region === ANY_REGION ? 'any other region' : region;
  if (membership.kind === 'member') return `${vpcId} of ${shortAccount(accountId, index)}, ${where}`;
  const vpc = vpcId === ANY_VPC ? 'a VPC' : vpcId;
  const known = cidrs === 'unknown' ? '' : ` (${shortList(cidrs)})`;
  const account = accountId === anyAccount ? 'any other account' : accountId;
  return `${vpc}${known} of ${account} outside, ${where}`;
}

/** What an answer could not look at; each one line. */
export function leftOutLines(
  { unread, regions, unlisted }: LeftOut,
  index: SnapshotIndex,
): readonly string[] {
  const lines = unread.slice(0, UNREAD_LINES_MAX).map(({ accountId, region, reason }) => {
    const account = accountText(accountId, index.accountName(accountId));
    return `account ${account}${region === undefined ? '' : `, ${region}`}: not read (${plainWords(reason, REASON_CHARACTERS)})`;
  });
  if (unread.length > lines.length) lines.push(`${grouped(unread.length - lines.length)} more not read`);
  if (unlisted.length > 0) {
    const ids = shortList(unlisted.map(({ vpcId }) => vpcId));
    lines.push(`${counted(unlisted.length, 'VPC')} that only a peering tells of: ${ids}`);
  }
  for (const region of regions) lines.push(`${region}: governed, but not in the snapshot`);
  return lines;
}

const UNREAD_LINES_MAX = 10;
