import type { Encryption } from '../facts/encryption.ts';
import type { ObservedSide, OpenPeering } from '../facts/observed.ts';
import { otherRole, ROLES } from '../facts/peering.ts';

/** What stands in the way, and what is not known; in words. */
interface EncryptionFinding {
  readonly obstacles: readonly string[];
  readonly unknown: readonly string[];
}

/**
 * A VPC that enforces encryption on its peerings carries traffic of a peering only to a VPC of its region that does so too.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
 */
export function encryptionFinding({ sides }: OpenPeering): EncryptionFinding {
  const findings = ROLES.map((role) => findingAt(sides[role], sides[otherRole(role)]));
  return {
    obstacles: findings.flatMap(({ obstacles }) => obstacles),
    unknown: findings.flatMap(({ unknown }) => unknown),
  };
}

const NOTHING: EncryptionFinding = { obstacles: [], unknown: [] };

function findingAt(side: ObservedSide, other: ObservedSide): EncryptionFinding {
  const [vpcId, otherId] = [side.location.vpcId, other.location.vpcId];
  const own = encryptionAt(side);
  if (own === 'not-known') {
    const text = `whether ${vpcId} enforces encryption is not known: update the member stack, which then may read it`;
    return { obstacles: [], unknown: [text] };
  }
  if (own !== 'enforced') return NOTHING;
  const rule =
    `${vpcId} enforces encryption in transit, and takes a peering only with a VPC of its region that enforces it too, ` +
    'unless its encryption control excludes VPC peering';
  if (side.location.region !== other.location.region) {
    return { obstacles: [`${rule}; ${otherId} is in ${other.location.region}`], unknown: [] };
  }
  const theirs = encryptionAt(other);
  if (theirs === 'enforced') return NOTHING;
  if (theirs === undefined || theirs === 'not-known') {
    return { obstacles: [], unknown: [`${rule}; whether ${otherId} does is not known`] };
  }
  return { obstacles: [`${rule}; ${otherId} does not`], unknown: [] };
}

/** `undefined` where it was not read: only before an accept it is, and only of governed sides. */
const encryptionAt = (side: ObservedSide): Encryption | undefined =>
  side.kind === 'governed' ? side.encryption : undefined;
