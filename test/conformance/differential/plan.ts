import type { Step, StepKind } from './steps.ts';
import {
  isSamePlace,
  type Kind,
  type Made,
  type Place,
  type PlannedCall,
  type SequenceWorld,
} from './world.ts';

type Input = PlannedCall['input'];
type Planner = (step: Step, world: SequenceWorld) => PlannedCall;

/** Ids in the form of EC2's that nothing has. */
const UNKNOWN: Readonly<Record<Kind, string>> = {
  vpc: 'vpc-0fffffffffffffff0',
  subnet: 'subnet-0fffffffffffffff0',
  rtb: 'rtb-0fffffffffffffff0',
  rtbassoc: 'rtbassoc-0fffffffffffffff0',
  igw: 'igw-0fffffffffffffff0',
  sg: 'sg-0fffffffffffffff0',
  pcx: 'pcx-0fffffffffffffff0',
  'vpc-cidr-assoc': 'vpc-cidr-assoc-0fffffffffffffff0',
};

/** What must be there before a step of a kind makes sense: where it lacks, making it takes the step's place. */
const CREATED_BY: Readonly<Record<Kind, StepKind>> = {
  vpc: 'create-vpc',
  subnet: 'create-subnet',
  rtb: 'create-route-table',
  rtbassoc: 'associate-route-table',
  igw: 'create-gateway',
  sg: 'create-group',
  pcx: 'request-peering',
  'vpc-cidr-assoc': 'associate-cidr',
};

const NO_PLACE: Place = { accountId: '000000000000', region: 'eu-west-1' };

/** The call that a step comes to in this world. */
export function planCall(step: Step, world: SequenceWorld): PlannedCall {
  return PLANNERS[step.kind](step, world);
}

const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length];

const placeAt = ({ places }: SequenceWorld, index: number): Place => pick(places, index) ?? NO_PLACE;

/** What a step is about, and how its call names it. */
interface Subject {
  readonly made: Made;
  readonly id: string;
  readonly place: Place;
}

/** Chooses what the step is about, with its twist; without anything to choose from, what makes it comes first. */
function withSubject(
  kind: Kind,
  step: Step,
  world: SequenceWorld,
  plan: (subject: Subject) => PlannedCall,
  where: (made: Made) => boolean = () => true,
): PlannedCall {
  const gone = world.made.filter((made) => made.kind === kind && made.isGone && where(made));
  const alive = world.alive(kind, where);
  const made = pick(step.twist === 'gone' && gone.length > 0 ? gone : alive, step.first);
  if (made === undefined) {
    const twist = 'none';
    return planCall({ ...step, kind: CREATED_BY[kind], twist }, world);
  }
  const place = step.twist === 'elsewhere' ? placeAt(world, step.second) : made.place;
  return plan({ made, id: idFor(kind, made, step), place });
}

function idFor(kind: Kind, { token }: Made, { twist }: Step): string {
  if (twist === 'unknown-id') return UNKNOWN[kind];
  return twist === 'malformed-id' ? `${kind}-nonsense` : token;
}

const call = (place: Place, action: string, input: Input): PlannedCall => ({ place, action, input });

/** Blocks of different VPCs are apart, unless the step wants a clash. */
function nextBlock(step: Step, world: SequenceWorld): string {
  const used = world.made.filter(({ kind }) => kind === 'vpc' || kind === 'vpc-cidr-assoc').length;
  return step.twist === 'clash' ? '10.0.0.0/16' : `10.${used}.0.0/16`;
}

const TAGS = [
  { Key: 'tier', Value: 'shared' },
  { Key: 'tier', Value: 'apps' },
  { Key: 'Name', Value: 'one' },
  { Key: 'empty', Value: '' },
] as const;

const tagOf = ({ variant }: Step) => pick(TAGS, variant) ?? TAGS[0];

/** Every third creation has a tag from the start. */
const tagged = (type: string, step: Step): Input =>
  step.variant % 3 === 0 ? { TagSpecifications: [{ ResourceType: type, Tags: [tagOf(step)] }] } : {};

