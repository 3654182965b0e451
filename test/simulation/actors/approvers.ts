import * as z from 'zod';
import { HUB_REGION } from '../../../sim/world/world.ts';
import type { Deed, Person, Step } from '../plan/steps.ts';
import type { Shown, Stage } from '../stage.ts';

type About<Kind extends Deed['kind']> = Extract<Step, { kind: Kind }>;

const side = z.object({ cidrs: z.union([z.array(z.string()), z.literal('unknown')]) });
const pendingSchema = z.object({
  result: z.object({
    waiting: z.array(
      z.object({ peering: z.string(), fingerprint: z.string(), requester: side, accepter: side }),
    ),
  }),
});
const answeredSchema = z.object({ result: z.object({ done: z.boolean() }) });

/** People who look at what waits for them, and answer, as the command line does it for them. */
export async function answerAsPerson(
  step: About<'look-at-pending' | 'answer'>,
  stage: Stage,
): Promise<boolean> {
  if (step.kind === 'look-at-pending') return look(step.who, stage);
  const { who, verb } = step;
  const peering = stage.peerings.get(step.peering)?.id;
  const shown = peering === undefined ? undefined : stage.seen.get(who)?.get(peering);
  if (peering === undefined || (shown === undefined && verb !== 'revoke')) return false;
  const input = verb === 'revoke' ? { peering } : { peering, fingerprint: shown?.fingerprint };
  const sentAtMs = stage.world.aws.clock.now();
  // Whether it counts nobody knows until the answer comes, and not even then if it gets lost.
  stage.judge?.approvals.send({ who, verb, peering, shown, sentAtMs });
  const text = await send(stage, who, verb, input);
  const answered = text === undefined ? undefined : answeredSchema.parse(JSON.parse(text));
  if (answered?.result.done !== true) return false;
  stage.judge?.approvals.note({ who, verb, peering, shown, sentAtMs });
  return true;
}

async function look(who: Person, stage: Stage): Promise<boolean> {
  const text = await send(stage, who, 'pending', {});
  if (text === undefined) return false;
  const { result } = pendingSchema.parse(JSON.parse(text));
  const cidrsOf = ({ cidrs }: z.infer<typeof side>): readonly string[] => (cidrs === 'unknown' ? [] : cidrs);
  const seen = result.waiting.map(({ peering, fingerprint, requester, accepter }): [string, Shown] => [
    peering,
    { fingerprint, requester: cidrsOf(requester), accepter: cidrsOf(accepter) },
  ]);
  stage.seen.set(who, new Map(seen));
  return seen.length > 0;
}

/** @returns nothing where the hub could not answer; a fault may be at work */
async function send(stage: Stage, who: Person, verb: string, input: object): Promise<string | undefined> {
  const { aws, hub } = stage.world;
  const { host, pathname } = new URL(hub.outputs['CommandsUrl'] ?? '');
  const credential = `${stage.keys.get(who)}/20260101/${HUB_REGION}/lambda/aws4_request`;
  const answer = await aws.answer({
    method: 'POST',
    host,
    path: pathname,
    headers: {
      'user-agent': 'simulation',
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ verb, input }),
  });
  return answer.status === 200 ? answer.body : undefined;
}
