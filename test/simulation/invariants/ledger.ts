import type { Call } from '../../../sim/types.ts';
import type { Judge } from './judge.ts';
import { listAt, memberAt, textAt } from './read.ts';

/** Writes down what the ledger is told of what was done. */
export function watchLedger(judge: Judge): void {
  judge.stage.world.aws.watch({
    after: (call, input) => {
      if (call.service !== 'dynamodb') return;
      for (const item of putItems(call.action, input)) {
        if (textAt(item, 'sk', 'S')?.startsWith('history#') !== true) continue;
        const entry: unknown = JSON.parse(textAt(item, 'entry', 'S') ?? '{}');
        judge.history.push({
          peeringId: textAt(item, 'pk', 'S')?.replace('peering#', '') ?? '',
          at: Number(memberAt(entry, 'at')),
          changes: [...listAt(entry, 'planned'), ...listAt(entry, 'changes')].map(String),
          policyVersion: textAt(entry, 'policyVersion') ?? '',
        });
      }
    },
  });
}

/** The items that a call puts, one or in a batch. */
function putItems(action: string, input: unknown): readonly unknown[] {
  if (action === 'PutItem') return [memberAt(input, 'Item')];
  if (action !== 'BatchWriteItem') return [];
  const tables = Object.keys(memberAt(input, 'RequestItems') ?? {});
  return tables
    .flatMap((table) => listAt(input, 'RequestItems', table))
    .map((request) => memberAt(request, 'PutRequest', 'Item'));
}

/** What is planned is written before it is done, by an invocation that may take so long. */
const LONGEST_RUN_MS = 120_000;

/** A call that was on its way when its function died may take effect so long after. */
const LONGEST_CALL_MS = 200_000;

/** How far a function's clock may be ahead or behind. */
const MOST_SKEW_MS = 60_000;

/**
 * **Each change is traceable to a decision in the ledger**: the history of its peering has an entry, not from before the
 * run that made the change, that names it as planned or done, with the policy under which it was made. What is planned
 * is written before it is done, so that a function may die at any moment. Only an accept does not wait for that entry:
 * one whose function died or failed beside it may be without one. So may all of a ledger that says that it has written
 * and has not.
 */
export function checkHistory(judge: Judge): void {
  if (judge.hasForgottenClaims) return;
  const { invocations } = judge.stage.world.aws.lambda;
  const hasDied = new Set(
    invocations
      .filter(
        ({ result }) =>
          result === undefined || (result.kind === 'failure' && /Timedout|ExitError/.test(result.errorType)),
      )
      .map(({ requestId }) => requestId),
  );
  const versions = new Set(judge.policies.during(0, judge.now).map(({ value }) => String(value.version)));
  for (const { atMs, call, peeringId, sentence } of judge.ownChanges) {
    if (sentence.startsWith('tag ')) continue;
    const isUnwaited = call.action === 'AcceptVpcPeeringConnection';
    if (isUnwaited && (hasDied.has(call.traceId ?? '') || isExcused(judge, call, peeringId))) continue;
    const entry = judge.history.find(
      ({ peeringId: of, at, changes }) =>
        (of === peeringId || peeringId === '') &&
        at >= atMs - MOST_SKEW_MS - LONGEST_RUN_MS - LONGEST_CALL_MS &&
        changes.includes(sentence),
    );
    if (entry === undefined) judge.report('not-in-the-ledger', `${peeringId}: ${sentence}`);
    else if (!versions.has(entry.policyVersion))
      judge.report('not-in-the-ledger', `${peeringId}: by no known policy`);
  }
}

/** Whether the invocation that made the call failed at the peering for want of an answer, or of the ledger. */
const isExcused = (judge: Judge, call: Call, peeringId: string): boolean =>
  judge.stage.world.aws.lambda.logs.some(
    ({ requestId, entry }) =>
      requestId === call.traceId &&
      entry.code === 'reconcile.failed' &&
      entry.peeringId === peeringId &&
      (judge.unanswered.has(call.requestId) || entry.reason.includes('the ledger')),
  );
