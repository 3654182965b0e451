import { type Bounds, boundsOf } from './bounds.ts';
import type { ApprovalTerms } from '../language/approval-terms.ts';
import { compareText, type Digest } from '../language/canonical.ts';
import { type CompiledPolicy, type CompiledRule, ruleAt } from './compile.ts';
import type { ConnectOptions, Limits } from '../language/connect.ts';
import { approvalSubject, changesSince, fingerprintOf } from './fingerprint.ts';
import type { Approval, ApprovalSubject } from './approval.ts';
import { type Judged, judgeSide, matchRules } from './match.ts';
import type { AllowRule, DenyRule } from '../language/model.ts';
import { expiryText } from '../language/expiry.ts';
import { nearestRule, otherWayRound, type TracedRule, traceRule } from './nearest.ts';
import {
  matchText,
  missText,
  otherWayText,
  type Reason,
  type ReasonCode,
  reasonOf,
  unknownText,
} from './reasons.ts';
import type { PolicyRequest, PolicySide } from './side.ts';
import { shortList } from './trace.ts';
import { type WantedApproval, wantedApproval } from './wanted-approval.ts';

/** What the policy says about one request. */
export type Decision =
  | {
      readonly kind: 'accept';
      readonly rule: string;
      readonly reason: Reason;
      readonly connect: ConnectOptions;
      readonly limits: Limits;
      /** Whether one side may lie in a region that the policy does not govern. */
      readonly oneSided: boolean;
      readonly bounds: Bounds;
      /** The approval that it rests on, if the rule needs one. */
      readonly approval: Digest | undefined;
    }
  | {
      readonly kind: 'hold';
      /** The rule that waits for an approval or for a fact; `undefined` when no rule matches. */
      readonly rule: string | undefined;
      readonly reason: Reason;
      /** What a person may approve; `undefined` where an approval would not help. */
      readonly approval: WantedApproval | undefined;
    }
  /** The deny rule; `undefined` when no rule matches and the policy rejects such requests. */
  | { readonly kind: 'reject'; readonly rule: string | undefined; readonly reason: Reason }
  | { readonly kind: 'ignore'; readonly rule: undefined; readonly reason: Reason };

/**
 * Decides one request by the policy. Pure: the same policy and request always give the same decision, whatever was
 * asked before.
 *
 * A deny rule that matches always wins. A fact that could not be read never leads to accepting: where it leaves open
 * whether a rule matches, the request is held. Where several allow rules match, one that needs no approval goes
 * before one that does, and then the first by name decides, its `connect` and `limits` alone. Trial rules decide
 * nothing: `policy.trial` says what they would change.
 *
 * @example
 * ```ts
 * const decision = decide(policy, { requester, accepter });
 * if (decision.kind === 'accept') join(decision.connect);
 * else tell(decision.reason.text);
 * ```
 */
export function decide(policy: CompiledPolicy, request: PolicyRequest): Decision {
  const { requester, accepter } = request;
  if (!isGoverned(policy, requester) && !isGoverned(policy, accepter)) {
    const text = `Neither side is in the organization and in a governed region (${policy.regions.join(', ')}).`;
    return { kind: 'ignore', rule: undefined, reason: reasonOf('not-governed', noTrace, () => text) };
  }
  const judged = { requester: judgeSide(policy, requester), accepter: judgeSide(policy, accepter) };
  const asked = { policy, request, judged };
  const { denied, perhapsDenied, allowed, approvals, perhapsAllowed } = matchRules(policy, judged);
  if (denied !== undefined) return reject(asked, ruleAt(policy.deny, denied));
  if (perhapsDenied !== undefined) {
    return holdUnknown(asked, ruleAt(policy.deny, perhapsDenied), 'cannot be ruled out');
  }
  if (allowed !== undefined) return accept(asked, ruleAt(policy.allow, allowed), undefined);
  const [first] = approvals;
  if (first !== undefined) return decideByApproval(asked, approvals, ruleAt(policy.allow, first));
  // Kinder than rejecting for good what a later look may well allow.
  if (perhapsAllowed !== undefined) {
    return holdUnknown(asked, ruleAt(policy.allow, perhapsAllowed), 'may allow it');
  }
  return unmatched(asked);
}

/** Whether a fact that is unknown may have another rule decide than the one that does without it. */
export function mayDecideOtherwise(policy: CompiledPolicy, { requester, accepter }: PolicyRequest): boolean {
  const judged = { requester: judgeSide(policy, requester), accepter: judgeSide(policy, accepter) };
  const { perhapsDenied, allowed, perhapsAllowed } = matchRules(policy, judged);
  if (perhapsDenied !== undefined) return true;
  return perhapsAllowed !== undefined && (allowed === undefined || perhapsAllowed < allowed);
}

/** Whether autopeer acts on this side: in the organization, and in a governed region. */
export function isGoverned(policy: CompiledPolicy, { membership, region }: PolicySide): boolean {
  return membership.kind === 'member' && policy.regions.includes(region);
}

interface Asked {
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
  readonly judged: Judged;
}

type CompiledAllow = CompiledRule<AllowRule>;
type CompiledDeny = CompiledRule<DenyRule>;

const noTrace = (): undefined => undefined;

/** A reason that is about one rule. */
function ruleReason(
  { policy, judged }: Asked,
  code: ReasonCode,
  rule: CompiledAllow | CompiledDeny,
  tell: (traced: TracedRule) => string,
): Reason {
  return reasonOf(
    code,
    () => traceRule(policy, judged, rule),
    (traced) => (traced === undefined ? '' : tell(traced)),
  );
}

