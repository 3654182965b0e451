import { isEverything } from '../../shared/domain/facts/address-space.ts';
import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { ouPath, type Organization } from '../snapshot/organization.ts';

/** A selector of the policy file, in its own words. */
export interface PickSelector {
  readonly accounts?: readonly string[];
  readonly ous?: readonly string[];
  readonly vpcs?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly external?: true;
  readonly cidrs?: readonly Cidr[];
}

/** One way to name a side of a peering: by its VPC, its account, an OU above it, an OU and a tag. */
export interface Pick {
  /** Tells picks apart. */
  readonly key: string;
  readonly selector: PickSelector;
  /** For the name of a group. */
  readonly name: string;
  /** For a comment: `Workloads/Prod`. */
  readonly words: string;
  readonly kind: 'account' | 'vpc' | 'tagged' | 'ou';
  /** Of picks that take in the same, the one with the least: an account is there longer than a VPC. */
  readonly rank: number;
  /** The VPCs of the snapshot that it takes in. */
  readonly vpcs: ReadonlySet<VpcId>;
}

const RANKS = { account: 0, vpc: 1, tagged: 2, ou: 3 } as const;

/** Tags that say nothing of what a VPC is for. */
const isTelling = (key: string): boolean => key !== 'Name' && !/^(aws|autopeer):/.test(key);
/** A VPC with dozens of tags is not named by all of them. */
const TAGS_MAX = 10;

/** Names the sides of peerings in every way that a policy can, each way once. */
export class Picks {
  readonly #organization: Organization;
  readonly #vpcsByKey = new Map<string, Set<VpcId>>();
  readonly #picks = new Map<string, Pick>();

  constructor(organization: Organization) {
    this.#organization = organization;
    for (const side of organization.vpcs) {
      for (const key of keysOf(side)) {
        const known = this.#vpcsByKey.get(key) ?? new Set();
        this.#vpcsByKey.set(key, known.add(side.vpcId));
      }
    }
  }

  /** Every way to name it. None of a side outside the organization whose CIDRs nobody knows. */
  of(side: PolicySide): readonly Pick[] {
    if (side.membership.kind === 'external') {
      const pick = this.#outside(side);
      return pick === undefined ? [] : [pick];
    }
    return [this.#vpc(side), this.#account(side), ...this.#units(side)];
  }

  #outside({ accountId, cidrs }: PolicySide): Pick | undefined {
    if (cidrs === 'unknown' || cidrs.length === 0 || cidrs.some(isEverything)) return undefined;
    const key = `outside ${accountId} ${cidrs.join(' ')}`;
    return this.#once(key, () => ({
      key,
      selector: { accounts: [accountId], external: true, cidrs },
      name: `outside-${accountId}`,
      words: `account ${accountId} outside the organization`,
      kind: 'account',
      rank: RANKS.account,
      vpcs: new Set(),
    }));
  }

  #vpc({ accountId, vpcId, tags }: PolicySide): Pick {
    const key = keyOfVpc(vpcId);
    const name = tags === 'unknown' ? undefined : tags['Name'];
    return this.#once(key, () => ({
      key,
      selector: { accounts: [accountId], vpcs: [vpcId] },
      name: name ?? vpcId,
      words: `VPC ${vpcId}${name === undefined ? '' : ` “${name}”`} of account ${this.#accountName(accountId)}`,
      kind: 'vpc',
      rank: RANKS.vpc,
      vpcs: new Set([vpcId]),
    }));
  }

  #account({ accountId }: PolicySide): Pick {
    const key = keyOfAccount(accountId);
    return this.#once(key, () => ({
      key,
      selector: { accounts: [accountId] },
      name: this.#accountName(accountId),
      words: `account ${this.#accountName(accountId)}`,
      kind: 'account',
      rank: RANKS.account,
      vpcs: this.#vpcsOf(key),
    }));
  }

  #units({ membership, tags }: PolicySide): readonly Pick[] {
    if (membership.kind === 'external') return [];
    const telling = tags === 'unknown' ? [] : Object.entries(tags).filter(([key]) => isTelling(key));
    return membership.ous.flatMap((ou, height) => {
      const path = ouPath(this.#organization, ou);
      const plain = this.#once(keyOfUnit(ou), () => ({
        key: keyOfUnit(ou),
        selector: { ous: [ou] },
        name: path.split('/').at(-1) ?? ou,
        words: path,
        kind: 'ou',
        rank: RANKS.ou + height,
        vpcs: this.#vpcsOf(keyOfUnit(ou)),
      }));
      const tagged = telling.slice(0, TAGS_MAX).map(([tag, value]) => {
        const key = keyOfTagged(ou, tag, value);
        return this.#once(key, () => ({
          key,
          selector: { ous: [ou], tags: { [tag]: value } },
          name: `${plain.name}-${value}`,
          words: `${path}, tag ${tag}=${value}`,
          kind: 'tagged',
          rank: RANKS.tagged + height,
          vpcs: this.#vpcsOf(key),
        }));
      });
      return [...tagged, plain];
    });
  }

  #accountName(accountId: PolicySide['accountId']): string {
    return this.#organization.accountName(accountId) ?? accountId;
  }

  #vpcsOf(key: string): ReadonlySet<VpcId> {
    return this.#vpcsByKey.get(key) ?? new Set();
  }

  #once(key: string, make: () => Pick): Pick {
    const pick = this.#picks.get(key) ?? make();
    this.#picks.set(key, pick);
    return pick;
  }
}

const keyOfVpc = (vpcId: string): string => `vpc ${vpcId}`;
const keyOfAccount = (accountId: string): string => `account ${accountId}`;
const keyOfUnit = (ou: string): string => `ou ${ou}`;
const keyOfTagged = (ou: string, tag: string, value: string): string =>
  `ou ${ou} tag ${JSON.stringify([tag, value])}`;

function keysOf({ accountId, vpcId, membership, tags }: PolicySide): readonly string[] {
  const ous = membership.kind === 'member' ? membership.ous : [];
  const telling = tags === 'unknown' ? [] : Object.entries(tags).filter(([key]) => isTelling(key));
  return [
    keyOfVpc(vpcId),
    keyOfAccount(accountId),
    ...ous.flatMap((ou) => [
      keyOfUnit(ou),
      ...telling.slice(0, TAGS_MAX).map(([tag, value]) => keyOfTagged(ou, tag, value)),
    ]),
  ];
}
