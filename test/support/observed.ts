import type { Encryption } from '../../shared/domain/facts/encryption.ts';
import type { GovernedSide, ObservedSide, OpenPeering, VpcPeer } from '../../shared/domain/facts/observed.ts';
import type { Peering, PeeringState, SideLocation } from '../../shared/domain/facts/peering.ts';
import type { PrefixLists, Route, RouteTable, RouteTarget, Subnet } from '../../shared/domain/facts/vpc.ts';
import { accountId, cidr, ouId, peeringId, region, routeTableId, vpcId } from './ids.ts';

export const PEERING = peeringId('pcx-0123456789abcdef0');
export const APPS_OU = ouId('ou-ab12-apps0001');
export const SHARED_OU = ouId('ou-ab12-shared01');

export const REQUESTER: SideLocation = {
  accountId: accountId('111111111111'),
  region: region('eu-west-1'),
  vpcId: vpcId('vpc-11111111'),
};
export const ACCEPTER: SideLocation = {
  accountId: accountId('222222222222'),
  region: region('eu-west-1'),
  vpcId: vpcId('vpc-22222222'),
};

export const aTable = (id: string, overrides: Partial<RouteTable> = {}): RouteTable => ({
  id: routeTableId(id),
  vpcId: REQUESTER.vpcId,
  tags: {},
  isMain: false,
  isOfGateway: false,
  subnetIds: [],
  routes: [],
  prefixListRoutes: [],
  ...overrides,
});

/** A static route; to a transit gateway unless another target is given. */
export const aRoute = (
  destination: string,
  target: RouteTarget = { kind: 'other', id: 'tgw-1' },
  overrides: Partial<Route> = {},
): Route => ({
  destination: cidr(destination),
  target,
  isBlackhole: false,
  isPropagated: false,
  ...overrides,
});

/** The target that is the peering of these builders. */
export const HERE: RouteTarget = { kind: 'peering', peeringId: PEERING };

export const aSubnet = (id: string, ...cidrs: string[]): Subnet => ({
  id,
  vpcId: REQUESTER.vpcId,
  cidrs: cidrs.map(cidr),
});

interface SideParts {
  readonly location: SideLocation;
  readonly cidrs: readonly string[];
  readonly tables: readonly RouteTable[];
  readonly subnets: readonly Subnet[];
  readonly otherPeers: readonly VpcPeer[];
  readonly prefixLists: PrefixLists;
  readonly encryption: Encryption;
  readonly peeringTags: Readonly<Record<string, string>>;
  readonly dnsFromRemote: boolean;
}

/** A governed side with one subnet, associated with its one table, unless the parts say otherwise. */
function aGovernedSide(
  table: string,
  parts: Partial<SideParts> & Pick<SideParts, 'location' | 'cidrs'>,
): GovernedSide {
  const { location } = parts;
  const cidrs = parts.cidrs.map(cidr);
  const [primaryCidr] = cidrs;
  if (primaryCidr === undefined) throw new TypeError('a VPC has a CIDR');
  const isRequester = location.accountId === REQUESTER.accountId;
  return {
    kind: 'governed',
    location,
    membership: { kind: 'member', ous: [isRequester ? APPS_OU : SHARED_OU] },
    network: {
      vpc: { id: location.vpcId, ownerId: location.accountId, primaryCidr, cidrs, tags: {} },
      routeTables: parts.tables ?? [aTable(table, { vpcId: location.vpcId, subnetIds: ['subnet-1'] })],
      subnets: parts.subnets ?? [aSubnet('subnet-1')],
      prefixLists: parts.prefixLists ?? new Map(),
    },
    otherPeers: parts.otherPeers ?? [],
    openPeerings: new Set([PEERING]),
    reserved: undefined,
    encryption: parts.encryption ?? 'none',
    peeringTags: parts.peeringTags ?? {},
    dnsFromRemote: parts.dnsFromRemote ?? false,
  };
}

export const aRequester = (parts: Partial<SideParts> = {}): GovernedSide =>
  aGovernedSide('rtb-11111111', { location: REQUESTER, cidrs: ['10.1.0.0/16'], ...parts });

export const anAccepter = (parts: Partial<SideParts> = {}): GovernedSide =>
  aGovernedSide('rtb-22222222', { location: ACCEPTER, cidrs: ['10.2.0.0/16'], ...parts });

/** A peering between two governed sides. */
export function anOpenPeering(
  parts: {
    readonly state?: Extract<PeeringState, 'pending-acceptance' | 'active'>;
    readonly requester?: ObservedSide;
    readonly accepter?: ObservedSide;
    readonly isExpiring?: boolean;
  } = {},
): OpenPeering {
  const requester = parts.requester ?? aRequester();
  const accepter = parts.accepter ?? anAccepter();
  return {
    kind: 'open',
    peering: aPeering(parts.state ?? 'active', requester.location, accepter.location),
    sides: { requester, accepter },
    isExpiring: parts.isExpiring ?? false,
  };
}

export const aPeering = (
  state: PeeringState,
  requester: SideLocation = REQUESTER,
  accepter: SideLocation = ACCEPTER,
): Peering => ({
  id: PEERING,
  state,
  stateMessage: `the state is ${state}`,
  expiresAt: undefined,
  requester: { ...requester, cidrs: [], dnsFromRemote: undefined },
  accepter: { ...accepter, cidrs: [], dnsFromRemote: undefined },
  tags: {},
});
