import { parsePeeringId } from '../domain/ids.ts';
import type { PeeringId } from '../domain/ids.ts';
import type { ApiCall, Fault } from './cloudtrail.ts';
import { readField } from './wrapped.ts';

/** What a call names. The account and the region of the key are not among it: those are the envelope's. */
export type Named = { readonly kind: 'peering'; readonly peeringId: PeeringId } | Fault;

interface Place {
  readonly part: 'requestParameters' | 'responseElements';
  readonly path: readonly string[];
}

const ASKED: Place = { part: 'requestParameters', path: ['vpcPeeringConnectionId'] };
const ANSWERED: Place = {
  part: 'responseElements',
  path: ['vpcPeeringConnection', 'vpcPeeringConnectionId'],
};

/** CreateVpcPeeringConnection: nobody could name the peering before EC2 did. */
export const peeringAnswered = (call: ApiCall): Named => peeringAt(call, [ANSWERED]);

/** The actions on a peering that exists. Reject, Delete and Modify name it in the request only. */
export const peeringAsked = (call: ApiCall): Named => peeringAt(call, [ASKED, ANSWERED]);

function peeringAt(call: ApiCall, places: readonly Place[]): Named {
  for (const place of places) {
    const field = readField(call[place.part], place.path);
    if (field.kind === 'absent') continue;
    if (field.kind === 'ambiguous') return malformed(place, 'is there more than once');
    const peeringId = parsePeeringId(field.value);
    return peeringId === undefined
      ? malformed(place, 'is not the id of a peering connection')
      : { kind: 'peering', peeringId };
  }
  const [first] = places;
  return malformed(first ?? ASKED, 'is missing');
}

const malformed = (place: Place, what: string): Fault => ({
  kind: 'malformed',
  reason: `detail.${place.part}.${place.path.join('.')}: ${what}`,
});
