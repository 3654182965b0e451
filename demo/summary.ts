import { PEERING_STATES } from '../shared/domain/facts/peering.ts';
import { type World, NAME } from '../sim/world/world.ts';
import type { Part, Summary } from './scene.ts';
import { isAutopeer } from './records.ts';

export function summarize(world: World, parts: readonly Part[]): Summary {
  const timeline = parts.flatMap((part) => part.timeline);
  const made = world.aws.calls.filter(({ caller }) => isAutopeer(caller, NAME));
  const inEc2 = made.filter(({ service }) => service === 'ec2');
  const reads = inEc2.filter(({ action }) => action.startsWith('Describe'));
  return {
    peerings: countBy(finalStates(parts)),
    decisions: countBy(timeline.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision] : []))),
    calls: {
      reads: reads.length,
      changes: inEc2.length - reads.length,
      other: made.length - inEc2.length,
    },
    refusedCalls: made.filter(({ errorCode }) => errorCode !== undefined).length,
    failures: timeline.filter(({ kind }) => kind === 'failure').length,
    virtualMs: parts.reduce((sum, part) => sum + duration(part), 0),
    deadLetters: deadLetters(world),
    ringing: world.hub.ringing(),
    parts: parts.length,
    differing: parts.filter(({ check }) => check.differences.length > 0).map(({ number }) => number),
  };
}

/** Whether all is as the story says, and nothing is left that a person would have to look after. */
export const isAsTold = ({ differing, deadLetters, ringing }: Summary): boolean =>
  differing.length === 0 && ringing.length === 0 && Object.values(deadLetters).every((count) => count === 0);

/** A later part may have changed an earlier one's peering: the last word counts. */
function finalStates(parts: readonly Part[]): readonly string[] {
  const byPeering = new Map(
    parts.map(({ peeringId, after }) => [peeringId, after.requester.peeringState ?? 'not-found']),
  );
  // In the order of a peering's life, which is that of the list.
  const states: readonly string[] = PEERING_STATES;
  return [...byPeering.values()].toSorted((one, other) => states.indexOf(one) - states.indexOf(other));
}

const duration = ({ startMs, timeline }: Part): number => (timeline.at(-1)?.atMs ?? startMs) - startMs;

function deadLetters(world: World): Readonly<Record<string, number>> {
  const { hub, aws } = world;
  const counts = hub
    .logicalIds('AWS::SQS::Queue')
    .filter((logicalId) => logicalId.endsWith('DeadLetters'))
    .flatMap((logicalId) => {
      const queue = aws.sqs.queue(hub.arn(logicalId));
      return queue === undefined ? [] : [[queue.settings.name, queue.peek().length] as const];
    });
  const inQueues = counts.reduce((sum, [, number]) => sum + number, 0);
  return { ...Object.fromEntries(counts), ledger: world.letters().length - inQueues };
}

const countBy = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
