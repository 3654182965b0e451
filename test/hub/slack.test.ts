import { readHubTemplate } from '../../sim/world/packaged-template.ts';
import { faultOfBlocks } from '../../sim/slack/slack-blocks.ts';
import { aSlackRequest, aSlackWorld, messageOf, slackPolicy } from '../support/slack.ts';
import { aPair, APPS, SHARED, subjects } from '../support/world.ts';

describe('a request that waits for an approval', () => {
  it('is shown whole in Slack, with buttons', async () => {
    const { world, slack, requester, accepter, peering } = await aSlackRequest();
    const message = messageOf(slack, peering);
    const words = slack.words(message);
    for (const part of [
      `*Peering Held* \`${peering}\``,
      `Requester: ${requester.vpcId} in ${APPS}`,
      `Accepter: ${accepter.vpcId} in ${SHARED}`,
      'Requester’s CIDRs:\n• 10.1.0.0/16',
      'Accepter’s CIDRs:\n• 10.2.0.0/16',
      'Rule: apps-to-shared',
      'connects: routes to vpc-cidrs in associated tables',
      'One approval is missing.',
      `autopeer approve ${peering} --fingerprint `,
      `<https://eu-west-1.console.aws.amazon.com/vpcconsole/home?region=eu-west-1#PeeringConnectionDetails:VpcPeeringConnectionId=${peering}|Console of the requester>`,
    ]) {
      expect(words).toContain(part);
    }
    expect(words).toMatch(/EC2 lets the request expire on \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(slack.buttons(message)).toEqual(['Approve', 'Reject']);
    expect(world.slack).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  });

  it.each([
    ['whose rule names nobody of Slack', { policy: slackPolicy('{ by: ops }') }],
    ['of a hub that takes no clicks', { template: readHubTemplate() }],
  ])('has no buttons %s', async (_, options) => {
    const { slack, peering } = await aSlackRequest(options);
    const message = messageOf(slack, peering);
    expect(slack.buttons(message)).toEqual([]);
    expect(slack.words(message)).toContain(`On the command line: autopeer approve ${peering}`);
  });
});

describe('a peering has one message', () => {
  it('that goes on with it, and a thread that tells what happened', async () => {
    const { world, slack, requester, peering } = await aSlackRequest({ policy: slackPolicy('{ by: net }') });
    const message = messageOf(slack, peering);
    world.changePolicy(slackPolicy('{ by: net }').replace(/, approval: .*}\]/, ' }]'));
    await world.sweep();
    expect(slack.words(messageOf(slack, peering))).toContain('*Peering Connected*');
    expect(messageOf(slack, peering).ts).toBe(message.ts);
    expect(slack.buttons(messageOf(slack, peering))).toEqual([]);
    await world.deletePeering(requester, peering);
    await world.settle();
    expect(messageOf(slack, peering).ts).toBe(message.ts);
    const thread = slack.messages.filter(({ threadTs }) => threadTs === message.ts);
    expect(thread.map((each) => /\*(.*?)\*/.exec(slack.words(each))?.[1])).toEqual([
      'Peering Connected',
      expect.stringMatching(/^Peering (Cleaned Up|Ended)$/),
    ]);
  });

  it('that is posted anew after somebody deleted it', async () => {
    const { world, slack, peering } = await aSlackRequest();
    slack.delete(messageOf(slack, peering));
    world.changePolicy(slackPolicy('{ by: net, count: 2 }'));
    await world.sweep();
    expect(slack.words(messageOf(slack, peering))).toContain('2 approvals are missing.');
    expect(slack.buttons(messageOf(slack, peering))).toEqual(['Approve', 'Reject']);
  });
});

describe('where Slack', () => {
  it.each([
    ['asks to wait a second', { status: 429, retryAfter: 1 }],
    ['asks to wait a minute', { status: 429, retryAfter: 60 }],
    ['is ill', { status: 503 }],
    ['says that something failed', { error: 'internal_error' }],
    ['does not answer', { hangs: true as const }],
  ])('%s, it hears of it later, once, and the mail is not repeated', async (_, refusal) => {
    const { world, slack } = aSlackWorld();
    const { requester, accepter } = await aPair(world);
    slack.refusals.push(refusal);
    const peering = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(slack.shown().filter((message) => slack.words(message).includes(peering))).toHaveLength(1);
    expect(subjects(world)).toEqual(['Peering Held']);
    expect(world.deadLetters()).toEqual([]);
  });

  it('never works, people are told by mail what to do, and nothing is lost', async () => {
    const { world, slack } = aSlackWorld();
    const { requester, accepter } = await aPair(world);
    slack.refusals.push(...Array.from({ length: 30 }, () => ({ error: 'not_in_channel' })));
    await world.requestPeering(requester, accepter);
    await world.settle();
    expect(world.aws.sns.published.map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('slack-slack-refused-chat-postmessage-not-in-channel'),
    );
    expect(subjects(world)[0]).toBe('Peering Held');
  });
});

it('messages of Slack fit its limits, as the simulated Slack checks them', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'plain_text', text } });
  expect(faultOfBlocks(Array.from({ length: 50 }, () => section('x')))).toBeUndefined();
  expect(faultOfBlocks(Array.from({ length: 51 }, () => section('x')))).toBe('invalid_blocks');
  expect(faultOfBlocks([section('x'.repeat(3001))])).toBe('invalid_blocks');
});
