import type {
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
} from '@aws-sdk/client-ec2';
import { overlaps } from '../../shared/domain/facts/cidr.ts';
import { subnetCidr } from './cidrs.ts';
import { ALL_IPV4 } from './defaults.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { missingParameter } from './errors.ts';
import { attach, createGateway } from './internet-gateways.ts';
import type { SubnetRecord, VpcRecord } from './records.ts';
import { zonesOf } from './regions.ts';
import { placeOf, type Ec2Store } from './store.ts';
import { addSubnet, toSubnet, zoneOf } from './subnets.ts';
import { addVpc, toVpc } from './vpcs.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const CIDR = '172.31.0.0/16';
/** Of a /20: how far apart two subnets are, in the third octet. */
const SUBNET_STEP = 16;
const SUBNETS = 256 / SUBNET_STEP;

const subnetBlock = (index: number): string => `172.31.${index * SUBNET_STEP}.0/20`;

export function defaultVpcActions(store: Ec2Store): ActionTable {
  return {
    CreateDefaultVpc: ec2Action<CreateDefaultVpcRequest, CreateDefaultVpcResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'vpc')],
      run: (call) => {
        const present = store.defaultVpc(call);
        if (present !== undefined) {
          throw new AwsError(
            'DefaultVpcAlreadyExists',
            `A Default VPC already exists for this account in this region.`,
          );
        }
        return { Vpc: { ...toVpc(store, call, addDefaultVpc(store, call)), State: 'pending' } };
      },
    }),
    CreateDefaultSubnet: ec2Action<CreateDefaultSubnetRequest, CreateDefaultSubnetResult>({
      mutates: true,
      resources: (call) => [arnOf(call, 'subnet')],
      run: (call, input) => ({ Subnet: toSubnet(store, call, addDefaultSubnet(store, call, input)) }),
    }),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
function addDefaultSubnet(store: Ec2Store, call: Call, input: CreateDefaultSubnetRequest): SubnetRecord {
  const vpc = store.defaultVpc(call);
  if (vpc === undefined) {
    throw new AwsError('DefaultVpcDoesNotExist', 'There is no default VPC for this account in this region.');
  }
  if (input.AvailabilityZone === undefined && input.AvailabilityZoneId === undefined) {
    throw missingParameter('availabilityZone');
  }
  const zone = zoneOf(call.region, input);
  const subnets = store.subnetsOf(vpc);
  if (subnets.some((subnet) => subnet.isDefaultForAz && subnet.availabilityZone === zone)) {
    throw new AwsError(
      'DefaultSubnetAlreadyExistsInAvailabilityZone',
      `A default subnet already exists in ${zone}.`,
    );
  }
  const isFree = (block: string): boolean =>
    subnets.every(({ cidr }) => cidr === undefined || !overlaps(cidr, subnetCidr(block, 'ipv4')));
  const block = Array.from({ length: SUBNETS }, (_, index) => subnetBlock(index)).find(isFree);
  if (block === undefined) {
    throw new AwsError('InsufficientFreeAddressesInVpc', 'The default VPC has no room for another subnet.');
  }
  return addSubnet(store, call, { VpcId: vpc.id, CidrBlock: block, AvailabilityZone: zone }, true);
}

/** A VPC with a public subnet in each zone and a way to the internet. */
function addDefaultVpc(store: Ec2Store, call: Call): VpcRecord {
  const vpc = addVpc(store, call, { CidrBlock: CIDR }, true);
  for (const [index, { name }] of zonesOf(call.region).entries()) {
    addSubnet(store, call, { VpcId: vpc.id, CidrBlock: subnetBlock(index), AvailabilityZone: name }, true);
  }
  const gateway = createGateway(store, call, {});
  attach(store, gateway, vpc);
  store.tablesOf(vpc)[0]?.routes.push({
    destination: { kind: 'ipv4', cidr: ALL_IPV4 },
    target: { kind: 'internet-gateway', id: gateway.id },
    visibleAt: store.now(),
    filtered: false,
  });
  return vpc;
}

/** Gives each account and region its default VPC when it first calls, once: it may delete it. */
export class DefaultVpcs {
  readonly #store: Ec2Store;
  readonly #places = new Set<string>();

  constructor(store: Ec2Store) {
    this.#store = store;
  }

  ensure(call: Call): void {
    if (!this.#store.options.defaultVpcs) return;
    const { ownerId, region } = placeOf(call);
    const place = `${ownerId} ${region}`;
    if (this.#places.has(place)) return;
    this.#places.add(place);
    addDefaultVpc(this.#store, call);
  }
}
