import type {
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { ec2Action } from './ec2-action.ts';
import { rowOf, selectPage, type Row } from './describe.ts';
import type { FilterTable } from './filters.ts';
import { isVisible } from './peering-state.ts';
import { toPeering } from './peering-view.ts';
import { requirePeering } from './peerings.ts';
import { itemsAt, type Ec2Store } from './store.ts';

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

function describePeerings(
  store: Ec2Store,
  call: Call,
  input: DescribeVpcPeeringConnectionsRequest,
): DescribeVpcPeeringConnectionsResult {
  const ids = input.VpcPeeringConnectionIds;
  const now = store.now();
  const candidates = ids?.length
    ? ids.map((id) => requirePeering(store, call, id))
    : itemsAt(store.peerings, call).filter((peering) => isVisible(peering, call, now, store.options));
  // A filter sees what the caller sees: the accepter's CIDR of a pending request matches nothing.
  const rows = candidates.map((peering) => rowOf(peering.order, () => toPeering(store, call, peering)));
  const page = selectPage(rows, input, {
    ids,
    idsParameter: 'vpcPeeringConnectionIds',
    filters: FILTERS,
    tags: ({ view }) => view.Tags ?? [],
    pageSize: store.options.pageSize,
  });
  return { VpcPeeringConnections: page.items.map(({ view }) => view), NextToken: page.nextToken };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html */
const FILTERS: FilterTable<Row<VpcPeeringConnection>> = {
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
