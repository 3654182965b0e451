import { atMost } from '../words/at-most.ts';
import { contains, type Cidr } from '../facts/cidr.ts';
import { governedSides, vpcCidrs } from './choice.ts';
import { compare, leavesRoutes, type RoutePicture } from './compare.ts';
import { consentIn, consentToAll, joinConsent } from './consent.ts';
import {
  MAX_SENTENCES,
  obstaclesToActive,
  obstaclesToRequest,
  sentencesOf,
  takenSentences,
  withheldSentences,
} from './obstacles.ts';
import { encryptionFinding } from './encrypted.ts';
import { restorationOf, type Restoration } from './restore.ts';
import {
  approvalsOfActive,
  approvalsOfRequest,
  approvedIn,
  askOf,
  isTakenBack,
  NOTHING_SAID,
  rejectionOf,
  takingsApproved,
  type Ask,
  type Said,
} from './said.ts';
import { NEEDS_APPROVAL, termsOfActive, termsOfRequest, type AcceptDecision, type Terms } from './terms.ts';
import { NO_MEMORY, type Consent, type Memory } from '../memory/memory.ts';
import type { Observed, ObservedSide, OpenPeering } from '../facts/observed.ts';
import type { Step } from './step.ts';
import { otherRole, ROLES, type Role } from '../facts/peering.ts';
import { sortedUnique } from '../policy/language/canonical.ts';
import type { CompiledPolicy } from '../policy/decision/compile.ts';
import type { ConnectOptions } from '../policy/language/connect.ts';
import { decide, mayDecideOtherwise, type Decision } from '../policy/decision/decide.ts';
import type { Unapproved, Unsanctioned } from '../policy/language/guardrails.ts';
import type { PolicyRequest, PolicySide } from '../policy/decision/side.ts';

/** Why, as one code of a closed list and one sentence for people. */
export interface Because {
  readonly code: string;
  readonly text: string;
}

/** What the policy's guardrails want done about an active peering. */
export type Measure = Unsanctioned | Unapproved;

/** What is to become of a peering. `decide` says what the policy wants; the verdict adds what EC2 allows. */
export type Verdict =
  /** Accept it if it is pending, and keep both sides connected. */
  | {
      readonly kind: 'connect';
      readonly rule: string;
      readonly because: Because;
      readonly connect: ConnectOptions;
      /** `accepted`: autopeer leaves routes to others, for good or for a while, and does not say that traffic flows. */
      readonly standing: 'connected' | 'accepted';
      readonly terms: Terms;
      /** Where the routes stand. */
      readonly picture: RoutePicture;
      /** What stands in the way on an active peering, a sentence each. */
      readonly problems: readonly string[];
      /** What the routes take from wider ones, because the rule says that they may, a sentence each. */
      readonly taken: readonly string[];
      /** What becomes of routes that a guardrail took away. */
      readonly restoration: Restoration;
      /** What the ledger is to remember as judged. */
      readonly consent: Consent;
      /** What came after the approval, and waits for another one. */
      readonly ask?: Ask;
    }
  | {
      readonly kind: 'hold';
      readonly because: Because;
      /** The rule that waits for an approval, or the deny rule of a request that only the requester's side can be kept from. */
      readonly rule?: string;
      /** The request is about to expire, and nobody can accept it after that. */
      readonly isExpiring: boolean;
      /** What the rule would have it get, where it is allowed and only something in EC2 stands in the way. */
      readonly connect?: ConnectOptions;
      /** The request is denied and its accepter cannot be written: the requester's side takes it back, where it may. */
      readonly withdraw?: true;
      /** What people may approve. */
      readonly ask?: Ask;
    }
  | { readonly kind: 'reject'; readonly because: Because; readonly rule: string | undefined }
  | { readonly kind: 'ignore'; readonly because: Because }
  /** Active, and no rule allows it as it is. */
  | {
      readonly kind: 'unsanctioned';
      /** `unapproved`: a rule allows it once a person approves, and nobody did. */
      readonly standing: 'unsanctioned' | 'unapproved';
      readonly because: Because;
      /** The deny rule that stops it, or the rule that waits for an approval. */
      readonly rule: string | undefined;
      readonly measure: Measure;
      /** Why the measure is not taken at this look. */
      readonly withheld?: 'unconfirmed' | 'brake';
      /** `undefined` where a side could not be read. */
      readonly consent: Consent | undefined;
      /** What people may approve. */
      readonly ask?: Ask;
    }
  /** It is over, and what points at it may go. */
  | { readonly kind: 'clean-up'; readonly because: Because }
  /** EC2 has not settled yet: look again later. */
  | { readonly kind: 'wait'; readonly because: Because };

