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
      return verdict.problems.length > 0 ? 'incomplete' : 'connected';
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
export function saysWaiting({ tags }: Pick<Peering, 'tags'>): boolean {
  const status = tags['autopeer:status'];
  return status === 'held' || status === 'expiring' || status === 'suspended';
}

/** Whether a request carries the status that it waits, and not that it will expire soon. */
export const saysHeld = ({ tags }: Pick<Peering, 'tags'>): boolean => tags['autopeer:status'] === 'held';

/** Whether the peering carries a status at all. */
export const hasStatus = ({ tags }: Pick<Peering, 'tags'>): boolean => tags['autopeer:status'] !== undefined;

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
