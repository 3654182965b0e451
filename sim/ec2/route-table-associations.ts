import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
} from '@aws-sdk/client-ec2';
import { AwsError, type ActionTable, type Call } from '../types.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { invalidValue, notFound, requireId } from './errors.ts';
import type { RouteTableAssociation, RouteTableRecord, RouteTarget } from './records.ts';
import { itemsAt, type Ec2Store } from './store.ts';

export function routeTableAssociationActions(store: Ec2Store): ActionTable {
  return {
    AssociateRouteTable: ec2Action<AssociateRouteTableRequest, AssociateRouteTableResult>({
      mutates: true,
      resources: (call, { RouteTableId, SubnetId }) => [
        arnOf(call, 'route-table', RouteTableId),
        arnOf(call, 'subnet', SubnetId),
      ],
      run: (call, input) => associate(store, call, input),
    }),
    DisassociateRouteTable: ec2Action<DisassociateRouteTableRequest, object>({
      mutates: true,
      resources: (call, { AssociationId }) => [
        arnOf(call, 'route-table', AssociationId && find(store, call, AssociationId)?.table.id),
      ],
      run: (call, { AssociationId }) => disassociate(store, call, AssociationId),
    }),
    ReplaceRouteTableAssociation: ec2Action<
      ReplaceRouteTableAssociationRequest,
      ReplaceRouteTableAssociationResult
    >({
      mutates: true,
      resources: (call, { RouteTableId }) => [arnOf(call, 'route-table', RouteTableId)],
      run: (call, input) => replace(store, call, input),
    }),
  };
}

interface Found {
  readonly table: RouteTableRecord;
  readonly association: RouteTableAssociation;
}

function find(store: Ec2Store, call: Call, id: string): Found | undefined {
  for (const table of itemsAt(store.routeTables, call)) {
    const association = table.associations.find((one) => one.id === id);
    if (association !== undefined) return { table, association };
  }
  return undefined;
}

function requireAssociation(store: Ec2Store, call: Call, id: string | undefined): Found {
  const wellFormed = requireId('routeTableAssociation', id);
  const found = find(store, call, wellFormed);
  if (found === undefined) throw notFound('routeTableAssociation', wellFormed);
  return found;
}

function associate(
  store: Ec2Store,
  call: Call,
  input: AssociateRouteTableRequest,
): AssociateRouteTableResult {
  const table = store.routeTable(call, input.RouteTableId);
  if (input.GatewayId !== undefined) return associateGateway(store, call, table, input.GatewayId);
  const subnet = store.subnet(call, input.SubnetId);
  if (subnet.vpc !== table.vpc) throw differentNetworks(table, `subnet ${subnet.id}`);
  const holder = store
    .tablesOf(subnet.vpc)
    .find(({ associations }) => associations.some(({ subnetId }) => subnetId === subnet.id));
  const present = holder?.associations.find(({ subnetId }) => subnetId === subnet.id);
  if (present !== undefined) {
    // The same association once more is no error.
    if (holder === table) return { AssociationId: present.id, AssociationState: { State: 'associated' } };
    throw alreadyAssociated(table);
  }
  const association = { id: store.newId('routeTableAssociation'), subnetId: subnet.id };
  table.associations.push(association);
  return { AssociationId: association.id, AssociationState: { State: 'associated' } };
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html */
function associateGateway(
  store: Ec2Store,
  call: Call,
  table: RouteTableRecord,
  gatewayId: string,
): AssociateRouteTableResult {
  const gateway = store.internetGateway(call, gatewayId);
  if (gateway.vpc !== table.vpc) throw differentNetworks(table, `gateway ${gatewayId}`);
  const isTaken = store
    .tablesOf(table.vpc)
    .some(({ gateways }) => gateways.some((one) => one.gatewayId === gatewayId));
  if (isTaken) throw alreadyAssociated(table);
  if (table.routes.some(({ target }) => !isGatewayTarget(target))) {
    throw invalidValue(
      `route table ${table.id} has a route whose target a gateway route table does not support`,
    );
  }
  const association = { id: store.newId('routeTableAssociation'), gatewayId };
  table.gateways.push(association);
  return { AssociationId: association.id, AssociationState: { State: 'associated' } };
}

/** The targets of a route in a gateway's table. A local route with another target is outside the model. */
export const isGatewayTarget = ({ kind }: Pick<RouteTarget, 'kind'>): boolean =>
  kind === 'network-interface' || kind === 'instance' || kind === 'vpc-endpoint';

function disassociate(store: Ec2Store, call: Call, id: string | undefined): object {
  for (const { gateways } of itemsAt(store.routeTables, call)) {
    const index = gateways.findIndex((one) => one.id === id);
    if (index >= 0) {
      gateways.splice(index, 1);
      return {};
    }
  }
  const { table, association } = requireAssociation(store, call, id);
  if (association.subnetId === undefined) {
    throw invalidValue(`cannot disassociate the main route table association ${association.id}`);
  }
  table.associations.splice(table.associations.indexOf(association), 1);
  return {};
}

/** Also how another table becomes the main one: the association without a subnet moves there under a new id. */
function replace(
  store: Ec2Store,
  call: Call,
  input: ReplaceRouteTableAssociationRequest,
): ReplaceRouteTableAssociationResult {
  const { table, association } = requireAssociation(store, call, input.AssociationId);
  const next = store.routeTable(call, input.RouteTableId);
  if (next.vpc !== table.vpc) throw differentNetworks(next, `association ${association.id}`);
  table.associations.splice(table.associations.indexOf(association), 1);
  const moved = { id: store.newId('routeTableAssociation'), subnetId: association.subnetId };
  next.associations.push(moved);
  return { NewAssociationId: moved.id, AssociationState: { State: 'associated' } };
}

const alreadyAssociated = (table: RouteTableRecord): AwsError =>
  new AwsError(
    'Resource.AlreadyAssociated',
    `the specified association for route table ${table.id} conflicts with an existing association`,
  );

const differentNetworks = (table: RouteTableRecord, other: string): AwsError =>
  invalidValue(`route table ${table.id} and ${other} belong to different networks`);
