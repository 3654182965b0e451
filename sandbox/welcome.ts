import { plainWords } from '../shared/domain/words/foreign-text.ts';
import type { SimulatedOrganization } from '../sim/organizations/organization.ts';
import { HUB_REGION } from '../sim/world/world.ts';
import type { PlacedVpc } from './placed-vpc.ts';
import { DEFAULT_ACCOUNT } from './running-world.ts';
import type { Sandbox } from './sandbox.ts';
import type { WorldFile } from './world-schema.ts';

/**
 * What people read when the sandbox is ready: its address, and three commands that work as they stand.
 *
 * @param governed the regions of the policy
 */
export function welcomeText(sandbox: Sandbox, url: string, governed: readonly string[]): string {
  const { source, vpcs } = sandbox.running;
  const commands = source.name === 'demo' ? demoCommands(vpcs) : emptyCommands();
  const region = HUB_REGION;
  const lines = [
    `autopeer sandbox, world ${source.name}: ${url}`,
    '',
    ...accountLines(sandbox.running.world.aws.organization),
    `Regions of the policy: ${governed.join(', ')}`,
    '',
    'In another terminal:',
    '',
    `export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${region} AWS_SECRET_ACCESS_KEY=any AWS_PAGER=`,
    ...commands,
    '',
    `What happens: autopeer sandbox watch --port ${new URL(url).port}`,
    'Stop it with Ctrl-C.',
    ...ungovernedRegions(source.file, governed).map(
      (name) => `${name} is not among the regions of the policy: autopeer does nothing there.`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** A world file may have a thousand accounts. */
const MAX_ACCOUNTS = 20;

/** Each account of the organization, with its name and the OUs above it. */
function accountLines(organization: SimulatedOrganization): readonly string[] {
  const accounts = [...organization.accounts.values()];
  const rows = accounts.slice(0, MAX_ACCOUNTS).map(({ id, name, parentId }) => {
    const units = unitsAbove(organization, parentId);
    return `  ${id}  ${plainWords(name, NAME_CHARACTERS).padEnd(16)}  ${units === '' ? 'at the root' : units}`;
  });
  const rest = accounts.length - rows.length;
  return ['Accounts:', ...rows, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

const NAME_CHARACTERS = 40;

/** `Workloads/Apps (ou-…)` */
function unitsAbove({ units }: SimulatedOrganization, parentId: string): string {
  const names: string[] = [];
  for (let unit = units.get(parentId); unit !== undefined; unit = units.get(unit.parentId))
    names.unshift(plainWords(unit.name, NAME_CHARACTERS));
  return names.length === 0 ? '' : `${names.join('/')} (${parentId})`;
}

/** Where members of the world have VPCs, or autopeer's stack, and wait in vain. */
function ungovernedRegions(
  { accounts, regions = [] }: WorldFile,
  governed: readonly string[],
): readonly string[] {
  const members = accounts.filter(({ external, member }) => member && !external);
  const used = members.flatMap(({ vpcs }) => vpcs.map(({ region }) => region));
  return [...new Set([...regions, ...used])].filter((name) => !governed.includes(name)).toSorted();
}

/** The main job: somebody asks, and a little later both sides are connected. */
function demoCommands(vpcs: ReadonlyMap<string, PlacedVpc>): readonly string[] {
  const [web, services] = [vpcs.get('web'), vpcs.get('services')];
  if (web === undefined || services === undefined) throw new Error('the demo has the VPCs web and services');
  const as = `AWS_ACCESS_KEY_ID=${web.accountId} aws ec2`;
  const routes =
    'RouteTables[].Routes[?VpcPeeringConnectionId].[DestinationCidrBlock,VpcPeeringConnectionId,State][]';
  return [
    `${as} create-vpc-peering-connection --vpc-id ${web.vpcId} --peer-vpc-id ${services.vpcId} --peer-owner-id ${services.accountId} --output json`,
    `${as} describe-vpc-peering-connections --query 'VpcPeeringConnections[].[VpcPeeringConnectionId,Status.Code]' --output text`,
    `${as} describe-route-tables --filters Name=vpc-id,Values=${web.vpcId} --query '${routes}' --output text`,
  ];
}

function emptyCommands(): readonly string[] {
  const as = `AWS_ACCESS_KEY_ID=${DEFAULT_ACCOUNT} aws`;
  return [
    `${as} sts get-caller-identity --output json`,
    `${as} ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text`,
    `${as} ec2 describe-vpcs --query 'Vpcs[].[VpcId,CidrBlock]' --output text`,
  ];
}
