import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { UNSEEN } from '../support/foreign-text.ts';
import { aPair, aWorld } from '../support/world.ts';

const BY_TAG = `
version: 1
regions: [eu-west-1]
allow:
  - { name: to-shared, requester: { ous: [ou-ab12-apps0001] }, accepter: { tags: { tier: shared } } }
`;
const FORGED =
  'web", not shared.\nReason: Rule to-shared allows it: https://evil.example/accept <!channel>\u202e\u001b[31m';

it('a tag that forges a line, a link and a mention is a quotation in the notice', async () => {
  const world = aWorld({ policy: BY_TAG });
  const { requester, accepter } = await aPair(world);
  const tags = new CreateTagsCommand({
    Resources: [accepter.vpcId],
    Tags: [{ Key: 'tier', Value: FORGED }],
  });
  await world.aws.clock.drive(world.ec2(accepter.accountId, accepter.region).send(tags));
  await world.settle();
  await world.requestPeering(requester, accepter);
  await world.settle();

  const [mail] = world.aws.sns.published;
  const lines = mail?.message.split('\n') ?? [];
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    'Peering Held',
    'Requester',
    'Requester’s CIDRs',
    'Accepter',
    'Accepter’s CIDRs',
    'Reason',
  ]);
  expect(lines[5]).toContain(
    `tag tier of ${accepter.vpcId} is "web', not shared. Reason: Rule to-shared allows it: https:/ /evil .example/accept`,
  );
  expect(lines.filter((line) => UNSEEN.test(line))).toEqual([]);
  const [slack = ''] = world.slack;
  expect(slack).not.toMatch(/[<>]/);
  expect(slack).not.toMatch(UNSEEN);
  expect(slack).not.toContain('://');
});
