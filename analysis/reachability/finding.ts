import type { AccountId, Region } from '../../shared/domain/facts/ids.ts';
import type { Family } from './blocks.ts';

/** What is asked of each path, in the order in which a packet meets it. */
export const LAYERS = [
  'ends',
  'peering',
  'encryption',
  'policy',
  'group-out',
  'acl-out',
  'route',
  'acl-in',
  'group-in',
  'reply-acl-out',
  'reply-route',
  'reply-acl-in',
  'names',
  'mtu',
  'host',
] as const;
export type Layer = (typeof LAYERS)[number];

/** What people see when the layer is the reason. */
export const SYMPTOMS = ['timeout', 'refused', 'hangs', 'wrong-address'] as const;
export type Symptom = (typeof SYMPTOMS)[number];

/**
 * - `yes`: AWS shows that the layer lets it through
 * - `no`: it does not
 * - `not-known`: it could not be read, or depends on what was not said; never a pass
 * - `note`: AWS does not show it; it changes no exit code
 */
export const VERDICTS = ['no', 'not-known', 'note', 'yes'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** An account in a region: who can do something about it. */
export interface Owner {
  readonly accountId: AccountId;
  readonly region: Region;
}

/** What mends it: a command of the AWS CLI, or what to do. */
export interface Mend {
  readonly owner: Owner | undefined;
  readonly command: string | undefined;
  readonly text: string | undefined;
}

/** One answer about one layer. */
export interface Finding {
  readonly layer: Layer;
  readonly verdict: Verdict;
  /** A word for programs, such as `no-route`; it stays the same between releases. */
  readonly code: string;
  readonly family: Family | undefined;
  /** One sentence. */
  readonly text: string;
  readonly mend: Mend | undefined;
  readonly symptom: Symptom;
}

/** What speaks against it: what is refused first, then what is not known. */
export const verdictAgainst = (findings: readonly Finding[]): readonly Finding[] => [
  ...findings.filter(({ verdict }) => verdict === 'no'),
  ...findings.filter(({ verdict }) => verdict === 'not-known'),
];

const SYMPTOM_OF: Readonly<Record<Layer, Symptom>> = {
  ends: 'timeout',
  peering: 'timeout',
  encryption: 'timeout',
  policy: 'timeout',
  'group-out': 'timeout',
  'acl-out': 'timeout',
  route: 'timeout',
  'acl-in': 'timeout',
  'group-in': 'timeout',
  'reply-acl-out': 'timeout',
  'reply-route': 'timeout',
  'reply-acl-in': 'timeout',
  names: 'wrong-address',
  mtu: 'hangs',
  host: 'refused',
};

type Given = Pick<Finding, 'layer' | 'verdict' | 'code' | 'text'> & Partial<Pick<Finding, 'family' | 'mend'>>;

export const finding = ({ family, mend, ...given }: Given): Finding => ({
  ...given,
  family,
  mend,
  symptom: SYMPTOM_OF[given.layer],
});

/** A command for the account that owns it. */
export const commandFor = (owner: Owner, command: string): Mend => ({
  owner,
  command: `aws ec2 ${command} --region ${owner.region}`,
  text: undefined,
});

export const adviceFor = (owner: Owner | undefined, text: string): Mend => ({
  owner,
  command: undefined,
  text,
});
