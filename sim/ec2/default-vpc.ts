import type { CreateDefaultVpcRequest, CreateDefaultVpcResult } from '@aws-sdk/client-ec2';
import { ALL_IPV4 } from './defaults.ts';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { attach, createGateway } from './internet-gateways.ts';
import type { VpcRecord } from './records.ts';
import { zonesOf } from './regions.ts';
import { placeOf, type Ec2Store } from './store.ts';
import { addSubnet } from './subnets.ts';
import { addVpc, toVpc } from './vpcs.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
const CIDR = '172.31.0.0/16';
/** Of a /20: how far apart two subnets are, in the third octet. */
const SUBNET_STEP = 16;

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
  };
}

/** A VPC with a public subnet in each zone and a way to the internet. */
function addDefaultVpc(store: Ec2Store, call: Call): VpcRecord {
  const vpc = addVpc(store, call, { CidrBlock: CIDR }, true);
  for (const [index, { name }] of zonesOf(call.region).entries()) {
    const cidr = `172.31.${index * SUBNET_STEP}.0/20`;
    addSubnet(store, call, { VpcId: vpc.id, CidrBlock: cidr, AvailabilityZone: name }, true);
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
