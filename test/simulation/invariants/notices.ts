import { parseDomainEvent, titleOf, type DomainEvent } from '../../../shared/domain/words/notice.ts';
import type { PolicyModel } from '../../../shared/domain/policy/language/model.ts';
import { HUB_ACCOUNT, NAME } from '../../../sim/world/world.ts';
import type { Call } from '../../../sim/types.ts';
import type { Judge } from './judge.ts';
import { listAt, memberAt, textAt } from './read.ts';

/** Looks at everything that autopeer is about to tell, at the moment it tells it. */
export function watchNotices(judge: Judge): void {
  judge.stage.world.aws.watch({
    before: (call, input) => {
      if (call.service !== 'events') return;
      if (call.caller.roleArn?.endsWith(`:role/${NAME}-on-dead-letter`) === true) {
        for (const subject of failuresOf(input)) judge.toldFailures.add(subject);
      }
      if (call.caller.roleArn?.endsWith(`:role/${NAME}-start-sweep`) === true) {
        for (const subject of placesOf(input)) judge.toldFailures.add(subject);
      }
      if (call.caller.roleArn?.endsWith(`:role/${NAME}-reconcile`) !== true) return;
      for (const event of eventsOf(input)) {
        judge.told.push({ atMs: judge.now, event });
        checkTruth(judge, call, event);
      }
    },
  });
}

const failuresOf = (input: unknown): readonly string[] =>
  listAt(input, 'Entries').map((entry) => {
    const detail: unknown = JSON.parse(textAt(entry, 'Detail') ?? '{}');
    const count = memberAt(detail, 'count');
    const letters = `${String(count)} dead ${count === 1 ? 'letter' : 'letters'}`;
    // SNS takes less than 100 characters of subject.
    return `autopeer: ${textAt(entry, 'DetailType')}, ${letters} of ${textAt(detail, 'cause')}`.slice(0, 99);
  });

const placesOf = (input: unknown): readonly string[] =>
  listAt(input, 'Entries').map((entry) => {
    const detail: unknown = JSON.parse(textAt(entry, 'Detail') ?? '{}');
    const count = memberAt(detail, 'count');
    const places = `${String(count)} ${count === 1 ? 'place' : 'places'}`;
    return `autopeer: ${textAt(entry, 'DetailType')}, ${places}, ${textAt(detail, 'reason', 'code')}`;
  });

const eventsOf = (input: unknown): readonly DomainEvent[] =>
  listAt(input, 'Entries').map((entry) => {
    const detail: unknown = JSON.parse(textAt(entry, 'Detail') ?? '{}');
    const [source, detailType] = [textAt(entry, 'Source'), textAt(entry, 'DetailType')];
    return parseDomainEvent({ source, 'detail-type': detailType, detail });
  });

/**
 * **A notice never claims what did not happen.** Every change that it lists was made by the invocation that tells it,
 * and the state that it tells was the peering's at some instant since that invocation began (what a read that lags
 * behind shows included).
 */
function checkTruth(judge: Judge, call: Call, { detailType, detail }: DomainEvent): void {
  const say = (text: string): void =>
    judge.report('told-what-is-not-so', `${detailType} of ${detail.peeringId}: ${text}`);
  for (const sentence of detailType === 'Peering Planned' ? [] : detail.changes) {
    const isSo = judge.ownChanges.some(
      (change) =>
        change.call.traceId === call.traceId &&
        change.sentence === sentence &&
        [detail.peeringId, ''].includes(change.peeringId),
    );
    if (!isSo && !wasTried(judge, call, sentence)) say(`it did not ${sentence}`);
  }
  // It says that nobody may look at it.
  if (detail.state === 'not-found' && ['Peering Held', 'Peering Planned'].includes(detailType)) return;
  const peering = judge.peering(detail.peeringId);
  if (peering === undefined) {
    // EC2 forgets what is over.
    const isOfTheForgotten = ['Peering Cleaned Up', 'Peering Ended'].includes(detailType);
    const wasKnown =
      (judge.forgotten.get(detail.peeringId) ?? Number.NEGATIVE_INFINITY) >= judge.window(call).fromMs;
    if (!isOfTheForgotten && !wasKnown) say('EC2 knows no such peering');
    return;
  }
  const states = judge.statesDuring(peering, judge.window(call));
  const oneOf = (...possible: readonly string[]): void => {
    if (!states.some((state) => possible.includes(state))) say(`it was ${states.join(', ')}`);
  };
  switch (detailType) {
    case 'Peering Connected':
    case 'Peering Accepted':
    case 'Peering Unsanctioned':
    case 'Peering Unapproved':
      return oneOf('active');
    case 'Peering Held':
      return oneOf('pending-acceptance', 'active');
    case 'Peering Rejected':
      return oneOf('rejected');
    case 'Peering Expiring':
      return oneOf('pending-acceptance');
    case 'Peering Cleaned Up':
    case 'Peering Ended':
      return oneOf('deleted', 'rejected', 'expired', 'failed');
    case 'Peering Failed':
      return oneOf('failed');
    case 'Peering Planned':
      return judge.candidates(peering, judge.window(call)).some(({ policy: { model } }) => mayOnlyTell(model))
        ? undefined
        : say('no policy asks for a dry run');
  }
}

/** A dry run of all, or a trial rule. */
const mayOnlyTell = ({ dryRun, allow, deny }: PolicyModel): boolean =>
  dryRun || [...allow, ...deny].some((rule) => rule.dryRun);

const ACTIONS: readonly (readonly [string, string])[] = [
  ['accept ', 'AcceptVpcPeeringConnection'],
  ['reject ', 'RejectVpcPeeringConnection'],
  ['delete ', 'DeleteVpcPeeringConnection'],
  ['route ', 'CreateRoute'],
  ['put back ', 'CreateRoute'],
  ['remove ', 'DeleteRoute'],
];

/**
 * Whether the invocation called for the change more than once. A later attempt that finds all as it should be cannot tell
 * whether an earlier one did it or somebody else meanwhile, as docs/reconcile.md says.
 */
function wasTried(judge: Judge, { traceId }: Call, sentence: string): boolean {
  const action = ACTIONS.find(([start]) => sentence.startsWith(start))?.[1];
  const attempts = judge.stage.world.aws.calls.filter(
    (call) => call.traceId === traceId && call.action === action && call.errorCode !== undefined,
  );
  return attempts.length > 1;
}

/**
 * At the end: what reached people is what autopeer told, and nobody else: somebody in a member account may put events
 * on the hub's bus that look like autopeer's own.
 */
export function checkPublished(judge: Judge): void {
  const told = new Set(
    judge.told.map(({ event }) => `autopeer: ${titleOf(event)}, ${event.detail.peeringId}`),
  );
  for (const { subject, topicArn } of judge.stage.world.aws.sns.published) {
    const isTold = told.has(subject ?? '') || judge.toldFailures.has(subject ?? '');
    if (!topicArn.includes(HUB_ACCOUNT) || !isTold)
      judge.report('told-what-is-not-so', `nobody said: ${subject}`);
  }
}
