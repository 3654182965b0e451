import { contains, type Cidr } from '../facts/cidr.ts';
import { governedSides, vpcCidrs } from './choice.ts';
import { compare, type RoutePicture } from './compare.ts';
import { consentIn, consentToAll, joinConsent } from './consent.ts';
import { obstaclesToActive, sentencesOf, withheldSentences } from './obstacles.ts';
import { restorationOf } from './restore.ts';
import { approvalsOfActive, approvedIn, askOf, isTakenBack, type Ask } from './answers.ts';
import { NEEDS_APPROVAL, termsOfActive, type Terms } from './terms.ts';
import type { Consent, Memory } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { otherRole, ROLES, type Role } from '../facts/peering.ts';
import type { CompiledPolicy } from '../policy/decision/compile.ts';
import { decide, type Decision } from '../policy/decision/decide.ts';
import { connect, heldForRegion, leftoverIn } from './judge-allowed.ts';
import { requestOf, type Case } from './request-of.ts';
import { holdBecause, type Verdict } from './verdict.ts';

/** The verdict on an active peering. */
export function judgeActive(observed: OpenPeering, asked: Case): Verdict {
  const { policy, memory, answers } = asked;
  const consent = joinConsent(approvedIn(observed, answers), judgedOf(observed, asked));
  const approvals = approvalsOfActive(answers, memory.consent?.approval);
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

/** No rule allows the peering as it is: the guardrails say what is done about that. */
export function unsanctioned(
  { kind, reason, rule }: Exclude<Decision, { kind: 'accept' }>,
  { policy: { guardrails }, memory, answers }: Pick<Case, 'policy' | 'memory' | 'answers'>,
  consent: Consent | undefined,
): Extract<Verdict, { kind: 'unsanctioned' }> {
  // A rule speaks of it, and a person who accepted it by hand has not approved it.
  const isUnapproved = kind === 'hold' && rule !== undefined;
  // What autopeer itself accepted, before the rule asked for an approval, nobody accepted by hand.
  const isInnocent = memory.consent?.isAccepted === true && !isTakenBack(answers);
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
