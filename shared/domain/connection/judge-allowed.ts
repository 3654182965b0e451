import { atMost } from '../words/at-most.ts';
import { leavesRoutes, type RoutePicture } from './compare.ts';
import { MAX_SENTENCES, takenSentences } from './obstacles.ts';
import type { AcceptDecision, Terms } from './terms.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { sortedUnique } from '../policy/language/canonical.ts';
import type { Case } from './request-of.ts';
import { holdBecause, wait, type Verdict } from './verdict.ts';

type Connect = Extract<Verdict, { kind: 'connect' }>;

/** How often a route to an ended peering is given time to be cleaned away before it counts as a conflict: some minutes. */
export const LEFTOVER_LOOKS = 5;

/** A side inside the organization that nobody would ever look after: its routes, its DNS, its cleaning. */
export function heldForRegion(
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

/** A peering made anew right after its predecessor was deleted finds that one's routes still there. */
export function leftoverIn({ conflicting }: RoutePicture, { looks }: Case): Verdict | undefined {
  if (looks >= LEFTOVER_LOOKS) return undefined;
  const leftover = conflicting.find(({ isLeftover }) => isLeftover);
  if (leftover === undefined) return undefined;
  const { routeTableId, destination, target } = leftover;
  return wait('leftover-route', `${routeTableId} still routes ${destination} to ${target}, which is over`);
}

/** Both sides are connected, or kept connected. */
export function connect(
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
