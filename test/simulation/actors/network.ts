import type { Deed, Step } from '../plan/steps.ts';
import { forgedWord } from './words.ts';
import { addSubnet, type LiveVpc, type Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;
type Change = About<
  | 'add-cidr'
  | 'remove-cidr'
  | 'add-subnet'
  | 'remove-subnet'
  | 'remove-vpc'
  | 'disassociate-table'
  | 'dns-hostnames'
  | 'tag-vpc'
  | 'untag-vpc'
  | 'tag-table'
  | 'forge-tag'
>;

/** What the people of an account do to their own VPCs. */
export async function changeNetwork(step: Change, stage: Stage): Promise<boolean> {
  const { world, vpcs } = stage;
  const vpc = vpcs.get(step.vpc);
  if (vpc === undefined) return false;
  const act = async (action: string, input: object): Promise<boolean> => {
    await world.aws.act(vpc.accountId, vpc.region, action, input);
    return true;
  };
  switch (step.kind) {
    case 'add-cidr':
      return act('AssociateVpcCidrBlock', { VpcId: vpc.vpcId, CidrBlock: step.cidr });
    case 'remove-cidr': {
      const last = world.aws.ec2.truth.vpcs.get(vpc.vpcId)?.cidrs.slice(1).at(-1);
      return last === undefined ? false : act('DisassociateVpcCidrBlock', { AssociationId: last.id });
    }
    case 'add-subnet':
      await addSubnet(world, vpc, step.ownTable);
      return true;
    case 'remove-subnet':
      return removeSubnet(vpc, act);
    case 'remove-vpc':
      while (vpc.subnets.length > 0) await removeSubnet(vpc, act);
      return act('DeleteVpc', { VpcId: vpc.vpcId });
    case 'disassociate-table': {
      const subnet = vpc.subnets.findLast(({ associationId }) => associationId !== undefined);
      if (subnet === undefined) return false;
      const isDone = await act('DisassociateRouteTable', { AssociationId: subnet.associationId });
      subnet.associationId = undefined;
      return isDone;
    }
    case 'dns-hostnames':
      return act('ModifyVpcAttribute', { VpcId: vpc.vpcId, EnableDnsHostnames: { Value: step.on } });
    case 'tag-vpc':
      return act('CreateTags', { Resources: [vpc.vpcId], Tags: [{ Key: step.key, Value: step.value }] });
    case 'forge-tag':
      return act('CreateTags', {
        Resources: [vpc.vpcId],
        Tags: [{ Key: step.key, Value: forgedWord(step.word) }],
      });
    case 'untag-vpc':
      return act('DeleteTags', { Resources: [vpc.vpcId], Tags: [{ Key: step.key }] });
    case 'tag-table': {
      const table = vpc.tableIds[step.table % vpc.tableIds.length];
      return act('CreateTags', { Resources: [table], Tags: [{ Key: 'peered', Value: 'yes' }] });
    }
  }
}

async function removeSubnet(
  vpc: LiveVpc,
  act: (action: string, input: object) => Promise<boolean>,
): Promise<boolean> {
  const subnet = vpc.subnets.at(-1);
  if (subnet === undefined) return false;
  if (subnet.associationId !== undefined) {
    await act('DisassociateRouteTable', { AssociationId: subnet.associationId });
    subnet.associationId = undefined;
  }
  await act('DeleteSubnet', { SubnetId: subnet.id });
  vpc.subnets.pop();
  return true;
}
