import {
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteRouteCommand,
  DeleteVpcPeeringConnectionCommand,
  EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import type { Told } from '../../console/source.ts';
import { faultSchema } from '../../sandbox/fault-settings.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { loadPolicy } from '../../shared/domain/policy/language/load.ts';

/** Who does it, and where: an account's administrator. */
const place = { account: z.string().regex(/^\d{12}$/), region: z.string().min(1) };
const id = z.string().min(1).max(100);

/** What people do in a sandbox: what its accounts could do on AWS, and what only a simulation can. */
const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    ...place,
    vpc: id,
    peerVpc: id,
    peerAccount: id,
    peerRegion: id,
  }),
  z.strictObject({ kind: z.literal('delete-peering'), ...place, peering: id }),
  z.strictObject({ kind: z.literal('delete-route'), ...place, routeTable: id, destination: id }),
  z.strictObject({ kind: z.literal('create-vpc'), ...place, cidr: id, name: z.string().max(100) }),
  z.strictObject({ kind: z.literal('create-subnet'), ...place, vpc: id, cidr: id }),
  z.strictObject({ kind: z.literal('faults'), change: faultSchema }),
  z.strictObject({ kind: z.literal('clear-faults') }),
  z.strictObject({ kind: z.literal('speed'), speed: z.number().positive().max(86_400) }),
  z.strictObject({ kind: z.literal('policy'), text: z.string() }),
]);
type Action = z.infer<typeof actionSchema>;

/** Does it. What EC2 refuses is told in its words. */
export async function act(given: unknown, sandbox: Sandbox, endpoint: string): Promise<Told> {
  const action = actionSchema.safeParse(given);
  if (!action.success) return { kind: 'not-told', why: z.prettifyError(action.error) };
  try {
    return done(await doneBy(action.data, sandbox, endpoint));
  } catch (error) {
    if (!(error instanceof EC2ServiceException)) throw error;
    return { kind: 'not-told', why: `${error.name}: ${error.message}` };
  }
}

const done = (result: unknown): Told => ({ kind: 'told', json: JSON.stringify(result ?? null), notes: [] });

async function doneBy(action: Action, sandbox: Sandbox, endpoint: string): Promise<unknown> {
  switch (action.kind) {
    case 'faults':
      sandbox.running.faults.change(action.change);
      return sandbox.running.faults.settings;
    case 'clear-faults':
      sandbox.running.faults.clear();
      return sandbox.running.faults.settings;
    case 'speed':
      sandbox.changeSpeed(action.speed);
      return sandbox.health();
    case 'policy': {
      const loaded = loadPolicy(action.text);
      if (loaded.kind !== 'loaded') return { faults: loaded.faults };
      sandbox.changePolicy(action.text, loaded.policies.whole().regions);
      return { faults: [] };
    }
    case 'request':
    case 'delete-peering':
    case 'delete-route':
    case 'create-vpc':
    case 'create-subnet':
      return onEc2(action, endpoint);
  }
}

type Ec2Action = Extract<Action, { account: string }>;

async function onEc2(action: Ec2Action, endpoint: string): Promise<unknown> {
  const { account, region } = action;
  const credentials = { accessKeyId: account, secretAccessKey: 'any' };
  const ec2 = new EC2Client({ endpoint, region, credentials, maxAttempts: 3 });
  try {
    return await sendTo(ec2, action);
  } finally {
    ec2.destroy();
  }
}

async function sendTo(ec2: EC2Client, action: Ec2Action): Promise<unknown> {
  switch (action.kind) {
    case 'request': {
      const { vpc: VpcId, peerVpc: PeerVpcId, peerAccount: PeerOwnerId, peerRegion: PeerRegion } = action;
      const asked = { VpcId, PeerVpcId, PeerOwnerId, PeerRegion };
      const { VpcPeeringConnection } = await ec2.send(new CreateVpcPeeringConnectionCommand(asked));
      return { id: VpcPeeringConnection?.VpcPeeringConnectionId };
    }
    case 'delete-peering':
      await ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: action.peering }));
      return { id: action.peering };
    case 'delete-route': {
      const { routeTable: RouteTableId, destination } = action;
      const block = destination.includes(':')
        ? { DestinationIpv6CidrBlock: destination }
        : { DestinationCidrBlock: destination };
      await ec2.send(new DeleteRouteCommand({ RouteTableId, ...block }));
      return { id: RouteTableId };
    }
    case 'create-vpc': {
      const Tags = [{ Key: 'Name', Value: action.name }];
      const named = action.name === '' ? {} : { TagSpecifications: [{ ResourceType: 'vpc' as const, Tags }] };
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: action.cidr, ...named }));
      return { id: Vpc?.VpcId };
    }
    case 'create-subnet': {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({ VpcId: action.vpc, CidrBlock: action.cidr }),
      );
      return { id: Subnet?.SubnetId };
    }
  }
}
