import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { toPeering } from '../../../shared/aws/ec2-shapes.ts';
import { region } from '../../support/ids.ts';
import { itWithRecording } from '../../support/recorded-files.ts';

const IRELAND = region('eu-west-1');

/** The recordings have placeholders where AWS had ids; these have AWS's form. */
const PLACEHOLDERS: readonly (readonly [string, string])[] = [
  ['<region:1>', 'eu-west-1'],
  ['<region:2>', 'us-east-1'],
  ['<vpc-id:1>', 'vpc-11111111'],
  ['<vpc-id:2>', 'vpc-22222222'],
  ['<peering-connection-id:1>', 'pcx-11111111'],
];

const filled = (recorded: unknown): unknown =>
  JSON.parse(PLACEHOLDERS.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(recorded)));

const isPeering = (value: object): value is VpcPeeringConnection =>
  'VpcPeeringConnectionId' in value && 'Status' in value;

/** A recording is JSON; the SDK gives its instants as dates. */
const withDates = ({ ExpirationTime, ...peering }: VpcPeeringConnection): VpcPeeringConnection =>
  ExpirationTime === undefined ? peering : { ...peering, ExpirationTime: new Date(ExpirationTime) };

/** Everything in a recording that has a peering's form, by the name under which it stands. */
function peeringsIn(recorded: unknown, name = ''): readonly (readonly [string, VpcPeeringConnection])[] {
  if (typeof recorded !== 'object' || recorded === null) return [];
  if (isPeering(recorded)) return [[name, withDates(recorded)]];
  return Object.entries(recorded).flatMap(([key, value]) =>
    peeringsIn(value, /^\d+$|^VpcPeeringConnections?$/.test(key) ? name : key),
  );
}

itWithRecording(
  'ec2-responses',
  'test_ec2.snapshot',
  'each side of an inter-region peering is read',
  async (recorded) => {
    const peerings = new Map(
      peeringsIn(filled(recorded)).map(([name, each]) => [name, toPeering(each, IRELAND)]),
    );
    expect([...peerings.keys()]).toEqual(['pending-acceptance', 'requester-peer', 'accepter-peer']);
    // While pending the accepter's side has no CIDR and no options.
    expect(peerings.get('pending-acceptance')).toMatchObject({
      state: 'pending-acceptance',
      requester: { region: 'eu-west-1', cidrs: ['192.168.1.0/24'], dnsFromRemote: false },
      accepter: { region: 'us-east-1', cidrs: [], dnsFromRemote: undefined },
    });
    for (const name of ['requester-peer', 'accepter-peer']) {
      expect(peerings.get(name)).toMatchObject({
        state: 'active',
        requester: { cidrs: ['192.168.1.0/24'], dnsFromRemote: false },
        accepter: { cidrs: ['192.168.2.0/24'], dnsFromRemote: false },
      });
    }
  },
);

itWithRecording(
  'ec2-responses',
  'test_security_group_stale_ec2.CreateVpc',
  'an old answer to Create, which names no region, is read with the region that was asked',
  async (recorded) => {
    const [found] = peeringsIn(recorded);
    expect(found && toPeering(found[1], IRELAND)).toMatchObject({
      state: 'initiating-request',
      requester: { region: 'eu-west-1', cidrs: ['10.4.0.0/16'] },
      accepter: { region: 'eu-west-1', cidrs: [] },
    });
  },
);

itWithRecording(
  'ec2-responses',
  'test_security_group_stale_ec2.AcceptVpc',
  'the answer to Accept has the CIDRs of both sides and is provisioning',
  async (recorded) => {
    const [found] = peeringsIn(recorded);
    expect(found && toPeering(found[1], IRELAND)).toMatchObject({
      state: 'provisioning',
      requester: { cidrs: ['10.4.0.0/16'] },
      accepter: { cidrs: ['10.5.0.0/16'] },
    });
  },
);