function accept(asked: Asked, compiled: CompiledAllow, given: Approval | undefined): Decision {
  const { name, connect, limits, oneSided } = compiled.rule;
  const by = given?.by === undefined ? 'it is approved' : `${given.by} approved it`;
  const approved = given === undefined ? '' : ` and ${by}`;
  const reason = ruleReason(
    asked,
    given === undefined ? 'rule-allows' : 'approval-given',
    compiled,
    (traced) => `Rule ${name} allows it${approved}: ${matchText(traced)}.`,
  );
  const bounds = boundsOf(asked.policy.selectors.nodes, compiled.ends, asked.judged);
  const approval = given?.fingerprint;
  return { kind: 'accept', rule: name, reason, connect, limits, oneSided, bounds, approval };
}

function reject(asked: Asked, compiled: CompiledDeny): Decision {
  const { name, reason } = compiled.rule;
  const why = reason === undefined ? '' : ` (${reason})`;
  const tell = (traced: TracedRule): string => `Deny rule ${name} stops it${why}: ${matchText(traced)}.`;
  return { kind: 'reject', rule: name, reason: ruleReason(asked, 'rule-denies', compiled, tell) };
}

function holdUnknown(asked: Asked, compiled: CompiledAllow | CompiledDeny, what: string): Decision {
  const { kind, name } = compiled.rule;
  const subject = kind === 'deny' ? 'Deny rule' : 'Rule';
  const tell = (traced: TracedRule): string => `${subject} ${name} ${what}: ${unknownText(traced)}.`;
  const reason = ruleReason(asked, 'facts-unknown', compiled, tell);
  return { kind: 'hold', rule: name, reason, approval: undefined };
}

function decideByApproval(asked: Asked, ranks: readonly number[], first: CompiledAllow): Decision {
  const { policy, request, judged } = asked;
  const { approvals = [] } = request;
  for (const rank of approvals.length === 0 ? [] : ranks) {
    const compiled = ruleAt(policy.allow, rank);
    const { connect, approval: terms } = compiled.rule;
    if (terms === undefined) continue;
    const fingerprint = fingerprintOf(approvalSubject(request, connect, terms));
    const given = approvals.find((each) => each.fingerprint === fingerprint || isUsedFor(each, request));
    if (given !== undefined) return accept(asked, compiled, given);
  }
  const { rule } = first;
  if (rule.approval === undefined) throw new Error(`rule ${rule.name} needs no approval`);
  const approval = wantedApproval(request, rule, rule.approval, () =>
    boundsOf(policy.selectors.nodes, first.ends, judged),
  );
  const reason =
    approvals.length === 0
      ? ruleReason(
          asked,
          'approval-required',
          first,
          (traced) => `Rule ${rule.name} allows it once ${whose(rule.approval)}: ${matchText(traced)}.`,
        )
      : ruleReason(
          asked,
          'approval-outdated',
          first,
          () => `Rule ${rule.name} needs a new approval: ${sinceText(approvals, approval.subject)}.`,
        );
  return { kind: 'hold', rule: rule.name, reason, approval };
}

const whose = (terms: ApprovalTerms | undefined): string =>
  terms === undefined || terms.count === 1 ? 'a person approves' : `${terms.count} people approve`;

/** The peering stands on this approval already, and both VPCs are those that were shown. */
function isUsedFor({ isUsed, subject, fingerprint }: Approval, request: PolicyRequest): boolean {
  if (isUsed !== true || subject === undefined || fingerprintOf(subject) !== fingerprint) return false;
  return (['requester', 'accepter'] as const).every(
    (role) =>
      subject[role].accountId === request[role].accountId &&
      subject[role].region === request[role].region &&
      subject[role].vpcId === request[role].vpcId,
  );
}

/** What has changed since the approval that comes nearest. */
function sinceText(given: readonly Approval[], subject: ApprovalSubject): string {
  const changes = given
    // What an approval says of itself counts only as far as its fingerprint bears it out.
    .flatMap((one) => (one.subject && fingerprintOf(one.subject) === one.fingerprint ? [one.subject] : []))
    .map((approved) => changesSince(approved, subject))
    .toSorted((one, other) => one.length - other.length || compareText(one.join(), other.join()));
  return shortList(changes[0] ?? ['what was approved is not what is there now']);
}

function unmatched(asked: Asked): Decision {
  const { policy } = asked;
  const reason = expiredReason(asked) ?? nearestReason(asked);
  const kind = policy.defaults.unmatched;
  return kind === 'hold'
    ? { kind, rule: undefined, reason, approval: undefined }
    : { kind, rule: undefined, reason };
}

/** Where a rule allowed it until its time was over, that is what people are to know. */
function expiredReason({ policy: { expired }, request }: Asked): Reason | undefined {
  if (expired === undefined) return undefined;
  const judged = {
    requester: judgeSide(expired, request.requester),
    accepter: judgeSide(expired, request.accepter),
  };
  const { allowed, approvals } = matchRules(expired, judged);
  const rank = allowed ?? approvals[0];
  if (rank === undefined) return undefined;
  const compiled = ruleAt(expired.allow, rank);
  const { name, expires = 0 } = compiled.rule;
  const text = `No allow rule matches any more: ${name} allowed it until ${expiryText(expires)}, and has expired.`;
  return reasonOf(
    'no-rule-matches',
    () => traceRule(expired, judged, compiled),
    () => text,
  );
}

const nearestReason = ({ policy, judged }: Asked): Reason =>
  reasonOf(
    'no-rule-matches',
    () => nearestRule(policy, judged),
    (nearest) =>
      nearest === undefined
        ? 'No allow rule matches: the policy has none.'
        : `No allow rule matches. Nearest is ${nearest.rule}, but ${missText(nearest)}.${otherWayText(otherWayRound(policy, judged))}`,
  );
