import type { RouteTableId } from '../facts/ids.ts';
import type { Place, Role } from '../facts/peering.ts';
import type { Destination } from '../facts/vpc.ts';
import type { StatusTags } from '../words/status-tags.ts';

/** One thing to do, with the credentials of the account and in the region where it is done. */
export type Step = ChangeStep | TagStep;
export type TagStep = { readonly at: Place; readonly kind: 'tag'; readonly tags: StatusTags };
/** A step that changes who reaches whom, or waits until one can. */
export type ChangeStep = { readonly at: Place } & (
  | { readonly kind: 'accept' }
  | { readonly kind: 'reject' }
  /** Either side may delete it; where the first may not, the others are tried. */
  | { readonly kind: 'delete-peering'; readonly orElse: readonly Place[] }
  | { readonly kind: 'await-active' }
  | {
      readonly kind: 'create-route';
      readonly routeTableId: RouteTableId;
      readonly destination: Destination;
      /** Whether the ledger claims it. A route that is put back for somebody else stays theirs. */
      readonly isOurs: boolean;
    }
  | {
      readonly kind: 'delete-route';
      readonly routeTableId: RouteTableId;
      readonly destination: Destination;
    }
  | { readonly kind: 'enable-dns' | 'disable-dns'; readonly roles: readonly Role[] }
);

export type DeleteRoute = Extract<Step, { kind: 'delete-route' }>;
