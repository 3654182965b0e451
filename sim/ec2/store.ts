import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import type { Call } from '../types.ts';
import { KINDS, notFound, requireId, type Kind } from './errors.ts';
import type { Ec2Options, Ec2Quotas } from './options.ts';
import type {
  InternetGatewayRecord,
  Owned,
  PeeringRecord,
  RouteTableRecord,
  SubnetRecord,
  VpcRecord,
} from './records.ts';
import { TagStore } from './tag-store.ts';

/** All resources of all accounts and regions, and what every action needs besides. */
export class Ec2Store {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  options: Ec2Options;
  readonly vpcs = new Map<string, VpcRecord>();
  readonly subnets = new Map<string, SubnetRecord>();
  readonly routeTables = new Map<string, RouteTableRecord>();
  readonly internetGateways = new Map<string, InternetGatewayRecord>();
  readonly peerings = new Map<string, PeeringRecord>();
  readonly tags = new TagStore();
  readonly #quotas = new Map<string, Partial<Ec2Quotas>>();
  #order = 0;

  constructor(clock: VirtualClock, random: SeededRandom, options: Ec2Options) {
    this.clock = clock;
    this.random = random;
    this.options = options;
  }

  now(): number {
    return this.clock.now();
  }

  nextOrder(): number {
    return ++this.#order;
  }

  /** A new id in the long form, which begins with a zero. */
  newId(kind: Kind): string {
    return `${KINDS[kind].prefix}-0${this.random.hex(16)}`;
  }

  /** What every new resource of the caller carries. */
  newOwned(kind: Kind, call: Call): Owned {
    return {
      id: this.newId(kind),
      order: this.nextOrder(),
      ownerId: call.caller.accountId,
      region: call.region,
    };
  }

  quotas(ownerId: string, region: string): Ec2Quotas {
    return { ...this.options, ...this.#quotas.get(`${ownerId} ${region}`) };
  }

  setQuotas(ownerId: string, region: string, quotas: Partial<Ec2Quotas>): void {
    const key = `${ownerId} ${region}`;
    this.#quotas.set(key, { ...this.#quotas.get(key), ...quotas });
  }

  vpc(call: Call, id: string | undefined): VpcRecord {
    return find('vpc', this.vpcs, call, id);
  }

  subnet(call: Call, id: string | undefined): SubnetRecord {
    return find('subnet', this.subnets, call, id);
  }

  routeTable(call: Call, id: string | undefined): RouteTableRecord {
    return find('routeTable', this.routeTables, call, id);
  }

  internetGateway(call: Call, id: string | undefined): InternetGatewayRecord {
    return find('internetGateway', this.internetGateways, call, id);
  }

  tablesOf(vpc: VpcRecord): RouteTableRecord[] {
    return [...this.routeTables.values()].filter((table) => table.vpc === vpc);
  }

  subnetsOf(vpc: VpcRecord): SubnetRecord[] {
    return [...this.subnets.values()].filter((subnet) => subnet.vpc === vpc);
  }

  peeringsOf(vpc: VpcRecord): PeeringRecord[] {
    return [...this.peerings.values()].filter(
      ({ requester, accepter }) => requester.vpc === vpc || accepter.vpc === vpc,
    );
  }
}

/** Whether a resource lives in the account and the region of the call: nobody else sees it. */
export const isAt = (place: { ownerId: string; region: string }, call: Call): boolean =>
  place.ownerId === call.caller.accountId && place.region === call.region;

function find<Found extends Owned>(
  kind: Kind,
  all: ReadonlyMap<string, Found>,
  call: Call,
  id: string | undefined,
): Found {
  const wellFormed = requireId(kind, id);
  const found = all.get(wellFormed);
  if (found === undefined || !isAt(found, call)) throw notFound(kind, wellFormed);
  return found;
}
