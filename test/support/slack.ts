import { readHubTemplate } from '../../sim/world/packaged-template.ts';
import type { Click, SimulatedSlack } from '../../sim/slack/slack.ts';
import type { BuiltVpc, World, WorldOptions } from '../../sim/world/world.ts';
import { aPair, aWorld } from './world.ts';

export const ANNA = 'U0000ANNA';
export const BERT = 'U0000BERT';
export const NETS = 'S0000NETS';

export const slackPolicy = (approval: string, more = ''): string => `
version: 1
regions: [eu-west-1, us-east-1]
groups: { apps: { ous: [ou-ab12-apps0001] }, shared: { ous: [ou-ab12-shared01] } }
approvers:
  net: { slack: [${ANNA}, ${BERT}], slackGroups: [${NETS}] }
  ops: { iam: ["arn:aws:iam::999988887777:user/administrator"] }
${more}
allow: [{ name: apps-to-shared, requester: apps, accepter: shared, approval: ${approval} }]
`;

/** A world whose hub has a bot in Slack, with buttons. */
export function aSlackWorld(
  options: Partial<WorldOptions> = {},
  make = aWorld,
): { world: World; slack: SimulatedSlack } {
  const template = readHubTemplate().replace(/("SlackButtons":\s*\{[^}]*"Default":\s*)"off"/, '$1"on"');
  const world = make({ policy: slackPolicy('{ by: net }'), template, ...options });
  const slack = world.joinSlack();
  for (const user of [ANNA, BERT]) slack.present.add(user);
  return { world, slack };
}

/** A request that waits, and the message that says so. */
export async function aSlackRequest(options: Partial<WorldOptions> = {}): Promise<{
  world: World;
  slack: SimulatedSlack;
  requester: BuiltVpc;
  accepter: BuiltVpc;
  peering: string;
  state: () => Promise<string | undefined>;
}> {
  const { world, slack } = aSlackWorld(options);
  const { requester, accepter } = await aPair(world);
  const peering = await world.requestPeering(requester, accepter);
  await world.settle();
  const state = async () => (await world.peering(requester, peering))?.Status?.Code;
  return { world, slack, requester, accepter, peering, state };
}

/** The one message of the peering, that is not about anything else. */
export function messageOf(slack: SimulatedSlack, peering: string) {
  const about = slack.messages.filter(
    (message) => message.threadTs === undefined && slack.words(message).includes(peering),
  );
  expect(about).toHaveLength(1);
  const [message] = about;
  if (message === undefined) throw new TypeError('no message');
  return message;
}

/** Slack sends a request to the hub's public address; nothing comes of it until the world settles. */
export async function sendToDoor(
  world: World,
  body: string,
  headers: Readonly<Record<string, string>>,
  method = 'POST',
) {
  const { host, pathname } = new URL(world.hub.outputs['SlackActionsUrl'] ?? '');
  return world.aws.clock.drive(world.aws.answer({ method, host, path: pathname, headers, body }));
}

/** Somebody uses a button; answers the status that Slack gets. */
export async function click(world: World, slack: SimulatedSlack, what: Click): Promise<number> {
  const body = slack.clickBody(what);
  const { status } = await sendToDoor(world, body, slack.signed(body));
  return status;
}
