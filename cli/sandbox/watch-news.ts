import * as z from 'zod';

/** One thing that people want to know. */
export interface News {
  /** Virtual, as ISO 8601 has it. */
  readonly at: string;
  readonly kind: 'request' | 'decision' | 'notice' | 'failure' | 'sandbox';
  readonly text: string;
  readonly peeringId?: string | undefined;
}

const input = z.object({
  VpcId: z.string().optional(),
  PeerVpcId: z.string().optional(),
  PeerOwnerId: z.string().optional(),
  PeerRegion: z.string().optional(),
  VpcPeeringConnectionId: z.string().optional(),
});
const call = z.object({
  at: z.string(),
  service: z.string(),
  action: z.string(),
  accountId: z.string(),
  region: z.string(),
  caller: z.string(),
  errorCode: z.string().optional(),
  input: input.catch({}),
});
const log = z.object({
  at: z.string(),
  entry: z.object({
    code: z.literal('reconcile.outcome'),
    peeringId: z.string(),
    outcome: z.string(),
    reason: z.string(),
    steps: z.number(),
  }),
});
const notice = z.object({ at: z.string(), channel: z.literal('sns'), subject: z.string() });
const failure = z.object({
  at: z.string(),
  functionName: z.string(),
  outcome: z.literal('failure'),
  reason: z.string().optional(),
});
const reset = z.object({ at: z.string(), world: z.string() });
const policy = z.object({ at: z.string(), regions: z.array(z.string()) });

/** What an event of the sandbox's feed is to people; nothing where they would not ask for it. */
export function newsOf(kind: string, data: unknown): readonly News[] {
  switch (kind) {
    case 'call':
      return asked(call.safeParse(data).data);
    case 'log':
      return decided(log.safeParse(data).data);
    case 'notice': {
      const told = notice.safeParse(data).data;
      return told === undefined ? [] : [{ at: told.at, kind: 'notice', text: told.subject }];
    }
    case 'invocation': {
      const failed = failure.safeParse(data).data;
      const text = `${failed?.functionName}: ${failed?.reason ?? 'it died'}`;
      return failed === undefined ? [] : [{ at: failed.at, kind: 'failure', text }];
    }
    case 'reset': {
      const emptied = reset.safeParse(data).data;
      const text = `it was emptied; the world is ${emptied?.world}`;
      return emptied === undefined ? [] : [{ at: emptied.at, kind: 'sandbox', text }];
    }
    case 'policy': {
      const changed = policy.safeParse(data).data;
      const text = `another policy governs ${changed?.regions.join(', ')}`;
      return changed === undefined ? [] : [{ at: changed.at, kind: 'sandbox', text }];
    }
    default:
      return [];
  }
}

/** autopeer's own roles and functions: what they do is a decision. */
const OWN_CALLER = /:(assumed-)?role\/autopeer-/;
const PEOPLE_ASK: Readonly<Record<string, string>> = {
  AcceptVpcPeeringConnection: 'accept',
  RejectVpcPeeringConnection: 'reject',
  DeleteVpcPeeringConnection: 'delete',
};

function asked(made: z.infer<typeof call> | undefined): readonly News[] {
  if (made === undefined || made.service !== 'ec2' || OWN_CALLER.test(made.caller)) return [];
  const { at, accountId, region, errorCode, input: of } = made;
  const end = errorCode === undefined ? '' : `, and EC2 refuses: ${errorCode}`;
  const who = `${accountId} ${region}`;
  if (made.action === 'CreateVpcPeeringConnection') {
    const peer = `${of.PeerVpcId ?? '?'} of ${of.PeerOwnerId ?? accountId} ${of.PeerRegion ?? region}`;
    return [{ at, kind: 'request', text: `${who} asks to peer ${of.VpcId ?? '?'} with ${peer}${end}` }];
  }
  const verb = PEOPLE_ASK[made.action];
  const peeringId = of.VpcPeeringConnectionId;
  if (verb === undefined) return [];
  return [{ at, kind: 'request', text: `${who} asks to ${verb} ${peeringId ?? '?'}${end}`, peeringId }];
}

function decided(line: z.infer<typeof log> | undefined): readonly News[] {
  if (line === undefined) return [];
  const { peeringId, outcome, reason, steps } = line.entry;
  const done = steps === 0 ? '' : `, ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return [{ at: line.at, kind: 'decision', text: `${peeringId} ${outcome}: ${reason}${done}`, peeringId }];
}
