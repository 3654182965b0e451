import { parseDomainEvent, TITLES, type DomainEvent } from '../../../shared/domain/words/notice.ts';
import { parseHubEvent } from '../../../shared/domain/words/hub-event.ts';
import { notify, type Channel, type NotifyDeps } from '../../../shared/notices/notify.ts';
import { slackMessage } from '../../../shared/notices/slack-message.ts';
import { plainText, subjectOf } from '../../../shared/notices/text.ts';

const connected: DomainEvent = {
  detailType: 'Peering Connected',
  detail: {
    version: 1,
    peeringId: 'pcx-0123456789abcdef0',
    state: 'active',
    requester: {
      accountId: '111111111111',
      accountName: 'apps',
      region: 'eu-west-1',
      vpcId: 'vpc-11111111',
      vpcName: 'web "blue"',
      cidrs: ['10.1.0.0/16', 'fd00:1::/56'],
    },
    accepter: { accountId: '222222222222', region: 'us-east-1', vpcId: 'vpc-22222222' },
    rule: 'apps-to-shared',
    reason: { code: 'rule-allows', text: 'Rule apps-to-shared allows it.' },
    changes: ['accept the peering in 222222222222 us-east-1'],
    diff: [
      '+ accept the peering in 222222222222 us-east-1',
      '- rtb-1: route 10.9.0.0/16 (222222222222 us-east-1)',
    ],
    problems: [],
  },
};
const envelope = (event: DomainEvent) => ({
  source: 'autopeer',
  'detail-type': event.detailType,
  detail: event.detail,
});

it('a notice in plain text says what, where, why and by which rule', () => {
  expect(plainText(connected)).toBe(
    [
      'Peering Connected: pcx-0123456789abcdef0 (active)',
      `Requester: vpc-11111111 "web 'blue'" in 111111111111 "apps", eu-west-1`,
      'Requester’s CIDRs: 10.1.0.0/16, fd00:1::/56',
      'Accepter: vpc-22222222 in 222222222222, us-east-1',
      'Rule: apps-to-shared',
      'Reason: Rule apps-to-shared allows it. [rule-allows]',
      '',
      'Changes:',
      '+ accept the peering in 222222222222 us-east-1',
      '- rtb-1: route 10.9.0.0/16 (222222222222 us-east-1)',
    ].join('\n'),
  );
});

it('a notice says who answers for its rule, in quotes and without a link', () => {
  const detail = {
    ...connected.detail,
    owner: 'Data\nReason: "all is well"',
    ticket: 'https://tickets.example/1',
  };
  const text = plainText({ ...connected, detail });
  expect(text).toContain(`Rule: apps-to-shared
Owner: "Data Reason: 'all is well'"
Ticket: "https:/ /tickets .example/1"
Reason: Rule apps-to-shared allows it.`);
  expect(JSON.stringify(slackMessage({ ...connected, detail }))).toContain(
    'Ticket: \\"https:/ /tickets .example/1',
  );
  expect(parseDomainEvent(envelope({ ...connected, detail })).detail).toEqual(detail);
});

it('rules that expire are told in mail and in Slack, with nothing of an owner as markup', () => {
  const detail = {
    version: 1 as const,
    reason: { code: 'expiring', text: 'after that' },
    count: 1,
    about: ['r allows until the end of 2027-03-31 (UTC); owner "<!channel>\n*me*"'],
    problems: ['Write a later date.'],
  };
  const event = parseHubEvent({ source: 'autopeer', 'detail-type': 'Rules Expiring', detail });
  expect(subjectOf(event)).toBe('autopeer: Rules Expiring, 1 rule');
  expect(plainText(event)).toContain(
    '\n- r allows until the end of 2027-03-31 (UTC); owner "<!channel> *me*"\n',
  );
  const slack = JSON.stringify(slackMessage(event));
  expect(slack).toContain('*Rules Expiring*');
  expect(slack).not.toContain('<!channel>');
});

it('a subject fits SNS', () => {
  const long = { ...connected, detail: { ...connected.detail, peeringId: 'p'.repeat(200) } };
  expect(subjectOf(long).length).toBeLessThan(100);
});

it('another account’s text is no markup in Slack', () => {
  const hostile = {
    ...connected.detail,
    reason: { code: 'x', text: '<!channel> <https://evil|click> & more' },
  };
  const message = JSON.stringify(slackMessage({ ...connected, detail: hostile }));
  expect(message).not.toContain('<!channel>');
  expect(message).toContain('&lt;!channel&gt;');
});

it('a long list is cut, and says so', () => {
  const diff = Array.from({ length: 40 }, (_, index) => `+ change ${index}`);
  expect(JSON.stringify(slackMessage({ ...connected, detail: { ...connected.detail, diff } }))).toContain(
    'and 25 more',
  );
});

it('a domain event of another form is refused with the field’s name', () => {
  expect(() => parseDomainEvent({ ...envelope(connected), detail: { version: 1 } })).toThrow(/peeringId/);
});

it('each title has its own subject, and the detail type is the title where nothing more exact is known', () => {
  const subjects = TITLES.map((title) => subjectOf({ ...connected, detail: { ...connected.detail, title } }));
  expect(new Set(subjects).size).toBe(TITLES.length);
  expect(subjectOf(connected)).toBe('autopeer: Peering Connected, pcx-0123456789abcdef0');
});

describe('notify', () => {
  const silent: Pick<NotifyDeps, 'log' | 'metrics'> = {
    log: { write: () => {} },
    metrics: { count: () => {} },
  };
  const recording = (name: string, sent: string[]): Channel => ({
    name,
    send: async () => {
      sent.push(name);
    },
  });
  const broken: Channel = { name: 'broken', send: () => Promise.reject(new Error('no service')) };

  it('tells every channel', async () => {
    const sent: string[] = [];
    await notify(envelope(connected), {
      ...silent,
      channels: [recording('sns', sent), recording('slack', sent)],
    });
    expect(sent).toEqual(['sns', 'slack']);
  });

  it('pain 24: a channel that fails is thrown, after the others were told', async () => {
    const sent: string[] = [];
    const channels = [broken, recording('slack', sent)];
    await expect(notify(envelope(connected), { ...silent, channels })).rejects.toThrow('no service');
    expect(sent).toEqual(['slack']);
  });
});
