import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import type { Action, ActionTable, Call } from '../types.ts';
import { parseCidr } from '../../shared/domain/facts/cidr.ts';
import { mustExist } from './errors.ts';
import { encryptionControlActions, setEncryptionControl } from './encryption-controls.ts';
import type { EncryptionControl } from './records.ts';
import { instanceActions } from './instances.ts';
import { internetGatewayActions } from './internet-gateways.ts';
import { defaultVpcActions, DefaultVpcs } from './default-vpc.ts';
import { networkInterfaceActions } from './network-interfaces.ts';
import { networkAclActions } from './network-acls.ts';
import { regionActions } from './regions.ts';
import { securityGroupPeerActions } from './security-group-peers.ts';
import { securityGroupRuleActions } from './security-group-rules.ts';
import { securityGroupActions } from './security-groups.ts';
import { DEFAULT_OPTIONS, type Ec2Options, type Ec2Quotas } from './options.ts';
import { peeringDescribeActions } from './peering-describe.ts';
import { peeringOptionActions } from './peering-options.ts';
import { stateAt } from './peering-state.ts';
import type { PeeringState } from '../../shared/domain/facts/peering.ts';
import { peeringActions } from './peerings.ts';
import { prefixListChangeActions } from './prefix-list-changes.ts';
import { prefixListActions } from './prefix-lists.ts';
import { routePropagationActions } from './route-propagation.ts';
import { routeTableAssociationActions } from './route-table-associations.ts';
import { routeTableActions } from './route-tables.ts';
import { nameOf, routeActions } from './routes.ts';
import { Ec2Store } from './store.ts';
import { subnetCidrActions } from './subnet-cidrs.ts';
import { subnetActions } from './subnets.ts';
import { tagActions } from './tags.ts';
import { RequestBuckets } from './throttling.ts';
import { vpcCidrActions } from './vpc-cidrs.ts';
import { vpcActions } from './vpcs.ts';
import { vpnGatewayActions } from './vpn-gateways.ts';

/**
 * The EC2 API of every account and region at once: the call says which. What it models, and how sure that is, stands
 * in `sim/sim-aws.md`.
 *
 * @example
 * const ec2 = new SimulatedEc2({ clock, random, options: { pageSize: 100 } });
 * await ec2.actions['CreateVpc']?.run(call, { CidrBlock: '10.0.0.0/16' });
 */
export class SimulatedEc2 {
  readonly actions: ActionTable;
  readonly #store: Ec2Store;
  readonly #defaultVpcs: DefaultVpcs;
  readonly #buckets = new RequestBuckets();

  /** What is so, whoever may see it: for those who judge a run. Nobody may change it. */
  get truth(): Readonly<
    Pick<
      Ec2Store,
      | 'vpcs'
      | 'subnets'
      | 'routeTables'
      | 'peerings'
      | 'prefixLists'
      | 'vpnGateways'
      | 'internetGateways'
      | 'networkAcls'
      | 'securityGroups'
      | 'networkInterfaces'
      | 'tags'
      | 'options'
    >
  > {
    return this.#store;
  }

  constructor(deps: { clock: VirtualClock; random: SeededRandom; options?: Partial<Ec2Options> }) {
    this.#store = new Ec2Store(deps.clock, deps.random, { ...DEFAULT_OPTIONS, ...deps.options });
    this.#defaultVpcs = new DefaultVpcs(this.#store);
    this.actions = this.#withDefaultVpcs({
      ...vpcActions(this.#store),
      ...vpcCidrActions(this.#store),
      ...subnetActions(this.#store),
      ...subnetCidrActions(this.#store),
      ...routeTableActions(this.#store),
      ...routeTableAssociationActions(this.#store),
      ...routeActions(this.#store),
      ...routePropagationActions(this.#store),
      ...prefixListActions(this.#store),
      ...prefixListChangeActions(this.#store),
      ...vpnGatewayActions(this.#store),
      ...internetGatewayActions(this.#store),
      ...networkInterfaceActions(this.#store),
      ...instanceActions,
      ...networkAclActions(this.#store),
      ...securityGroupActions(this.#store),
      ...securityGroupRuleActions(this.#store),
      ...securityGroupPeerActions(this.#store),
      ...regionActions,
      ...encryptionControlActions(this.#store),
      ...defaultVpcActions(this.#store),
      ...peeringActions(this.#store),
      ...peeringDescribeActions(this.#store),
      ...peeringOptionActions(this.#store),
      ...tagActions(this.#store),
    });
  }

  /** Counts a request against the caller's quota of requests; throws `RequestLimitExceeded` where it is used up. */
  admit(call: Call, input: unknown): void {
    if (this.#store.options.throttling) this.#buckets.take(call, input, this.#store.now());
  }

  /** A peering's state at an instant, whoever may see it; undefined once EC2 has forgotten it. */
  stateOf(peeringId: string, now: number): PeeringState | undefined {
    const peering = this.#store.peerings.get(peeringId);
    return peering === undefined ? undefined : stateAt(peering, now);
  }

  /** Changes how EC2 behaves from now on, for example to switch eventual consistency on and off. */
  configure(options: Partial<Ec2Options>): void {
    this.#store.options = { ...this.#store.options, ...options };
  }

  /** What the owner of a VPC does, or a declarative policy of his organization. */
  setEncryptionControl(vpcId: string, control: EncryptionControl): void {
    setEncryptionControl(this.#store, vpcId, control);
  }

  /** What Service Quotas does: raises, or in a test lowers, the quotas of one account in one region. */
  setQuotas(accountId: string, region: string, quotas: Partial<Ec2Quotas>): void {
    this.#store.setQuotas(accountId, region, quotas);
  }

  quotas(accountId: string, region: string): Ec2Quotas {
    return this.#store.quotas(accountId, region);
  }

  /** AWS filters a route (state `filtered`) for reasons of its own, which the model does not know. */
  filterRoute(routeTableId: string, destination: string, filtered = true): void {
    const table = mustExist(this.#store.routeTables.get(routeTableId), routeTableId);
    const name = parseCidr(destination) ?? destination;
    const route = table.routes.find((candidate) => nameOf(candidate.destination) === name);
    mustExist(route, `a route to ${destination}`).filtered = filtered;
  }

  /**
   * What the routers behind a virtual private gateway announce from now on, in place of what they announced before:
   * there is no BGP in the model. Route tables show it once EnableVgwRoutePropagation is called for them.
   */
  propagate(vpnGatewayId: string, destinations: readonly string[]): void {
    const gateway = mustExist(this.#store.vpnGateways.get(vpnGatewayId), vpnGatewayId);
    gateway.learnt = destinations.map((text) => mustExist(parseCidr(text), `a CIDR block in ${text}`));
  }

  /** What RAM does with the VPC's subnets: the other account sees its route tables as well. */
  shareVpc(vpcId: string, accountId: string): void {
    const shared = this.#store.sharedVpcs.get(accountId) ?? new Set();
    this.#store.sharedVpcs.set(accountId, shared.add(vpcId));
  }

  /** AWS forgets an ended peering earlier than it says: from now on it is NotFound to everyone. */
  forgetPeering(peeringId: string): void {
    mustExist(this.#store.peerings.get(peeringId), peeringId);
    this.#store.peerings.delete(peeringId);
    this.#store.tags.forget(peeringId);
  }

  #withDefaultVpcs(actions: ActionTable): ActionTable {
    const wrapped = (action: Action): Action => ({
      ...action,
      run: (call, input) => {
        this.#defaultVpcs.ensure(call);
        return action.run(call, input);
      },
    });
    return Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, wrapped(action)]));
  }
}