const subBlock = (made: Made, index: number): string =>
  (made.cidr ?? '10.0.0.0/16').replace(/\.0\.0\/16$/, `.${index}.0/24`);

const ofVpc = (vpc: string | undefined) => (made: Made) => made.vpc === vpc;

const byVpc = (step: Step, world: SequenceWorld, plan: (subject: Subject) => PlannedCall): PlannedCall =>
  withSubject('vpc', step, world, plan);

/** The other side of a new peering: another VPC, anywhere. */
function peerOf({ made }: Subject, step: Step, world: SequenceWorld): Made | undefined {
  return pick(
    world.alive('vpc', (one) => one !== made),
    step.second,
  );
}

/** A place that is about a peering: mostly the accepter's, for what only the accepter may do. */
function accepterPlace(step: Step, { made, place }: Subject): Place {
  return step.twist === 'elsewhere' ? place : (made.accepterPlace ?? made.place);
}

/** A peering of the table's VPC, as far as there is one. */
function targetFor(table: Made, step: Step, world: SequenceWorld): Input {
  const gateways = world.alive('igw', ofVpc(table.vpc));
  if (step.variant % 4 === 3 && gateways.length > 0) {
    return { GatewayId: pick(gateways, step.second)?.token };
  }
  const isNear = (made: Made): boolean =>
    isSamePlace(made.place, table.place) || isSamePlace(made.accepterPlace ?? made.place, table.place);
  const own = world.alive('pcx', (made) => made.vpc === table.vpc || made.peerVpc === table.vpc);
  const target = pick(own.length > 0 ? own : world.alive('pcx', isNear), step.second);
  return { VpcPeeringConnectionId: target?.token ?? UNKNOWN.pcx };
}

/** Destinations that no VPC of the sequence has, canonical and not, and, for a clash, one that a VPC has. */
function destinationOf(step: Step): Input {
  if (step.twist === 'clash') return { DestinationCidrBlock: '10.0.0.0/16' };
  return { DestinationCidrBlock: `172.${16 + (step.variant % 4)}.0.0/16` };
}

