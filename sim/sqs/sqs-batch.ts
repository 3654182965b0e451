import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';

import { AwsError } from '../types.ts';

const BATCH_LIMIT = 10;

/**
 * Runs an action on each entry of a batch; an entry that fails does not fail the others.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
 */
export function batch<Entry extends { Id: string | undefined }, Result>(
  entries: readonly Entry[] | undefined,
  run: (entry: Entry) => Result,
): { Successful: (Result & { Id: string })[]; Failed: BatchResultErrorEntry[] } {
  const ids = (entries ?? []).map((entry) => entry.Id ?? '');
  assertBatch(ids);
  const result: { Successful: (Result & { Id: string })[]; Failed: BatchResultErrorEntry[] } = {
    Successful: [],
    Failed: [],
  };
  for (const [index, entry] of (entries ?? []).entries()) {
    const id = ids[index] ?? '';
    try {
      result.Successful.push({ ...run(entry), Id: id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      result.Failed.push({
        Id: id,
        Code: error.code,
        Message: error.message,
        SenderFault: error.httpStatus < 500,
      });
    }
  }
  return result;
}

function assertBatch(ids: readonly string[]): void {
  if (ids.length === 0) {
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (ids.length > BATCH_LIMIT) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${BATCH_LIMIT}. You have sent ${ids.length}.`,
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    throw new AwsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
}
