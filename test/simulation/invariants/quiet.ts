import { HUB_ACCOUNT } from '../../../sim/world/world.ts';
import type { RecordedCall } from '../../../sim/aws.ts';
import { isRead, type Judge } from './judge.ts';
import { memberAt, listAt, textAt } from './read.ts';

const HOUR_MS = 3_600_000;

/**
 * **Nothing to do does nothing, for ever**: once all is as it can be, the sweeps of the next hours write nothing into the
 * ledger, tell nobody, change nothing in EC2 and leave no dead letter, whatever stays broken. Of three sweeps the first may
 * still finish something. What is refused is tried again once a day, so that one of the other two may come upon it: what
 * both of them do again grows by the hour.
 *
 * Left out is the chart of the organization, one item that each sweep writes anew.
 */
export async function checkQuiet(judge: Judge): Promise<void> {
  await doneBySweep(judge);
  const second = await doneBySweep(judge);
  const third = await doneBySweep(judge);
  for (const what of third) {
    if (second.has(what)) judge.report('grows-by-the-hour', what);
  }
}

/** What a sweep and all that comes of it did, a line for each thing that it did it to. */
async function doneBySweep(judge: Judge): Promise<ReadonlySet<string>> {
  const { aws, hub } = judge.stage.world;
  const letters = judge.stage.world.letters().length;
  await aws.clock.run(aws.clock.now() + HOUR_MS);
  const [calls, published] = [aws.calls.length, aws.sns.published.length];
  hub.fireSchedules();
  await aws.clock.run();
  return new Set([
    ...aws.calls.slice(calls).flatMap(traceLeft),
    ...aws.sns.published.slice(published).map(({ subject }) => `told: ${subject}`),
    ...(judge.stage.world.letters().length > letters ? ['a dead letter'] : []),
  ]);
}

/** What stays of a call of autopeer's, also of one that is refused each time. */
function traceLeft(call: RecordedCall): readonly string[] {
  const { service, action, input, traceId } = call;
  if (traceId === undefined) return [];
  if (service === 'ec2' && !isRead(call)) return [`${action} ${JSON.stringify(input)}`];
  if (service !== 'dynamodb' || call.caller.accountId !== HUB_ACCOUNT || !WRITES.includes(action)) return [];
  const keys = [memberAt(input, 'Key'), memberAt(input, 'Item'), ...inBatch(input)];
  const written = keys.flatMap((key) => textAt(key, 'pk', 'S') ?? []);
  return written.filter((key) => key !== CHART).map((key) => `written: ${key}`);
}

const CHART = 'organization';

const WRITES: readonly string[] = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
];

const inBatch = (input: unknown): readonly unknown[] => [
  ...Object.keys(memberAt(input, 'RequestItems') ?? {})
    .flatMap((table) => listAt(input, 'RequestItems', table))
    .flatMap((request) => [
      memberAt(request, 'PutRequest', 'Item'),
      memberAt(request, 'DeleteRequest', 'Key'),
    ]),
  ...listAt(input, 'TransactItems').flatMap((each) => [
    memberAt(each, 'Put', 'Item'),
    memberAt(each, 'Update', 'Key'),
    memberAt(each, 'Delete', 'Key'),
  ]),
];
