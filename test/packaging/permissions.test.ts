import { CreateManagedPrefixListCommand, CreateRouteCommand, DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Io } from '../../cli/io.ts';
import { planPeering } from '../../cli/plan.ts';
import { parsePeeringId } from '../../shared/domain/facts/ids.ts';
import { KEYS } from '../../sim/iam/iam-conditions.ts';
import { applies, type Statement } from '../../sim/iam/iam-policy.ts';
import type { AccessRequest } from '../../sim/iam/iam.ts';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World, type WorldOptions } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import { runCheck } from '../../cli/reach/check.ts';
import { doctor, READERS } from '../support/doctor.ts';
import { accountId, region } from '../support/ids.ts';
import { HERE } from '../support/run-cli.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { RCPS, SCPS } from '../support/organization-policies.ts';
import { ANNA, aSlackWorld, click, messageOf } from '../support/slack.ts';
import { aPair, APPS, aWorld, SANDBOX } from '../support/world.ts';

/*
 * Least privilege, judged from outside. The shipped code does all that it can do, and every question to the model of IAM is
 * written down. Each call must be allowed by the packaged roles as somebody else's evaluator of IAM policies reads them, and
 * each permission of the packaged roles must be needed by one of the calls.
 */

/** One question about one of the packaged roles. */
interface Asked {
  readonly role: string;
  readonly request: AccessRequest;
  /** Of the condition keys, in lower case; those that the request has. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly statements: readonly Statement[];
  readonly onResource: readonly Statement[];
  /** By the model. */
  readonly isAllowed: boolean;
}

const asked: Asked[] = [];

const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** A world in which each question to the model of IAM is written down. */
function aWatchedWorld(options: Partial<WorldOptions> = {}): World {
  const world = aWorld(options);
  const { iam } = world.aws;
  iam.watch((request, isAllowed) => {
    const { roleArn = '' } = request.caller;
    if (!nameOf(roleArn).startsWith('autopeer-prod-')) return;
    const context = iam.contextOf(request);
    asked.push({
      role: nameOf(roleArn),
      request,
      values: Object.fromEntries([...KEYS].map((key) => [key, context(key) ?? []])),
      statements: [...(iam.role(roleArn)?.policies.values() ?? [])].flatMap(({ statements }) => statements),
      onResource: iam.statementsOn(request.resource),
      isAllowed,
    });
  });
  return world;
}

const HOUR_MS = 3_600_000;
const later = (world: World, ms = HOUR_MS): Promise<void> => world.aws.clock.run(world.aws.clock.now() + ms);
const command = async (world: World, verb: string, input: object = {}): Promise<unknown> =>
  (await sendTo(world, HUB_ACCOUNT, { body: { verb, input } })).read();

async function connect(world: World, [requester, accepter]: readonly [BuiltVpc, BuiltVpc]): Promise<string> {
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return peeringId;
}

/** A route of the VPC to a prefix list, which must be read to know where it leads. */
async function routeToPrefixList(world: World, requester: BuiltVpc): Promise<void> {
  const client = world.ec2(APPS, 'eu-west-1');
  const list = new CreateManagedPrefixListCommand({
    PrefixListName: 'n',
    AddressFamily: 'IPv4',
    MaxEntries: 1,
    Entries: [{ Cidr: '10.9.0.0/16' }],
  });
  const made = await world.aws.clock.drive(client.send(list));
  await world.settle();
  const route = new CreateRouteCommand({
    RouteTableId: requester.mainTableId,
    DestinationPrefixListId: made.PrefixList?.PrefixListId,
    TransitGatewayId: 'tgw-0123456789abcdef0',
  });
  await world.aws.clock.drive(client.send(route));
}

const MEASURE = (measure: string): string => `${APPS_TO_SHARED}guardrails: { unsanctioned: ${measure} }\n`;
const WITHOUT_RULE = /allow:\n.*\n/;

const QUIET: Io = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  color: false,
  ...HERE,
  readFile: async () => Buffer.from(APPS_TO_SHARED),
};

