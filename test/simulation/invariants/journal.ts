import type { SimulatedAws } from '../../../sim/aws.ts';
import type { CidrAssociation, RouteRecord, RouteTableRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Call } from '../../../sim/types.ts';
import type { Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { Membership } from '../../../shared/domain/policy/decision/side.ts';
import { parseOuId, type OuId } from '../../../shared/domain/facts/ids.ts';

/** Something that was so from an instant until the next one began. */
interface Era<Value> {
  readonly fromMs: number;
  readonly value: Value;
}

/** What was so when: the values of one thing, oldest first. */
export class Timeline<Value> {
  readonly #eras: Era<Value>[] = [];

  set(atMs: number, value: Value): void {
    this.#eras.push({ fromMs: atMs, value });
  }

  /** Every value that was so at some instant in [from, until], with the part of it in which it was. */
  during(fromMs: number, untilMs: number): readonly { value: Value; fromMs: number; untilMs: number }[] {
    return this.#eras.flatMap(({ fromMs: since, value }, index) => {
      const ends = this.#eras[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      if (since > untilMs || ends < fromMs) return [];
      return [{ value, fromMs: Math.max(since, fromMs), untilMs: Math.min(ends, untilMs) }];
    });
  }

  /** The last value. */
  get now(): Value | undefined {
    return this.#eras.at(-1)?.value;
  }
}

/** What the policy looks at, of a VPC. */
export interface VpcFacts {
  readonly cidrs: readonly Cidr[];
  readonly isDefaultVpc: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

interface VpcEra {
  readonly associations: readonly CidrAssociation[];
  readonly isDefaultVpc: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a route points at: an id, or nothing where there is no such route. */
export interface RouteState {
  readonly target: string | undefined;
  /** Whether autopeer wrote it for itself, and nobody wrote over it since. What it put back for others is theirs. */
  readonly isOurs: boolean;
}

/** Where an account stands: a suspended or closed one belongs to the organization, and nothing of it is touched. */
export type Standing = Membership | { readonly kind: 'suspended' };

/**
 * What was true when, as far as autopeer's decisions rest on it: written down from EC2's own records at each change,
 * whoever made it. A decision is judged by what was so while it was made (see {@link Judge}).
 */
export class Journal {
  readonly #aws: SimulatedAws;
  readonly #vpcs = new Map<string, Timeline<VpcEra>>();
  readonly #routes = new Map<string, Timeline<RouteState>>();
  readonly #standings = new Map<string, Timeline<Standing>>();
  /** Whether an account has the member role. */
  readonly #enrolments = new Map<string, Timeline<boolean>>();
  /** Since when nothing can be read of an account and region, for ever. */
  readonly #blind = new Map<string, number>();
  /** Routes of somebody else that autopeer took away from a live peering, and that nobody wrote since. */
  readonly #taken = new Map<string, string>();

