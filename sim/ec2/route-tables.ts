import type {
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import { arnOf, ec2Action } from './ec2-action.ts';
import { dependencyViolation, limitExceeded } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { RouteTableRecord } from './records.ts';
import { toRoutes } from './route-view.ts';
import type { Ec2Store } from './store.ts';
import { tagsFor } from './tag-store.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
const HIGHEST_MAX_RESULTS = 100;

export function routeTableActions(store: Ec2Store): ActionTable {
  return {
    CreateRouteTable: ec2Action<CreateRouteTableRequest, CreateRouteTableResult>({
      mutates: true,
      resources: (call, { VpcId }) => [arnOf(call, 'route-table'), arnOf(call, 'vpc', VpcId)],
      run: (call, input) => createRouteTable(store, call, input),
    }),
    DeleteRouteTable: ec2Action<DeleteRouteTableRequest, object>({
      mutates: true,
      resources: (call, { RouteTableId }) => [arnOf(call, 'route-table', RouteTableId)],
      run: (call, { RouteTableId }) => deleteRouteTable(store, store.routeTable(call, RouteTableId)),
    }),
    DescribeRouteTables: ec2Action<DescribeRouteTablesRequest, DescribeRouteTablesResult>({
      mutates: false,
      run: (call, input) => describeRouteTables(store, call, input),
    }),
  };
}

function createRouteTable(
  store: Ec2Store,
  call: Call,
  input: CreateRouteTableRequest,
): CreateRouteTableResult {
  const vpc = store.vpc(call, input.VpcId);
  const tags = tagsFor('route-table', input.TagSpecifications);
  if (store.tablesOf(vpc).length >= store.quotas(vpc.ownerId, vpc.region).routeTablesPerVpc) {
    throw limitExceeded('RouteTableLimitExceeded', 'route tables');
  }
  const table: RouteTableRecord = {
    ...store.newOwned('routeTable', call),
    vpc,
    associations: [],
    gateways: [],
    routes: [],
    propagating: [],
  };
  store.routeTables.add(table);
  store.tags.set(call, table.id, tags);
  return { RouteTable: toRouteTable(store, call, table) };
}

function deleteRouteTable(store: Ec2Store, table: RouteTableRecord): object {
  // The main table has an association too, the one without a subnet.
  if (table.associations.length + table.gateways.length > 0)
    throw dependencyViolation('routeTable', table.id);
  store.routeTables.delete(table.id);
  store.tags.forget(table.id);
  return {};
}

function describeRouteTables(
  store: Ec2Store,
  call: Call,
  input: DescribeRouteTablesRequest,
): DescribeRouteTablesResult {
  const ids = input.RouteTableIds;
  const candidates = ids?.length ? ids.map((id) => store.routeTable(call, id)) : store.visibleTables(call);
  const rows = candidates.map((table) => rowOf(table.order, () => toRouteTable(store, call, table)));
  const page = selectPage(rows, input, {
    ids,
    idsParameter: 'routeTableIds',
    filters: FILTERS,
    tags: ({ view }) => view.Tags ?? [],
    highestMaxResults: HIGHEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  const views = page.items.map(({ view }) => view);
  const RouteTables = store.options.tableOrder === 'reversed' ? views.toReversed() : views;
  return { RouteTables, NextToken: page.nextToken };
}

function toRouteTable(store: Ec2Store, call: Call, table: RouteTableRecord): RouteTable {
  return {
    RouteTableId: table.id,
    VpcId: table.vpc.id,
    OwnerId: table.ownerId,
    Associations: [
      ...table.associations.map(({ id, subnetId }) => ({
        ...toAssociation(table, id),
        Main: subnetId === undefined,
        ...(subnetId !== undefined && { SubnetId: subnetId }),
      })),
      ...table.gateways.map(({ id, gatewayId }) => ({ ...toAssociation(table, id), GatewayId: gatewayId })),
    ],
    PropagatingVgws: table.propagating.map((GatewayId) => ({ GatewayId })),
    Routes: toRoutes(store, table),
    Tags: store.tags.get(call, table.id),
  };
}

const toAssociation = (table: RouteTableRecord, id: string): RouteTableAssociation => ({
  Main: false,
  RouteTableAssociationId: id,
  RouteTableId: table.id,
  AssociationState: { State: 'associated' },
});

const routes = ({ view }: Row<RouteTable>) => view.Routes ?? [];
const associations = ({ view }: Row<RouteTable>) => view.Associations ?? [];

const FILTERS: FilterTable<Row<RouteTable>> = {
  'association.gateway-id': (row) => associations(row).map(({ GatewayId }) => GatewayId),
  'association.main': (row) => associations(row).map(({ Main }) => String(Main)),
  'association.route-table-association-id': (row) =>
    associations(row).map(({ RouteTableAssociationId }) => RouteTableAssociationId),
  'association.route-table-id': (row) => associations(row).map(({ RouteTableId }) => RouteTableId),
  'association.subnet-id': (row) => associations(row).map(({ SubnetId }) => SubnetId),
  'owner-id': ({ view }) => [view.OwnerId],
  'route-table-id': ({ view }) => [view.RouteTableId],
  'route.destination-cidr-block': (row) =>
    routes(row).map(({ DestinationCidrBlock }) => DestinationCidrBlock),
  'route.destination-ipv6-cidr-block': (row) =>
    routes(row).map(({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock),
  'route.destination-prefix-list-id': (row) =>
    routes(row).map(({ DestinationPrefixListId }) => DestinationPrefixListId),
  'route.egress-only-internet-gateway-id': (row) =>
    routes(row).map(({ EgressOnlyInternetGatewayId }) => EgressOnlyInternetGatewayId),
  'route.gateway-id': (row) => routes(row).map(({ GatewayId }) => GatewayId),
  'route.instance-id': (row) => routes(row).map(({ InstanceId }) => InstanceId),
  'route.nat-gateway-id': (row) => routes(row).map(({ NatGatewayId }) => NatGatewayId),
  'route.transit-gateway-id': (row) => routes(row).map(({ TransitGatewayId }) => TransitGatewayId),
  'route.origin': (row) => routes(row).map(({ Origin }) => Origin),
  'route.state': (row) => routes(row).map(({ State }) => State),
  'route.vpc-peering-connection-id': (row) =>
    routes(row).map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId),
  'vpc-id': ({ view }) => [view.VpcId],
};
