import { DisassociateVpcCidrBlockCommand, AssociateVpcCidrBlockCommand } from '@aws-sdk/client-ec2';
import { HUB_ACCOUNT, type World } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import {
  ANNA,
  aSlackRequest,
  aSlackWorld,
  BERT,
  click,
  messageOf,
  NETS,
  sendToDoor as send,
  slackPolicy,
} from '../support/slack.ts';
import { aPair, expectConnected } from '../support/world.ts';

const CARL = 'U0000CARL';

const approvals = async (world: World, peering: string): Promise<unknown> =>
  (await sendTo(world, HUB_ACCOUNT, { body: { verb: 'approvals', input: { peering } } })).read();

const command = async (world: World, verb: string, input: object): Promise<unknown> =>
  (await sendTo(world, HUB_ACCOUNT, { body: { verb, input } })).read();

describe('a click on Approve', () => {
  it('of somebody who may connects the peering, and the message shows it', async () => {
    const { world, slack, requester, accepter, peering } = await aSlackRequest();
    expect(
      await click(world, slack, { user: ANNA, button: 'Approve', message: messageOf(slack, peering) }),
    ).toBe(200);
    await world.settle();
    await expectConnected(world, requester, accepter, peering);
    expect(slack.words(messageOf(slack, peering))).toContain('*Peering Connected*');
    expect(slack.buttons(messageOf(slack, peering))).toEqual([]);
    expect(world.aws.sns.published.at(-1)?.message).toContain(`slack:${ANNA} approved it`);
    expect(slack.whispers).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  });

  it('of somebody who may not does nothing, and only he hears why', async () => {
    const { world, slack, peering, state } = await aSlackRequest();
    slack.present.add(CARL);
    slack.groups.set(NETS, [BERT]);
    await click(world, slack, { user: CARL, button: 'Approve', message: messageOf(slack, peering) });
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect(slack.whispers).toEqual([
      expect.objectContaining({ user: CARL, text: expect.stringContaining('not among the approvers') }),
    ]);
    expect(slack.buttons(messageOf(slack, peering))).toEqual(['Approve', 'Reject']);
  });

  it('of a member of a user group counts, as the group is at that moment', async () => {
    const { world, slack, peering, state } = await aSlackRequest();
    slack.groups.set(NETS, [CARL]);
    await click(world, slack, { user: CARL, button: 'Approve', message: messageOf(slack, peering) });
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('twice is once, and two people are two', async () => {
    const { world, slack, peering, state } = await aSlackRequest({
      policy: slackPolicy('{ by: net, count: 2 }'),
    });
    const message = messageOf(slack, peering);
    await click(world, slack, { user: ANNA, button: 'Approve', message });
    await click(world, slack, { user: ANNA, button: 'Approve', message });
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    const words = slack.words(messageOf(slack, peering));
    expect(words).toContain('One approval is missing.');
    expect(words.split(`Approved by <@${ANNA}>`)).toHaveLength(2);
    await click(world, slack, { user: BERT, button: 'Approve', message: messageOf(slack, peering) });
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('of what is not there any more says what has changed, and the message shows the new', async () => {
    const { world, slack } = aSlackWorld();
    const { requester, accepter } = await aPair(world);
    const ec2 = world.ec2(requester.accountId, requester.region);
    const added = await world.aws.clock.drive(
      ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: requester.vpcId, CidrBlock: '10.50.0.0/16' })),
    );
    await world.settle();
    const peering = await world.requestPeering(requester, accepter);
    await world.settle();
    const message = { ...messageOf(slack, peering) };
    // Slack is away while the hub sees the change: the old buttons stay.
    slack.refusals.push(...Array.from({ length: 3 }, () => ({ status: 503 })));
    const AssociationId = added.CidrBlockAssociation?.AssociationId;
    await world.aws.clock.drive(ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId })));
    world.startSweep();
    await world.aws.clock.run(world.aws.clock.now() + 170_000);
    slack.refusals.length = 0;
    await click(world, slack, { user: ANNA, button: 'Approve', message });
    await world.settle();
    expect((await world.peering(requester, peering))?.Status?.Code).toBe('pending-acceptance');
    expect(slack.whispers[0]?.text).toContain("the requester's CIDR 10.50.0.0/16 is gone");
    expect(slack.words(messageOf(slack, peering))).not.toContain('10.50.0.0/16');
    await click(world, slack, { user: ANNA, button: 'Approve', message: messageOf(slack, peering) });
    await world.settle();
    expect((await world.peering(requester, peering))?.Status?.Code).toBe('active');
  });

  it('that comes a second time undoes no revoke that was made after it', async () => {
    const { world, slack, peering } = await aSlackRequest();
    const body = slack.clickBody({ user: ANNA, button: 'Approve', message: messageOf(slack, peering) });
    const headers = slack.signed(body);
    world.changePolicy(`${slackPolicy('{ by: [net, ops] }')}guardrails: { unapproved: quarantine }\n`);
    await world.sweep();
    const again = slack.clickBody({ user: ANNA, button: 'Approve', message: messageOf(slack, peering) });
    await send(world, again, headers);
    const fresh = slack.signed(again);
    expect((await send(world, again, fresh)).status).toBe(200);
    await world.aws.clock.run(world.aws.clock.now() + 30_000);
    expect(await command(world, 'revoke', { peering })).toMatchObject({ result: { done: true } });
    expect((await send(world, again, fresh)).status).toBe(200);
    await world.settle();
    expect(JSON.stringify(await approvals(world, peering))).toContain('"revoked":{');
    expect(slack.whispers.at(-1)?.text).toContain('took the approval back after that');
  });
});