/** Everything that autopeer does, once. */
const EVERYTHING: Readonly<Record<string, () => Promise<void>>> = {
  'connects, repairs, and cleans up': async () => {
    const world = aWatchedWorld();
    const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
    const peeringId = await connect(world, [requester, accepter]);
    const [RouteTableId] = requester.tableIds;
    const client = world.ec2(APPS, 'eu-west-1');
    await world.aws.clock.drive(
      client.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: accepter.cidr })),
    );
    await world.sweep();
    await world.deletePeering(accepter, peeringId);
    await world.settle();
  },
  'rejects what a rule denies': async () => {
    const world = aWatchedWorld();
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    await connect(world, [requester, accepter]);
  },
  'cuts by a guardrail, puts back, and deletes': async () => {
    const world = aWatchedWorld({
      policy: MEASURE('quarantine'),
      memberParameters: { MayDeletePeerings: 'true' },
    });
    const { requester, accepter } = await aPair(world);
    await connect(world, [requester, accepter]);
    world.changePolicy(MEASURE('quarantine').replace(WITHOUT_RULE, ''));
    await world.sweep();
    world.changePolicy(MEASURE('quarantine'));
    await world.sweep();
    world.changePolicy(MEASURE('delete').replace(WITHOUT_RULE, ''));
    await world.sweep();
  },
  'reads prefix lists': async () => {
    const world = aWatchedWorld();
    const { requester, accepter } = await aPair(world);
    await routeToPrefixList(world, requester);
    await connect(world, [requester, accepter]);
  },
  'sweeps an organization that does not tell where its accounts are': async () => {
    const world = aWatchedWorld({ policy: `${APPS_TO_SHARED}statusTags: false\n` });
    world.aws.organization.tellsPaths = false;
    const { requester, accepter } = await aPair(world);
    const other = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    await connect(world, [requester, accepter]);
    await connect(world, [other, accepter]);
    world.aws.organization.addAccount('444444444444', { parentId: 'ou-ab12-apps0001' });
    await world.sweep();
    await later(world);
    world.deployMember('444444444444');
    await world.sweep();
    await later(world);
    await world.sweep();
  },
  'looks for requests from outside': async () => {
    const policy = `
version: 1
regions: [eu-west-1]
groups: { apps: { ous: [ou-ab12-apps0001] }, vendor: { accounts: ["777766665555"], external: true, cidrs: [10.77.0.0/16] } }
allow: [{ name: vendor, requester: vendor, accepter: apps, connect: { dns: false } }]
`;
    const world = aWatchedWorld({ policy });
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc('777766665555', 'eu-west-1', '10.77.0.0/16');
    await world.sweep();
    await world.requestPeering(theirs, ours);
    await world.lookForRequests();
  },
  'tells dead letters, and sends them again': async () => {
    const world = aWatchedWorld();
    const { requester, accepter } = await aPair(world);
    const away = new AwsError('InternalFailure', 'An internal error has occurred', 500);
    const ends = [
      world.aws.faults.failSome({ service: 'ec2', action: 'CreateRoute' }, 1, away),
      world.aws.faults.failSome({ service: 'ec2', action: 'DescribeSubnets', region: 'us-east-1' }, 1, away),
    ];
    await connect(world, [requester, accepter]);
    await world.sweep();
    for (const end of ends) end();
    const endDeny = world.aws.faults.deny('sqs', 'SendMessage');
    await connect(world, [accepter, requester]);
    endDeny();
    await world.settle();
    const listed = await command(world, 'dead-letters list');
    const causes = /"cause":"([^"]+)"/g;
    for (const [, cause] of JSON.stringify(listed).matchAll(causes)) {
      await command(world, 'dead-letters show', { cause });
      await command(world, 'dead-letters retry', { cause });
      await world.settle();
    }
  },
  'tells that a rule expires': async () => {
    const soon = new Date(aWorld().aws.clock.now() + 10 * HOUR_MS).toISOString().slice(0, -'.000Z'.length);
    const expiring = APPS_TO_SHARED.replace('accepter: shared }', `accepter: shared, expires: ${soon}Z }`);
    const world = aWatchedWorld({ policy: expiring });
    await world.sweep();
    await world.sweep();
  },
  'takes commands': async () => {
    const world = aWatchedWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await connect(world, [requester, accepter]);
    await command(world, 'brake show');
    await command(world, 'brake release', { count: 5, minutes: 60 });
    await command(world, 'release', { peering: peeringId });
    await command(world, 'suspend', { minutes: 60 });
    await command(world, 'status');
    await command(world, 'health', { peerings: [peeringId] });
    await later(world, 2 * HOUR_MS);
    await world.sweep();
    await command(world, 'suspend', {});
    await command(world, 'resume', {});
    await world.settle();
  },
  'plans, for people': async () => {
    // The hub holds what it is asked, so that there is something to plan.
    const world = aWatchedWorld({ ...READERS, policy: 'version: 1\nregions: [eu-west-1]\n' });
    const { requester, accepter } = await aPair(world);
    await routeToPrefixList(world, requester);
    const peeringId = parsePeeringId(await connect(world, [requester, accepter]));
    if (peeringId === undefined) throw new Error('no peering');
    const key = { peeringId, accountId: accountId(APPS), region: region('eu-west-1') };
    const options = { policy: 'policy.yaml', roleName: 'autopeer-prod-read', ledger: 'autopeer-prod-ledger' };
    const planned = planPeering(key, { ...options, hubRegion: 'eu-west-1', json: true }, QUIET, {
      transport: world.aws.client(HUB_ACCOUNT),
      clock: world.aws.clock,
    });
    expect(await world.aws.clock.drive(planned)).toBe(0);
  },
  'is asked why one VPC cannot reach the other': async () => {
    const world = aWatchedWorld(READERS);
    const { requester, accepter } = await aPair(world);
    await connect(world, [requester, accepter]);
    const options = {
      proto: 'tcp',
      byName: false,
      roleName: 'autopeer-prod-read',
      output: 'json',
      account: APPS,
      region: 'eu-west-1',
    } as const;
    const checked = runCheck([requester.vpcId, accepter.vpcId], options, QUIET, {
      transport: world.aws.client(HUB_ACCOUNT),
      clock: world.aws.clock,
    });
    expect(await world.aws.clock.drive(checked)).not.toBe(2);
  },
  'is looked at by its doctor': async () => {
    const world = aWatchedWorld(READERS);
    await world.sweep();
    expect((await doctor(world)).exitCode).toBe(0);
  },
  'asks people, and does what they say': async () => {
    const policy = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
    const world = aWatchedWorld({ policy });
    const { requester, accepter } = await aPair(world);
    const peeringId = await connect(world, [requester, accepter]);
    await world.sweep();
    const listed = JSON.stringify(await command(world, 'pending'));
    const fingerprint = /"fingerprint":"([^"]+)"/.exec(listed)?.[1];
    await command(world, 'reject', { peering: peeringId, fingerprint: `sha256:${'0'.repeat(64)}` });
    await command(world, 'approve', { peering: peeringId, fingerprint });
    await later(world);
    await command(world, 'approvals', { peering: peeringId });
    await command(world, 'history', { peering: peeringId });
    await command(world, 'who-let-in', { vpc: requester.vpcId });
    await command(world, 'log', { since: '2025-12-31T00:00:00Z', until: '2027-01-01T00:00:00Z' });
    await world.sweep();
    await command(world, 'revoke', { peering: peeringId });
    await later(world);
  },
  'tells Slack by a bot': async () => {
    const policy = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
    const world = aWatchedWorld({ policy });
    const slack = world.joinSlack();
    const { requester, accepter } = await aPair(world);
    await connect(world, [requester, accepter]);
    slack.refusals.push(...Array.from({ length: 50 }, () => ({ status: 503 })));
    world.changePolicy(APPS_TO_SHARED);
    await world.sweep();
    await later(world);
    const listed = JSON.stringify(await command(world, 'dead-letters list'));
    slack.refusals.length = 0;
    for (const [, cause] of listed.matchAll(/"cause":"([^"]+)"/g)) {
      await command(world, 'dead-letters retry', { cause });
    }
    await later(world);
  },
  'asks in Slack, and does what people of Slack say': async () => {
    const { world, slack } = aSlackWorld({}, aWatchedWorld);
    const { requester, accepter } = await aPair(world);
    const peeringId = await connect(world, [requester, accepter]);
    const message = { ...messageOf(slack, peeringId) };
    await click(world, slack, { user: ANNA, button: 'Approve', message });
    await later(world);
    slack.refusals.push(...Array.from({ length: 50 }, () => ({ status: 503 })));
    await click(world, slack, { user: ANNA, button: 'Approve', message });
    await later(world);
  },
  'looks through an account that has enrolled': async () => {
    const world = aWatchedWorld();
    world.aws.organization.addAccount('444444444444', { parentId: 'ou-ab12-shared01' });
    const { requester } = await aPair(world);
    const bare = await world.buildVpc('444444444444', 'eu-west-1', '10.4.0.0/16');
    await world.sweep();
    await connect(world, [requester, bare]);
    await later(world);
    await world.sweep();
    world.deployMember('444444444444');
    await world.hint(bare, 'pcx-0123456789abcdef0');
    await connect(world, [bare, requester]);
  },
  'gives back what failed, and puts off what is not ready': async () => {
    const world = aWatchedWorld();
    const { requester, accepter } = await aPair(world);
    world.aws.faults.failSome(
      { service: 'sqs', action: 'SendMessage', roleName: 'autopeer-prod-recheck' },
      1,
      new AwsError('InternalFailure', 'away', 500),
    );
    const peeringId = await world.requestPeering(requester, accepter);
    await world.hint(requester, peeringId);
    await world.hint(requester, 'pcx-0123456789abcdef0');
    await later(world, 3 * HOUR_MS);
  },
};

