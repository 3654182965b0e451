import { callerOf, isCallerPattern } from '../../../shared/domain/facts/caller.ts';
import { mayUse, type CommandCallers } from '../../../shared/domain/work/command.ts';
import { commandsSettings, readSettings } from '../../../shared/settings.ts';
import { accountId } from '../../support/ids.ts';

const HUB = accountId('999988887777');
const SESSION = `arn:aws:sts::${HUB}:assumed-role/NetworkAdmin/jo@example.com`;
const USER = `arn:aws:iam::${HUB}:user/people/jo`;
const STRANGER = 'arn:aws:iam::111122223333:user/jo';

const caller = (arn: string) => {
  const read = callerOf(arn.split(':')[4] ?? '', arn);
  if (read === undefined) throw new Error(`no caller: ${arn}`);
  return read;
};
const may = (arn: string, callers: CommandCallers): boolean =>
  mayUse(caller(arn), 'brake release', { callers, hubAccountId: HUB });

describe('a caller', () => {
  test('that is a role’s session is matched by its role', () => {
    expect(callerOf(HUB, SESSION)).toEqual({
      accountId: HUB,
      arn: SESSION,
      principal: `arn:aws:iam::${HUB}:role/NetworkAdmin`,
    });
  });

  test.each([USER, `arn:aws:iam::${HUB}:root`, `arn:aws:sts::${HUB}:federated-user/jo`])(
    'that is no session is matched as it is: %s',
    (arn) => {
      expect(callerOf(HUB, arn)?.principal).toBe(arn);
    },
  );

  test.each([
    ['of another account than is said', HUB, STRANGER],
    ['that is no principal', HUB, `arn:aws:lambda:eu-west-1:${HUB}:function:x`],
    ['without an ARN', HUB, ''],
    ['of no account', 'anonymous', SESSION],
  ])('%s is nobody', (_what, account, arn) => {
    expect(callerOf(account, arn)).toBeUndefined();
  });
});

describe('who may use a verb', () => {
  test.each<[string, string, CommandCallers, boolean]>([
    ['everybody of the hub’s account', SESSION, { '*': ['*'] }, true],
    ['* is nobody of another account', STRANGER, { '*': ['*'] }, false],
    ['another account’s user who is named', STRANGER, { '*': ['*', STRANGER] }, true],
    ['a verb’s own list is the only one', SESSION, { '*': ['*'], 'brake release': [USER] }, false],
    ['an empty list admits nobody', SESSION, { '*': ['*'], 'brake release': [] }, false],
    ['no list admits nobody', SESSION, {}, false],
    ['another verb’s list is none', SESSION, { 'brake show': ['*'] }, false],
    ['a role by its name', SESSION, { '*': [`arn:aws:iam::${HUB}:role/NetworkAdmin`] }, true],
    ['a role by a pattern', SESSION, { '*': [`arn:aws:iam::${HUB}:role/Network*`] }, true],
    ['not a role whose name only begins so', SESSION, { '*': [`arn:aws:iam::${HUB}:role/Network`] }, false],
    ['not a role whose name only ends so', SESSION, { '*': [`arn:aws:iam::${HUB}:role/Admin`] }, false],
    [
      'not the role of that name in another account',
      SESSION,
      { '*': [`arn:aws:iam::111122223333:role/NetworkAdmin`] },
      false,
    ],
    ['a dot is a dot', SESSION, { '*': [`arn:aws:iam::${HUB}:role/Network.dmin`] }, false],
    ['a user with his path', USER, { '*': [`arn:aws:iam::${HUB}:user/people/*`] }, true],
    ['a user is no role', USER, { '*': [`arn:aws:iam::${HUB}:role/*`] }, false],
  ])('%s', (_what, arn, callers, expected) => {
    expect(may(arn, callers)).toBe(expected);
  });
});

test.each([
  ['*', true],
  [`arn:aws:iam::${HUB}:role/AWSReservedSSO_Network_*`, true],
  [`arn:aws-us-gov:iam::${HUB}:user/jo`, true],
  [`arn:aws:iam::${HUB}:role/aws-reserved/sso.amazonaws.com/Network`, false],
  ['arn:aws:iam::*:role/NetworkAdmin', false],
  [SESSION, false],
  ['NetworkAdmin', false],
  [`arn:aws:iam::${HUB}:role/`, false],
])('%s may be listed: %s', (pattern, expected) => {
  expect(isCallerPattern(pattern)).toBe(expected);
});

describe('the setting', () => {
  const queue = 'https://sqs.eu-west-1.amazonaws.com/111122223333/queue';
  const env = {
    AWS_REGION: 'eu-west-1',
    LEDGER_TABLE: 'ledger',
    HUB_ACCOUNT_ID: HUB,
    HUB_BUS_NAME: 'autopeer',
    WORK_QUEUE_URL: queue,
    SWEEP_QUEUE_URL: queue,
    RECHECK_QUEUE_URL: queue,
    SLACK_QUEUE_URL: queue,
    MEMBER_ROLE_NAME: 'autopeer-member',
  };
  const read = (COMMAND_CALLERS: string) =>
    readSettings(commandsSettings, { ...env, COMMAND_CALLERS }).COMMAND_CALLERS;

  test('lists callers by verb', () => {
    expect(read(`{"*": ["*"], "brake release": ["${USER}"]}`)).toEqual({
      '*': ['*'],
      'brake release': [USER],
    });
  });

  test.each([
    ['not JSON', 'COMMAND_CALLERS must be JSON'],
    ['["*"]', 'COMMAND_CALLERS must be JSON'],
    ['{"brake realease": ["*"]}', 'COMMAND_CALLERS must name verbs that there are: pending, approve, reject'],
    ['{"*": ["NetworkAdmin"]}', 'COMMAND_CALLERS must list "*", ARNs of users, or ARNs of roles'],
  ])('%s is refused, without its value', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow(/realease|NetworkAdmin/);
  });
});
