import { ACCOUNTS, REGIONS, VPCS } from '../demo/landscape.ts';
import { worldSchema, type WorldFile } from './world-schema.ts';

/** What a sandbox serves, and what people call it. */
export interface WorldSource {
  /** `demo`, `empty` or the file's path. */
  readonly name: string;
  readonly file: WorldFile;
}

/** The hub and the management account, and nothing in them. */
export const EMPTY_WORLD: WorldSource = { name: 'empty', file: worldSchema.parse({ version: 1 }) };

/** The organization of `npm start`, before its story begins. */
export const DEMO_WORLD: WorldSource = {
  name: 'demo',
  file: worldSchema.parse({
    version: 1,
    regions: [...REGIONS],
    units: ACCOUNTS.map(({ unit, unitId }) => ({ id: unitId, name: unit })),
    accounts: ACCOUNTS.map(({ id, name, unitId }) => ({
      id,
      name,
      unit: unitId,
      vpcs: VPCS.filter(({ accountId }) => accountId === id).map(demoVpc),
    })),
  }),
};

/** Each subnet is the next /24, and has a route table of its own. */
function demoVpc({ name, region, cidr, subnets }: (typeof VPCS)[number]) {
  const [first, second] = cidr.split('.');
  const numbers = Array.from({ length: subnets }, (_, index) => index);
  return {
    name,
    region,
    cidrs: [cidr],
    routeTables: numbers.map((number) => ({ name: `${name}-${number}` })),
    subnets: numbers.map((number) => ({
      cidr: `${first}.${second}.${number}.0/24`,
      routeTable: `${name}-${number}`,
    })),
  };
}
