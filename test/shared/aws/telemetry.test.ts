import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { PowertoolsCounters, PowertoolsLog } from '../../../shared/aws/telemetry.ts';

/** What Powertools writes to the process's output while `act` runs, parsed. */
function linesOf(act: () => void): readonly Record<string, unknown>[] {
  const written: string[] = [];
  const take = (chunk: string | Uint8Array): boolean => {
    written.push(String(chunk));
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(take),
    jest.spyOn(process.stderr, 'write').mockImplementation(take),
  ];
  try {
    act();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const lines = written.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return lines.map((line) => {
    const parsed: Record<string, unknown> = JSON.parse(line);
    return parsed;
  });
}

it('a log line carries its code, its level and its fields', () => {
  const [line] = linesOf(() => {
    const log = new PowertoolsLog(new Logger({ serviceName: 'autopeer' }));
    log.write({ code: 'reconcile.failed', peeringId: 'pcx-11111111', error: 'AwsFailure', reason: 'denied' });
  });
  expect(line).toMatchObject({ level: 'ERROR', message: 'reconcile.failed', peeringId: 'pcx-11111111' });
});

it('waiting and holding are no errors', () => {
  const [line] = linesOf(() => {
    const log = new PowertoolsLog(new Logger({ serviceName: 'autopeer' }));
    log.write({
      code: 'reconcile.outcome',
      peeringId: 'pcx-11111111',
      outcome: 'held',
      reason: 'x',
      steps: 0,
      dryRun: false,
    });
  });
  expect(line).toMatchObject({ level: 'INFO' });
});

it('a count is one line in CloudWatch’s embedded metric format', () => {
  const [line] = linesOf(() => {
    const counters = new PowertoolsCounters(new Metrics({ namespace: 'autopeer', serviceName: 'autopeer' }));
    counters.count('IntakeIgnored', { reason: 'failed-call' });
  });
  expect(line).toMatchObject({ IntakeIgnored: 1, reason: 'failed-call', _aws: expect.anything() });
});
