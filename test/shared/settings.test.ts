import {
  BadSettings,
  intakeSettings,
  notifySettings,
  readSettings,
  reconcileSettings,
} from '../../shared/settings.ts';

const RECONCILE = {
  AWS_REGION: 'eu-west-1',
  HUB_BUS_NAME: 'autopeer-prod',
  LEDGER_TABLE: 'autopeer-prod-ledger',
  WORK_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/autopeer-prod-work.fifo',
  RECHECK_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/autopeer-prod-recheck',
  SWEEP_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/autopeer-prod-sweep.fifo',
  MEMBER_ROLE_NAME: 'autopeer-prod-member',
  POLICY_FILE: 'policy.yaml',
  MAX_DELIVERIES: '5',
};

it('reads what a function needs', () => {
  expect(readSettings(reconcileSettings, RECONCILE)).toEqual({ ...RECONCILE, MAX_DELIVERIES: 5 });
});

it('names every fault at once', () => {
  const read = (): unknown => readSettings(notifySettings, { AWS_REGION: 'nowhere' });
  expect(read).toThrow(BadSettings);
  expect(read).toThrow('AWS_REGION must be a region; NOTICE_TOPIC_ARN is not set');
});

describe('pain 25: the configuration reader logs the environment', () => {
  const env = { AWS_REGION: 'nowhere', AWS_SESSION_TOKEN: 'secret-token', WORK_QUEUE_URL: 'secret-queue' };

  it('never a value, neither of what it asked for nor of what it did not', () => {
    try {
      readSettings(intakeSettings, env);
      throw new Error('it took a bad environment');
    } catch (error) {
      expect(String(error)).toContain('WORK_QUEUE_URL');
      expect(String(error)).not.toMatch(/secret|nowhere/);
    }
  });

  it('keeps nothing that it was not asked for', () => {
    const settings = readSettings(reconcileSettings, { ...RECONCILE, AWS_SESSION_TOKEN: 'secret-token' });
    expect(JSON.stringify(settings)).not.toContain('secret-token');
  });
});
