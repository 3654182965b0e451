import type { Status, StatusTags } from './status-tags.ts';
import { plainWords } from './foreign-text.ts';
import type { Peering } from '../facts/peering.ts';
import type { Verdict } from '../connection/verdict.ts';

/** Nothing where autopeer has no say, or EC2 has not settled. */
export function statusOf(verdict: Verdict): Status | undefined {
  const status = kindOf(verdict);
  if (status === undefined) return undefined;
  const rule = 'rule' in verdict ? (verdict.rule ?? '-') : '-';
  return { status, rule, reason: verdict.because.code };
}

function kindOf(verdict: Verdict): Status['status'] | undefined {
  switch (verdict.kind) {
    case 'connect':
      return verdict.problems.length > 0 ? 'incomplete' : verdict.standing;
    case 'hold':
      if (verdict.because.code === 'suspended') return 'suspended';
      return verdict.isExpiring ? 'expiring' : 'held';
    case 'reject':
      return 'rejected';
    case 'unsanctioned':
      return verdict.standing;
    case 'clean-up':
      return 'ended';
    case 'ignore':
    case 'wait':
      return undefined;
  }
}

export const tagsOf = ({ status, rule, reason }: Status): StatusTags => ({
  'autopeer:status': status,
  'autopeer:rule': tagValue(rule),
  'autopeer:reason': tagValue(reason),
});

export const saysAlready = (tags: Readonly<Record<string, string>>, wanted: StatusTags): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value);

/**
 * Whether a request that is over still carries the status that it waits: no event tells that it expired. A connected
 * peering that is over has routes to be cleaned up, and is found by those.
 */
export const saysWaiting = ({ tags }: Pick<Peering, 'tags'>): boolean => isWaiting(tags['autopeer:status']);

/** @param status as a tag has it, or as {@link statusTold} */
export const isWaiting = (status: string | undefined): boolean =>
  status === 'held' || status === 'expiring' || status === 'suspended';

/** How the ledger remembers what was told: status, rule, reason, and more where there is more to tell. */
export const toldText = ({ status, rule, reason }: Status): string => [status, rule, reason].join('|');

/** The status that people were told last; also of a dry run. */
export const statusTold = (told: string | undefined): string | undefined => live(told)?.split('|')[0];

/** Whether people were told this status. An end is told without rule and reason. */
export function isTold(status: Status, told: string | undefined): boolean {
  const text = live(told);
  const wanted = status.status === 'ended' ? status.status : toldText(status);
  return text === wanted || text?.startsWith(`${wanted}|`) === true;
}

export const DRY_RUN = 'dry-run';
const live = (told: string | undefined): string | undefined =>
  told?.startsWith(`${DRY_RUN}|`) === true ? told.slice(DRY_RUN.length + 1) : told;

/** EC2 takes 256 characters. Whether it counts code points or UTF-16 units, it says nowhere; a name in either is shorter. */
const TAG_UNITS = 256;

/**
 * Letters, digits, single spaces and the signs that EC2 takes; everything else is an underscore.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
 */
function tagValue(text: string): string {
  const allowed = plainWords(text, TAG_UNITS).replaceAll(/[^\p{L}\p{N} _.:/=+\-@]/gu, '_');
  let value = '';
  for (const character of allowed) {
    if (value.length + character.length > TAG_UNITS) break;
    value += character;
  }
  return value;
}
