import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateRouteCommand,
  DeleteVpcPeeringConnectionCommand,
  DisassociateVpcCidrBlockCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { maySend, sendTo, sessionKey } from '../support/hub-commands.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED, toldBesidesPlaces } from '../support/world.ts';

const HOUR_MS = 3_600_000;
const ADMIN = `arn:aws:iam::${HUB_ACCOUNT}:user/administrator`;

const policyOf = (rule: string, more = ''): string => `
version: 1
regions: [eu-west-1, us-east-1]
groups: { apps: { ous: [ou-ab12-apps0001] }, shared: { ous: [ou-ab12-shared01] } }
${more}
allow: [{ name: apps-to-shared, requester: apps, accepter: shared, ${rule} }]
`;
const REQUIRED = policyOf('approval: required');
const TEAM = `approvers:
  net: { iam: ["arn:aws:iam::${HUB_ACCOUNT}:role/Net*", "arn:aws:iam::${HUB_ACCOUNT}:role/AWSReservedSSO_Net_*"] }
  apps: { iam: ["arn:aws:iam::${HUB_ACCOUNT}:role/AppsOwner"], accounts: ["${APPS}"] }`;

interface Answered {
  readonly done: boolean;
  readonly why?: string;
  readonly left?: number;
  readonly waiting?: unknown;
}

async function ask<Answer = Answered>(
  world: World,
  verb: string,
  input: object,
  key: string = HUB_ACCOUNT,
): Promise<Answer> {
  const answer = await sendTo(world, key, { body: { verb, input } });
  expect([verb, answer.status, answer.text]).toEqual([verb, 200, expect.any(String)]);
  const { result }: { result: Answer } = JSON.parse(answer.text);
  return result;
}

interface Waiting {
  readonly peering: string;
  readonly fingerprint: string;
  readonly left: number;
  readonly taken: readonly string[];
  readonly shown: readonly string[];
  readonly requester: { readonly cidrs: readonly string[] };
}

const pending = async (world: World): Promise<readonly Waiting[]> =>
  (await ask<{ readonly waiting: readonly Waiting[] }>(world, 'pending', {})).waiting;

async function onlyPending(world: World): Promise<Waiting> {
  const [first, ...others] = await pending(world);
  if (first === undefined) throw new Error('nothing waits');
  expect(others).toEqual([]);
  return first;
}

/** A request that waits for people. */
async function waiting(policy = REQUIRED, secondCidr?: string) {
  const world = aWorld({ policy });
  const pair = await aPair(world);
  const added = secondCidr === undefined ? undefined : await addCidr(world, pair.requester, secondCidr);
  const peering = await world.requestPeering(pair.requester, pair.accepter);
  await world.settle();
  const state = async () => (await world.peering(pair.requester, peering))?.Status?.Code;
  // EC2 adds no CIDR to a VPC with a pending request; one may go.
  const dropCidr = () =>
    call(world, pair.requester, (ec2) =>
      ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: added })),
    );
  return { world, ...pair, peering, state, dropCidr };
}

const approve = (world: World, { peering, fingerprint }: Waiting, key?: string, more: object = {}) =>
  ask(world, 'approve', { peering, fingerprint, ...more }, key);

const subjects = (world: World) =>
  toldBesidesPlaces(world).map(({ subject }) => subject?.replace(/, pcx-.*/, ''));

/** Does it, and lets what it starts settle. */
async function call<Answer>(
  world: World,
  vpc: BuiltVpc,
  send: (ec2: EC2Client) => Promise<Answer>,
): Promise<Answer> {
  const answer = await world.aws.clock.drive(send(world.ec2(vpc.accountId, vpc.region)));
  await world.settle();
  return answer;
}

async function addCidr(world: World, vpc: BuiltVpc, CidrBlock: string): Promise<string | undefined> {
  const command = new AssociateVpcCidrBlockCommand({ VpcId: vpc.vpcId, CidrBlock });
  const answer = await call(world, vpc, (ec2) => ec2.send(command));
  return answer.CidrBlockAssociation?.AssociationId;
}

