import { callerOf, slackSpeaker, type Speaker } from '../../../../shared/domain/facts/caller.ts';
import { parseSlackGroupId, parseSlackUserId } from '../../../../shared/domain/facts/slack-ids.ts';
import {
  isApproved,
  refusalOf,
  vote,
  votesLeft,
  type AskedApproval,
  type GivenApproval,
} from '../../../../shared/domain/memory/approvals.ts';
import { askedUnder as asked } from '../../../support/asked.ts';
import { APP_ACCOUNT } from '../../../support/policy-builders.ts';

const HUB = '999988887777';
const ROLE = `arn:aws:iam::${HUB}:role`;

function ofSlack(user: string, ...groups: readonly string[]): Speaker {
  const id = parseSlackUserId(user);
  if (id === undefined) throw new TypeError(user);
  return slackSpeaker(
    id,
    groups.map(parseSlackGroupId).filter((group) => group !== undefined),
  );
}

function ofAws(session: string, account = HUB): Speaker {
  const caller = callerOf(account, `arn:aws:sts::${account}:assumed-role/${session}`);
  if (caller === undefined) throw new TypeError(session);
  return caller;
}

/** How many are missing after each of these said yes. */
function leftAfter(what: AskedApproval, ...speakers: readonly Speaker[]): readonly (number | string)[] {
  let given: GivenApproval | undefined;
  return speakers.map((speaker, at) => {
    const voted = vote(what, given, speaker, { at, reason: undefined, until: undefined });
    if (voted.kind === 'may-not') return voted.why;
    if (voted.kind === 'rejected') return 'rejected';
    given = voted.given;
    expect(isApproved(given)).toBe(votesLeft(given) === 0);
    return votesLeft(given);
  });
}

const TEAM = 'approvers: { net: { slack: [U0000ANNA, U0000BERT], slackGroups: [S0000NETS] } }';
const BOTH = `approvers: { net: { iam: ["${ROLE}/AWSReservedSSO_Net_*", "${ROLE}/Ops"], slackGroups: [S0000NETS] } }`;
const ANNA = `${BOTH}\npeople: { anna: { slack: [U0000ANNA], identityCenter: [anna@example.com] } }`;
const NET_ANNA = 'AWSReservedSSO_Net_0123456789abcdef/anna@example.com';
const NET_BERT = 'AWSReservedSSO_Net_0123456789abcdef/bert@example.com';

describe('who of Slack may approve', () => {
  it.each([
    ['a user who is named', ofSlack('U0000ANNA'), 0],
    ['a member of a group that is named', ofSlack('U0000CARL', 'S0000NETS'), 0],
    ['a member of another group', ofSlack('U0000CARL', 'S0000OTHR'), expect.stringContaining('not among')],
    ['anybody else', ofSlack('U0000CARL'), expect.stringContaining('not among the approvers')],
    ['somebody of AWS', ofAws('Ops/jo'), expect.stringContaining('not among')],
  ])('%s', (_, speaker, left) => {
    expect(leftAfter(asked('{ by: net }', TEAM), speaker)).toEqual([left]);
  });

  it('nobody, where the rule asks for whoever may use the command', () => {
    const [why] = leftAfter(asked('required', ''), ofSlack('U0000ANNA', 'S0000NETS'));
    expect(why).toContain('names nobody of Slack');
  });

  it('nobody whose account asks, where the policy knows it', () => {
    const more = `${TEAM}\npeople: { anna: { slack: [U0000ANNA], iam: ["arn:aws:iam::${APP_ACCOUNT}:user/anna"] } }`;
    const { subject } = asked('{ by: net }', more);
    expect(refusalOf(subject, ofSlack('U0000ANNA'))).toContain(`account ${APP_ACCOUNT} asks`);
    expect(refusalOf(subject, ofSlack('U0000BERT'))).toBeUndefined();
  });
});

describe('of two people', () => {
  const two = '{ by: net, count: 2 }';

  it.each([
    ['two of Slack are two', TEAM, [ofSlack('U0000ANNA'), ofSlack('U0000BERT')], [1, 0]],
    ['one of Slack is one, however often', TEAM, [ofSlack('U0000ANNA'), ofSlack('U0000ANNA')], [1, 1]],
    [
      'one of Slack and one of AWS may be one and the same',
      BOTH,
      [ofSlack('U0000BERT', 'S0000NETS'), ofAws(NET_BERT)],
      [1, 1],
    ],
    [
      'and a second one of AWS makes two',
      BOTH,
      [ofSlack('U0000BERT', 'S0000NETS'), ofAws(NET_BERT), ofAws(NET_ANNA)],
      [1, 1, 0],
    ],
    [
      'one whom the policy knows in both is one',
      ANNA,
      [ofSlack('U0000ANNA', 'S0000NETS'), ofAws(NET_ANNA)],
      [1, 1],
    ],
    [
      'one whom the policy knows in both adds up with one of AWS',
      ANNA,
      [ofSlack('U0000ANNA', 'S0000NETS'), ofAws(NET_BERT)],
      [1, 0],
    ],
    ['and with one of Slack', ANNA, [ofAws(NET_ANNA), ofSlack('U0000BERT', 'S0000NETS')], [1, 0]],
  ])('%s', (_, more, speakers, left) => {
    expect(leftAfter(asked(two, more), ...speakers)).toEqual(left);
  });
});

it('what an approval covers is the same as before there was Slack, where nobody of Slack may approve', () => {
  const without = `approvers: { net: { iam: ["${ROLE}/Ops"] } }`;
  const { subject, fingerprint } = asked('{ by: net }', without);
  expect(Object.keys(subject.terms.by[0] ?? {})).toEqual(['principals', 'accounts']);
  const people = `${without}\npeople: { anna: { slack: [U0000ANNA], identityCenter: [anna] } }`;
  expect(asked('{ by: net }', people).fingerprint).toBe(fingerprint);
});