const PLANNERS: Readonly<Record<StepKind, Planner>> = {
  'create-vpc': (step, world) =>
    call(placeAt(world, step.first), 'CreateVpc', {
      CidrBlock: step.twist === 'malformed-id' ? '10.0.0.0/8' : nextBlock(step, world),
      ...tagged('vpc', step),
    }),
  'delete-vpc': (step, world) =>
    byVpc(step, world, ({ id, place }) => call(place, 'DeleteVpc', { VpcId: id })),
  'associate-cidr': (step, world) =>
    withSubject(
      'vpc',
      step,
      world,
      ({ id, place }) =>
        call(place, 'AssociateVpcCidrBlock', { VpcId: id, CidrBlock: nextBlock(step, world) }),
      // While a request is pending its requester takes no CIDR: tried now and then.
      ({ token }) => step.twist === 'clash' || !world.isAsking(token),
    ),
  'disassociate-cidr': (step, world) =>
    withSubject('vpc-cidr-assoc', step, world, ({ id, place }) =>
      call(place, 'DisassociateVpcCidrBlock', { AssociationId: id }),
    ),
  'modify-vpc-attribute': (step, world) =>
    byVpc(step, world, ({ id, place }) => {
      const name = step.variant % 4 === 3 ? 'EnableDnsSupport' : 'EnableDnsHostnames';
      return call(place, 'ModifyVpcAttribute', { VpcId: id, [name]: { Value: step.second % 4 !== 0 } });
    }),
  'describe-vpc-attribute': (step, world) =>
    byVpc(step, world, ({ id, place }) => {
      const Attribute = step.variant % 2 === 0 ? 'enableDnsSupport' : 'enableDnsHostnames';
      return call(place, 'DescribeVpcAttribute', { VpcId: id, Attribute });
    }),
  'create-subnet': (step, world) =>
    byVpc(step, world, ({ made, id, place }) =>
      call(place, 'CreateSubnet', {
        VpcId: id,
        // Without it each side takes one by chance.
        AvailabilityZone: `${place.region}a`,
        CidrBlock: subBlock(
          made,
          step.twist === 'clash' ? 0 : world.alive('subnet', ofVpc(made.token)).length,
        ),
        ...tagged('subnet', step),
      }),
    ),
  'delete-subnet': (step, world) =>
    withSubject('subnet', step, world, ({ id, place }) => call(place, 'DeleteSubnet', { SubnetId: id })),
  'create-route-table': (step, world) =>
    byVpc(step, world, ({ id, place }) =>
      call(place, 'CreateRouteTable', { VpcId: id, ...tagged('route-table', step) }),
    ),
  'delete-route-table': (step, world) =>
    withSubject('rtb', step, world, ({ id, place }) => call(place, 'DeleteRouteTable', { RouteTableId: id })),
  'associate-route-table': (step, world) =>
    withSubject('rtb', step, world, ({ made, id, place }) => {
      const subnets = world.alive('subnet', step.twist === 'clash' ? undefined : ofVpc(made.vpc));
      const SubnetId = pick(subnets, step.second)?.token ?? UNKNOWN.subnet;
      return call(place, 'AssociateRouteTable', { RouteTableId: id, SubnetId });
    }),
  'disassociate-route-table': (step, world) =>
    withSubject('rtbassoc', step, world, ({ id, place }) =>
      call(place, 'DisassociateRouteTable', { AssociationId: id }),
    ),
  'replace-association': (step, world) =>
    withSubject('rtbassoc', step, world, ({ made, id, place }) => {
      const tables = world.alive('rtb', step.twist === 'clash' ? undefined : ofVpc(made.vpc));
      const RouteTableId = pick(tables, step.second)?.token ?? UNKNOWN.rtb;
      return call(place, 'ReplaceRouteTableAssociation', { AssociationId: id, RouteTableId });
    }),
  'create-gateway': (step, world) => call(placeAt(world, step.first), 'CreateInternetGateway', {}),
  'attach-gateway': (step, world) =>
    withSubject('igw', step, world, ({ made, id, place }) => {
      const VpcId = pick(
        world.alive('vpc', (vpc) => isSamePlace(vpc.place, made.place)),
        step.second,
      )?.token;
      return call(place, 'AttachInternetGateway', { InternetGatewayId: id, VpcId: VpcId ?? UNKNOWN.vpc });
    }),
  'create-route': (step, world) =>
    withSubject('rtb', step, world, ({ made, id, place }) =>
      call(place, 'CreateRoute', {
        RouteTableId: id,
        ...destinationOf(step),
        ...targetFor(made, step, world),
      }),
    ),
  'replace-route': (step, world) =>
    withSubject('rtb', step, world, ({ made, id, place }) =>
      call(place, 'ReplaceRoute', {
        RouteTableId: id,
        ...destinationOf(step),
        ...targetFor(made, step, world),
      }),
    ),
  'delete-route': (step, world) =>
    withSubject('rtb', step, world, ({ id, place }) =>
      call(place, 'DeleteRoute', { RouteTableId: id, ...destinationOf(step) }),
    ),
  'request-peering': (step, world) =>
    byVpc(step, world, (subject) => {
      const peer = peerOf(subject, step, world);
      if (peer === undefined) return planCall({ ...step, kind: 'create-vpc', first: step.second }, world);
      return call(subject.place, 'CreateVpcPeeringConnection', {
        VpcId: subject.id,
        PeerVpcId: step.twist === 'clash' ? UNKNOWN.vpc : peer.token,
        PeerOwnerId: peer.place.accountId,
        PeerRegion: peer.place.region,
        ...tagged('vpc-peering-connection', step),
      });
    }),
  'accept-peering': (step, world) =>
    withSubject('pcx', step, world, (subject) =>
      call(accepterPlace(step, subject), 'AcceptVpcPeeringConnection', {
        VpcPeeringConnectionId: subject.id,
      }),
    ),
  'reject-peering': (step, world) =>
    withSubject('pcx', step, world, (subject) =>
      call(accepterPlace(step, subject), 'RejectVpcPeeringConnection', {
        VpcPeeringConnectionId: subject.id,
      }),
    ),
  'delete-peering': (step, world) =>
    withSubject('pcx', step, world, (subject) => {
      const place = step.variant % 3 === 0 ? accepterPlace(step, subject) : subject.place;
      return call(place, 'DeleteVpcPeeringConnection', { VpcPeeringConnectionId: subject.id });
    }),
  'modify-options': (step, world) =>
    withSubject(
      'pcx',
      step,
      world,
      (subject) => {
        const isAccepter = step.variant % 2 === 0;
        const place = isAccepter ? accepterPlace(step, subject) : subject.place;
        const side = isAccepter === (step.twist !== 'clash') ? 'Accepter' : 'Requester';
        return call(place, 'ModifyVpcPeeringConnectionOptions', {
          VpcPeeringConnectionId: subject.id,
          [`${side}PeeringConnectionOptions`]: {
            AllowDnsResolutionFromRemoteVpc: step.twist === 'clash' || world.hasDns(subject.made),
          },
        });
      },
      ({ isAccepted }) => isAccepted === true || step.twist !== 'none',
    ),
  'create-tags': (step, world) =>
    withSubject(taggableKind(step), step, world, ({ id, place }) =>
      call(place, 'CreateTags', { Resources: [id], Tags: [tagOf(step)] }),
    ),
  'delete-tags': (step, world) =>
    withSubject(taggableKind(step), step, world, ({ id, place }) => {
      const { Key, Value } = tagOf(step);
      const Tags = step.first % 2 === 0 ? [{ Key }] : [{ Key, Value }];
      return call(place, 'DeleteTags', { Resources: [id], Tags });
    }),
  'describe-vpcs': describe('vpc', 'DescribeVpcs', 'VpcIds', (made, step) =>
    pick(
      [
        { Name: 'cidr', Values: [made.cidr] },
        { Name: 'vpc-id', Values: [made.token] },
        { Name: 'tag:tier', Values: ['shared'] },
        { Name: 'tag-key', Values: ['tier', 'Name'] },
        { Name: 'owner-id', Values: [made.place.accountId] },
        { Name: 'cidr-block-association.cidr-block', Values: ['10.*'] },
      ],
      step.second,
    ),
  ),
  'describe-subnets': describe('subnet', 'DescribeSubnets', 'SubnetIds', (made, step) =>
    pick(
      [
        { Name: 'vpc-id', Values: [made.vpc] },
        { Name: 'cidr-block', Values: [made.cidr] },
        { Name: 'state', Values: ['available'] },
        { Name: 'tag:tier', Values: ['apps', 'sh*'] },
      ],
      step.second,
    ),
  ),
  'describe-route-tables': describe('rtb', 'DescribeRouteTables', 'RouteTableIds', (made, step, world) =>
    pick(
      [
        { Name: 'vpc-id', Values: [made.vpc] },
        { Name: 'association.main', Values: ['true'] },
        { Name: 'route-table-id', Values: [made.token] },
        { Name: 'route.destination-cidr-block', Values: ['172.16.0.0/16'] },
        { Name: 'route.vpc-peering-connection-id', Values: [pick(world.alive('pcx'), step.variant)?.token] },
        { Name: 'association.subnet-id', Values: [pick(world.alive('subnet'), step.variant)?.token] },
        { Name: 'route.state', Values: ['blackhole'] },
      ],
      step.second,
    ),
  ),
  'describe-peerings': describe(
    'pcx',
    'DescribeVpcPeeringConnections',
    'VpcPeeringConnectionIds',
    (made, step) =>
      pick(
        [
          { Name: 'status-code', Values: ['active'] },
          { Name: 'requester-vpc-info.vpc-id', Values: [made.vpc] },
          { Name: 'vpc-peering-connection-id', Values: [made.token] },
        ],
        step.second,
      ),
  ),
  'describe-tags': (step, world) =>
    withSubject(taggableKind(step), step, world, ({ id, place }) => {
      const filters = [
        [],
        [{ Name: 'resource-id', Values: [id] }],
        [{ Name: 'key', Values: ['tier'] }],
        [{ Name: 'resource-type', Values: ['vpc', 'vpc-peering-connection'] }],
      ];
      return call(place, 'DescribeTags', { Filters: pick(filters, step.second) ?? [] });
    }),
  'create-group': (step, world) =>
    byVpc(step, world, ({ id, place }) =>
      call(place, 'CreateSecurityGroup', {
        GroupName: `group-${step.twist === 'clash' ? 0 : world.made.length}`,
        Description: 'of a sequence',
        VpcId: id,
        ...tagged('security-group', step),
      }),
    ),
  'authorize-ingress': (step, world) =>
    withSubject('sg', step, world, ({ made, id, place }) =>
      call(place, 'AuthorizeSecurityGroupIngress', {
        GroupId: id,
        IpPermissions: [permissionOf(made, step, world)],
      }),
    ),
  'revoke-ingress': (step, world) =>
    withSubject('sg', step, world, ({ made, id, place }) =>
      call(place, 'RevokeSecurityGroupIngress', {
        GroupId: id,
        IpPermissions: [permissionOf(made, step, world)],
      }),
    ),
  'delete-group': (step, world) =>
    withSubject('sg', step, world, ({ id, place }) => call(place, 'DeleteSecurityGroup', { GroupId: id })),
  'describe-groups': describe('sg', 'DescribeSecurityGroups', 'GroupIds', (made, step) =>
    pick(
      [
        { Name: 'vpc-id', Values: [made.vpc] },
        { Name: 'group-id', Values: [made.token] },
        { Name: 'group-name', Values: ['default', 'group-*'] },
        { Name: 'ip-permission.cidr', Values: ['10.0.0.0/8'] },
      ],
      step.second,
    ),
  ),
};