/** Permissions that the parts above do not ask for, and why they are there. */
const NOT_ASKED: readonly RegExp[] = [
  // Lambda does these itself, with the role of the function: it writes logs, polls the function's queue, and sends on what
  // an asynchronous invocation failed at.
  /^logs:(createlogstream|putlogevents) of /,
  /^sqs:(receivemessage|deletemessage|getqueueattributes) of /,
  /^sqs:sendmessage of .*-event-dead-letters$/,
  // What DynamoDB throttles of a batch goes one by one.
  /^dynamodb:deleteitem of autopeer-prod-reconcile,/,
];
const isExempt = (permission: string): boolean => NOT_ASKED.some((exempt) => exempt.test(permission));

beforeAll(async () => {
  for (const part of Object.values(EVERYTHING)) await part();
});

const contextOf =
  ({ values }: Asked) =>
  (key: string): readonly string[] | undefined => {
    const found = values[key] ?? [];
    return found.length === 0 ? undefined : found;
  };

/** A permission in words; of the member role it is the same one in every account. */
const permissionOf = (role: string, { resources, conditions }: Statement, action: string): string => {
  const where = conditions.map(({ operator, key, values }) => `${operator} ${key} ${values.join(' ')}`);
  const text = [`${action} of ${role}`, `on ${resources.join(', ')}`, ...where].join(', ');
  return role.endsWith('-member') ? text.replace(/:\d{12}:/g, ':ACCOUNT:') : text;
};