describe('a request whose rule asks for an approval', () => {
  it('waits, is shown whole, and connects once a person has approved it', async () => {
    const { world, requester, accepter, peering, state } = await waiting();
    expect(await state()).toBe('pending-acceptance');
    expect(subjects(world)).toEqual(['autopeer: Peering Held']);
    const [told] = toldBesidesPlaces(world);
    const shown = await onlyPending(world);
    expect(shown).toMatchObject({
      peering,
      state: 'pending-acceptance',
      rule: 'apps-to-shared',
      requester: { accountId: APPS, vpcId: requester.vpcId, cidrs: ['10.1.0.0/16'] },
      accepter: { accountId: SHARED, vpcId: accepter.vpcId, cidrs: ['10.2.0.0/16'] },
      left: 1,
      approved: [],
      taken: [],
    });
    expect(told?.message).toContain(
      `autopeer approve ${peering} --fingerprint ${shown.fingerprint.slice(7, 19)}`,
    );
    expect(told?.message).toContain('connects: routes to vpc-cidrs in associated tables');
    expect(await approve(world, shown, HUB_ACCOUNT, { reason: 'change 4711' })).toMatchObject({
      done: true,
      left: 0,
      approved: [{ by: ADMIN, reason: 'change 4711' }],
    });
    await world.settle();
    await expectConnected(world, requester, accepter, peering);
    expect(subjects(world)).toEqual(['autopeer: Peering Held', 'autopeer: Peering Connected']);
    expect(toldBesidesPlaces(world).at(-1)?.message).toContain(`${ADMIN} approved it`);
    expect(await pending(world)).toEqual([]);
    const calls = world.aws.calls.length;
    await world.sweep();
    expect(
      world.aws.calls
        .slice(calls)
        .filter(({ service, action }) => service === 'ec2' && !action.startsWith('Describe')),
    ).toEqual([]);
    await expectConnected(world, requester, accepter, peering);
  });

  it('is not accepted on an approval of what was shown before', async () => {
    const { world, dropCidr, state } = await waiting(REQUIRED, '10.50.0.0/16');
    const shown = await onlyPending(world);
    expect(shown.requester.cidrs).toEqual(['10.1.0.0/16', '10.50.0.0/16']);
    await dropCidr();
    await world.sweep();
    const now = await onlyPending(world);
    expect(now.requester.cidrs).toEqual(['10.1.0.0/16']);
    expect(await approve(world, shown)).toMatchObject({
      done: false,
      waiting: { fingerprint: now.fingerprint },
    });
    expect(await state()).toBe('pending-acceptance');
    await approve(world, now);
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('is not accepted where its VPC changed between the approval and the look', async () => {
    const { world, dropCidr, state } = await waiting(REQUIRED, '10.50.0.0/16');
    const shown = await onlyPending(world);
    const forget = world.aws.trail.dropWhere(() => true);
    await dropCidr();
    forget();
    expect(await approve(world, shown)).toMatchObject({ done: true, left: 0 });
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect(toldBesidesPlaces(world).at(-1)?.message).toContain("the requester's CIDR 10.50.0.0/16 is gone");
  });

  it('an unrelated edit of the policy outdates no approval, and no question', async () => {
    const { world, state } = await waiting();
    const shown = await onlyPending(world);
    world.changePolicy(REQUIRED.replace('apps-to-shared', 'renamed'));
    await approve(world, shown);
    await world.settle();
    expect(await state()).toBe('active');
  });

  it.each([
    ['gives something else', policyOf('approval: required, connect: { dns: false }')],
    ['asks for two people', policyOf('approval: { by: net, count: 2 }', TEAM)],
  ])('a rule that now %s does', async (_, policy) => {
    const { world, state } = await waiting();
    const shown = await onlyPending(world);
    world.changePolicy(policy);
    await approve(world, shown);
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect((await onlyPending(world)).fingerprint).not.toBe(shown.fingerprint);
  });

  it('a deny goes before every approval', async () => {
    const { world, state } = await waiting();
    const shown = await onlyPending(world);
    world.changePolicy(`${REQUIRED}deny: [{ name: no, requester: apps, accepter: any }]\n`);
    await approve(world, shown);
    await world.settle();
    expect(await state()).toBe('rejected');
  });

  it('an approval that has run out lets nothing in', async () => {
    const { world, state } = await waiting();
    const shown = await onlyPending(world);
    world.changePolicy(`${REQUIRED}dryRun: true\n`);
    await approve(world, shown, HUB_ACCOUNT, { minutes: 60 });
    await world.settle();
    await world.aws.clock.run(world.aws.clock.now() + 2 * HOUR_MS);
    world.changePolicy(REQUIRED);
    await world.sweep();
    expect(await state()).toBe('pending-acceptance');
    expect(await approve(world, await onlyPending(world))).toMatchObject({ done: true, left: 0 });
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('where the look after the approval was lost, the sweep accepts it', async () => {
    const { world, state } = await waiting();
    const shown = await onlyPending(world);
    const endDeny = world.aws.faults.deny('sqs', 'SendMessage');
    const answer = await sendTo(world, HUB_ACCOUNT, {
      body: { verb: 'approve', input: { peering: shown.peering, fingerprint: shown.fingerprint } },
    });
    expect(answer.status).toBe(502);
    endDeny();
    expect(await state()).toBe('pending-acceptance');
    await world.sweep();
    expect(await state()).toBe('active');
  });

  it('what its routes would take from others is shown, and allowed by the approval', async () => {
    const world = aWorld({ policy: REQUIRED });
    const { requester, accepter } = await aPair(world);
    await call(world, requester, (ec2) =>
      ec2.send(
        new CreateRouteCommand({
          RouteTableId: requester.tableIds[0],
          DestinationCidrBlock: '10.0.0.0/8',
          TransitGatewayId: 'tgw-0123456789abcdef0',
        }),
      ),
    );
    const peering = await world.requestPeering(requester, accepter);
    await world.settle();
    const shown = await onlyPending(world);
    expect(shown.taken).toEqual([
      expect.stringMatching(/routes 10\.0\.0\.0\/8 to tgw-\w+: the route to 10\.2\.0\.0\/16/),
    ]);
    // Another one that was not shown.
    const forget = world.aws.trail.dropWhere(() => true);
    await call(world, accepter, (ec2) =>
      ec2.send(
        new CreateRouteCommand({
          RouteTableId: accepter.tableIds[0],
          DestinationCidrBlock: '10.0.0.0/8',
          TransitGatewayId: 'tgw-0123456789abcdef0',
        }),
      ),
    );
    forget();
    await approve(world, shown);
    await world.settle();
    expect((await world.peering(requester, peering))?.Status?.Code).toBe('pending-acceptance');
    expect(toldBesidesPlaces(world).at(-1)?.message).toContain('would take that traffic');
    await world.sweep();
    expect(await pending(world)).toEqual([]);
  });
});

describe('who may', () => {
  const key = (world: World, role: string) => sessionKey(world, role, maySend(world));

  it('only those whom the rule names', async () => {
    const { world, state } = await waiting(policyOf('approval: { by: net }', TEAM));
    const shown = await onlyPending(world);
    expect(await approve(world, shown)).toMatchObject({
      done: false,
      why: expect.stringContaining('not among the approvers'),
    });
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect(await approve(world, shown, await key(world, 'NetworkAdmin'))).toMatchObject({
      done: true,
      left: 0,
    });
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('nobody approves what the account asks for that he is listed for, unless the rule says so', async () => {
    const { world, state } = await waiting(policyOf('approval: { by: [net, apps] }', TEAM));
    const owner = await key(world, 'AppsOwner');
    const shown = await onlyPending(world);
    expect(await approve(world, shown, owner)).toMatchObject({
      done: false,
      why: expect.stringContaining(`account ${APPS} asks`),
    });
    world.changePolicy(policyOf('approval: { by: [net, apps], notRequester: false }', TEAM));
    await world.sweep();
    await approve(world, await onlyPending(world), owner);
    await world.settle();
    expect(await state()).toBe('active');
  });

  it('two are two people: sessions of one role are one, users of Identity Center are not', async () => {
    const { world, state } = await waiting(policyOf('approval: { by: net, count: 2 }', TEAM));
    const shown = await onlyPending(world);
    const admin = await key(world, 'NetworkAdmin');
    expect(await approve(world, shown, admin)).toMatchObject({ done: true, left: 1 });
    expect(await approve(world, shown, admin)).toMatchObject({ done: true, left: 1 });
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    expect((await onlyPending(world)).left).toBe(1);
    // A yes that is not enough can be taken back too, and given again.
    expect(await ask(world, 'revoke', { peering: shown.peering }, admin)).toMatchObject({ done: true });
    await world.settle();
    expect((await onlyPending(world)).left).toBe(2);
    expect(await approve(world, shown, admin)).toMatchObject({ done: true, left: 1 });
    const user = await key(world, 'AWSReservedSSO_Net_0123456789abcdef');
    expect(await approve(world, shown, user)).toMatchObject({ done: true, left: 0 });
    await world.settle();
    expect(await state()).toBe('active');
  });
});

describe('a no', () => {
  it('rejects the request, and the first answer stands', async () => {
    const { world, peering, state } = await waiting();
    const { fingerprint } = await onlyPending(world);
    expect(await ask(world, 'reject', { peering, fingerprint, reason: 'use the TGW' })).toMatchObject({
      done: true,
    });
    expect(await ask(world, 'approve', { peering, fingerprint })).toMatchObject({
      done: false,
      why: expect.stringContaining(`${ADMIN} rejected it`),
    });
    await world.settle();
    expect(await state()).toBe('rejected');
    expect(toldBesidesPlaces(world).at(-1)?.message).toContain('use the TGW');
    expect(await pending(world)).toEqual([]);
  });

  it('after the yes of enough people is too late', async () => {
    const { world, peering } = await waiting();
    const shown = await onlyPending(world);
    await approve(world, shown);
    expect(await ask(world, 'reject', { peering, fingerprint: shown.fingerprint })).toMatchObject({
      done: false,
    });
  });

  it.each(['approve', 'reject'])('%s of what nobody waits for does nothing', async (verb) => {
    const { world, peering } = await waiting(policyOf('connect: { dns: true }'));
    const fingerprint = `sha256:${'0'.repeat(64)}`;
    expect(await ask(world, verb, { peering, fingerprint })).toMatchObject({ done: false });
  });
});

describe('an approval that is taken back', () => {
  it('makes the active peering unapproved, and the guardrail sees to it', async () => {
    const { world, requester, accepter, peering } = await waiting(
      `${REQUIRED}guardrails: { unapproved: quarantine }\n`,
    );
    await approve(world, await onlyPending(world));
    await world.settle();
    await expectConnected(world, requester, accepter, peering);
    expect(await ask(world, 'revoke', { peering, reason: 'over' })).toMatchObject({
      done: true,
      revoked: 1,
      by: ADMIN,
    });
    await world.settle();
    await world.sweep();
    expect(await world.routes(requester)).toEqual([]);
    expect((await world.peering(requester, peering))?.Status?.Code).toBe('active');
    // And given again, what was cut is put back.
    await approve(world, await onlyPending(world));
    await world.settle();
    await expectConnected(world, requester, accepter, peering);
    const { approvals } = await ask<{ approvals: readonly object[] }>(world, 'approvals', { peering });
    expect(approvals).toEqual([expect.objectContaining({ revoked: null, left: 0 })]);
  });

  it('right before the accept keeps autopeer from it', async () => {
    const { world, peering, state } = await waiting();
    const shown = await onlyPending(world);
    const endFault = world.aws.faults.failSome(
      { service: 'dynamodb', action: 'TransactWriteItems' },
      1,
      new AwsError('InternalServerError', 'not now', 500),
    );
    await approve(world, shown);
    const isReserving = () => world.aws.calls.some(({ action }) => action === 'TransactWriteItems');
    while (!isReserving()) await world.aws.clock.run(world.aws.clock.now() + 10);
    expect(await ask(world, 'revoke', { peering })).toMatchObject({ done: true });
    endFault();
    const reserved = world.aws.calls.filter(({ action }) => action === 'TransactWriteItems').length;
    await world.settle();
    expect(await state()).toBe('pending-acceptance');
    // The reservation was made by the same look, after the approval was taken back.
    expect(world.aws.calls.filter(({ action }) => action === 'TransactWriteItems').length).toBeGreaterThan(
      reserved,
    );
    expect((await onlyPending(world)).left).toBe(1);
  });

  it('there must be one', async () => {
    const { world, peering } = await waiting();
    expect(await ask(world, 'revoke', { peering })).toMatchObject({ done: false });
  });
});

describe('an active peering', () => {
  async function acceptedByHand() {
    const made = await waiting();
    const { world, accepter, peering } = made;
    await call(world, accepter, (ec2) =>
      ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peering })),
    );
    return made;
  }

  it('that was accepted by hand is unapproved until somebody approves it', async () => {
    const { world, requester, accepter, peering } = await acceptedByHand();
    expect(subjects(world).at(-1)).toBe('autopeer: Peering Unapproved');
    const shown = await onlyPending(world);
    expect(await ask(world, 'reject', { peering, fingerprint: shown.fingerprint })).toMatchObject({
      done: false,
      why: expect.stringContaining('it is active'),
    });
    await approve(world, shown);
    await world.settle();
    await expectConnected(world, requester, accepter, peering);
  });

  it('a CIDR that comes after the approval waits for its own, and costs the others nothing', async () => {
    const { world, requester, accepter, peering } = await waiting();
    await approve(world, await onlyPending(world));
    await world.settle();
    await addCidr(world, requester, '10.50.0.0/16');
    await world.sweep();
    expect(await world.routes(accepter)).toEqual([`${accepter.tableIds[0]} 10.1.0.0/16 ${peering} active`]);
    expect(subjects(world).at(-1)).toBe('autopeer: Peering Incomplete');
    const shown = await onlyPending(world);
    expect(shown.requester.cidrs).toEqual(['10.1.0.0/16', '10.50.0.0/16']);
    await approve(world, shown);
    await world.settle();
    expect((await world.routes(accepter)).toSorted()).toEqual(
      ['10.1.0.0/16', '10.50.0.0/16'].map((cidr) => `${accepter.tableIds[0]} ${cidr} ${peering} active`),
    );
    expect(await pending(world)).toEqual([]);
  });

  it('stays as it is when its rule gives something else: the approval was used', async () => {
    const { world, requester, accepter, peering } = await waiting();
    await approve(world, await onlyPending(world));
    await world.settle();
    world.changePolicy(policyOf('approval: { by: net, count: 2 }', TEAM));
    await world.sweep();
    await expectConnected(world, requester, accepter, peering);
    expect(await pending(world)).toEqual([]);
  });

  it('is no question any more once it is deleted', async () => {
    const { world, requester, peering } = await acceptedByHand();
    expect(await pending(world)).toHaveLength(1);
    await call(world, requester, (ec2) =>
      ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peering })),
    );
    await world.sweep();
    expect(await pending(world)).toEqual([]);
  });
});
