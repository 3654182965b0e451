import type { Cidr } from '../../facts/cidr.ts';
import type { RouteTableId } from '../../facts/ids.ts';

/** Which route tables of a side get routes to the other side. */
export type TableChoice =
  /** Those with an explicit subnet association, and the main one where some subnet falls back to it. */
  | { readonly kind: 'associated' }
  | { readonly kind: 'main' }
  | { readonly kind: 'all' }
  /** Those that carry every one of these tags. */
  | { readonly kind: 'tagged'; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'listed'; readonly ids: readonly RouteTableId[] };

/** Which destinations a side gets routes to. */
export type DestinationChoice =
  | { readonly kind: 'vpc-cidrs' }
  /** Each subnet of the other side: least access. */
  | { readonly kind: 'subnet-cidrs' }
  | { readonly kind: 'listed'; readonly cidrs: readonly Cidr[] };

/**
 * Whether a CIDR that a VPC gets after its peering was accepted is routed: `safe` where it is private space and takes
 * no traffic from an existing wider route, default routes to the internet excepted; `hold` never without a person;
 * `route` always. See "CIDRs that come later" in docs/policy.md.
 */
export type NewCidrs = 'safe' | 'hold' | 'route';

/** Who writes the routes of a side, and when. */
export type RouteWriting =
  | { readonly kind: 'at-once' }
  /** autopeer writes what nobody else has written this long after it was first seen missing. */
  | { readonly kind: 'settle'; readonly seconds: number }
  /** autopeer writes no route, and takes none away from an active peering. */
  | { readonly kind: 'never' };

/** How a VPC's tag {@link ROUTES_TAG} names the ways of writing. */
export const WRITING_MODES = ['write', 'settle', 'none'] as const;
export type WritingMode = (typeof WRITING_MODES)[number];
/** The tag by which a VPC chooses for its own route tables, where its rule lists `modes`. */
export const ROUTES_TAG = 'autopeer:routes';

export interface RouteOptions {
  readonly writing: RouteWriting;
  /** What a VPC's tag may choose for its own tables. Members set tags, so it is never more than the rule lists. */
  readonly modes: readonly WritingMode[];
  readonly tables: TableChoice;
  readonly destinations: DestinationChoice;
  /** A destination that lies within one of these gets no route. */
  readonly exclude: readonly Cidr[];
  /** Whether IPv6 destinations get routes too. */
  readonly ipv6: boolean;
  readonly newCidrs: NewCidrs;
}

/** What autopeer does on both sides of a peering that it accepted. */
export interface ConnectOptions {
  readonly routes: RouteOptions;
  /** Whether each side resolves the other side's private DNS names; `leave` leaves both flags to others. */
  readonly dns: boolean | 'leave';
}

/** Where autopeer holds a request although the policy allows it. AWS's own quotas apply besides. */
export interface Limits {
  readonly peeringsPerVpc: number;
  readonly routesPerTable: number;
}

/** What a policy file, or a rule, says about {@link ConnectOptions}: any part of it. */
export interface ConnectOverrides {
  readonly routes?: Partial<{ [Key in keyof RouteOptions]: RouteOptions[Key] | undefined }> | undefined;
  readonly dns?: ConnectOptions['dns'] | undefined;
}
export type LimitOverrides = Partial<{ [Key in keyof Limits]: Limits[Key] | undefined }>;

/** AWS allows at most 125 active peerings per VPC (quota L-7E9ECCDB), and 50 unless it was raised. */
export const PEERINGS_PER_VPC_MAX = 125;
/** SQS delays a message by 15 minutes at most, and the look after the wait comes by such a message. */
export const SETTLE_SECONDS_MAX = 900;
/** What a VPC's tag `settle` means where the rule does not say how long. */
const SETTLE_SECONDS = 300;
/** AWS allows at most 1,000 routes per table (quota L-93826ACB). */
export const ROUTES_PER_TABLE_MAX = 1000;

/** What holds where neither the rule nor `defaults` says anything: documented in docs/policy.md. */
export const BUILT_IN_CONNECT: ConnectOptions = {
  routes: {
    writing: { kind: 'at-once' },
    modes: [],
    tables: { kind: 'associated' },
    destinations: { kind: 'vpc-cidrs' },
    exclude: [],
    ipv6: true,
    newCidrs: 'safe',
  },
  dns: true,
};
/** Five below AWS's default of 50 peerings, so that a person can still make one by hand in an emergency. */
export const BUILT_IN_LIMITS: Limits = { peeringsPerVpc: 45, routesPerTable: 450 };

/** Field by field: what the override leaves out stays as in `base`; a list replaces the base's list. */
export function mergeConnect(base: ConnectOptions, over: ConnectOverrides | undefined): ConnectOptions {
  const routes = over?.routes;
  return {
    routes: {
      writing: mergeWriting(base.routes.writing, routes),
      modes: routes?.modes ?? base.routes.modes,
      tables: routes?.tables ?? base.routes.tables,
      destinations: routes?.destinations ?? base.routes.destinations,
      exclude: routes?.exclude ?? base.routes.exclude,
      ipv6: routes?.ipv6 ?? base.routes.ipv6,
      newCidrs: routes?.newCidrs ?? base.routes.newCidrs,
    },
    dns: over?.dns ?? base.dns,
  };
}

/** Who says how routes are written, says that they are: a rule's `routes: { … }` goes over `routes: none`. */
function mergeWriting(base: RouteWriting, over: ConnectOverrides['routes']): RouteWriting {
  if (over?.writing !== undefined) return over.writing;
  return over !== undefined && base.kind === 'never' ? { kind: 'at-once' } : base;
}

/** How the routes of one side are written: as its VPC's tag says, where the rule lets it, or else as the rule says. */
export function writingOf(
  { writing, modes }: RouteOptions,
  vpcTags: Readonly<Record<string, string>>,
): RouteWriting {
  const chosen = modes.find((mode) => mode === vpcTags[ROUTES_TAG]);
  switch (chosen) {
    case undefined:
      return writing;
    case 'write':
      return { kind: 'at-once' };
    case 'settle':
      return writing.kind === 'settle' ? writing : { kind: 'settle', seconds: SETTLE_SECONDS };
    case 'none':
      return { kind: 'never' };
  }
}

export function mergeLimits(base: Limits, over: LimitOverrides | undefined): Limits {
  return {
    peeringsPerVpc: over?.peeringsPerVpc ?? base.peeringsPerVpc,
    routesPerTable: over?.routesPerTable ?? base.routesPerTable,
  };
}
