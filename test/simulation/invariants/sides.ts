import type { PeeringRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Role } from '../plan/steps.ts';
import type { Candidate } from './candidates.ts';
import { otherOf } from './consented.ts';

/** One side of a peering, and whether autopeer reads and writes it and the other one. */
export interface Side {
  readonly role: Role;
  readonly mine: VpcRecord;
  readonly other: VpcRecord;
  readonly isGoverned: boolean;
  readonly isOtherGoverned: boolean;
}

/** Whether autopeer reads and writes on that side. */
export const isGoverned = ({ places }: Candidate, role: Role): boolean => places[role] === 'governed';

/** Both, or none once a VPC is gone. */
export const sidesOf = (peering: PeeringRecord, candidate: Candidate): readonly Side[] =>
  (['requester', 'accepter'] as const).flatMap((role): readonly Side[] => {
    const [mine, other] = [peering[role].vpc, peering[otherOf(role)].vpc];
    if (mine === undefined || other === undefined) return [];
    const [is, isOther] = [isGoverned(candidate, role), isGoverned(candidate, otherOf(role))];
    return [{ role, mine, other, isGoverned: is, isOtherGoverned: isOther }];
  });