it('no packaged role may do what nothing needs', () => {
  const allowed = new Set<string>();
  const needed = new Set<string>();
  for (const each of asked) {
    const action = each.request.action.toLowerCase();
    for (const statement of each.statements) {
      for (const name of statement.actions) allowed.add(permissionOf(each.role, statement, name));
      if (applies(statement, { ...each.request, context: contextOf(each) })) {
        needed.add(permissionOf(each.role, statement, action));
      }
    }
  }
  const idle = [...allowed].filter((permission) => !needed.has(permission) && !isExempt(permission));
  expect(idle).toEqual([]);
  expect(allowed.size).toBeGreaterThan(60);
});

it('every call that the shipped code makes is allowed, says another evaluator of IAM policies', async () => {
  const questions = new Map(asked.map((each) => [textOf(each), each]));
  const otherwise: string[] = [];
  for (const [text, each] of questions) if ((await isAllowed(each)) !== each.isAllowed) otherwise.push(text);
  expect(otherwise).toEqual([]);
  expect(questions.size).toBeGreaterThan(100);
  // Roles that are not there, or are not ours.
  const refused = asked.filter((each) => !each.isAllowed).map(({ request }) => request.action);
  expect([...new Set(refused)]).toEqual(['sts:AssumeRole']);
});

const documentOf = (statements: readonly Statement[], withPrincipal: boolean): object => ({
  Version: '2012-10-17',
  Statement: statements.map(({ effect, actions, resources, conditions, principals }) => ({
    Effect: effect,
    Action: actions,
    ...(resources.length === 0 ? {} : { Resource: resources }),
    ...(withPrincipal ? { Principal: principalOf(principals) } : {}),
    ...(conditions.length === 0 ? {} : { Condition: conditionsOf(conditions) }),
  })),
});

