import { HUB_ACCOUNT, type BuiltVpc, type World } from '../sim/world/world.ts';

/** An account of the demo's organization. */
export interface DemoAccount {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly unitId: string;
}

/** A VPC of the demo's organization, before and after it is built. */
export interface DemoVpc {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly cidr: string;
  readonly subnets: number;
}

export const REGIONS = ['eu-west-1', 'us-east-1'] as const;

/** The ids are fixed, so that a policy file can name them. */
export const ACCOUNTS = [
  { id: '111111111111', name: 'shop', unit: 'Apps', unitId: 'ou-ab12-apps0001' },
  { id: '222222222222', name: 'platform', unit: 'Shared', unitId: 'ou-ab12-shared01' },
  { id: '333333333333', name: 'lab', unit: 'Sandbox', unitId: 'ou-ab12-sandbox1' },
  { id: '444444444444', name: 'insights', unit: 'Data', unitId: 'ou-ab12-data0001' },
] as const satisfies readonly DemoAccount[];

export const VPCS = [
  { name: 'web', accountId: '111111111111', region: 'eu-west-1', cidr: '10.10.0.0/16', subnets: 2 },
  { name: 'jobs', accountId: '111111111111', region: 'eu-west-1', cidr: '10.11.0.0/16', subnets: 1 },
  { name: 'web-us', accountId: '111111111111', region: 'us-east-1', cidr: '10.12.0.0/16', subnets: 1 },
  { name: 'services', accountId: '222222222222', region: 'eu-west-1', cidr: '10.20.0.0/16', subnets: 1 },
  { name: 'trial', accountId: '333333333333', region: 'eu-west-1', cidr: '10.30.0.0/16', subnets: 1 },
  { name: 'lake', accountId: '444444444444', region: 'eu-west-1', cidr: '10.40.0.0/16', subnets: 1 },
] as const satisfies readonly DemoVpc[];

export type VpcName = (typeof VPCS)[number]['name'];

/** What people call the accounts. */
export const ACCOUNT_NAMES: ReadonlyMap<string, string> = new Map([
  [HUB_ACCOUNT, 'hub'],
  ...ACCOUNTS.map(({ id, name }) => [id, name] as const),
]);

export type Landscape = ReadonlyMap<VpcName, BuiltVpc>;

/** Adds the accounts to the world's organization and builds their VPCs. */
export async function buildLandscape(world: World): Promise<Landscape> {
  const { organization } = world.aws;
  for (const { id, name, unit, unitId } of ACCOUNTS) {
    world.addMember(id, organization.addOrganizationalUnit(unit, { id: unitId }).id, name);
  }
  const built = new Map<VpcName, BuiltVpc>();
  for (const { name, accountId, region, cidr, subnets } of VPCS) {
    built.set(name, await world.buildVpc(accountId, region, cidr, subnets));
  }
  // The looks that new VPCs start are over before the story begins.
  await world.settle();
  return built;
}