/** What a rule lets in: a block, or another group of the same account and region. */
function permissionOf({ token, place }: Made, { variant, second }: Step, world: SequenceWorld): Input {
  const port = 80 + (variant % 3);
  const rule = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  if (variant % 2 === 0)
    return { ...rule, IpRanges: [{ CidrIp: second % 2 === 0 ? '10.0.0.0/8' : '10.1.0.0/16' }] };
  const near = world.alive('sg', (other) => isSamePlace(other.place, place));
  return { ...rule, UserIdGroupPairs: [{ GroupId: pick(near, second)?.token ?? token }] };
}

const taggableKind = ({ variant }: Step): Kind =>
  pick<Kind>(['vpc', 'subnet', 'rtb', 'pcx'], variant) ?? 'vpc';

type FilterOf = (
  made: Made,
  step: Step,
  world: SequenceWorld,
) => { readonly Name: string; readonly Values: readonly (string | undefined)[] } | undefined;

/** A Describe call of one kind: of everything, of one id, or with a filter. */
function describe(kind: Kind, action: string, idsName: string, filterOf: FilterOf): Planner {
  return (step, world) =>
    withSubject(kind, step, world, ({ made, id, place }) => {
      const isAccepterAsking = made.accepterPlace !== undefined && step.variant % 2 === 1;
      const asker = isAccepterAsking && step.twist === 'none' ? made.accepterPlace : place;
      if (step.variant % 3 === 0) return call(asker, action, {});
      if (step.variant % 3 === 1 || step.twist !== 'none') return call(asker, action, { [idsName]: [id] });
      const filter = filterOf(made, step, world);
      return call(
        asker,
        action,
        filter === undefined || filter.Values.includes(undefined) ? {} : { Filters: [filter] },
      );
    });
}
