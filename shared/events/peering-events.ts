import { parsePeeringId } from '../domain/facts/ids.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { ApiCall, Fault } from './cloudtrail.ts';
import { readField } from './wrapped.ts';

/** What a call names. The account and the region of the key are not among it: those are the envelope's. */
export type Named =
  | { readonly kind: 'peering'; readonly peeringId: PeeringId }
  /** Something in the account and region that peerings depend on. */
  | { readonly kind: 'place'; readonly affectsPeers: boolean }
  /** Nothing that any peering depends on. */
  | { readonly kind: 'unrelated' }
  | Fault;

interface Spot {
  readonly part: 'requestParameters' | 'responseElements';
  readonly path: readonly string[];
}

const ASKED: Spot = { part: 'requestParameters', path: ['vpcPeeringConnectionId'] };
const ANSWERED: Spot = {
  part: 'responseElements',
  path: ['vpcPeeringConnection', 'vpcPeeringConnectionId'],
};

/** CreateVpcPeeringConnection: nobody could name the peering before EC2 did. */
export const peeringAnswered = (call: ApiCall): Named => peeringAt(call, [ANSWERED]);

/** The actions on a peering that exists. Reject, Delete and Modify name it in the request only. */
export const peeringAsked = (call: ApiCall): Named => peeringAt(call, [ASKED, ANSWERED]);

/** A policy may look at a VPC's tags, and choose route tables by theirs. */
const TAGGED_KINDS = /^(vpc|rtb)-/;

/** CreateTags and DeleteTags, which name any number of things of any kind. What cannot be read may be of interest. */
export function tagged(call: ApiCall): Named {
  const field = readField(call.requestParameters, ['resourcesSet', 'items']);
  if (field.kind !== 'found' || !Array.isArray(field.value)) return { kind: 'place', affectsPeers: true };
  const items: readonly unknown[] = field.value;
  const isOfInterest = items.some((item) => {
    const id = readField(item, ['resourceId']);
    return id.kind !== 'found' || typeof id.value !== 'string' || TAGGED_KINDS.test(id.value);
  });
  return isOfInterest ? { kind: 'place', affectsPeers: true } : { kind: 'unrelated' };
}

function peeringAt(call: ApiCall, places: readonly Spot[]): Named {
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

const malformed = (place: Spot, what: string): Fault => ({
  kind: 'malformed',
  reason: `detail.${place.part}.${place.path.join('.')}: ${what}`,
});
