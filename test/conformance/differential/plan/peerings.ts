import type { Step, StepKind } from '../steps.ts';
import type { Made, Place } from '../world.ts';
import { about, call, pick, tagged, UNKNOWN, type Planner, type Subject } from './planner.ts';

/** For what only the accepter may do: his place, or, to see it refused, the requester's. */
function accepterPlace({ twist }: Step, { made }: Subject): Place {
  return twist === 'elsewhere' ? made.place : (made.accepterPlace ?? made.place);
}

/** One time in six the requester tries, whom both sides refuse. */
const byAccepter = (action: string): Planner =>
  about('pcx', (subject, step) => {
    const place = step.variant % 6 === 5 ? subject.made.place : accepterPlace(step, subject);
    return call(place, action, { VpcPeeringConnectionId: subject.id });
  });

export const PEERING_PLANNERS = {
  'request-peering': about('vpc', ({ made, id, place }, step, world) => {
    // Only now and then once more the same: the sequence ends there.
    const isNew = ({ token }: Made) =>
      world.alive('pcx', ({ vpc, peerVpc }) => vpc === made.token && peerVpc === token).length === 0;
    const peer = pick(
      world.alive('vpc', (other) => other !== made && (step.variant % 6 === 5 || isNew(other))),
      step.second,
    );
    if (peer === undefined) return { instead: { ...step, kind: 'create-vpc', first: step.second } };
    return call(place, 'CreateVpcPeeringConnection', {
      VpcId: id,
      PeerVpcId: step.twist === 'clash' ? UNKNOWN.vpc : peer.token,
      PeerOwnerId: peer.place.accountId,
      PeerRegion: peer.place.region,
      ...tagged('vpc-peering-connection', step),
    });
  }),
  'accept-peering': byAccepter('AcceptVpcPeeringConnection'),
  'reject-peering': byAccepter('RejectVpcPeeringConnection'),
  'delete-peering': about('pcx', (subject, step) => {
    const place = step.variant % 3 === 0 ? accepterPlace(step, subject) : subject.place;
    return call(place, 'DeleteVpcPeeringConnection', { VpcPeeringConnectionId: subject.id });
  }),
  'modify-options': about(
    'pcx',
    (subject, step, world) => {
      const isAccepter = step.variant % 2 === 0;
      const place = isAccepter ? accepterPlace(step, subject) : subject.place;
      const side = isAccepter === (step.twist !== 'clash') ? 'Accepter' : 'Requester';
      const isPossible = step.twist === 'clash' || world.hasDns(subject.made);
      return call(place, 'ModifyVpcPeeringConnectionOptions', {
        VpcPeeringConnectionId: subject.id,
        [`${side}PeeringConnectionOptions`]: { AllowDnsResolutionFromRemoteVpc: isPossible },
      });
    },
    // Options of another peering are refused: tried now and then.
    ({ isAccepted }, { twist }) => isAccepted === true || twist !== 'none',
  ),
} satisfies Partial<Record<StepKind, Planner>>;
