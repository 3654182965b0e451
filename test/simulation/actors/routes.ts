import type { RouteRecord } from '../../../sim/ec2/records.ts';
import type { Deed, Part, Step, Wide } from '../plan/steps.ts';
import { given } from '../invariants/read.ts';
import type { LiveVpc, Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;
type Change = About<
  | 'foreign-route'
  | 'remove-foreign-routes'
  | 'route-by-hand'
  | 'undo-routes'
  | 'replace-routes'
  | 'snatch-routes'
  | 'wide-route'
>;

/** What routes of other people point at: a transit gateway, which EC2 takes on trust. */
export const TRANSIT_GATEWAY = 'tgw-0123456789abcdef0';

/** Routes that are not autopeer's, and what other people and Terraform do to those that are. */
export async function changeRoutes(step: Change, stage: Stage): Promise<boolean> {
  const { vpcs, peerings } = stage;
  if (step.kind === 'route-by-hand') {
    const peering = peerings.get(step.peering);
    if (peering === undefined) return false;
    const [vpc, other] = [peering[step.side], peering[step.side === 'requester' ? 'accepter' : 'requester']];
    const target = { VpcPeeringConnectionId: peering.id };
    return createRoute(stage, vpc, step.table, {
      DestinationCidrBlock: partOf(step.cidr ?? other.cidr, step.part, step.table),
      ...target,
    });
  }
  const vpc = vpcs.get(step.vpc);
  if (vpc === undefined) return false;
  switch (step.kind) {
    case 'foreign-route': {
      const towards = vpcs.get(step.towards);
      if (towards === undefined) return false;
      const DestinationCidrBlock = partOf(towards.cidr, step.part, step.table);
      return createRoute(stage, vpc, step.table, { DestinationCidrBlock, TransitGatewayId: TRANSIT_GATEWAY });
    }
    case 'remove-foreign-routes':
      return onRoutes(stage, vpc, 'transit-gateway', 'DeleteRoute', {});
    case 'undo-routes':
      return onRoutes(stage, vpc, 'peering', 'DeleteRoute', {});
    case 'replace-routes':
      return onRoutes(stage, vpc, 'peering', 'ReplaceRoute', { TransitGatewayId: TRANSIT_GATEWAY });
    case 'snatch-routes':
      return snatchRoutes(stage, vpc);
    case 'wide-route':
      return createRoute(stage, vpc, step.table, await wideRoute(stage, vpc, step.to));
  }
}

async function wideRoute({ world }: Stage, vpc: LiveVpc, to: Wide): Promise<object> {
  switch (to) {
    case 'ten-to-tgw':
      return { DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: TRANSIT_GATEWAY };
    case 'shared-to-tgw':
      return { DestinationCidrBlock: '100.64.0.0/10', TransitGatewayId: TRANSIT_GATEWAY };
    case 'all-to-tgw':
      return { DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: TRANSIT_GATEWAY };
    case 'all-to-nat':
      return { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0123456789abcdef0' };
    case 'all-to-igw': {
      const act = (action: string, input: object): Promise<unknown> =>
        world.aws.act(vpc.accountId, vpc.region, action, input);
      const gateway = given(await act('CreateInternetGateway', {}), 'InternetGateway', 'InternetGatewayId');
      await act('AttachInternetGateway', { InternetGatewayId: gateway, VpcId: vpc.vpcId });
      return { DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
    }
  }
}

/** Before the next call of autopeer is done. */
const SNATCH_MS = 20;

async function snatchRoutes(stage: Stage, vpc: LiveVpc): Promise<boolean> {
  const { aws } = stage.world;
  let isArmed = true;
  aws.watch({
    after: ({ action, traceId }, input) => {
      const isLook = action === 'DescribeRouteTables' && JSON.stringify(input).includes(vpc.vpcId);
      if (!isArmed || traceId === undefined || !isLook) return;
      isArmed = false;
      aws.clock.schedule(SNATCH_MS, () => {
        // A refusal only means that the route is gone already.
        void onRoutes(stage, vpc, 'peering', 'ReplaceRoute', { TransitGatewayId: TRANSIT_GATEWAY }).catch(
          () => undefined,
        );
      });
    },
  });
  return true;
}

export async function createRoute(
  { world }: Stage,
  vpc: LiveVpc,
  table: number,
  route: object,
): Promise<boolean> {
  const RouteTableId = vpc.tableIds[table % vpc.tableIds.length];
  await world.aws.act(vpc.accountId, vpc.region, 'CreateRoute', { RouteTableId, ...route });
  return true;
}

/** Does the same to every route of the VPC with such a target. */
async function onRoutes(
  { world }: Stage,
  vpc: LiveVpc,
  kind: RouteRecord['target']['kind'],
  action: string,
  input: object,
): Promise<boolean> {
  const { routeTables } = world.aws.ec2.truth;
  const found = vpc.tableIds.flatMap((RouteTableId) =>
    (routeTables.get(RouteTableId)?.routes ?? [])
      .filter(({ target }) => target.kind === kind)
      .map((route) => ({ RouteTableId, ...destinationOf(route) })),
  );
  for (const route of found) await world.aws.act(vpc.accountId, vpc.region, action, { ...route, ...input });
  return found.length > 0;
}

function destinationOf({ destination }: RouteRecord): object {
  switch (destination.kind) {
    case 'ipv4':
      return { DestinationCidrBlock: destination.cidr };
    case 'ipv6':
      return { DestinationIpv6CidrBlock: destination.cidr };
    case 'prefix-list':
      return { DestinationPrefixListId: destination.id };
  }
}

/** Of a /16 its lower half, or the /24 of a subnet that it may have. */
export function partOf(cidr: string, part: Part, subnet: number): string {
  switch (part) {
    case 'whole':
      return cidr;
    case 'half':
      return cidr.replace('/16', '/17');
    case 'subnet':
      return cidr.replace('.0.0/16', `.${subnet}.0/24`);
  }
}
