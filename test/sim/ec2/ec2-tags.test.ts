import { Ec2World } from '../../support/simulated-ec2.ts';

const OWNER_TAG = [{ Key: 'owner', Value: 'platform' }];

describe('tags of the simulated EC2', () => {
  it('come with the resource', () => {
    const world = new Ec2World();
    const { Vpc } = world.requester.do('CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: OWNER_TAG }],
    });
    expect(Vpc?.Tags).toEqual(OWNER_TAG);
  });

  it('must be meant for the resource that is created', () => {
    const world = new Ec2World();
    const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: OWNER_TAG }];
    const input = { CidrBlock: '10.0.0.0/16', TagSpecifications };
    expect(world.requester.codeOf('CreateVpc', input)).toBe('InvalidParameterValue');
  });

  it('on a peering are each account’s own', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    world.requester.do('CreateTags', { Resources: [peeringId], Tags: OWNER_TAG });
    expect(world.see(world.requester, peeringId)?.Tags).toEqual(OWNER_TAG);
    expect(world.see(world.accepter, peeringId)?.Tags).toEqual([]);
  });

  it('on a peering are each region’s own', async () => {
    const world = new Ec2World();
    const accepter = world.user(world.requester.accountId, 'us-east-1');
    const { peeringId } = await world.active({ accepter });
    world.requester.do('CreateTags', { Resources: [peeringId], Tags: OWNER_TAG });
    expect(world.see(accepter, peeringId)?.Tags).toEqual([]);
  });

  it('are overwritten by key', () => {
    const world = new Ec2World();
    const vpcId = world.vpc(world.requester, '10.0.0.0/16');
    world.requester.do('CreateTags', { Resources: [vpcId], Tags: OWNER_TAG });
    world.requester.do('CreateTags', { Resources: [vpcId], Tags: [{ Key: 'owner', Value: 'network' }] });
    expect(world.requester.do('DescribeTags', {}).Tags).toEqual([
      { Key: 'owner', Value: 'network', ResourceId: vpcId, ResourceType: 'vpc' },
    ]);
  });

  it('are deleted by key, and with a value only if they have it', () => {
    const world = new Ec2World();
    const Resources = [world.vpc(world.requester, '10.0.0.0/16')];
    world.requester.do('CreateTags', { Resources, Tags: OWNER_TAG });
    world.requester.do('DeleteTags', { Resources, Tags: [{ Key: 'owner', Value: 'network' }] });
    expect(world.requester.do('DescribeTags', {}).Tags).toHaveLength(1);
    world.requester.do('DeleteTags', { Resources, Tags: [{ Key: 'owner' }] });
    expect(world.requester.do('DescribeTags', {}).Tags).toEqual([]);
  });

  // https://github.com/kubernetes/cloud-provider-aws/pull/1387
  it.each(['vpc-nonsense', 'nonsense'])('are not for an id of no known form: %s', (id) => {
    const { requester } = new Ec2World();
    expect(requester.codeOf('CreateTags', { Resources: [id], Tags: OWNER_TAG })).toBe('InvalidID');
    expect(requester.codeOf('DeleteTags', { Resources: [id], Tags: OWNER_TAG })).toBe('InvalidID');
  });

  it('may not begin with aws:', () => {
    const world = new Ec2World();
    const Resources = [world.vpc(world.requester, '10.0.0.0/16')];
    const input = { Resources, Tags: [{ Key: 'aws:owner', Value: 'x' }] };
    expect(world.requester.codeOf('CreateTags', input)).toBe('InvalidParameterValue');
  });

  it('have each key once in a create call, and no more than fifty', () => {
    const world = new Ec2World();
    const create = (Tags: { Key: string; Value: string }[]) =>
      world.requester.codeOf('CreateVpc', {
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags }],
      });
    expect(create([...OWNER_TAG, { Key: 'owner', Value: 'other' }])).toBe('InvalidParameterValue');
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(create(many)).toBe('TagLimitExceeded');
    expect(world.requester.do('DescribeVpcs', {}).Vpcs).toEqual([]);
  });

  it('are fifty at most', () => {
    const world = new Ec2World();
    const Resources = [world.vpc(world.requester, '10.0.0.0/16')];
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(world.requester.codeOf('CreateTags', { Resources, Tags })).toBe('TagLimitExceeded');
  });

  it('are refused on what the caller does not see', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    const input = { Resources: [peeringId], Tags: OWNER_TAG };
    expect(world.stranger.codeOf('CreateTags', input)).toBe('InvalidVpcPeeringConnectionID.NotFound');
  });

  it('can be found by key and resource', () => {
    const world = new Ec2World();
    const Resources = [world.vpc(world.requester, '10.0.0.0/16'), world.vpc(world.requester, '10.1.0.0/16')];
    world.requester.do('CreateTags', { Resources, Tags: [...OWNER_TAG, { Key: 'tier', Value: 'shared' }] });
    const Filters = [
      { Name: 'key', Values: ['tier'] },
      { Name: 'resource-id', Values: Resources.slice(1) },
    ];
    expect(world.requester.do('DescribeTags', { Filters }).Tags).toEqual([
      { Key: 'tier', Value: 'shared', ResourceId: Resources[1], ResourceType: 'vpc' },
    ]);
  });
});
