import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedAws } from '../../../sim/aws.ts';
import { callOf } from '../../support/simulated-ec2.ts';

/** What the SDK says of the EC2 API: its types carry AWS's documentation. */
const MODELS = join(process.cwd(), 'node_modules/@aws-sdk/client-ec2/dist-types/models');
const documentation = readdirSync(MODELS)
  .map((file) => readFileSync(join(MODELS, file), 'utf8'))
  .join('\n');

/** The names of the filters that AWS documents for an action, those on tags apart. */
function documentedFilters(action: string): string[] {
  const [request = ''] =
    new RegExp(`export interface ${action}Request \\{[^]*?\\n\\}`).exec(documentation) ?? [];
  const before = request.slice(0, request.indexOf('Filters?:'));
  const comment = before.slice(before.lastIndexOf('/**')).replaceAll(/\n\s*\*/g, ' ');
  const names = Array.from(comment.matchAll(/<code>([^<]+)<\/code>(?:\s+-|:)\s/g), ([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== 'tag' && !name.startsWith('tag:'));
}

const ACTIONS = [
  'DescribeAvailabilityZones',
  'DescribeInternetGateways',
  'DescribeManagedPrefixLists',
  'DescribeNetworkAcls',
  'DescribeNetworkInterfaces',
  'DescribePrefixLists',
  'DescribeRegions',
  'DescribeRouteTables',
  'DescribeSecurityGroupRules',
  'DescribeSecurityGroups',
  'DescribeSubnets',
  'DescribeTags',
  'DescribeVpcPeeringConnections',
  'DescribeVpcs',
  'DescribeVpnGateways',
];

describe('every filter that AWS documents', () => {
  const filters = ACTIONS.flatMap((action) => documentedFilters(action).map((name) => ({ action, name })));

  it('is found in the documentation at all', () => {
    expect(new Set(filters.map(({ action }) => action)).size).toBe(ACTIONS.length);
    expect(filters).toContainEqual({ action: 'DescribeVpcs', name: 'cidr-block-association.cidr-block' });
  });

  it.each(filters)('is taken: $action by $name', ({ action, name }) => {
    const { ec2 } = new SimulatedAws({ seed: 1 });
    const input = { Filters: [{ Name: name, Values: ['nothing'] }] };
    const answer: unknown = ec2.actions[action]?.run(callOf(action, '111122223333', 'eu-west-1'), input);
    expect(Object.values(answer ?? {})).toContainEqual([]);
  });
});
