import type {
  CancelMessageMoveTaskRequest,
  CancelMessageMoveTaskResult,
  ListMessageMoveTasksRequest,
  ListMessageMoveTasksResult,
  ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskRequest,
  StartMessageMoveTaskResult,
} from '@aws-sdk/client-sqs';

import { parseArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import { action, AwsError, type ActionTable } from '../types.ts';
import type { Queue } from './sqs-queue.ts';
import type { SimulatedSqs } from './sqs.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html: messages a second. */
const MAX_RATE = 500;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
const MAX_RESULTS = 10;
const STEP_MS = 1_000;

type Status = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  /** Where no other queue is named, each message goes back to the queue that it came from. */
  readonly destinationArn: string | undefined;
  readonly rate: number | undefined;
  readonly toMove: number;
  readonly startedAtMs: number;
  moved: number;
  status: Status;
  failureReason?: string;
}

interface MoveDeps {
  readonly sqs: SimulatedSqs;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
}

/** Message move tasks: what a dead-letter queue holds goes back, or to another queue, some messages a second. */
export function moveActions(deps: MoveDeps): ActionTable {
  const tasks: MoveTask[] = [];
  const sourceOf = (_call: unknown, { SourceArn = '' }: { SourceArn?: string | undefined }) => [SourceArn];
  return {
    StartMessageMoveTask: action<StartMessageMoveTaskRequest, StartMessageMoveTaskResult>({
      mutates: true,
      resources: sourceOf,
      run: (_call, input) => ({ TaskHandle: start(deps, tasks, input).handle }),
    }),
    CancelMessageMoveTask: action<CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult>({
      mutates: true,
      resources: (_call, { TaskHandle }) => [
        tasks.find(({ handle }) => handle === TaskHandle)?.sourceArn ?? '*',
      ],
      run: (_call, { TaskHandle }) => ({ ApproximateNumberOfMessagesMoved: cancel(tasks, TaskHandle).moved }),
    }),
    ListMessageMoveTasks: action<ListMessageMoveTasksRequest, ListMessageMoveTasksResult>({
      mutates: false,
      resources: sourceOf,
      run: (_call, { SourceArn, MaxResults = 1 }) => {
        requireQueue(deps.sqs, 'SourceArn', SourceArn);
        if (MaxResults < 1 || MaxResults > MAX_RESULTS) {
          throw invalid(`Value ${MaxResults} for parameter MaxResults is invalid.`);
        }
        const found = tasks.filter(({ sourceArn }) => sourceArn === SourceArn).slice(0, MaxResults);
        return { Results: found.map(wireTask) };
      },
    }),
  };
}

function start(
  { sqs, clock, random }: MoveDeps,
  tasks: MoveTask[],
  input: StartMessageMoveTaskRequest,
): MoveTask {
  const source = requireQueue(sqs, 'SourceArn', input.SourceArn);
  const { arn: sourceArn } = source.settings;
  const { DestinationArn, MaxNumberOfMessagesPerSecond: rate } = input;
  if (!isDeadLetterQueue(sqs, source)) {
    throw invalid('Source queue must be configured as a Dead Letter Queue.');
  }
  if (rate !== undefined && (rate < 1 || rate > MAX_RATE)) {
    throw invalid(
      `Value ${rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a value from 1 to ${MAX_RATE}.`,
    );
  }
  const destination =
    DestinationArn === undefined ? undefined : requireQueue(sqs, 'DestinationArn', DestinationArn);
  if (destination !== undefined && destination.isFifo !== source.isFifo) {
    throw invalid('The source queue and destination queue must be of the same queue type.');
  }
  if (tasks.some((task) => task.sourceArn === sourceArn && isUnderWay(task))) {
    throw invalid(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }
  const { visible, inFlight, delayed } = source.counts();
  const task: MoveTask = {
    handle: Buffer.from(JSON.stringify({ taskId: random.uuid(), sourceArn })).toString('base64'),
    sourceArn,
    destinationArn: destination?.settings.arn,
    rate,
    toMove: visible + inFlight + delayed,
    startedAtMs: clock.now(),
    moved: 0,
    status: 'RUNNING',
  };
  tasks.unshift(task);
  clock.schedule(STEP_MS, () => step(task, { sqs, clock, random }));
  return task;
}

/** A second's messages; the next step follows while some are left. */
function step(task: MoveTask, deps: MoveDeps): void {
  if (task.status === 'CANCELLING') {
    task.status = 'CANCELLED';
    return;
  }
  const { sqs, clock } = deps;
  const source = sqs.queue(task.sourceArn);
  if (source === undefined) return fail(task, 'AWS.SimpleQueueService.NonExistentQueue');
  const { moved, isStuck } = source.moveVisible(task.rate ?? MAX_RATE, (from) =>
    sqs.queue(task.destinationArn ?? from ?? ''),
  );
  task.moved += moved;
  if (isStuck) return fail(task, 'CouldNotDetermineMessageSource');
  if (source.counts().visible === 0) task.status = 'COMPLETED';
  else clock.schedule(STEP_MS, () => step(task, deps));
}

function fail(task: MoveTask, reason: string): void {
  task.status = 'FAILED';
  task.failureReason = reason;
}

/** What was moved stays where it is now. */
function cancel(tasks: readonly MoveTask[], handle: string | undefined): MoveTask {
  const task = tasks.find((each) => each.handle === handle);
  if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
  if (task.status !== 'RUNNING') throw new AwsError('UnsupportedOperation', 'Unsupported operation.');
  task.status = 'CANCELLING';
  return task;
}

const isUnderWay = ({ status }: MoveTask): boolean => status === 'RUNNING' || status === 'CANCELLING';

function isDeadLetterQueue(sqs: SimulatedSqs, { settings: { arn } }: Queue): boolean {
  const { accountId = '', region = '' } = parseArn(arn) ?? {};
  return sqs
    .queuesOf(accountId, region)
    .some(({ settings }) => settings.redrive?.deadLetterTargetArn === arn);
}

function requireQueue(sqs: SimulatedSqs, parameter: string, arn: string | undefined): Queue {
  const queue = sqs.queue(arn ?? '');
  if (queue !== undefined) return queue;
  throw new AwsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    404,
  );
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** Only a task that runs can be cancelled, and only that one shows its handle. */
function wireTask(task: MoveTask): ListMessageMoveTasksResultEntry {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.rate === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.rate }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAtMs,
  };
}
