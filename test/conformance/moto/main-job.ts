import assert from 'node:assert/strict';
import { DescribeVpcPeeringConnectionsCommand } from '@aws-sdk/client-ec2';
import type { PeeringId } from '../../../shared/domain/facts/ids.ts';
import { Steps, type Part } from '../part.ts';
import { MotoHub } from './hub.ts';
import { createOrganization, type Member } from './organization.ts';
import { People, type MotoVpc } from './people.ts';
import { startMoto } from './server.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';

/** The main job with moto in the place of AWS: the shipped handlers and adapters, over real HTTP. */
export const motoPart: Part = {
  name: 'moto',
  needs: ['moto_server'],
  run: async (_options, say) => {
    const moto = await startMoto();
    try {
      const steps = new Steps(say);
      await mainJob(moto.url, steps);
      return { checks: `${steps.count} steps`, notes: MOTO_DIFFERS };
    } finally {
      await moto.stop();
    }
  },
};

/** Where moto differs from AWS's documentation, as far as the job meets it. */
const MOTO_DIFFERS: readonly string[] = [
  'a deleted peering’s routes stay `active` in moto; on AWS they are blackhole (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html)',
  'moto shows the requester’s tags of a peering to the accepter; on AWS tags are each account’s own (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html)',
  'moto’s Organizations answer the management account alone; on AWS a delegated administrator too (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html)',
];

interface Scene {
  readonly hub: MotoHub;
  readonly people: People;
  readonly apps: Member;
  readonly shared: Member;
  readonly sandbox: Member;
}

async function mainJob(url: string, steps: Steps): Promise<void> {
  const members = await createOrganization(url, ['apps', 'shared', 'sandbox']);
  const hub = await MotoHub.deploy(url, policyFor(members));
  const people = new People(url, (event) => hub.deliver(event));
  const scene: Scene = { hub, people, ...members };
  const sameRegion = await connect(scene, steps, {
    requester: [IRELAND, '10.1.0.0/16'],
    accepter: [IRELAND, '10.2.0.0/16'],
  });
  await repeatReconcile(scene, steps, sameRegion);
  await connect(scene, steps, { requester: [VIRGINIA, '10.3.0.0/16'], accepter: [IRELAND, '10.4.0.0/16'] });
  await holdWithoutRule(scene, steps);
  await rejectDenied(scene, steps);
  await cleanUp(scene, steps, sameRegion);
  await sweepUnheard(scene, steps);
  assert.deepEqual(hub.failures, []);
}

const policyFor = (ous: Pick<Scene, 'apps' | 'shared' | 'sandbox'>): string => `
version: 1
regions: [${IRELAND}, ${VIRGINIA}]
groups:
  apps: { ous: [${ous.apps.ouId}] }
  shared: { ous: [${ous.shared.ouId}] }
  sandbox: { ous: [${ous.sandbox.ouId}] }
allow:
  - { name: apps-to-shared, requester: apps, accepter: shared }
deny:
  - { name: never-sandbox, between: [apps, sandbox], reason: "PCI scope" }
`;

interface Pair {
  readonly requester: MotoVpc;
  readonly accepter: MotoVpc;
  readonly peeringId: PeeringId;
}

type Place = readonly [region: string, cidr: string];

async function connect(
  { hub, people, apps, shared }: Scene,
  steps: Steps,
  places: { readonly requester: Place; readonly accepter: Place },
): Promise<Pair> {
  const requester = await people.buildVpc(apps.accountId, ...places.requester);
  const accepter = await people.buildVpc(shared.accountId, ...places.accepter);
  const peeringId = await people.request(requester, accepter);
  const pair = { requester, accepter, peeringId };
  const writes = await hub.transport.writesOf(() => hub.settle());
  assert.equal(writes.filter((action) => action === 'AcceptVpcPeeringConnection').length, 1);
  await steps.run(`${requester.region} to ${accepter.region}: active, routes and DNS on both sides`, () =>
    assertConnected(people, pair),
  );
  await steps.run('its status is in the tags of both accounts', async () => {
    for (const side of [requester, accepter]) {
      const tags = await people.tags(side, peeringId);
      assert.equal(tags['autopeer:status'], 'connected');
      assert.equal(tags['autopeer:rule'], 'apps-to-shared');
    }
  });
  await steps.run('the ledger knows its routes, and why', async () => {
    const { routes } = await hub.ledger.read(peeringId);
    assert.deepEqual(
      routes.map(({ destination }) => destination).toSorted(),
      [requester.cidr, accepter.cidr].toSorted(),
    );
    assert.deepEqual(
      // What is planned, and then what was done.
      (await hub.ledger.history(peeringId)).map(({ rule }) => rule),
      ['apps-to-shared', 'apps-to-shared'],
    );
  });
  await steps.run('one notice by SNS and Slack', async () => {
    const subjects = (await hub.notices()).map(({ subject, message }) => `${subject}\n${message}`);
    assert.equal(subjects.filter((text) => text.includes(peeringId)).length, 1, subjects.join('\n'));
    assert.equal(hub.slack.splice(0).filter((text) => text.includes(peeringId)).length, 1);
  });
  return pair;
}

