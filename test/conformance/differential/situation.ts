import { overlaps, parseCidr } from '../../../shared/domain/facts/cidr.ts';
import type { Difference } from './compare.ts';
import type { Names } from './names.ts';
import { isSamePlace, type Made, type PlannedCall, type SequenceWorld } from './world.ts';

/** A call, and what is known of the things that it and its answers speak of, as they were before it. */
export class Situation {
  readonly call: PlannedCall;
  readonly world: SequenceWorld;
  readonly #names: Names;

  constructor(call: PlannedCall, world: SequenceWorld, names: Names) {
    this.call = call;
    this.world = world;
    this.#names = names;
  }

  get action(): string {
    return this.call.action;
  }

  /** What a member of the call's input names. */
  named(member: string): Made | undefined {
    return this.made(this.call.input[member]);
  }

  /** Whether what a member of the input names is another account's or region's. */
  isElsewhere(member: string): boolean {
    const made = this.named(member);
    return made !== undefined && !isSamePlace(made.place, this.call.place);
  }

  /** What a token, or an id of either side, stands for. */
  made(id: unknown): Made | undefined {
    if (typeof id !== 'string') return undefined;
    return this.world.find(this.#names.token('sim', id) ?? this.#names.token('moto', id) ?? id);
  }

  /** The peering that a difference is in. */
  peeringAround({ around }: Difference): Made | undefined {
    const ids = around.map(({ sim }) => memberOf(sim, 'VpcPeeringConnectionId'));
    return this.made(ids.findLast((id) => id !== undefined));
  }

  /** Whether the account that asks has that side of a peering. */
  isAskerOf(side: 'Requester' | 'Accepter', peering: Made): boolean {
    const place = side === 'Requester' ? peering.place : (peering.accepterPlace ?? peering.place);
    return isSamePlace(place, this.call.place);
  }

  /** Whether a request fails, because the CIDRs of its VPCs overlap. */
  isDoomed({ vpc, peerVpc }: Made): boolean {
    const [ours, theirs] = [this.#cidrsOf(vpc), this.#cidrsOf(peerVpc)];
    return ours.some((one) => theirs.some((other) => overlaps(one, other)));
  }

  isActive(peering: Made): boolean {
    return peering.isAccepted === true && !peering.isGone && !this.isDoomed(peering);
  }

  /** Whether a block lies in one of the VPC's. */
  isInside(block: unknown, vpc: string | undefined): boolean {
    const cidr = parseCidr(String(block));
    return cidr !== undefined && this.#cidrsOf(vpc).some((own) => overlaps(own, cidr));
  }

  /** Every block that a VPC has had. */
  #cidrsOf(vpc: string | undefined) {
    return this.world.made
      .filter(({ token, of, kind }) => token === vpc || (kind === 'vpc-cidr-assoc' && of === vpc))
      .flatMap(({ cidr }) => parseCidr(cidr ?? '') ?? []);
  }
}

export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