type Connect = Extract<Verdict, { kind: 'connect' }>;

/** How often a peering that EC2 does not find is looked for again before it is taken to be gone. */
export const NOT_FOUND_CONFIRMATIONS = 3;
/** How often EC2 is given time to show the CIDRs of a side that only the peering tells of: some minutes. */
export const CIDR_LOOKS = 5;
/** How often a route to an ended peering is given time to be cleaned away before it counts as a conflict: some minutes. */
export const LEFTOVER_LOOKS = 5;
/** How often a member role that cannot be assumed is tried again before people are told: some minutes. */
export const ROLE_LOOKS = 5;
/** How often a request waits for another one that is being accepted: some minutes. */
export const RESERVED_LOOKS = 5;

interface Case {
  readonly policy: CompiledPolicy;
  readonly looks: number;
  readonly memory: Memory;
  readonly said: Said;
}

/**
 * Pure: the same observation, policy and memory give the same verdict.
 *
 * @param looks how often this hint has been looked at before
 * @param memory what the ledger knows; a sweep does without it
 * @param said what people said of its approval; read where the verdict without it waits for one
 */
export function judge(
  observed: Observed,
  policy: CompiledPolicy,
  looks: number,
  memory: Memory = NO_MEMORY,
  said: Said = NOTHING_SAID,
): Verdict {
  switch (observed.kind) {
    case 'not-governed':
      return ignore('not-a-member', `account ${observed.key.accountId} is not in the organization`);
    case 'unseen':
      // The sweep of the other side's account finds the peering, where that one may be asked.
      return looks < ROLE_LOOKS
        ? wait('no-access', observed.reason)
        : holdBecause({ code: 'no-access', text: observed.reason });
    case 'not-found':
      // Right after Create, and for some seconds, EC2 does not know a peering that exists.
      return looks < NOT_FOUND_CONFIRMATIONS
        ? wait('not-found-yet', 'EC2 does not know the peering, or not yet')
        : { kind: 'clean-up', because: { code: 'gone', text: 'EC2 no longer knows the peering' } };
    case 'in-transition':
      return wait(observed.peering.state, `the peering is ${observed.peering.state}`);
    case 'ended':
      return {
        kind: 'clean-up',
        because: { code: observed.peering.state, text: observed.peering.stateMessage },
      };
    case 'open':
      return judgeOpen(observed, { policy, looks, memory, said });
  }
}

function judgeOpen(observed: OpenPeering, asked: Case): Verdict {
  const verdict = judgeSides(observed, asked);
  return verdict.kind === 'hold' ? { ...verdict, isExpiring: observed.isExpiring } : verdict;
}

