import type { OuId } from '../../shared/domain/facts/ids.ts';
import { PEERING_STATES } from '../../shared/domain/facts/peering.ts';
import { parseSnapshot, type Snapshot } from '../../analysis/snapshot/snapshot.ts';
import { type Choices, WORLD } from './policy-arbitraries.ts';

const [top, middle, other] = WORLD.ous;
/** One OU inside another, and one beside them. */
const PARENTS = [
  [top, null],
  [middle, top],
  [other, null],
] as const;
/** Beside those that policies name: two VPCs must be able to be alike. */
const VPC_IDS = [...WORLD.vpcs, ...[4, 5, 6, 7].map((number) => `vpc-0000000${number}`)];

const drawVpc = (choices: Choices, id: string) => ({
  id,
  accountId: choices.one(WORLD.accounts),
  region: choices.one(WORLD.regions),
  cidrs: choices.some(WORLD.cidrs, 2),
  ...choices.one([{}, { isDefault: true }, { isDefault: false }]),
  tags: Object.fromEntries(choices.list(2, () => [choices.one(WORLD.tagKeys), choices.one(WORLD.tagValues)])),
});

/** An organization over the small world of the drawn policies; an account or two of it are not in it. */
export function drawSnapshot(choices: Choices): Snapshot {
  const vpcs = VPC_IDS.slice(0, choices.below(VPC_IDS.length + 1)).map((id) => drawVpc(choices, id));
  const accounts = WORLD.accounts
    .filter(() => choices.chance(80))
    .map((id, index) => ({
      id,
      name: `account ${index}`,
      ou: choices.one<OuId | null>([null, ...WORLD.ous]),
    }));
  const end = () => {
    const stranger = { accountId: choices.one(WORLD.accounts), region: 'eu-west-1', vpcId: 'vpc-00000099' };
    if (vpcs.length === 0 || choices.chance(20)) {
      return choices.chance(50) ? { ...stranger, cidrs: [choices.one(WORLD.cidrs)] } : stranger;
    }
    const { id, accountId, region } = choices.one(vpcs);
    return { accountId, region, vpcId: id };
  };
  return parseSnapshot({
    version: 1,
    takenAt: '2026-11-20T06:00:00Z',
    ous: PARENTS.map(([id, parent]) => ({ id, name: id, parent })),
    accounts,
    vpcs,
    unread:
      accounts.length > 0 && choices.chance(20)
        ? [{ accountId: choices.one(accounts).id, reason: 'denied' }]
        : [],
    // A VPC has one account, and is not peered with itself.
    peerings: choices
      .list(3, (index) => ({
        id: `pcx-0000000${index}`,
        state: choices.one(PEERING_STATES),
        requester: end(),
        accepter: end(),
      }))
      .filter(({ requester, accepter }) => requester.vpcId !== accepter.vpcId),
  });
}
