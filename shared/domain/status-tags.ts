import type { Verdict } from './verdict.ts';

/**
 * Tags of the peering that tell the people of its accounts how it stands, without access to the hub. They are also
 * how autopeer knows what it has told already: a verdict that the tags have is no news.
 *
 * The accounts' own people can change them. All that this does is that something is told again, or not again.
 */
export interface StatusTags {
  readonly 'autopeer:status': 'connected' | 'held' | 'rejected' | 'unsanctioned';
  /** The rule's name; `-` where no rule decided. */
  readonly 'autopeer:rule': string;
  /** The reason's code. */
  readonly 'autopeer:reason': string;
}

/** What a verdict leaves on the peering; nothing where autopeer has no say, or EC2 has not settled. */
export function statusTags(verdict: Verdict): StatusTags | undefined {
  const status = STATUS[verdict.kind];
  if (status === undefined) return undefined;
  return {
    'autopeer:status': status,
    'autopeer:rule': 'rule' in verdict ? tagValue(verdict.rule ?? '-') : '-',
    'autopeer:reason': verdict.because.code,
  };
}

const STATUS: Readonly<Record<Verdict['kind'], StatusTags['autopeer:status'] | undefined>> = {
  connect: 'connected',
  hold: 'held',
  reject: 'rejected',
  unsanctioned: 'unsanctioned',
  ignore: undefined,
  wait: undefined,
  'clean-up': undefined,
};

export const saysAlready = (tags: Readonly<Record<string, string>>, wanted: StatusTags): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value);

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const tagValue = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
