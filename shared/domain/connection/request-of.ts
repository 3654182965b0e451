import { vpcCidrs } from './choice.ts';
import type { Answers } from './answers.ts';
import type { Consent, Memory } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import type { Role } from '../facts/peering.ts';
import type { CompiledPolicy } from '../policy/decision/compile.ts';
import type { PolicyRequest, PolicySide } from '../policy/decision/side.ts';

/** What a peering is judged by. */
export interface Case {
  readonly policy: CompiledPolicy;
  readonly looks: number;
  readonly memory: Memory;
  readonly answers: Answers;
}

/** What the policy judges: of each side the CIDRs that were consented to, or else all that it has. */
export function requestOf(observed: OpenPeering, consent: Consent): PolicyRequest {
  const side = (role: Role): PolicySide => {
    const each = observed.sides[role];
    const cidrs = consent[role].length > 0 ? consent[role] : vpcCidrs(each);
    return {
      ...each.location,
      membership: each.kind === 'suspended' ? { kind: 'external' } : each.membership,
      cidrs: cidrs.length > 0 ? cidrs : 'unknown',
      isDefaultVpc: each.kind === 'governed' ? each.network.vpc.isDefault : undefined,
      tags: each.kind === 'governed' ? each.network.vpc.tags : 'unknown',
    };
  };
  return { requester: side('requester'), accepter: side('accepter') };
}
