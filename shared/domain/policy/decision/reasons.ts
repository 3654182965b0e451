import type { OtherWayRound, TracedRule } from './nearest.ts';
import { OUTSIDE, type SideTrace, shortList } from './trace.ts';

/** Why the policy decided as it did: the whole list. */
export const REASON_CODES = [
  /** An allow rule matches and asks for nothing more. */
  'rule-allows',
  /** An allow rule matches, and its approval covers exactly this request. */
  'approval-given',
  /** An allow rule matches, and a person must approve. */
  'approval-required',
  /** An approval is there, but for something else: a CIDR, the rule or the policy has changed. */
  'approval-outdated',
  /** A deny rule matches. */
  'rule-denies',
  /** A rule may match, but a fact that it needs could not be read. */
  'facts-unknown',
  /** No allow rule matches: `defaults.unmatched` decides. */
  'no-rule-matches',
  /** Neither side is a member of the organization in a governed region. */
  'not-governed',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** The whole reason of a decision: for programs, and as one sentence for people. */
export interface Reason {
  readonly code: ReasonCode;
  /**
   * For example: `Rule apps-to-shared allows it: the requester is in prod (OU ou-ab12-prod0001), the accepter is in
   * shared (account 111122223333, tag tier=shared).`
   */
  readonly text: string;
  /** The rule that `text` and `trace` are about: the one that decided, or else the one that came nearest. */
  readonly rule: string | undefined;
  /** How the requester and the accepter fit that rule; empty where there is no rule to speak of. */
  readonly trace: readonly SideTrace[];
}

/**
 * A reason that is worked out when somebody reads it: most decisions of a sweep are never read. It comes out
 * the same whenever that is, for the policy and the request that it stands on are immutable.
 *
 * A class, for an object literal with getters would have V8 keep the closures of every decision until its next full
 * garbage collection.
 */
class LazyReason implements Reason {
  readonly code: ReasonCode;
  readonly #tell: () => Told;
  #told: Told | undefined;

  constructor(code: ReasonCode, tell: () => Told) {
    this.code = code;
    this.#tell = tell;
  }

  get text(): string {
    return this.#read().text;
  }

  get rule(): string | undefined {
    return this.#read().rule;
  }

  get trace(): readonly SideTrace[] {
    return this.#read().trace;
  }

  /** Getters of a class are not part of its JSON by themselves. */
  toJSON(): Reason {
    return { code: this.code, ...this.#read() };
  }

  #read(): Told {
    this.#told ??= this.#tell();
    return this.#told;
  }
}

type Told = Omit<Reason, 'code'>;

export function reasonOf(
  code: ReasonCode,
  trace: () => TracedRule | undefined,
  tell: (traced: TracedRule | undefined) => string,
): Reason {
  return new LazyReason(code, () => {
    const traced = trace();
    const sides = traced === undefined ? [] : [traced.requester, traced.accepter];
    return { text: tell(traced), rule: traced?.rule, trace: sides };
  });
}

/** `the requester is in prod (OU ou-…), the accepter is in shared (account …)` */
export const matchText = ({ requester, accepter }: TracedRule): string =>
  `${sideText(requester)}, ${sideText(accepter)}`;

function sideText({ role, group, evidence }: SideTrace): string {
  // That a VPC is in the organization goes without saying.
  const telling = evidence.filter(({ field, wanted }) => field !== 'membership' || wanted[0] === OUTSIDE);
  const facts = shortList(telling.map(({ text }) => text));
  const details = facts === '' ? '' : ` (${facts})`;
  return group === undefined ? `the ${role} matches${details}` : `the ${role} is in ${group}${details}`;
}

/** What keeps a rule from matching: `account 123456789012 (accepter) is not in OU ou-…` */
export function missText({ requester, accepter }: TracedRule): string {
  const misses = [requester, accepter].flatMap(({ role, evidence }) =>
    evidence.filter(({ outcome }) => outcome !== 'holds').map(({ text }) => `on the ${role}'s side ${text}`),
  );
  return shortList(misses);
}

/** ` The other way round, prod-to-data allows it.`, or nothing. */
export function otherWayText(other: OtherWayRound | undefined): string {
  if (other === undefined) return '';
  const how = other.needsApproval ? 'allows it once a person approves' : 'allows it';
  return ` The other way round, ${other.rule} ${how}: let the other side ask.`;
}

/** Only what is unknown, for a rule that may match. */
export function unknownText({ requester, accepter }: TracedRule): string {
  const unknown = [requester, accepter].flatMap(({ role, evidence }) =>
    evidence.filter(({ outcome }) => outcome === 'unknown').map(({ text }) => `${text} (${role})`),
  );
  return shortList(unknown);
}