function principalOf(principals: Statement['principals']): object | string {
  if (principals === undefined || principals.any) return '*';
  const { aws, services } = principals;
  return {
    ...(aws.length === 0 ? {} : { AWS: aws }),
    ...(services.length === 0 ? {} : { Service: services }),
  };
}

function conditionsOf(conditions: Statement['conditions']): object {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions) block[operator] = { ...block[operator], [key]: values };
  return block;
}

async function isAllowed({ request, values, statements, onResource }: Asked): Promise<boolean> {
  const { caller, action, resource } = request;
  const single = (list: readonly string[]): string | string[] => {
    const [only = ''] = list;
    return list.length === 1 ? only : [...list];
  };
  const result = await runSimulation(
    {
      request: {
        principal: caller.arn,
        action,
        resource: { resource, accountId: ownerOf(resource, caller.accountId) },
        contextVariables: Object.fromEntries(
          Object.entries(values)
            .filter(([, list]) => list.length > 0)
            .map(([key, list]) => [key, MANY_VALUED.has(key) ? [...list] : single(list)]),
        ),
      },
      identityPolicies: [{ name: 'packaged', policy: documentOf(statements, false) }],
      // With the guardrails of deploy/organization attached: nothing of them may stand in autopeer's way.
      serviceControlPolicies: SCPS,
      resourceControlPolicies: RCPS,
      ...(onResource.length === 0 ? {} : { resourcePolicy: documentOf(onResource, true) }),
      // A role that is not there trusts nobody.
      ...(onResource.length === 0 && action === 'sts:AssumeRole' ? { resourcePolicy: TRUSTS_NOBODY } : {}),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify({ request, errors: result.errors }));
  return result.overallResult === 'Allowed';
}
/**
 * The organization's trail is every member account's to read: it sees a copy of it, by the trail's ARN.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
 */
const ownerOf = (resource: string, caller: string): string => {
  const [, , service, , owner = ''] = resource.split(':');
  return service === 'cloudtrail' || owner === '' ? caller : owner;
};
const TRUSTS_NOBODY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
};
const MANY_VALUED: ReadonlySet<string> = new Set([
  'aws:tagkeys',
  'dynamodb:leadingkeys',
  'events:source',
  'events:detail-type',
]);

/** Alike are questions about the same resource with the same values. */
const textOf = ({ role, request, values }: Asked): string =>
  JSON.stringify([role, request.action, request.resource, values]).replace(
    /(pcx|vpc|rtb|subnet|pl)-[0-9a-f]+/g,
    '$1',
  );
