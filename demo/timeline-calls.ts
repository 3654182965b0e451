import * as z from 'zod';
import { parseEvent } from '../shared/events/registry.ts';
import type { TrailDelivery } from '../sim/cloudtrail/trail.ts';
import { isAutopeer, type Records } from './records.ts';
import type { CallEntry, EventEntry } from './timeline-entry.ts';

/** The calls that a timeline is about; what else people do in EC2 is not autopeer's business. */
const ACTIONS: ReadonlySet<string> = new Set([
  'CreateVpcPeeringConnection',
  'AcceptVpcPeeringConnection',
  'RejectVpcPeeringConnection',
  'DeleteVpcPeeringConnection',
  'ModifyVpcPeeringConnectionOptions',
  'CreateRoute',
  'DeleteRoute',
  'CreateTags',
]);

const inputSchema = z.object({
  VpcPeeringConnectionId: z.string().optional(),
  /** What CreateTags tags. */
  Resources: z.array(z.string()).optional(),
  RouteTableId: z.string().optional(),
  DestinationCidrBlock: z.string().optional(),
  DestinationIpv6CidrBlock: z.string().optional(),
  RequesterPeeringConnectionOptions: z.unknown().optional(),
  AccepterPeeringConnectionOptions: z.unknown().optional(),
});
type Input = z.output<typeof inputSchema>;

/** The calls that change a peering, or a route to one. */
export function callEntries({ calls, trail, name }: Records): readonly CallEntry[] {
  const created = peeringsByRequest(trail);
  // DeleteRoute does not name the peering: the CreateRoute before it did.
  const routed = new Map<string, string>();
  return calls
    .filter(({ service, action }) => service === 'ec2' && ACTIONS.has(action))
    .map((call) => {
      const input: Input = inputSchema.safeParse(call.input).data ?? {};
      const destination = input.DestinationCidrBlock ?? input.DestinationIpv6CidrBlock;
      const route = `${input.RouteTableId} ${destination}`;
      const named = input.VpcPeeringConnectionId ?? input.Resources?.[0] ?? created.get(call.requestId);
      if (call.action === 'CreateRoute' && named !== undefined) routed.set(route, named);
      const peeringId = named ?? routed.get(route);
      const dnsOf = dnsSides(input);
      return {
        kind: 'call',
        atMs: call.atMs,
        by: isAutopeer(call.caller, name) ? 'autopeer' : 'person',
        accountId: call.caller.accountId,
        region: call.region,
        action: call.action,
        ...(peeringId === undefined ? {} : { peeringId }),
        ...(input.RouteTableId === undefined ? {} : { routeTableId: input.RouteTableId }),
        ...(destination === undefined ? {} : { destination }),
        ...(dnsOf.length === 0 ? {} : { dnsOf }),
        ...(call.errorCode === undefined ? {} : { errorCode: call.errorCode }),
      };
    });
}

function dnsSides(input: Input): readonly ('requester' | 'accepter')[] {
  return [
    ...(input.RequesterPeeringConnectionOptions === undefined ? [] : (['requester'] as const)),
    ...(input.AccepterPeeringConnectionOptions === undefined ? [] : (['accepter'] as const)),
  ];
}

const recordSchema = z.object({ detail: z.object({ requestID: z.string() }) });
const requestIdOf = (event: unknown): string => recordSchema.safeParse(event).data?.detail.requestID ?? '';

/** Which peering a call made: nobody knew before EC2 answered, and CloudTrail wrote the answer down. */
function peeringsByRequest(trail: readonly TrailDelivery[]): ReadonlyMap<string, string> {
  return new Map(
    trail.flatMap(({ event }) => {
      const parsed = parseEvent(event);
      return parsed.kind === 'key' ? [[requestIdOf(event), parsed.key.peeringId]] : [];
    }),
  );
}

/** What reached the hub's bus from members, and its outcome. */
export function eventEntries(records: Records): readonly EventEntry[] {
  const { busDeliveries, hubBusArn, calls, name } = records;
  const callers = new Map(calls.map(({ requestId, caller }) => [requestId, caller]));
  const takenIn = intakeByEvent(records);
  return (
    busDeliveries
      .filter(({ busArn, event }) => busArn === hubBusArn && event.source === 'aws.ec2')
      .map((delivery) => ({ ...delivery, parsed: parseEvent(delivery.event) }))
      // A change of routes or subnets is about an account and region, not about one peering's story.
      .filter(({ parsed }) => parsed.kind !== 'place')
      .map(({ atMs, event, parsed }) => {
        const caller = callers.get(requestIdOf(event));
        return {
          kind: 'event',
          atMs,
          by: caller !== undefined && isAutopeer(caller, name) ? 'autopeer' : 'person',
          accountId: event.account,
          region: event.region,
          eventName: parsed.eventName,
          ...(parsed.kind === 'key' ? { peeringId: parsed.key.peeringId } : {}),
          ...(takenIn.get(event.id) ?? { intake: 'not-taken' }),
        };
      })
  );
}

type Intake = Pick<EventEntry, 'intake' | 'reason'>;

const envelopeSchema = z.object({ id: z.string() });

/** What the intake function logged about each event, by the event's id. */
function intakeByEvent({ invocations, logs, name }: Records): ReadonlyMap<string, Intake> {
  const lines = new Map(logs.map(({ requestId, entry }) => [requestId, entry]));
  const taken = new Map<string, Intake>();
  for (const { functionName, requestId, event } of invocations) {
    const id = envelopeSchema.safeParse(event).data?.id;
    const entry = lines.get(requestId);
    if (functionName !== `${name}-intake` || id === undefined) continue;
    if (entry?.code === 'intake.queued') taken.set(id, { intake: 'queued' });
    if (entry?.code === 'intake.ignored') taken.set(id, { intake: 'ignored', reason: entry.reason });
  }
  return taken;
}