function judgeSides(observed: OpenPeering, asked: Case): Verdict {
  const { requester, accepter } = observed.sides;
  const suspended = [requester, accepter].find((side) => side.kind === 'suspended');
  if (suspended !== undefined) {
    const { accountId } = suspended.location;
    const text = `account ${accountId} is suspended or closed: nothing is accepted, written or cut while it is`;
    return holdBecause({ code: 'suspended', text });
  }
  const unread = [requester, accepter].find((side) => side.kind === 'unreadable');
  if (unread !== undefined) return judgeUnread(observed, unread, asked);
  if (requester.kind === 'outside' && accepter.kind === 'outside') {
    return ignore('no-governed-side', 'neither side is governed by this policy');
  }
  const unshown = sideWithoutCidrs(observed);
  if (unshown !== undefined) {
    const text = `EC2 does not show the CIDRs of ${unshown.location.vpcId}, or not yet`;
    return asked.looks < CIDR_LOOKS
      ? wait('cidrs-not-shown', text)
      : holdBecause({ code: 'cidrs-not-shown', text });
  }
  return observed.peering.state === 'active' ? judgeActive(observed, asked) : judgePending(observed, asked);
}

/**
 * A deny that is certain without what cannot be read decides. Otherwise whoever takes his own member role away would be
 * held where he would have been rejected or cut.
 */
function judgeUnread(
  observed: OpenPeering,
  unread: Extract<ObservedSide, { kind: 'unreadable' }>,
  { policy, looks, memory, said }: Case,
): Verdict {
  const consent = consentIn(observed, memory.consent);
  const decision = decide(policy, requestOf(observed, consent));
  if (decision.kind === 'reject' && decision.rule !== undefined) {
    return observed.peering.state === 'active'
      ? unsanctioned(decision, { policy, memory, said }, undefined)
      : denyRequest(observed, decision);
  }
  const { why, reason, isKnown } = unread;
  // A role that was just deployed is not there for everybody at once.
  return why !== 'side-unreadable' && !isKnown && looks < ROLE_LOOKS
    ? wait(why, reason)
    : holdBecause({ code: why, text: reason });
}

/**
 * A side that is not read itself, and whose CIDRs EC2 ought to show with the peering: the requester's always, the
 * accepter's once it is active. For some seconds it does not. Taken for a VPC without any, no check would find it in the
 * way of another, and our routes to it would be unwanted.
 * @see https://github.com/giantswarm/aws-operator/issues/451
 */
function sideWithoutCidrs({
  peering,
  sides: { requester, accepter },
}: OpenPeering): ObservedSide | undefined {
  const shown = peering.state === 'active' ? [requester, accepter] : [requester];
  return shown.find((side) => side.kind === 'outside' && side.cidrs.length === 0);
}

function judgeActive(observed: OpenPeering, asked: Case): Verdict {
  const { policy, memory, said } = asked;
  const consent = joinConsent(approvedIn(observed, said), judgedOf(observed, asked));
  const approvals = approvalsOfActive(said, memory.consent?.approval);
  const request = { ...requestOf(observed, consent), approvals };
  const decision = decide(policy, request);
  switch (decision.kind) {
    case 'accept': {
      const held = heldForRegion(observed, decision);
      if (held !== undefined) return held;
      const terms = termsOfActive(observed, decision, { policy, consent, sides: request });
      const picture = compare(observed, terms);
      const leftover = leftoverIn(picture, asked);
      if (leftover !== undefined) return leftover;
      const approved = decision.approval === undefined ? {} : { approval: decision.approval };
      const judged = { ...joinConsent(consent, routedNow(observed, picture)), ...approved };
      const restoration = restorationOf(observed, memory.cuts, { terms, picture, consent: judged });
      const problems = [
        ...sentencesOf(obstaclesToActive(observed, terms, picture, decision.limits)),
        ...withheldSentences(observed, picture),
        ...restoration.refused,
        ...foreignDns(observed, terms, memory),
      ];
      const connected = connect(decision, terms, picture, {
        problems,
        restoration,
        consent: joinConsent(memory.consent, judged),
      });
      return needsAnother(terms) ? { ...connected, ...askFor(observed, policy) } : connected;
    }
    case 'hold':
      if (decision.reason.code === 'facts-unknown') return holdBecause(decision.reason);
      if (decision.approval !== undefined) {
        const consented = joinConsent(memory.consent, consent);
        return { ...unsanctioned(decision, asked, consented), ...askFor(observed, policy) };
      }
      break;
    case 'ignore':
      if (decision.reason.code !== 'no-rule-matches') {
        return { kind: 'ignore', because: decision.reason };
      }
      break;
    case 'reject':
      break;
  }
  return unsanctioned(decision, asked, joinConsent(memory.consent, consent));
}

