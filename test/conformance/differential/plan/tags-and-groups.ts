import type { Step, StepKind } from '../steps.ts';
import { isSamePlace, type Kind, type Made, type SequenceWorld } from '../world.ts';
import { about, call, pick, tagged, tagOf, type Input, type Planner, type Subject } from './planner.ts';

const taggableKind = ({ variant }: Step): Kind =>
  pick<Kind>(['vpc', 'subnet', 'rtb', 'pcx'], variant) ?? 'vpc';

/** What a rule lets in: a block, or another group of the same account and region. */
function permissionOf({ token, place }: Made, { variant, second }: Step, world: SequenceWorld): Input {
  const port = 80 + (variant % 3);
  const rule = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  if (variant % 2 === 0) {
    return { ...rule, IpRanges: [{ CidrIp: second % 2 === 0 ? '10.0.0.0/8' : '10.1.0.0/16' }] };
  }
  const near = world.alive('sg', (other) => isSamePlace(other.place, place));
  return { ...rule, UserIdGroupPairs: [{ GroupId: pick(near, second)?.token ?? token }] };
}

const changeRule =
  (action: string) =>
  ({ made, id, place }: Subject, step: Step, world: SequenceWorld) =>
    call(place, action, { GroupId: id, IpPermissions: [permissionOf(made, step, world)] });

export const TAG_AND_GROUP_PLANNERS = {
  'create-tags': about(taggableKind, ({ id, place }, step) =>
    call(place, 'CreateTags', { Resources: [id], Tags: [tagOf(step)] }),
  ),
  'delete-tags': about(taggableKind, ({ id, place }, step) => {
    const { Key, Value } = tagOf(step);
    const Tags = step.first % 2 === 0 ? [{ Key }] : [{ Key, Value }];
    return call(place, 'DeleteTags', { Resources: [id], Tags });
  }),
  'describe-tags': about(taggableKind, ({ id, place }, { second }) => {
    const filters = [
      [],
      [{ Name: 'resource-id', Values: [id] }],
      [{ Name: 'key', Values: ['tier'] }],
      [{ Name: 'resource-type', Values: ['vpc', 'vpc-peering-connection'] }],
    ];
    return call(place, 'DescribeTags', { Filters: pick(filters, second) ?? [] });
  }),
  'create-group': about('vpc', ({ id, place }, step, world) =>
    call(place, 'CreateSecurityGroup', {
      GroupName: `group-${step.twist === 'clash' ? 0 : world.made.length}`,
      Description: 'of a sequence',
      VpcId: id,
      ...tagged('security-group', step),
    }),
  ),
  'authorize-ingress': about('sg', changeRule('AuthorizeSecurityGroupIngress')),
  'revoke-ingress': about('sg', changeRule('RevokeSecurityGroupIngress')),
  'delete-group': about('sg', ({ id, place }) => call(place, 'DeleteSecurityGroup', { GroupId: id })),
} satisfies Partial<Record<StepKind, Planner>>;
