import { overlaps, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { PeeringRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Candidate } from './candidates.ts';
import { otherOf } from './consented.ts';
import type { Judge } from './judge.ts';
import { looksSince } from './looks.ts';
import { sidesOf } from './sides.ts';
import { wantedDestinations } from './wanted.ts';

/** A reservation ends when its peering was seen active or ended, and otherwise after so long, clocks apart or not. */
const RESERVED_MS = 13 * 60_000;

/**
 * **Two requests that want the same addresses of one VPC are never both accepted**, not even by two functions at once:
 * while one that was accepted is not yet looked after, an overlapping one waits.
 *
 * @returns the other request, where one is in the way
 */
export function overlappingAccept(
  judge: Judge,
  peering: PeeringRecord,
  candidate: Candidate,
): string | undefined {
  if (judge.hasForgottenClaims || candidate.rule === undefined) return undefined;
  const { truth } = judge.stage.world.aws.ec2;
  for (const { role, mine, other, isGoverned, isOtherGoverned } of sidesOf(peering, candidate)) {
    if (!isGoverned) continue;
    const destinations = wantedDestinations(
      { mine, other, isOtherGoverned },
      candidate.rule.connect,
      truth,
      judge.now,
    );
    const found = acceptedBeside(judge, peering, mine).find((beside) =>
      destinations.some((destination) => beside.cidrs.some((cidr) => overlaps(cidr, destination))),
    );
    if (found !== undefined)
      return `${found.peeringId} was accepted for ${mine.id}, the ${role}, a moment ago`;
  }
  return undefined;
}

interface Beside {
  readonly peeringId: string;
  readonly cidrs: readonly Cidr[];
}

/** What the VPC is about to reach through peerings that autopeer accepted and has not looked after since. */
function acceptedBeside(judge: Judge, but: PeeringRecord, vpc: VpcRecord): readonly Beside[] {
  const accepts = judge.ownChanges.filter(
    ({ call, atMs, peeringId }) =>
      call.action === 'AcceptVpcPeeringConnection' && peeringId !== but.id && judge.now - atMs < RESERVED_MS,
  );
  return accepts.flatMap(({ peeringId, atMs }): readonly Beside[] => {
    const other = judge.peering(peeringId);
    if (other === undefined || !['provisioning', 'active'].includes(judge.state(other))) return [];
    if (looksSince(judge, peeringId, Number.NEGATIVE_INFINITY).some(({ endedAtMs }) => endedAtMs > atMs))
      return [];
    return (['requester', 'accepter'] as const).flatMap((role): readonly Beside[] => {
      const [mine, far] = [other[role].vpc, other[otherOf(role)].vpc];
      if (mine !== vpc || far === undefined) return [];
      const cidrs = [...far.cidrs, ...far.ipv6Cidrs].map(({ cidr }) => cidr);
      return [{ peeringId, cidrs }];
    });
  });
}