const needsAnother = ({ late }: Terms): boolean =>
  ROLES.some((role) => late[role].some(({ refusal }) => refusal === NEEDS_APPROVAL));

/** What people may approve of an active peering: all that both sides have now. */
function askFor(observed: OpenPeering, policy: CompiledPolicy): { readonly ask?: Ask } {
  const decision = decide(policy, requestOf(observed, consentToAll(observed)));
  const isAsking = decision.kind === 'hold' && decision.approval !== undefined;
  return isAsking ? { ask: askOf(observed, decision.approval) } : {};
}

/**
 * The CIDRs that an active peering is judged on. Where none are remembered, one that its rule does not cover may have come
 * later, and costs the others nothing: then those are judged that a rule allows by themselves.
 */
function judgedOf(observed: OpenPeering, { policy, memory }: Case): Consent {
  const consent = consentIn(observed, memory.consent);
  if (memory.consent !== undefined) return consent;
  const request = requestOf(observed, consent);
  if (decide(policy, request).reason.code !== 'no-rule-matches') return consent;
  const alone = (role: Role) => {
    const { cidrs } = request[role];
    if (cidrs === 'unknown' || cidrs.length < 2) return consent[role];
    const others = otherRole(role);
    const [first] = consent[others].length > 0 ? consent[others] : vpcCidrs(observed.sides[others]);
    const other = first === undefined ? request[others] : { ...request[others], cidrs: [first] };
    const isAllowed = (cidr: Cidr): boolean =>
      decide(policy, { ...request, [others]: other, [role]: { ...request[role], cidrs: [cidr] } }).kind ===
      'accept';
    const allowed = cidrs.filter(isAllowed);
    return allowed.length > 0 ? allowed : consent[role];
  };
  return { requester: alone('requester'), accepter: alone('accepter') };
}

/** A flag that somebody else turned on is theirs to turn off. */
const foreignDns = (observed: OpenPeering, { connect: { dns } }: Terms, memory: Memory): readonly string[] =>
  dns !== false
    ? []
    : governedSides(observed)
        .filter(([role, side]) => side.dnsFromRemote === true && !memory.dns.includes(role))
        .map(
          ([role, { location }]) =>
            `DNS resolution for the ${role}, ${location.vpcId}, is on although the rule says dns: false, and autopeer ` +
            'did not turn it on: turn it off, or say dns: true',
        );

/**
 * CIDRs that a wanted route leads to are consented from then on, those that the rule names too: what is routed stays
 * routed when the rule changes.
 */
function routedNow(observed: OpenPeering, { wanted }: RoutePicture): Consent {
  const of = (role: Role) =>
    vpcCidrs(observed.sides[role]).filter((cidr) =>
      wanted.some(
        ({ role: writer, destination }) => writer === otherRole(role) && contains(cidr, destination),
      ),
    );
  return { requester: of('requester'), accepter: of('accepter') };
}

function unsanctioned(
  { kind, reason, rule }: Exclude<Decision, { kind: 'accept' }>,
  { policy: { guardrails }, memory, said }: Pick<Case, 'policy' | 'memory' | 'said'>,
  consent: Consent | undefined,
): Extract<Verdict, { kind: 'unsanctioned' }> {
  // A rule speaks of it, and a person who accepted it by hand has not approved it.
  const isUnapproved = kind === 'hold' && rule !== undefined;
  // What autopeer itself accepted, before the rule asked for an approval, nobody accepted by hand.
  const isInnocent = memory.consent?.isAccepted === true && !isTakenBack(said);
  const unapproved = isInnocent ? 'report' : guardrails.unapproved;
  return {
    kind: 'unsanctioned',
    standing: isUnapproved ? 'unapproved' : 'unsanctioned',
    because: reason,
    rule,
    measure: isUnapproved ? unapproved : guardrails.unsanctioned,
    consent,
  };
}

