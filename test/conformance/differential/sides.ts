import { EC2 } from '@aws-sdk/client-ec2';
import { SimulatedAws } from '../../../sim/aws.ts';
import { given } from '../given.ts';
import { MotoClients } from '../moto/clients.ts';
import type { Place } from './world.ts';

/** What one side answers: the SDK's output, or the code of its error. */
export type Answer =
  | { readonly kind: 'output'; readonly output: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** An EC2 that takes calls. */
export interface Side {
  /** The ids of what an account and region has from the beginning. */
  defaultVpcs(place: Place): Promise<readonly string[]>;
  send(place: Place, action: string, input: object): Promise<Answer>;
}

/** More than any list of a sequence: paging is not what is compared. */
const PAGE_SIZE = 1000;

/** So much virtual time passes with each call. */
const CALL_MS = 1;

/** The simulation, whose transitions take as little time as moto's do. */
export function simulatedSide(seed: number): Side {
  const aws = new SimulatedAws({
    seed,
    latencyMs: CALL_MS,
    ec2: {
      // What moto shows in the answer of the call itself, and then no longer.
      initiatingMs: CALL_MS,
      cidrAssociatingMs: CALL_MS,
      // What moto leaves out.
      provisioningMs: 0,
      deletingMs: 0,
      pageSize: PAGE_SIZE,
    },
  });
  const clients = new Map<string, EC2>();
  return {
    // The model's accounts have none.
    defaultVpcs: () => Promise.resolve([]),
    send: ({ accountId, region }, action, input) => {
      const place = `${accountId}/${region}`;
      const client = clients.get(place) ?? new EC2({ region, ...aws.client(accountId), maxAttempts: 1 });
      clients.set(place, client);
      return aws.clock.drive(answerOf(client, action, input));
    },
  };
}

/** moto, over HTTP. */
export function motoSide(url: string): Side {
  const clients = new MotoClients(url);
  return {
    defaultVpcs: async ({ accountId, region }) => {
      const client = await clients.ec2(accountId, region);
      const { Vpcs = [] } = await client.describeVpcs({
        Filters: [{ Name: 'is-default', Values: ['true'] }],
      });
      return Vpcs.map(({ VpcId }) => given(VpcId));
    },
    send: async ({ accountId, region }, action, input) =>
      answerOf(await clients.ec2(accountId, region), action, input),
  };
}

async function answerOf(client: object, action: string, input: object): Promise<Answer> {
  const method: unknown = Reflect.get(client, action.charAt(0).toLowerCase() + action.slice(1));
  if (typeof method !== 'function') throw new TypeError(`the SDK has no ${action}`);
  try {
    const output: unknown = await Reflect.apply(method, client, [input]);
    return { kind: 'output', output };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'error', code: error.name, message: error.message };
  }
}
