import type { Deadline } from '../domain/work/deadline.ts';
import { handleBatch, type BatchAnswer, type Returns } from '../reconcile/batch.ts';
import type { NotingDeps } from '../reconcile/failure-notes.ts';
import { notify, type NotifyDeps } from './notify.ts';

export interface NotifyBatchDeps extends NotifyDeps, NotingDeps {
  readonly returns: Returns;
}

/** Tells the events of a queue. One that cannot be told comes again, and keeps no other from being told. */
export function notifyBatch(event: unknown, deps: NotifyBatchDeps, deadline: Deadline): Promise<BatchAnswer> {
  const { returns, log } = deps;
  return handleBatch(event, { deadline, returns, noting: deps }, async ({ body, messageId }) => {
    try {
      await deadline.keep(() => notify(JSON.parse(body), deps));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.write({ code: 'notify.failed', messageId, reason });
      throw error;
    }
  });
}
