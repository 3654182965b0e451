import { type Organization, organizationOf } from '../../analysis/snapshot/organization.ts';
import { parseSnapshot } from '../../analysis/snapshot/snapshot.ts';

/** Workloads/Prod/Payments, Workloads/NonProd and Sandbox, an account and a VPC in each, one account without any. */
export const SNAPSHOT = {
  version: 1,
  takenAt: '2026-11-20T06:00:00Z',
  ous: [
    { id: 'ou-ab12-workload', name: 'Workloads', parent: null },
    { id: 'ou-ab12-prod0001', name: 'Prod', parent: 'ou-ab12-workload' },
    { id: 'ou-ab12-payments', name: 'Payments', parent: 'ou-ab12-prod0001' },
    { id: 'ou-ab12-nonprod1', name: 'NonProd', parent: 'ou-ab12-workload' },
    { id: 'ou-ab12-sandbox1', name: 'Sandbox', parent: null },
    { id: 'ou-ab12-empty001', name: 'Empty', parent: null },
  ],
  accounts: [
    { id: '100000000001', name: 'web-prod', ou: 'ou-ab12-prod0001' },
    { id: '100000000002', name: 'card-vault', ou: 'ou-ab12-payments' },
    { id: '100000000003', name: 'web-dev', ou: 'ou-ab12-nonprod1' },
    { id: '100000000004', name: 'twin', ou: 'ou-ab12-sandbox1' },
    { id: '100000000005', name: 'twin', ou: null },
  ],
  vpcs: [
    {
      id: 'vpc-00000011',
      accountId: '100000000001',
      region: 'eu-west-1',
      cidrs: ['10.1.0.0/16', '10.9.0.0/24'],
      tags: { tier: 'web' },
    },
    { id: 'vpc-00000012', accountId: '100000000002', region: 'eu-west-1', cidrs: ['10.2.0.0/16'], tags: {} },
    {
      id: 'vpc-00000013',
      accountId: '100000000003',
      region: 'ap-south-1',
      cidrs: ['10.3.0.0/16'],
      tags: { tier: 'web' },
    },
    {
      id: 'vpc-00000014',
      accountId: '100000000004',
      region: 'us-east-1',
      cidrs: ['172.20.0.0/16'],
      tags: {},
    },
  ],
  peerings: [
    {
      id: 'pcx-00000001',
      state: 'active',
      requester: {
        accountId: '999900001111',
        region: 'eu-west-1',
        vpcId: 'vpc-00000099',
        cidrs: ['192.168.8.0/21'],
      },
      accepter: { accountId: '100000000001', region: 'eu-west-1', vpcId: 'vpc-00000011' },
    },
  ],
} as const;

/** {@link SNAPSHOT}, or one that differs from it. */
export const organization = (over: Readonly<Record<string, unknown>> = {}): Organization =>
  organizationOf(parseSnapshot({ ...SNAPSHOT, ...over }));
