import type {
  AclEntryFacts,
  GroupRuleFacts,
  InterfaceFacts,
  PeeringFacts,
  PlaceFacts,
  RouteFacts,
} from '../../analysis/snapshot/network.ts';
import { accountId, cidr, peeringId, region, vpcId } from './ids.ts';

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends string | number | boolean | undefined
    ? T
    : { -readonly [Key in keyof T]: Mutable<T[Key]> };
type Place = Mutable<PlaceFacts>;

const ANY = { protocol: '-1' };

export const route = (destination: string, target: string, more: Partial<RouteFacts> = {}): RouteFacts => ({
  destination: destination.startsWith('pl-') ? destination : cidr(destination),
  target,
  isActive: true,
  isPropagated: false,
  ...more,
});

export const aclEntry = (
  number: number,
  isEgress: boolean,
  isAllow: boolean,
  more: Partial<AclEntryFacts> = {},
): AclEntryFacts => ({ number, isEgress, isAllow, cidr: cidr('0.0.0.0/0'), ...ANY, ...more });

export const groupRule = (
  isEgress: boolean,
  peer: GroupRuleFacts['peer'],
  more: Partial<GroupRuleFacts> = {},
): GroupRuleFacts => ({ isEgress, peer, ...ANY, ...more });

export const everybody: GroupRuleFacts['peer'] = { kind: 'cidr', cidr: cidr('0.0.0.0/0') };

export const PCX = peeringId('pcx-00000000000000001');

/** Names of what {@link twoVpcs} has, by the letter of its side. */
export const idOf = (kind: string, side: 'a' | 'b'): string => `${kind}-0000000000000000${side}`;

/** Two VPCs, `a` of 10.1.0.0/16 and `b` of 10.2.0.0/16, joined by a peering: all that is needed is there. */
export function twoVpcs(regionOfB = 'eu-west-1'): { a: Place; b: Place; places: readonly PlaceFacts[] } {
  const [a, b] = [aPlace('a', '10.1', '10.2', 'eu-west-1'), aPlace('b', '10.2', '10.1', regionOfB)];
  const side = (each: Place): PeeringFacts['requester'] => ({
    accountId: each.accountId,
    region: each.region,
    vpcId: vpcId(idOf('vpc', each === a ? 'a' : 'b')),
    cidrs: each.vpcs[0]?.cidrs ?? [],
    dnsFromRemote: true,
  });
  const peering: PeeringFacts = { id: PCX, state: 'active', requester: side(a), accepter: side(b) };
  a.peerings = [structuredClone(peering)];
  b.peerings = [structuredClone(peering)];
  return { a, b, places: [a, b] };
}

function aPlace(letter: 'a' | 'b', own: string, other: string, where: string): Place {
  const account = accountId(letter === 'a' ? '111111111111' : '222222222222');
  const vpc = vpcId(idOf('vpc', letter));
  const ofVpc = { ownerId: account, vpcId: vpc };
  return {
    accountId: account,
    region: region(where),
    unread: [],
    vpcs: [
      {
        id: vpc,
        ownerId: account,
        name: `vpc ${letter}`,
        tags: { Name: `vpc ${letter}` },
        cidrs: [cidr(`${own}.0.0/16`)],
        dnsSupport: true,
        dnsHostnames: true,
        encryption: 'none',
      },
    ],
    subnets: [{ id: idOf('subnet', letter), ...ofVpc, cidrs: [cidr(`${own}.0.0/24`)] }],
    routeTables: [
      {
        id: idOf('rtb', letter),
        ...ofVpc,
        isMain: true,
        subnetIds: [],
        routes: [route(`${own}.0.0/16`, 'local'), route(`${other}.0.0/16`, PCX)],
      },
    ],
    networkAcls: [
      {
        id: idOf('acl', letter),
        ...ofVpc,
        subnetIds: [idOf('subnet', letter)],
        entries: [aclEntry(100, false, true), aclEntry(100, true, true)],
      },
    ],
    securityGroups: [
      {
        id: idOf('sg', letter),
        ...ofVpc,
        rules: [groupRule(true, everybody), groupRule(false, everybody)],
      },
    ],
    interfaces: [anInterface(letter, `${own}.0.10`)],
    instances: [],
    prefixLists: [],
    peerings: [],
  };
}

export const anInterface = (letter: 'a' | 'b', address: string): InterfaceFacts => ({
  id: idOf('eni', letter),
  ownerId: accountId(letter === 'a' ? '111111111111' : '222222222222'),
  vpcId: vpcId(idOf('vpc', letter)),
  subnetId: idOf('subnet', letter),
  addresses: [address],
  publicAddresses: [],
  groupIds: [idOf('sg', letter)],
  sourceDestCheck: true,
  description: '',
});