function judgePending(observed: OpenPeering, asked: Case): Verdict {
  const approvals = approvalsOfRequest(asked.said);
  const request = { ...requestOf(observed, consentToAll(observed)), approvals };
  const decision = decide(asked.policy, request);
  switch (decision.kind) {
    case 'hold': {
      if (decision.approval === undefined) return holdBecause(decision.reason);
      const { rule } = decision.approval;
      const reason = rejectionOf(rule, asked.said);
      if (reason !== undefined) return denyRequest(observed, { rule, reason });
      return { ...holdBecause(decision.reason), rule, ask: askOf(observed, decision.approval) };
    }
    case 'ignore':
      return { kind: 'ignore', because: decision.reason };
    case 'reject':
      return denyRequest(observed, decision);
    case 'accept':
      return judgeAllowed(observed, decision, asked);
  }
}

function judgeAllowed(observed: OpenPeering, decision: AcceptDecision, asked: Case): Verdict {
  const held = heldForRegion(observed, decision);
  if (held !== undefined) return held;
  if (observed.sides.accepter.kind !== 'governed') return notOurs;
  const terms = termsOfRequest(decision, takingsApproved(decision.approval, asked.said));
  const picture = compare(observed, terms);
  const leftover = leftoverIn(picture, asked);
  if (leftover !== undefined) return leftover;
  const obstacles = obstaclesToRequest(observed, terms, picture, decision.limits);
  const [first] = obstacles;
  if (first === undefined) {
    const restoration = { routes: [], refused: [], settled: [] };
    const approved = decision.approval === undefined ? {} : { approval: decision.approval };
    const consent = { ...joinConsent(undefined, consentToAll(observed)), isAccepted: true, ...approved };
    const { unknown } = encryptionFinding(observed);
    return connect(decision, terms, picture, { problems: [], restoration, consent, unknown });
  }
  const text = sentencesOf(obstacles).join('; ');
  if (obstacles.every(({ code }) => code === 'peer-overlap') && asked.looks < RESERVED_LOOKS) {
    return wait('reserved', text);
  }
  return { ...holdBecause({ code: first.code, text }), connect: decision.connect };
}

/** A side inside the organization that nobody would ever look after: its routes, its DNS, its cleaning. */
function heldForRegion(
  { sides }: OpenPeering,
  { rule, oneSided, connect: options }: AcceptDecision,
): Verdict | undefined {
  const side = [sides.requester, sides.accepter].find(
    (each) => each.kind === 'outside' && each.why === 'region-not-governed',
  );
  if (side === undefined || oneSided) return undefined;
  const { vpcId, region } = side.location;
  const text =
    `${vpcId} is in ${region}, which the policy does not govern: add ${region} to its regions, ` +
    `or say oneSided: true in rule ${rule}`;
  return { ...holdBecause({ code: 'region-not-governed', text }), connect: options };
}

const notOurs: Verdict = {
  kind: 'ignore',
  because: { code: 'accepter-not-governed', text: 'only the accepter’s owner can answer this request' },
};

/** Rejected in the accepter's account, where it can be; otherwise the requester's side is all that can be kept from it. */
function denyRequest(
  observed: OpenPeering,
  { rule, reason: because }: { readonly rule: string | undefined; readonly reason: Because },
): Verdict {
  const { requester, accepter } = observed.sides;
  if (isWritable(accepter)) return { kind: 'reject', because, rule };
  if (rule === undefined || !isWritable(requester)) return notOurs;
  const text = `${because.text} The request can be rejected in account ${accepter.location.accountId} alone`;
  return { ...holdBecause({ code: 'denied', text }), rule, withdraw: true };
}

