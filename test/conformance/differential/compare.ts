import { isId, type Names, type SideName } from './names.ts';
import type { Answer } from './sides.ts';

/** One thing that the two sides say differently. */
export interface Difference {
  /** Where in the answer, such as `RouteTables[].Routes[].State`; empty when one side refuses the call. */
  readonly path: string;
  readonly sim: unknown;
  readonly moto: unknown;
  /** What both sides say around it, the innermost last. Ids are as each side gave them. */
  readonly around: readonly { readonly sim: unknown; readonly moto: unknown }[];
}

type Item = Readonly<Record<string, unknown>>;
type ItemKey = (item: Item, nameOf: (id: unknown) => string) => string;

function permissionKey({ IpProtocol, FromPort, ToPort }: Item): string {
  return `${String(IpProtocol)} ${String(FromPort)} ${String(ToPort)}`;
}

/** What tells the items of a list apart, by the list's name: EC2 promises no order. */
const ITEM_KEYS: Readonly<Record<string, ItemKey>> = {
  Vpcs: ({ VpcId }, nameOf) => nameOf(VpcId),
  Subnets: ({ SubnetId }, nameOf) => nameOf(SubnetId),
  VpcPeeringConnections: ({ VpcPeeringConnectionId }, nameOf) => nameOf(VpcPeeringConnectionId),
  // The main table comes with its VPC: nobody has seen its id before.
  RouteTables: ({ RouteTableId, VpcId }, nameOf) => {
    const name = nameOf(RouteTableId);
    return name === '?' ? `table of ${nameOf(VpcId)}` : name;
  },
  Associations: ({ Main, SubnetId }, nameOf) => (Main === true ? 'main' : nameOf(SubnetId)),
  Routes: ({ DestinationCidrBlock, DestinationIpv6CidrBlock }) =>
    String(DestinationCidrBlock ?? DestinationIpv6CidrBlock),
  CidrBlockAssociationSet: ({ AssociationId, CidrBlock }, nameOf) => {
    const name = nameOf(AssociationId);
    return name === '?' ? String(CidrBlock) : name;
  },
  // A default group comes with its VPC.
  SecurityGroups: ({ GroupId, GroupName, VpcId }, nameOf) => {
    const name = nameOf(GroupId);
    return name === '?' ? `${String(GroupName)} of ${nameOf(VpcId)}` : name;
  },
  IpPermissions: permissionKey,
  IpPermissionsEgress: permissionKey,
  IpRanges: ({ CidrIp }) => String(CidrIp),
  UserIdGroupPairs: ({ GroupId }, nameOf) => nameOf(GroupId),
  CidrBlockSet: ({ CidrBlock }) => String(CidrBlock),
  Tags: ({ ResourceId, Key }, nameOf) =>
    `${ResourceId === undefined ? '' : nameOf(ResourceId)} ${String(Key)}`,
};

/** Compares two answers to the same call, and pairs the ids that appear in both for the first time. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly #names: Names;
  /** Ids of what one side has from the beginning, and whatever belongs to it. */
  readonly #ignored: ReadonlySet<string>;

  constructor(names: Names, ignored: ReadonlySet<string>) {
    this.#names = names;
    this.#ignored = ignored;
  }

  answers(sim: Answer, moto: Answer): readonly Difference[] {
    if (sim.kind === 'output' && moto.kind === 'output') {
      this.#values('', withoutMetadata(sim.output), withoutMetadata(moto.output), []);
    } else if (outcomeOf(sim) !== outcomeOf(moto)) {
      this.differences.push({ path: '', sim: outcomeOf(sim), moto: outcomeOf(moto), around: [] });
    }
    return this.differences;
  }

  #values(path: string, sim: unknown, moto: unknown, around: Difference['around']): void {
    if (isEmpty(sim) && isEmpty(moto)) return;
    if (Array.isArray(sim) || Array.isArray(moto)) {
      return this.#lists(path, asList(sim), asList(moto), around);
    }
    if (isItem(sim) && isItem(moto)) {
      const inside = [...around, { sim, moto }];
      for (const name of new Set([...Object.keys(sim), ...Object.keys(moto)])) {
        this.#values(path === '' ? name : `${path}.${name}`, sim[name], moto[name], inside);
      }
      return;
    }
    if (!this.#isSame(sim, moto)) this.differences.push({ path, sim, moto, around });
  }

  #lists(
    path: string,
    sim: readonly unknown[],
    moto: readonly unknown[],
    around: Difference['around'],
  ): void {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const [ours, theirs] = [this.#byKey('sim', name, sim), this.#byKey('moto', name, moto)];
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      this.#values(`${path}[]`, ours.get(key), theirs.get(key), around);
    }
  }

  #byKey(side: SideName, listName: string, items: readonly unknown[]): Map<string, unknown> {
    const nameOf = (id: unknown): string => this.#names.token(side, String(id)) ?? '?';
    const keyOf = ITEM_KEYS[listName];
    const byKey = new Map<string, unknown>();
    for (const [index, item] of items.entries()) {
      if (this.#isIgnored(item)) continue;
      const key = keyOf !== undefined && isItem(item) ? keyOf(item, nameOf) : String(index);
      byKey.set(byKey.has(key) ? `${key} again at ${index}` : key, item);
    }
    return byKey;
  }

  #isIgnored(item: unknown): boolean {
    return (
      isItem(item) &&
      Object.values(item).some((value) => typeof value === 'string' && this.#ignored.has(value))
    );
  }

  #isSame(sim: unknown, moto: unknown): boolean {
    if (typeof sim === 'string' && typeof moto === 'string') {
      if (isId(sim) && isId(moto)) return this.#names.pair(sim, moto);
      return this.#names.toTokens('sim', sim) === this.#names.toTokens('moto', moto);
    }
    return sim === moto;
  }
}

export const outcomeOf = (answer: Answer): string => (answer.kind === 'error' ? answer.code : 'done');

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** EC2's XML does not tell an empty list from none. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function withoutMetadata(output: unknown): unknown {
  if (!isItem(output)) return output;
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== '$metadata'));
}
