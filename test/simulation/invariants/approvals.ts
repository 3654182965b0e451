import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import type { AllowRule } from '../../../shared/domain/policy/language/model.ts';
import type { Person, Role } from '../plan/steps.ts';
import type { Shown } from '../stage.ts';
import type { Window } from './candidates.ts';
import type { Judge } from './judge.ts';

/** What a person answered, and to what. */
export interface PersonsAnswer {
  readonly who: Person;
  readonly verb: 'approve' | 'reject' | 'revoke';
  readonly peering: string;
  /** What he saw when he last looked; a yes that is taken back needs none. */
  readonly shown: Shown | undefined;
  readonly sentAtMs: number;
}

interface Taken extends PersonsAnswer {
  readonly answeredAtMs: number;
}

/** What people said, by what they were shown and were answered; the ledger and the fingerprint are not asked. */
export class ApprovalWatch {
  readonly #judge: Judge;
  readonly #sent: PersonsAnswer[] = [];
  readonly #taken: Taken[] = [];

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** It may count from now on. */
  send(answer: PersonsAnswer): void {
    this.#sent.push(answer);
  }

  /** The hub said that it counts. */
  note(answer: PersonsAnswer): void {
    this.#taken.push({ ...answer, answeredAtMs: this.#judge.now });
  }

  /** Whether somebody may have answered it: how it stands then only the answers know. */
  isAnswered(peeringId: string): boolean {
    return this.#sent.some(({ peering }) => peering === peeringId);
  }

  /** Whether somebody who approved it may have seen this CIDR. */
  covers(peeringId: string, role: Role, cidr: string): boolean {
    return this.#sent.some(
      ({ peering, verb, shown }) =>
        peering === peeringId && verb === 'approve' && shown?.[role].includes(cidr) === true,
    );
  }

  isRejected(peeringId: string): boolean {
    return this.#sent.some(({ peering, verb }) => peering === peeringId && verb === 'reject');
  }

  isTakenBack(peeringId: string): boolean {
    return this.#sent.some(({ peering, verb }) => peering === peeringId && verb === 'revoke');
  }

  /**
   * **Nothing is accepted without its approval, by enough people who may, of exactly this.**
   *
   * @returns what is wrong with an accept that rests on an approval
   */
  faultOfAccept(peering: PeeringRecord, rule: AllowRule, window: Window): string | undefined {
    const terms = rule.approval;
    if (terms === undefined) return undefined;
    const ofIt = this.#taken.filter(({ peering: id }) => id === peering.id);
    // One that is on its way may have been decided before.
    const backs = ofIt.filter(({ verb, answeredAtMs }) => verb === 'revoke' && answeredAtMs < window.fromMs);
    const sinceMs = Math.max(Number.NEGATIVE_INFINITY, ...backs.map(({ sentAtMs }) => sentAtMs));
    const yes = this.#sent.filter(
      ({ peering: id, verb, who, shown, sentAtMs }) =>
        id === peering.id &&
        verb === 'approve' &&
        sentAtMs >= sinceMs &&
        mayApprove(who, rule, peering) &&
        shown !== undefined &&
        this.#isAsShown(peering, shown, window),
    );
    const people = new Set(yes.map(({ who }) => who)).size;
    return people >= terms.count ? undefined : `${people} of ${terms.count} people approved exactly this`;
  }

  #isAsShown(peering: PeeringRecord, shown: Shown, { fromMs, untilMs }: Window): boolean {
    return (['requester', 'accepter'] as const).every((role: Role) =>
      this.#judge.journal
        .vpc(peering[role].vpcId, fromMs, untilMs)
        .some(({ cidrs }) => cidrs.toSorted().join(' ') === shown[role].toSorted().join(' ')),
    );
  }
}

/** By the names in the policy, as docs/how-to/approvals.md has it. */
function mayApprove(who: Person, { approval }: AllowRule, { requester }: PeeringRecord): boolean {
  if (approval === undefined) return false;
  // Whoever may send commands, where nobody is named; none of these is of the requester's account.
  if (approval.by.length === 0) return true;
  return approval.by.some(({ principals, accounts }) => {
    const isListed = principals.some((arn) =>
      arn.endsWith(':role/Net*') ? who.startsWith('Net') : arn.endsWith(`:role/${who}`),
    );
    const isAsking = approval.notRequester && accounts.some((id) => id === requester.ownerId);
    return isListed && !isAsking;
  });
}