  constructor(aws: SimulatedAws, accounts: readonly { readonly id: string; readonly isEnrolled: boolean }[]) {
    this.#aws = aws;
    for (const { id, isEnrolled } of accounts) this.noteEnrolment(id, isEnrolled);
    const now = aws.clock.now();
    for (const vpc of aws.ec2.truth.vpcs.values()) this.#writeVpc(vpc, now);
    for (const accountId of aws.organization.accounts.keys()) this.noteMembership(accountId);
    aws.watch({ after: (call, input) => this.#after(call, input) });
  }

  /** Call this when an account was moved, suspended or opened again, or left. */
  noteMembership(accountId: string): void {
    timelineOf(this.#standings, accountId).set(this.#aws.clock.now(), this.#standing(accountId));
  }

  /** Call this when an account's member role came or went. */
  noteEnrolment(accountId: string, isEnrolled: boolean): void {
    timelineOf(this.#enrolments, accountId).set(this.#aws.clock.now(), isEnrolled);
  }

  /** Call this when nothing of an account and region can be read any more. */
  noteBlindness(accountId: string, region: string): void {
    const place = `${accountId} ${region}`;
    if (!this.#blind.has(place)) this.#blind.set(place, this.#aws.clock.now());
  }

  /** Whether autopeer may read an account in a region, at each instant of these. */
  accesses(accountId: string, region: string, fromMs: number, untilMs: number): readonly boolean[] {
    const blindFrom = this.#blind.get(`${accountId} ${region}`) ?? Number.POSITIVE_INFINITY;
    if (blindFrom < fromMs) return [false];
    const known = timelineOf(this.#enrolments, accountId).during(fromMs, untilMs);
    const enrolled = known.length === 0 ? [false] : known.map(({ value }) => value);
    return [...new Set([...enrolled, ...(blindFrom <= untilMs ? [false] : [])])];
  }

  mayReadNow(accountId: string, region: string): boolean {
    const now = this.#aws.clock.now();
    return !this.accesses(accountId, region, now, now).includes(false);
  }

  vpc(vpcId: string, fromMs: number, untilMs: number): readonly VpcFacts[] {
    const facts = new Map<string, VpcFacts>();
    for (const era of timelineOf(this.#vpcs, vpcId).during(fromMs, untilMs)) {
      const { associations, isDefaultVpc, tags } = era.value;
      // A CIDR comes into force some time after it was associated, and nobody writes that down.
      const inForce = associations.map(({ associatedAt }) => associatedAt);
      for (const atMs of [era.fromMs, era.untilMs, ...inForce]) {
        if (atMs < era.fromMs || atMs > era.untilMs) continue;
        const cidrs = associations.filter(({ associatedAt }) => associatedAt <= atMs).map(({ cidr }) => cidr);
        facts.set(JSON.stringify([cidrs, tags]), { cidrs, isDefaultVpc, tags });
      }
    }
    return [...facts.values()];
  }

  standings(accountId: string, fromMs: number, untilMs: number): readonly Standing[] {
    const known = timelineOf(this.#standings, accountId).during(fromMs, untilMs);
    return known.length === 0 ? [{ kind: 'external' }] : known.map(({ value }) => value);
  }

  /** What the route pointed at, at any instant of these. */
  route(
    tableId: string,
    destination: string,
    fromMs: number,
    untilMs: number,
  ): readonly { value: RouteState; fromMs: number; untilMs: number }[] {
    return timelineOf(this.#routes, `${tableId} ${destination}`).during(fromMs, untilMs);
  }

  /** Every destination that the table routed to the target at some instant of these. */
  routedDuring(tableId: string, target: string, fromMs: number, untilMs: number): readonly string[] {
    return [...this.#routes].flatMap(([key, timeline]) => {
      const [table, destination = ''] = key.split(' ');
      if (table !== tableId) return [];
      return timeline.during(fromMs, untilMs).some(({ value }) => value.target === target)
        ? [destination]
        : [];
    });
  }

  routeNow(tableId: string, destination: string): RouteState {
    return timelineOf(this.#routes, `${tableId} ${destination}`).now ?? { target: undefined, isOurs: false };
  }

  #after(call: Call, input: unknown): void {
    if (call.service !== 'ec2') return;
    const now = this.#aws.clock.now();
    switch (call.action) {
      case 'AssociateVpcCidrBlock':
      case 'CreateTags':
      case 'DeleteTags':
      case 'DisassociateVpcCidrBlock':
        // Few, and the request need not name the VPC.
        for (const vpc of this.#aws.ec2.truth.vpcs.values()) {
          if (vpc.ownerId === call.caller.accountId && vpc.region === call.region) this.#writeVpc(vpc, now);
        }
        return;
      case 'CreateRoute':
      case 'ReplaceRoute':
      case 'DeleteRoute': {
        this.#noteRoute(call, routeAsked(input), now);
        return;
      }
      default:
    }
  }

  #noteRoute(call: Call, { tableId, destination }: ReturnType<typeof routeAsked>, now: number): void {
    const isOwn = call.caller.roleArn !== undefined;
    const key = `${tableId} ${destination}`;
    const before = this.routeNow(tableId, destination);
    const table = this.#aws.ec2.truth.routeTables.get(tableId);
    const route = table === undefined ? undefined : routeIn(table, destination);
    const target = route?.target.id;
    const isPutBack = isOwn && target !== undefined && this.#taken.get(key) === target;
    if (target !== undefined) this.#taken.delete(key);
    else if (isOwn && before.target !== undefined && !before.isOurs) this.#taken.set(key, before.target);
    timelineOf(this.#routes, key).set(now, { target, isOurs: isOwn && target !== undefined && !isPutBack });
  }

  /** Whether autopeer took the route, which was somebody else's, and nobody wrote it since. */
  isTaken(tableId: string, destination: string, peeringId: string): boolean {
    return this.#taken.get(`${tableId} ${destination}`) === peeringId;
  }

  /** Routes of somebody else that autopeer took away from a peering: table and destination. */
  takenFrom(peeringId: string): readonly { readonly tableId: string; readonly destination: string }[] {
    return [...this.#taken].flatMap(([key, target]) => {
      const [tableId = '', destination = ''] = key.split(' ');
      return target === peeringId ? [{ tableId, destination }] : [];
    });
  }

  #writeVpc(vpc: VpcRecord, now: number): void {
    const { tags } = this.#aws.ec2.truth;
    const entries = tags
      .of(vpc.ownerId, vpc.region, vpc.id)
      .map(({ Key = '', Value = '' }) => [Key, Value] as const);
    const era = {
      associations: [...vpc.cidrs, ...vpc.ipv6Cidrs],
      isDefaultVpc: vpc.isDefault,
      tags: Object.fromEntries(entries),
    };
    timelineOf(this.#vpcs, vpc.id).set(now, era);
  }

  #standing(accountId: string): Standing {
    const { organization } = this.#aws;
    const account = organization.accounts.get(accountId);
    if (account === undefined) return { kind: 'external' };
    if (account.status !== 'ACTIVE') return { kind: 'suspended' };
    const ous: OuId[] = [];
    for (
      let at = account.parentId;
      at !== organization.rootId;
      at = organization.units.get(at)?.parentId ?? organization.rootId
    ) {
      const ou = parseOuId(at);
      if (ou !== undefined) ous.push(ou);
    }
    return { kind: 'member', ous };
  }
}

export const routeIn = (table: RouteTableRecord, destination: string): RouteRecord | undefined =>
  table.routes.find((route) => destinationText(route) === destination);

export const destinationText = ({ destination }: RouteRecord): string =>
  destination.kind === 'prefix-list' ? destination.id : destination.cidr;

/** The table and the destination of a call about a route; destinations of the simulation are canonical already. */
export function routeAsked(input: unknown): { readonly tableId: string; readonly destination: string } {
  const member = (name: string): string | undefined => {
    const value: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const destination =
    member('DestinationCidrBlock') ??
    member('DestinationIpv6CidrBlock') ??
    member('DestinationPrefixListId') ??
    '';
  return { tableId: member('RouteTableId') ?? '', destination };
}

function timelineOf<Value>(timelines: Map<string, Timeline<Value>>, key: string): Timeline<Value> {
  const known = timelines.get(key);
  if (known !== undefined) return known;
  const timeline = new Timeline<Value>();
  timelines.set(key, timeline);
  return timeline;
}
