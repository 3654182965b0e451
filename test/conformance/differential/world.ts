/** An account and a region of a sequence, which has two of each. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export type Kind = 'vpc' | 'subnet' | 'rtb' | 'rtbassoc' | 'igw' | 'sg' | 'pcx' | 'vpc-cidr-assoc';

/** Something that a sequence has made on both sides. */
export interface Made {
  readonly kind: Kind;
  /** Its name in the sequence, such as `vpc#1`: the two sides have ids of their own for it. */
  readonly token: string;
  readonly place: Place;
  /** The VPC it belongs to. */
  vpc: string | undefined;
  /** What it goes with when that is deleted. */
  readonly of?: string | undefined;
  /** For a peering, the accepter's VPC. */
  readonly peerVpc?: string | undefined;
  /** For a peering, the accepter's place. */
  readonly accepterPlace?: Place | undefined;
  readonly cidr?: string | undefined;
  isGone: boolean;
  /** For a peering. */
  isAccepted?: boolean;
  /** For a VPC: DNS hostnames. */
  hasDnsHostnames?: boolean;
}

/** One call of a sequence. Ids in its input are tokens. */
export interface PlannedCall {
  readonly place: Place;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What both sides have agreed on so far: what was made, and under which names. */
export class SequenceWorld {
  readonly places: readonly Place[];
  readonly made: Made[] = [];

  constructor(places: readonly Place[]) {
    this.places = places;
  }

  /** The one of its places that is meant. */
  place(accountId: unknown, region: unknown): Place | undefined {
    return this.places.find((place) => place.accountId === accountId && place.region === region);
  }

  /** What was made and not deleted, in the order of making. */
  alive(kind: Kind, where: (made: Made) => boolean = () => true): readonly Made[] {
    return this.made.filter((one) => one.kind === kind && !one.isGone && where(one));
  }

  /** Whether a VPC waits for an answer to a request of its own. */
  isAsking(vpc: string): boolean {
    return this.alive('pcx', (made) => made.vpc === vpc && made.isAccepted !== true).length > 0;
  }

  /** Whether DNS can be turned on for a peering. */
  hasDns({ vpc, peerVpc }: Made): boolean {
    return [vpc, peerVpc].every((token) => this.find(token ?? '')?.hasDnsHostnames === true);
  }

  find(token: string): Made | undefined {
    return this.made.find((one) => one.token === token);
  }
}

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.accountId === other.accountId && one.region === other.region;
