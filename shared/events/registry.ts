import type { PeeringKey, Place } from '../domain/facts/peering.ts';
import { API_CALL, readAddress, readApiCall, readEventName } from './cloudtrail.ts';
import type { ApiCall, Fault } from './cloudtrail.ts';
import { peeringAnswered, peeringAsked, tagged } from './peering-events.ts';
import type { Named } from './peering-events.ts';

/** Why an event that is well-formed yields nothing. A closed list, so that it can be counted. */
export type IgnoredReason =
  | 'unknown-source'
  | 'unknown-detail-type'
  | 'unknown-event-name'
  /** EC2 refused the call, so nothing changed. */
  | 'failed-call'
  /** Tags of things that no peering depends on. */
  | 'unrelated-resource'
  /** Somebody asked whether they may: nothing changed either. */
  | 'dry-run';

/**
 * What an event from EventBridge comes to. It is only a hint: a key says where to look, never what is true.
 * `eventName` is always safe to log and show.
 */
export type ParsedEvent =
  | {
      readonly kind: 'key';
      readonly key: PeeringKey;
      readonly eventName: string;
      /** CloudTrail's `eventID`, which is the same when an event comes twice: for FIFO deduplication. */
      readonly eventId: string;
      /** Epoch milliseconds of the envelope's `time`. */
      readonly at: number;
      /** The role that made the call, where a role did. It tells our own calls from others, and decides nothing. */
      readonly callerRoleArn: string | undefined;
      /** Who made the call, for people: the ARN of a user or session. It decides nothing either. */
      readonly callerArn: string | undefined;
    }
  /** Something that routes, DNS or the policy depend on has changed in an account and region. */
  | {
      readonly kind: 'place';
      readonly place: Place;
      /** What changed is seen by the other sides of the place's peerings: they may need other routes. */
      readonly affectsPeers: boolean;
      readonly eventName: string;
      readonly at: number;
      readonly callerRoleArn: string | undefined;
      readonly callerArn: string | undefined;
    }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason; readonly eventName: string }
  /** `reason` names the paths that are missing or wrong, and no value. */
  | { readonly kind: 'malformed'; readonly reason: string; readonly eventName: string };

interface Row {
  readonly source: string;
  readonly detailType: string;
  readonly eventName: string;
  readonly read: (call: ApiCall) => Named;
}

const ec2Call = (eventName: string, read: Row['read']): Row => ({
  source: 'aws.ec2',
  detailType: API_CALL,
  eventName,
  read,
});

/**
 * Calls that change what the peerings of their account and region need. Which VPC, table or subnet they are about is
 * not read: some do not say, some name what is gone by then, and looking through the whole account and region takes
 * no more calls than finding it out.
 */
const CALLS_FOR_HERE = [
  'CreateDefaultVpc',
  'CreateRouteTable',
  'DeleteRouteTable',
  'AssociateRouteTable',
  'ReplaceRouteTableAssociation',
  'DisassociateRouteTable',
  'CreateRoute',
  'ReplaceRoute',
  'DeleteRoute',
  'EnableVgwRoutePropagation',
  'DisableVgwRoutePropagation',
  'CreateManagedPrefixList',
  'ModifyManagedPrefixList',
  'RestoreManagedPrefixListVersion',
  'ModifyVpcAttribute',
] as const;

/** The same, of what the other side of a peering has routes to. A peering ends with either of its VPCs. */
const CALLS_FOR_PEERS = [
  'DeleteVpc',
  'AssociateVpcCidrBlock',
  'DisassociateVpcCidrBlock',
  'CreateSubnet',
  'CreateDefaultSubnet',
  'DeleteSubnet',
  'AssociateSubnetCidrBlock',
  'DisassociateSubnetCidrBlock',
] as const;

/** Every event that autopeer understands. A new one is a new row. */
const ROWS: readonly Row[] = [
  ec2Call('CreateVpcPeeringConnection', peeringAnswered),
  ec2Call('AcceptVpcPeeringConnection', peeringAsked),
  ec2Call('RejectVpcPeeringConnection', peeringAsked),
  ec2Call('DeleteVpcPeeringConnection', peeringAsked),
  ec2Call('ModifyVpcPeeringConnectionOptions', peeringAsked),
  ...CALLS_FOR_HERE.map((eventName) => ec2Call(eventName, () => ({ kind: 'place', affectsPeers: false }))),
  ...CALLS_FOR_PEERS.map((eventName) => ec2Call(eventName, () => ({ kind: 'place', affectsPeers: true }))),
  ec2Call('CreateTags', tagged),
  ec2Call('DeleteTags', tagged),
];

/**
 * Parses an event as EventBridge delivers it.
 *
 * Never throws and never changes `event`, whatever it is: it is hostile until read. An event that is not ours is
 * `ignored`; one that claims to be ours and cannot be read is `malformed`.
 *
 * @example
 * const parsed = parseEvent(sqsRecordBody);
 * if (parsed.kind === 'key') await queue.send(parsed.key, parsed.eventId);
 */
export function parseEvent(event: unknown): ParsedEvent {
  const eventName = readEventName(event);
  const address = readAddress(event);
  if (address.kind === 'malformed') return malformed(address, eventName);
  const ofSource = ROWS.filter((row) => row.source === address.source);
  if (ofSource.length === 0) return { kind: 'ignored', reason: 'unknown-source', eventName };
  const ofType = ofSource.filter((row) => row.detailType === address.detailType);
  if (ofType.length === 0) return { kind: 'ignored', reason: 'unknown-detail-type', eventName };

  const head = readApiCall(event, address.source);
  if (head.kind === 'malformed') return malformed(head, eventName);
  const { call } = head;
  // Before the name: a call that failed changed nothing, whatever it was.
  if (call.errorCode !== undefined) return { kind: 'ignored', reason: failure(call.errorCode), eventName };
  const row = ofType.find((candidate) => candidate.eventName === call.eventName);
  if (row === undefined) return { kind: 'ignored', reason: 'unknown-event-name', eventName };

  const named = row.read(call);
  switch (named.kind) {
    case 'malformed':
      return malformed(named, eventName);
    case 'unrelated':
      return { kind: 'ignored', reason: 'unrelated-resource', eventName };
    case 'place': {
      const { accountId, region, at, callerRoleArn, callerArn } = call;
      const { affectsPeers } = named;
      const place = { accountId, region };
      return { kind: 'place', place, affectsPeers, eventName, at, callerRoleArn, callerArn };
    }
    case 'peering': {
      // Not one word of `detail` decides in which account we look.
      const key = { peeringId: named.peeringId, accountId: call.accountId, region: call.region };
      const { eventId, at, callerRoleArn, callerArn } = call;
      return { kind: 'key', key, eventName, eventId, at, callerRoleArn, callerArn };
    }
  }
}

const malformed = (fault: Fault, eventName: string): ParsedEvent => ({
  kind: 'malformed',
  reason: fault.reason,
  eventName,
});

/** CloudTrail writes EC2's codes with a prefix, `Client.` or `Server.`; some services write none. */
const failure = (errorCode: string): IgnoredReason =>
  errorCode.replace(/^(Client|Server)\./, '') === 'DryRunOperation' ? 'dry-run' : 'failed-call';
