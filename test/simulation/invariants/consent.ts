import type { Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import type { Role } from '../plan/steps.ts';
import type { Window } from './candidates.ts';
import { consentedSets, otherOf } from './consented.ts';
import type { Judge } from './judge.ts';
import { readConsent } from './ledger-mirror.ts';
import { isLetIn } from './newcomers.ts';

/**
 * **Consent covers what was judged**: a CIDR gets into it with the accept of a request that showed it, because the other
 * side routed it already when nothing was remembered, or because the policy lets it in later. Routes are written to what
 * is in it alone (see route-changes.ts).
 */
export function watchConsent(judge: Judge): void {
  judge.ledger.onWrite(({ call, peeringId, sortKey, item }) => {
    const peering = judge.peering(peeringId);
    if (sortKey !== 'consent' || item === undefined || peering === undefined) return;
    const before = judge.ledger.consentNow(peeringId);
    const after = readConsent(item);
    const window = judge.window(call);
    for (const role of ['requester', 'accepter'] as const) {
      for (const cidr of after[role]) {
        if (before?.[role].includes(cidr) === true || mayEnter(judge, peering, { role, cidr, window }))
          continue;
        judge.report('consent-without-ground', `${peeringId}: ${cidr} of the ${role}`);
      }
    }
  });
}

interface Entry {
  readonly role: Role;
  readonly cidr: Cidr;
  readonly window: Window;
}

function mayEnter(judge: Judge, peering: PeeringRecord, { role, cidr, window }: Entry): boolean {
  const facts = judge.journal.vpc(peering[role].vpcId, window.fromMs, window.untilMs);
  // A VPC that is gone, and a peering that is over, have nothing that traffic could be led to.
  if (peering[role].vpc === undefined) return true;
  if (!facts.some(({ cidrs }) => cidrs.includes(cidr))) return false;
  if (judge.statesDuring(peering, window).some((state) => state !== 'active')) return true;
  const candidates = judge.candidates(peering, window);
  const remembered = judge.ledger.consentsDuring(peering.id, window.fromMs, window.untilMs);
  const isKnown = candidates.some(({ places }) =>
    remembered.includes(undefined)
      ? consentedSets(judge, peering, role, {
          present: [cidr],
          isOtherRead: places[otherOf(role)] === 'governed',
          consent: undefined,
          window,
        }).some((cidrs) => cidrs.includes(cidr))
      : false,
  );
  const isApproved = judge.approvals.covers(peering.id, role, cidr);
  if (isKnown || isApproved || judge.isTroubled(peering, window)) return true;
  return candidates.some((candidate) => isLetIn(judge, peering, candidate, { owner: role, cidr }));
}

/** **The accept is remembered with what it was judged on**: what autopeer accepted, and has looked after since. */
export function checkRemembered(judge: Judge): void {
  if (judge.hasForgottenClaims) return;
  const letters = judge.stage.world.deadLetters().join('\n');
  for (const { call, peeringId } of judge.ownChanges) {
    const peering = judge.peering(peeringId);
    if (call.action !== 'AcceptVpcPeeringConnection' || peering === undefined) continue;
    if (judge.state(peering) !== 'active' || letters.includes(peeringId)) continue;
    if (judge.ledger.consentNow(peeringId) === undefined) {
      judge.report('consent-not-remembered', `${peeringId} was accepted, and nobody remembers on what`);
    }
  }
}