async function assertConnected(people: People, { requester, accepter, peeringId }: Pair): Promise<void> {
  const seen = await people.see(requester, peeringId);
  assert.equal(seen.Status?.Code, 'active');
  assert.deepEqual(await people.routes(requester), [`${requester.tableId} ${accepter.cidr} ${peeringId}`]);
  assert.deepEqual(await people.routes(accepter), [`${accepter.tableId} ${requester.cidr} ${peeringId}`]);
  assert.equal(seen.RequesterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc, true);
  assert.equal(seen.AccepterVpcInfo?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc, true);
}

async function repeatReconcile({ hub }: Scene, steps: Steps, pair: Pair): Promise<void> {
  const { requester, accepter, peeringId } = pair;
  for (const { accountId, region } of [requester, accepter]) {
    await hub.hint({ peeringId, accountId, region });
  }
  hub.outcomes.length = 0;
  await steps.run('a second run, from either side, writes nothing', async () => {
    assert.deepEqual(await hub.transport.writesOf(() => hub.settle()), []);
    assert.deepEqual(hub.outcomes, ['settled', 'settled']);
    assert.deepEqual(await hub.notices(), []);
  });
}

async function holdWithoutRule({ hub, people, apps, shared }: Scene, steps: Steps): Promise<void> {
  const requester = await people.buildVpc(shared.accountId, IRELAND, '10.5.0.0/16');
  const accepter = await people.buildVpc(apps.accountId, IRELAND, '10.6.0.0/16');
  const peeringId = await people.request(requester, accepter);
  await hub.settle();
  await steps.run('what no rule allows is held, and told', async () => {
    assert.equal((await people.see(accepter, peeringId)).Status?.Code, 'pending-acceptance');
    assert.deepEqual(await people.routes(requester), []);
    assert.equal((await people.tags(accepter, peeringId))['autopeer:status'], 'held');
    assert.match(JSON.stringify(await hub.notices()), new RegExp(peeringId));
  });
}

async function rejectDenied({ hub, people, apps, sandbox }: Scene, steps: Steps): Promise<void> {
  const requester = await people.buildVpc(apps.accountId, IRELAND, '10.7.0.0/16');
  const accepter = await people.buildVpc(sandbox.accountId, VIRGINIA, '10.8.0.0/16');
  const peeringId = await people.request(requester, accepter);
  await hub.settle();
  await steps.run('what a rule denies is rejected, with its reason', async () => {
    assert.equal((await people.see(requester, peeringId)).Status?.Code, 'rejected');
    assert.deepEqual([...(await people.routes(requester)), ...(await people.routes(accepter))], []);
    assert.match(JSON.stringify(await hub.notices()), /PCI scope/);
  });
}

async function cleanUp({ hub, people }: Scene, steps: Steps, pair: Pair): Promise<void> {
  const { requester, accepter, peeringId } = pair;
  await people.tag(requester, peeringId, { team: 'web' });
  await people.delete(accepter, peeringId);
  await steps.run('moto differs from AWS where the notes say so', async () => {
    const seen = await people.see(accepter, peeringId);
    assert.ok(seen.Tags?.some(({ Key }) => Key === 'team'));
    assert.deepEqual(await people.routeStates(requester), ['active']);
  });
  await hub.settle();
  await steps.run('after a deletion the routes of both sides are gone, and nothing else', async () => {
    assert.equal((await people.see(requester, peeringId)).Status?.Code, 'deleted');
    assert.deepEqual([...(await people.routes(requester)), ...(await people.routes(accepter))], []);
    assert.deepEqual((await hub.ledger.read(peeringId)).routes, []);
    assert.match(JSON.stringify(await hub.notices()), new RegExp(peeringId));
  });
}

async function sweepUnheard(scene: Scene, steps: Steps): Promise<void> {
  const { hub, people, apps, shared } = scene;
  const requester = await people.buildVpc(apps.accountId, IRELAND, '10.9.0.0/16');
  const accepter = await people.buildVpc(shared.accountId, VIRGINIA, '10.10.0.0/16');
  await hub.settle();
  const peeringId = await people.unheard(() => people.request(requester, accepter));
  await steps.run('a request of which no event came waits for the sweep', async () => {
    await hub.settle();
    assert.equal((await people.see(accepter, peeringId)).Status?.Code, 'pending-acceptance');
    await hub.startSweep();
    await hub.settle();
    await assertConnected(people, { requester, accepter, peeringId });
  });
  await steps.run('a second sweep changes nothing', async () => {
    await hub.notices();
    await hub.startSweep();
    assert.deepEqual(await hub.transport.writesOf(() => hub.settle()), []);
    assert.deepEqual(await hub.notices(), []);
  });
  await steps.run('the peerings of the other pairs are as they were', async () => {
    const client = await people.ec2({ accountId: apps.accountId, region: VIRGINIA });
    const { VpcPeeringConnections = [] } = await client.send(new DescribeVpcPeeringConnectionsCommand({}));
    assert.deepEqual(
      VpcPeeringConnections.map(({ Status }) => Status?.Code),
      ['active'],
    );
  });
}
