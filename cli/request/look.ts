import { ROLES, type Peering, type PeeringKey, type Role } from '../../shared/domain/facts/peering.ts';
import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import { NO_MEMORY } from '../../shared/domain/memory/memory.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Decided } from '../../shared/reconcile/decide-on.ts';
import { isWithoutAccess } from '../../shared/reconcile/denial.ts';
import type { Ledger } from '../../shared/reconcile/ledger.ts';
import type { Organization } from '../../shared/reconcile/ports.ts';
import type { ReadPlatform } from '../member-reads.ts';
import { AskedEc2 } from './asked-ec2.ts';
import { askedPeering, previewOf, type Ends, type Preview } from './preview.ts';

/** Looks at both sides as autopeer does, before there is a request and after. */
export interface Look {
  preview(ends: Ends): Promise<Preview>;
  /** What autopeer would do with a peering that is there. */
  decide(id: PeeringId, ends: Ends): Promise<Decided>;
}

/** So many looks have gone by: what autopeer gives some minutes to pass is then told as what stands in the way. */
const LATE_LOOKS = 1_000;

/** @param roleName the role for people, in each account */
export async function openLook(
  policy: CompiledPolicy,
  roleName: string,
  platform: ReadPlatform,
): Promise<Look> {
  const [home] = policy.regions;
  if (home === undefined) throw new Error('a policy has a region');
  // Only here, so that the other commands do not load the SDK.
  const [{ composePlanning }, { decideOn }] = await Promise.all([
    import('../../shared/compose/planning.ts'),
    import('../../shared/reconcile/decide-on.ts'),
  ]);
  const options = { policy, memberRoleName: roleName, hubRegion: home, ledgerTable: undefined };
  const reads = composePlanning(platform, options);
  const deps = { ...reads, ledger: NOTHING_KNOWN };
  return {
    preview: async (ends) => {
      const asked = askedPeering(ends);
      const { requester } = ends;
      const key = await keyOf(asked.id, ends, { ...reads, policy });
      const [decided, peerings] = await Promise.all([
        decideOn(key, { looks: LATE_LOOKS }, { ...deps, ec2: new AskedEc2(reads.ec2, asked) }),
        reads.ec2.in(requester.accountId, requester.region).listPeerings().catch(nothingWithoutAccess),
      ]);
      return previewOf(ends, decided, peerings, policy);
    },
    decide: async (id, ends) => {
      const key = await keyOf(id, ends, { ...reads, policy });
      return decideOn(key, { looks: LATE_LOOKS }, deps);
    },
  };
}

/** Through a side that autopeer governs, the requester's if it can be. */
async function keyOf(
  peeringId: PeeringId,
  ends: Ends,
  { organization, policy }: { readonly organization: Organization; readonly policy: CompiledPolicy },
): Promise<PeeringKey> {
  const keyAt = (role: Role): PeeringKey => {
    const { accountId, region } = ends[role];
    return { peeringId, accountId, region };
  };
  for (const role of ROLES) {
    const key = keyAt(role);
    const isMember = (await organization.standingOf(key.accountId)) === 'member';
    if (isMember && policy.regions.includes(key.region)) return key;
  }
  return keyAt('requester');
}

function nothingWithoutAccess(error: unknown): readonly Peering[] {
  if (isWithoutAccess(error)) return [];
  throw error;
}

const NOTHING_KNOWN: Ledger = {
  read: () => Promise.resolve(NO_MEMORY),
  history: () => Promise.resolve([]),
  write: () => Promise.reject(new Error('who looks ahead writes nothing')),
};
