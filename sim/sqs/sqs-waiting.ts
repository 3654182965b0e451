import type { VirtualClock } from '../clock.ts';
import type { Queue, QueueMessage } from './sqs-queue.ts';

/**
 * Receives at once, or as soon as a message becomes visible, or nothing after `waitSeconds` of virtual time.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
 */
export function receiveWaiting(
  clock: VirtualClock,
  queue: Queue,
  max: number,
  visibilityTimeoutSeconds: number,
  waitSeconds: number,
): Promise<QueueMessage[]> {
  const first = queue.receive(max, visibilityTimeoutSeconds);
  if (first.length > 0 || waitSeconds <= 0) return Promise.resolve(first);
  return new Promise((resolve) => {
    let done = false;
    const finish = (messages: QueueMessage[]): void => {
      done = true;
      stopListening();
      cancel();
      resolve(messages);
    };
    const cancel = clock.schedule(waitSeconds * 1000, () =>
      finish(queue.receive(max, visibilityTimeoutSeconds)),
    );
    const stopListening = queue.onMessage((visibleAt) => {
      clock.schedule(visibleAt - clock.now(), () => {
        if (done) return;
        const messages = queue.receive(max, visibilityTimeoutSeconds);
        if (messages.length > 0) finish(messages);
      });
    });
  });
}
