import type { Judge } from './judge.ts';
import type { PlannedFault, TroubleKind } from '../plan/faults.ts';
import { listAt, memberAt, textAt } from './read.ts';

/**
 * **What lies in a dead-letter queue is explained**: the log has a failure of that very peering or place, or the
 * function that had the message died; an event has the reason in its record. Nothing is there of a run in which
 * nothing went wrong and nobody forged anything.
 */
export function checkDeadLetters(judge: Judge): void {
  const { world } = judge.stage;
  const failures = JSON.stringify(
    world.aws.lambda.logs.filter(({ entry }) => /failed|malformed/.test(entry.code)),
  );
  const dead = world.aws.lambda.invocations.filter(({ result }) => result?.kind === 'failure');
  const deaths = JSON.stringify(dead.map(({ event }) => event));
  for (const { messageId, body } of world.letters()) {
    const letter: unknown = JSON.parse(body);
    if (memberAt(letter, 'responsePayload') !== undefined || memberAt(letter, 'detail') !== undefined)
      continue;
    const [peeringId, hintId] = [textAt(letter, 'peeringId'), textAt(letter, 'hintId')];
    const isExplained =
      (peeringId !== undefined && failures.includes(peeringId)) ||
      (peeringId === undefined && failures.includes('sweep.failed')) ||
      // A recheck does not read what it sends on; its log has the message's id, which the letter keeps.
      failures.includes(messageId) ||
      deaths.includes(hintId ?? peeringId ?? body) ||
      // SQS forgot the delete of a message that was handled, as often as it is delivered at most.
      judge.stage.plan.faults.some(({ kind }) => kind === 'redelivered');
    if (!isExplained) judge.report('dead-letter-unexplained', body);
  }
}

/**
 * **What failed for good is told**, by its cause; where it could not be, it lies in a queue whose alarm rings. A ledger that says
 * that it has written and has not may forget it. What was told is kept, with its letters.
 */
export function checkFailuresTold(judge: Judge): void {
  const { world } = judge.stage;
  if (judge.hasForgottenClaims) return;
  const messages = world.aws.sns.published.map(({ message }) => message);
  const causes = new Set(world.letters().flatMap(({ cause }) => cause ?? []));
  for (const message of messages) {
    const cause = /^Work Failed: .* of (.*)$/m.exec(message)?.[1];
    if (cause !== undefined && !causes.has(cause)) judge.report('letter-lost', cause);
  }
  for (const cause of causes) {
    const isTold = messages.some((message) => /^Work Failed: .* of (.*)$/m.exec(message)?.[1] === cause);
    // Who was to tell it may be a dead letter himself, for the same cause even: it has the cause in it.
    const isLetter = world.letters().some(({ body }) => body.includes(`"${cause}"`));
    // That no sweep has come for long rings too, and tells nothing of it.
    const rings = world.hub.ringing().some((name) => name.endsWith('-dead-letters'));
    if (!isTold && !isLetter && !rings) judge.report('failure-not-told', cause);
  }
}

/**
 * **What hangs takes nobody along**: where nothing but accounts' regions hang, or actions there, nothing else fails: no sweep of
 * another place, no peering without a side there; and no sweep waits for long.
 */
export function checkNeighbours(judge: Judge): void {
  const { faults } = judge.stage.plan;
  const hanging = faults.filter(isOfPlace);
  if (
    hanging.length === 0 ||
    !faults.every((fault) => isOfPlace(fault) || FAILS_NOTHING.includes(fault.kind))
  )
    return;
  for (const { functionName, startedAtMs, endedAtMs } of judge.stage.world.aws.lambda.invocations) {
    const tookMs = (endedAtMs ?? judge.now) - startedAtMs;
    if (functionName.endsWith('-sweepAccount') && tookMs > LONGEST_SWEEP_MS)
      judge.report('neighbour-failed', `a batch of sweeps took ${tookMs} ms`);
  }
  const isHanging = (accountId: string | undefined, region: string | undefined): boolean =>
    hanging.some((fault) => fault.accountId === accountId && fault.region === region);
  for (const { body } of judge.stage.world.letters()) {
    const letter: unknown = JSON.parse(body);
    const [accountId, region] = [textAt(letter, 'accountId'), textAt(letter, 'region')];
    if (accountId === undefined || isHanging(accountId, region)) continue;
    const peering = judge.peering(textAt(letter, 'peeringId') ?? '');
    const sides = peering === undefined ? [] : [peering.requester, peering.accepter];
    if (sides.some((side) => isHanging(side.ownerId, side.region))) continue;
    judge.report('neighbour-failed', body);
  }
}

/** Some seconds alone, and the 15 that an endpoint that hangs may cost. */
const LONGEST_SWEEP_MS = 20_000;

const isOfPlace = (fault: PlannedFault): fault is Extract<PlannedFault, { kind: 'hang' }> =>
  fault.kind === 'hang' && fault.accountId !== undefined;

const FAILS_NOTHING: readonly TroubleKind[] = [
  'slow-provisioning',
  'events-lost',
  'events-doubled',
  'events-disordered',
  'events-late',
  'slack-down',
  'slack-hangs',
];

/** **A message that failed is not acknowledged**: its function reports it, so that the queue delivers it again. */
export function checkAcknowledged(judge: Judge): void {
  const { logs, invocations } = judge.stage.world.aws.lambda;
  const failed = new Set(
    logs.flatMap(({ requestId, entry }) =>
      /^(reconcile|sweep|recheck|letter|notify).failed$/.test(entry.code) ? [requestId] : [],
    ),
  );
  for (const { requestId, functionName, result } of invocations) {
    if (!failed.has(requestId) || result?.kind !== 'success') continue;
    if (listAt(result.payload, 'batchItemFailures').length === 0)
      judge.report('acknowledged-a-failure', `${functionName} ${requestId}`);
  }
}
