import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { ec2Action } from './ec2-action.ts';
import { applyFilters, type FilterTable } from './filters.ts';
import { pageOf } from './paging.ts';
import { isVisible } from './peering-state.ts';
import { toPeering } from './peering-view.ts';
import { requirePeering } from './peerings.ts';
import type { Ec2Store } from './store.ts';

const HIGHEST_MAX_RESULTS = 1000;

export function peeringDescribeActions(store: Ec2Store): ActionTable {
  return {
    DescribeVpcPeeringConnections: ec2Action<
      DescribeVpcPeeringConnectionsRequest,
      DescribeVpcPeeringConnectionsResult
    >({
      mutates: false,
      run: (call, input) => describePeerings(store, call, input),
    }),
  };
}

interface Row {
  readonly order: number;
  readonly view: VpcPeeringConnection;
}

function describePeerings(
  store: Ec2Store,
  call: Call,
  input: DescribeVpcPeeringConnectionsRequest,
): DescribeVpcPeeringConnectionsResult {
  const ids = input.VpcPeeringConnectionIds;
  const now = store.now();
  const candidates = ids?.length
    ? ids.map((id) => requirePeering(store, call, id))
    : [...store.peerings.values()].filter((peering) => isVisible(peering, call, now, store.options));
  const rows = candidates.map((peering): Row => ({
    order: peering.order,
    view: toPeering(store, call, peering),
  }));
  // A filter sees what the caller sees: the accepter's CIDR of a pending request matches nothing.
  const matching = applyFilters(rows, input.Filters, FILTERS, { tags: ({ view }) => view.Tags ?? [] });
  const page = pageOf(matching, input, {
    ids,
    idsParameter: 'vpcPeeringConnectionIds',
    highestMaxResults: HIGHEST_MAX_RESULTS,
    pageSize: store.options.pageSize,
  });
  return { VpcPeeringConnections: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html */
const FILTERS: FilterTable<Row> = {
  'accepter-vpc-info.cidr-block': ({ view }) => [view.AccepterVpcInfo?.CidrBlock],
  'accepter-vpc-info.owner-id': ({ view }) => [view.AccepterVpcInfo?.OwnerId],
  'accepter-vpc-info.vpc-id': ({ view }) => [view.AccepterVpcInfo?.VpcId],
  'expiration-time': ({ view }) => [view.ExpirationTime?.toISOString()],
  'requester-vpc-info.cidr-block': ({ view }) => [view.RequesterVpcInfo?.CidrBlock],
  'requester-vpc-info.owner-id': ({ view }) => [view.RequesterVpcInfo?.OwnerId],
  'requester-vpc-info.vpc-id': ({ view }) => [view.RequesterVpcInfo?.VpcId],
  'status-code': ({ view }) => [view.Status?.Code],
  'status-message': ({ view }) => [view.Status?.Message],
  'vpc-peering-connection-id': ({ view }) => [view.VpcPeeringConnectionId],
};
