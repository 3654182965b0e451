import type { DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult } from '@aws-sdk/client-ec2';
import type { ActionTable } from '../types.ts';
import { selectPage } from './describe.ts';
import { ec2Action } from './ec2-action.ts';
import { notFound, requireId } from './errors.ts';
import type { FilterTable } from './filters.ts';

/** There are none. Who deletes a subnet asks for them, Terraform for one, and expects an empty list. */
type NetworkInterfaceRecord = never;

/** DescribeNetworkInterfaces takes 5 to 1000. */
const LOWEST_MAX_RESULTS = 5;

export const networkInterfaceActions = (pageSize: number): ActionTable => ({
  DescribeNetworkInterfaces: ec2Action<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult>({
    mutates: false,
    run: (_call, input) => {
      const [id] = input.NetworkInterfaceIds ?? [];
      if (id !== undefined) throw notFound('networkInterface', requireId('networkInterface', id));
      const none: readonly NetworkInterfaceRecord[] = [];
      const page = selectPage(none, input, {
        idsParameter: 'networkInterfaceIds',
        filters: FILTERS,
        tags: () => [],
        lowestMaxResults: LOWEST_MAX_RESULTS,
        pageSize,
      });
      return { NetworkInterfaces: [...page.items], NextToken: page.nextToken };
    },
  }),
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
const FILTERS: FilterTable<NetworkInterfaceRecord> = Object.fromEntries(
  [
    'association.allocation-id',
    'association.association-id',
    'addresses.association.owner-id',
    'addresses.association.public-ip',
    'addresses.primary',
    'addresses.private-ip-address',
    'association.ip-owner-id',
    'association.public-ip',
    'association.public-dns-name',
    'attachment.attach-time',
    'attachment.attachment-id',
    'attachment.delete-on-termination',
    'attachment.device-index',
    'attachment.instance-id',
    'attachment.instance-owner-id',
    'attachment.status',
    'availability-zone',
    'availability-zone-id',
    'description',
    'group-id',
    'ipv6-addresses.ipv6-address',
    'interface-type',
    'mac-address',
    'network-interface-id',
    'operator.managed',
    'operator.principal',
    'owner-id',
    'private-dns-name',
    'private-ip-address',
    'requester-id',
    'requester-managed',
    'source-dest-check',
    'status',
    'subnet-id',
    'vpc-id',
  ].map((name) => [name, () => []]),
);