const isWritable = (side: ObservedSide): boolean =>
  side.kind === 'governed' || (side.kind === 'unreadable' && side.why === 'side-unreadable');

/** A peering made anew right after its predecessor was deleted finds that one's routes still there. */
function leftoverIn({ conflicting }: RoutePicture, { looks }: Case): Verdict | undefined {
  if (looks >= LEFTOVER_LOOKS) return undefined;
  const leftover = conflicting.find(({ isLeftover }) => isLeftover);
  if (leftover === undefined) return undefined;
  const { routeTableId, destination, target } = leftover;
  return wait('leftover-route', `${routeTableId} still routes ${destination} to ${target}, which is over`);
}

function connect(
  { rule, reason, connect: options }: AcceptDecision,
  terms: Terms,
  picture: RoutePicture,
  {
    problems,
    restoration,
    consent,
    unknown = [],
  }: Pick<Connect, 'problems' | 'restoration' | 'consent'> & { readonly unknown?: readonly string[] },
): Connect {
  return {
    kind: 'connect',
    rule,
    because: reason,
    connect: options,
    standing: leavesRoutes(picture) ? 'accepted' : 'connected',
    terms,
    picture,
    problems: atMost(sortedUnique(problems), MAX_SENTENCES),
    taken: atMost([...takenSentences(picture), ...unknown], MAX_SENTENCES),
    restoration,
    consent,
  };
}

/**
 * What EC2 refuses for good is part of how the peering stands.
 *
 * @param problems AWS's answers
 * @param refused the steps that it refused
 */
export function verdictWithProblems(
  verdict: Verdict,
  problems: readonly string[],
  refused: readonly Step[],
): Verdict {
  const [first] = problems;
  if (first === undefined) return verdict;
  const answer = refused.find(({ kind }) => kind === 'accept' || kind === 'reject');
  if (answer !== undefined) return holdBecause({ code: `${answer.kind}-blocked`, text: first });
  if (verdict.kind !== 'connect') return verdict;
  return { ...verdict, problems: atMost(sortedUnique([...problems, ...verdict.problems]), MAX_SENTENCES) };
}

export const holdBecause = (because: Because): Extract<Verdict, { kind: 'hold' }> => ({
  kind: 'hold',
  because,
  isExpiring: false,
});

const ignore = (code: string, text: string): Verdict => ({ kind: 'ignore', because: { code, text } });
const wait = (code: string, text: string): Verdict => ({ kind: 'wait', because: { code, text } });

/** Whether another rule may decide once the tags are known of a side that is not read here. */
export function mayJudgeOtherwise(observed: OpenPeering, policy: CompiledPolicy): boolean {
  const sides = ROLES.map((role) => observed.sides[role]);
  if (sides.some(({ kind }) => kind === 'unreadable' || kind === 'suspended')) return false;
  if (!sides.some((side) => side.kind === 'outside' && side.why === 'not-read')) return false;
  return mayDecideOtherwise(policy, requestOf(observed, consentToAll(observed)));
}

/** What the policy judges: of each side the CIDRs that were consented to, or else all that it has. */
function requestOf(observed: OpenPeering, consent: Consent): PolicyRequest {
  const side = (role: Role): PolicySide => {
    const each = observed.sides[role];
    const cidrs = consent[role].length > 0 ? consent[role] : vpcCidrs(each);
    return {
      ...each.location,
      membership: each.kind === 'suspended' ? { kind: 'external' } : each.membership,
      cidrs: cidrs.length > 0 ? cidrs : 'unknown',
      tags: each.kind === 'governed' ? each.network.vpc.tags : 'unknown',
    };
  };
  return { requester: side('requester'), accepter: side('accepter') };
}
