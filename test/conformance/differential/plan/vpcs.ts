import type { Step, StepKind } from '../steps.ts';
import { isSamePlace, type Made, type SequenceWorld } from '../world.ts';
import { about, call, ofVpc, pick, placeAt, tagged, UNKNOWN, type Planner } from './planner.ts';

/** Blocks of different VPCs are apart, unless the step wants a clash. */
function nextBlock(step: Step, world: SequenceWorld): string {
  const used = world.made.filter(({ kind }) => kind === 'vpc' || kind === 'vpc-cidr-assoc').length;
  return step.twist === 'clash' ? '10.0.0.0/16' : `10.${used}.0.0/16`;
}

const subBlock = (made: Made, index: number): string =>
  (made.cidr ?? '10.0.0.0/16').replace(/\.0\.0\/16$/, `.${index}.0/24`);

export const VPC_PLANNERS = {
  'create-vpc': (step, world) =>
    call(placeAt(world, step.first), 'CreateVpc', {
      CidrBlock: step.twist === 'malformed-id' ? '10.0.0.0/8' : nextBlock(step, world),
      ...tagged('vpc', step),
    }),
  'delete-vpc': about('vpc', ({ id, place }) => call(place, 'DeleteVpc', { VpcId: id })),
  'associate-cidr': about(
    'vpc',
    ({ id, place }, step, world) =>
      call(place, 'AssociateVpcCidrBlock', { VpcId: id, CidrBlock: nextBlock(step, world) }),
    // While a request is pending its requester takes no CIDR: tried now and then.
    ({ token }, step, world) => step.twist === 'clash' || !world.isAsking(token),
  ),
  'disassociate-cidr': about('vpc-cidr-assoc', ({ id, place }) =>
    call(place, 'DisassociateVpcCidrBlock', { AssociationId: id }),
  ),
  'modify-vpc-attribute': about('vpc', ({ id, place }, { variant, second }) => {
    const name = variant % 4 === 3 ? 'EnableDnsSupport' : 'EnableDnsHostnames';
    return call(place, 'ModifyVpcAttribute', { VpcId: id, [name]: { Value: second % 4 !== 0 } });
  }),
  'describe-vpc-attribute': about('vpc', ({ id, place }, { variant }) => {
    const Attribute = variant % 2 === 0 ? 'enableDnsSupport' : 'enableDnsHostnames';
    return call(place, 'DescribeVpcAttribute', { VpcId: id, Attribute });
  }),
  'create-subnet': about('vpc', ({ made, id, place }, step, world) => {
    const index = step.twist === 'clash' ? 0 : world.alive('subnet', ofVpc(made.token)).length;
    return call(place, 'CreateSubnet', {
      VpcId: id,
      // Without it each side takes one by chance.
      AvailabilityZone: `${place.region}a`,
      CidrBlock: subBlock(made, index),
      ...tagged('subnet', step),
    });
  }),
  'delete-subnet': about('subnet', ({ id, place }) => call(place, 'DeleteSubnet', { SubnetId: id })),
  'create-gateway': (step, world) => call(placeAt(world, step.first), 'CreateInternetGateway', {}),
  'attach-gateway': about('igw', ({ made, id, place }, { second }, world) => {
    const near = world.alive('vpc', (vpc) => isSamePlace(vpc.place, made.place));
    const VpcId = pick(near, second)?.token ?? UNKNOWN.vpc;
    return call(place, 'AttachInternetGateway', { InternetGatewayId: id, VpcId });
  }),
} satisfies Partial<Record<StepKind, Planner>>;
