import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dropDeadLetters } from '../../cli/dead-letters/drop.ts';
import { listDeadLetters } from '../../cli/dead-letters/list.ts';
import { retryDeadLetters } from '../../cli/dead-letters/retry.ts';
import { showDeadLetters } from '../../cli/dead-letters/show.ts';
import { HUB_ACCOUNT, HUB_REGION } from '../../sim/world/world.ts';
import { runCli } from '../support/run-cli.ts';
import { runInSandbox } from './hub-command-support.ts';
import { aSandbox, clientConfig, type TestSandbox } from './support.ts';

const OPTIONS = { name: 'autopeer-prod', hubRegion: HUB_REGION, json: false };
const CAUSE = 'work-syntaxerror';
const MINUTE_MS = 60_000;

/** A message of the work queue that is no work, until it is a dead letter that people were told of. */
async function aDeadLetter(box: TestSandbox): Promise<void> {
  const sqs = new SQSClient(clientConfig(box.url, HUB_ACCOUNT));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: box.sandbox.running.world.hub.ref('WorkQueue'),
      MessageBody: 'no JSON',
      MessageGroupId: 'one',
      MessageDeduplicationId: 'one',
    }),
  );
  sqs.destroy();
  await box.pass(30 * MINUTE_MS);
}

it('lists, shows, sends again and drops', async () => {
  const box = await aSandbox();
  expect((await runInSandbox(box, (io, hub) => listDeadLetters(OPTIONS, io, hub))).stdout).toBe(
    'no dead letters\n',
  );
  await aDeadLetter(box);

  const listed = await runInSandbox(box, (io, hub) => listDeadLetters(OPTIONS, io, hub));
  expect(listed.stdout).toMatch(
    /^1 dead letter of 1 cause\n {2}work-syntaxerror {2}1 letter, first at 2026-\S+Z, last at 2026-\S+Z\n {4}.*JSON/,
  );

  const shown = await runInSandbox(box, (io, hub) => showDeadLetters(CAUSE, OPTIONS, io, hub));
  const [, letter = ''] = /^ {2}(\S+) {2}at 2026-\S+Z {2}message \1\n$/.exec(shown.stdout) ?? [];
  const one = { ...OPTIONS, letter };
  const body = await runInSandbox(box, (io, hub) => showDeadLetters(CAUSE, one, io, hub));
  expect(body.stdout).toMatch(/\nno JSON\n$/);

  const sent = await runInSandbox(box, (io, hub) => retryDeadLetters(CAUSE, one, io, hub));
  expect([sent.exitCode, sent.stdout]).toEqual([0, '1 letter sent again\n']);
  await box.pass(30 * MINUTE_MS);

  const dropped = await runInSandbox(box, (io, hub) => dropDeadLetters(CAUSE, OPTIONS, io, hub));
  expect([dropped.exitCode, dropped.stdout]).toEqual([0, '1 letter forgotten\n']);
  const again = await runInSandbox(box, (io, hub) => dropDeadLetters(CAUSE, OPTIONS, io, hub));
  expect(again.stdout).toContain('there is no such dead letter');
});

it('a cause of another form is refused, with words', async () => {
  const box = await aSandbox();
  const { exitCode, stderr } = await runInSandbox(box, (io, hub) =>
    retryDeadLetters('A cause', OPTIONS, io, hub),
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain('see dead-letters list');
});

it.each(['show', 'retry', 'drop'])('%s wants a cause', async (verb) => {
  const { exitCode, stderr } = await runCli(['dead-letters', verb]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cause')]);
});
