import type { PeeringState } from '../../shared/domain/facts/peering.ts';

/** Whether a peering is not over yet. */
export function isLive({ state }: { readonly state: PeeringState }): boolean {
  switch (state) {
    case 'initiating-request':
    case 'pending-acceptance':
    case 'provisioning':
    case 'active':
      return true;
    case 'expired':
    case 'rejected':
    case 'failed':
    case 'deleting':
    case 'deleted':
      return false;
  }
}