describe('a click on Reject', () => {
  it('rejects, and whoever approves later hears who did', async () => {
    const { world, slack, peering, state } = await aSlackRequest();
    const message = { ...messageOf(slack, peering) };
    await click(world, slack, { user: ANNA, button: 'Reject', message });
    await click(world, slack, { user: BERT, button: 'Approve', message });
    await world.settle();
    expect(await state()).toBe('rejected');
    expect(slack.whispers).toEqual([
      expect.objectContaining({ user: BERT, text: expect.stringContaining(`slack:${ANNA} rejected it`) }),
    ]);
  });
});

it('a Slack that is ill right after the click costs no answer', async () => {
  const { world, slack, peering, state } = await aSlackRequest();
  slack.refusals.push({ status: 503 }, { error: 'internal_error' });
  await click(world, slack, { user: ANNA, button: 'Approve', message: messageOf(slack, peering) });
  await world.settle();
  expect(await state()).toBe('active');
  expect(slack.words(messageOf(slack, peering))).toContain('*Peering Connected*');
  expect(world.deadLetters()).toEqual([]);
});

describe('what is not from Slack changes nothing', () => {
  it('and is told nothing', async () => {
    const { world, slack, peering, state } = await aSlackRequest();
    const body = slack.clickBody({ user: ANNA, button: 'Approve', message: messageOf(slack, peering) });
    const signed = slack.signed(body);
    const late = slack.signed(body, world.aws.clock.now() - 301_000);
    const answers = [
      await send(world, body, { 'content-type': 'application/x-www-form-urlencoded' }),
      await send(world, `${body}&x=1`, signed),
      await send(world, body, late),
      await send(world, body, { ...signed, 'x-slack-signature': `v0=${'0'.repeat(64)}` }),
      await send(world, '', signed, 'GET'),
      await send(world, 'x'.repeat(3 * 1024 * 1024), signed),
    ];
    expect(answers.map(({ status, body: text }) => [status, text])).toEqual(
      [401, 401, 401, 401, 405, 413].map((status) => [status, '']),
    );
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect(slack.whispers).toEqual([]);
  });

  it('and a hub without buttons has no address at all', async () => {
    const { readHubTemplate } = await import('../../sim/world/packaged-template.ts');
    const { world } = await aSlackRequest({ template: readHubTemplate() });
    expect(world.hub.outputs['SlackActionsUrl']).toBeUndefined();
  });
});
