import type { WorldFile } from '../../sandbox/world-schema.ts';

/** Only what is not left to defaults. */
type Input = Pick<WorldFile, 'version'> & {
  readonly accounts: readonly unknown[];
  readonly peerings?: unknown;
};

const REGION = 'eu-west-1';
const FIRST_ACCOUNT = 100_000_000_000;

/** Each gets the next /20 of 10.0.0.0/8. */
const block = (index: number, prefix = 20): string =>
  `10.${Math.floor(index / 16)}.${(index % 16) * 16}.0/${prefix}`;

/** One account with so many VPCs in one region. */
export const manyVpcs = (count: number): Input => ({
  version: 1,
  accounts: [
    {
      id: String(FIRST_ACCOUNT),
      vpcs: Array.from({ length: count }, (_, index) => ({
        name: `vpc-${index}`,
        region: REGION,
        cidrs: [block(index)],
      })),
    },
  ],
});

/** Accounts in a ring with one VPC each, and each has a peering with as many of its neighbours as are asked for. */
export const manyPeerings = (accounts: number, perAccount: number): Input => ({
  version: 1,
  accounts: Array.from({ length: accounts }, (_, index) => ({
    id: String(FIRST_ACCOUNT + index),
    vpcs: [
      {
        name: `vpc-${index}`,
        region: REGION,
        cidrs: [block(index)],
        routeTables: [{ name: 'private' }],
        subnets: [{ cidr: block(index, 24), routeTable: 'private' }],
      },
    ],
  })),
  peerings: Array.from({ length: accounts * perAccount }, (_, index) => {
    const requester = Math.floor(index / perAccount);
    const distance = (index % perAccount) + 1;
    return { requester: `vpc-${requester}`, accepter: `vpc-${(requester + distance) % accounts}` };
  }),
});
