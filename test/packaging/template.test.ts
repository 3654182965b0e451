import { readFileSync } from 'node:fs';
import { parseDomainEvent } from '../../shared/domain/words/notice.ts';
import { KEPT_TEMPLATE, readPackagedTemplate, withoutMoment } from '../../sim/world/packaged-template.ts';
import { aPair, aWorld } from '../support/world.ts';

const packaged = readPackagedTemplate();
const member = readFileSync('deploy/member.yaml', 'utf8');

/** Connects a pair with the templates changed as asked, and says what came of it. */
async function outcomeWith(templates: { template?: string; memberTemplate?: string }) {
  const world = aWorld(templates);
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  // Nothing may be under way, and EC2 takes its seconds from state to state all the same.
  await world.aws.clock.run(world.aws.clock.now() + 60_000);
  const seen = await world.peering(requester, peeringId);
  return { state: seen?.Status?.Code, routes: await world.routes(requester), world };
}

const changed = (template: string, from: string | RegExp, to: string): string => {
  const result = template.replace(from, to);
  if (result === template) throw new TypeError(`the template has no ${String(from)}`);
  return result;
};

it('the copy in git is what packaging makes; npm run template writes it', () => {
  const { template } = Object(JSON.parse(readFileSync(KEPT_TEMPLATE, 'utf8')));
  expect(template).toEqual(withoutMoment(packaged));
});

it('the packaged template connects, as it is', async () => {
  expect((await outcomeWith({ template: packaged })).state).toBe('active');
});

describe('a fault in the hub’s template shows', () => {
  it('a wrong pattern: nothing reaches the hub’s function', async () => {
    const template = changed(packaged, '"CreateVpcPeeringConnection"', '"CreateVpcPeering"');
    const { state, world } = await outcomeWith({ template });
    expect(state).toBe('pending-acceptance');
    const reconciled = world.aws.lambda.invocations.filter(({ functionName }) =>
      functionName.endsWith('reconcilePeering'),
    );
    expect(reconciled).toEqual([]);
  });

  it('a missing permission to assume the member roles: nothing is accepted, and people are told why', async () => {
    const template = changed(packaged, /"sts:AssumeRole",(?=\s*"Resource")/g, '"sts:TagSession",');
    const { state, world } = await outcomeWith({ template });
    expect(state).toBe('pending-acceptance');
    expect(world.aws.sns.published.map(({ message }) => message)).toEqual([
      expect.stringContaining('[no-access]'),
    ]);
  });

  it('a missing permission of the ledger: the function fails, and the message is in a dead-letter queue', async () => {
    const template = changed(packaged, /"dynamodb:Query"/g, '"dynamodb:Scan"');
    const { state, world } = await outcomeWith({ template });
    expect(state).toBe('pending-acceptance');
    expect(world.deadLetters().filter((body) => body.includes('peeringId'))).toHaveLength(1);
  });

  it('a handler that is not there: the function does not start', async () => {
    const template = changed(packaged, 'handlers/intake.handler', 'handlers/inbox.handler');
    const { state, world } = await outcomeWith({ template });
    expect(state).toBe('pending-acceptance');
    expect(world.deadLetters().some((body) => body.includes('CreateVpcPeeringConnection'))).toBe(true);
  });
});

it('a region’s rule waits for a role of its own region, which is there before it', () => {
  expect(member).toContain('RoleName: !Sub ${Name}-forward-${AWS::Region}');
  expect(member).toContain('RoleArn: !GetAtt ForwardRole.Arn');
});

it('the role of an earlier release’s member stack still forwards', async () => {
  const role = changed(
    member,
    'RoleName: !Sub ${Name}-forward-${AWS::Region}',
    'RoleName: !Sub ${Name}-forward',
  );
  const once = changed(role, /(ForwardRole:\n.*\n)/, '$1    Condition: IsHomeRegion\n');
  const arn = 'RoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}-forward';
  const memberTemplate = changed(once, 'RoleArn: !GetAtt ForwardRole.Arn', arn);
  expect((await outcomeWith({ memberTemplate })).state).toBe('active');
});

describe('a fault in the member’s template shows', () => {
  it('a wrong pattern: no event is forwarded', async () => {
    const memberTemplate = changed(member, '- CreateVpcPeeringConnection', '- CreateVpcPeering');
    expect((await outcomeWith({ memberTemplate })).state).toBe('pending-acceptance');
  });

  it('a missing permission: active, but without routes, and people are told', async () => {
    const memberTemplate = changed(member, '- ec2:CreateRoute', '- ec2:ReplaceRoute');
    const { state, routes, world } = await outcomeWith({ memberTemplate });
    expect(state).toBe('active');
    expect(routes).toEqual([]);
    expect(world.aws.sns.published.at(-1)?.message).toContain('CreateRoute in account');
  });

  it('an event that cannot be forwarded lies in the account’s own dead-letter queue, with the reason', async () => {
    const memberTemplate = changed(member, 'Action: events:PutEvents', 'Action: events:PutRule');
    const { state, world } = await outcomeWith({ memberTemplate });
    expect(state).toBe('pending-acceptance');
    const queue = world.aws.sqs.queue('arn:aws:sqs:eu-west-1:111111111111:autopeer-prod-undelivered');
    const letter = queue?.peek().find(({ body }) => body.includes('CreateVpcPeeringConnection'));
    expect(letter?.attributes['ERROR_CODE']?.StringValue).toBe('NO_PERMISSIONS');
  });
});

describe('pain 5: a role or a queue that trusts anybody', () => {
  it('nobody but the hub’s reconcile function may assume the member role', async () => {
    const { world } = await outcomeWith({});
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
    const RoleArn = 'arn:aws:iam::111111111111:role/autopeer-prod-member';
    for (const stranger of ['222222222222', '999988887777', '555555555555']) {
      const sts = new STSClient({ region: 'eu-west-1', maxAttempts: 1, ...world.aws.client(stranger) });
      const attempt = sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'stranger' }));
      await expect(world.aws.clock.drive(attempt)).rejects.toMatchObject({ name: 'AccessDenied' });
    }
  });

  it('nobody outside the organization may put events on the hub’s bus', async () => {
    const { world } = await outcomeWith({});
    expect(await putEvent(world, '555555555555')).toEqual([
      expect.objectContaining({ ErrorCode: expect.any(String) }),
    ]);
  });

  it('nor may anybody in a member account, but for the role that forwards EC2’s events', async () => {
    const { world } = await outcomeWith({});
    expect(await putEvent(world, '111111111111')).toEqual([
      expect.objectContaining({ ErrorCode: expect.stringContaining('AccessDenied') }),
    ]);
  });

  async function putEvent(world: ReturnType<typeof aWorld>, accountId: string) {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    const events = new EventBridgeClient({
      region: 'eu-west-1',
      maxAttempts: 1,
      ...world.aws.client(accountId),
    });
    const notice = world.aws.lambda.invocations.find(({ functionName }) => functionName.endsWith('notify'));
    const command = new PutEventsCommand({
      Entries: [
        {
          EventBusName: world.hub.arn('HubBus'),
          Source: 'autopeer',
          DetailType: 'Peering Connected',
          Detail: JSON.stringify(parseDomainEvent(notice?.event).detail),
        },
      ],
    });
    const answer = await world.aws.clock.drive(
      events.send(command).catch((error: unknown) => ({ Entries: [{ ErrorCode: String(error) }] })),
    );
    return answer.Entries;
  }
});
