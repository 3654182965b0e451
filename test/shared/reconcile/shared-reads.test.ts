import { SharedReads } from '../../../shared/reconcile/shared-reads.ts';
import type { Ec2, Ec2Directory } from '../../../shared/reconcile/ports.ts';
import { ACCEPTER, aPeering, PEERING, REQUESTER } from '../../support/observed.ts';

/** Two accounts whose reads are counted, on a clock that the test moves. */
function counted(overrides: Partial<Ec2> = {}) {
  const reads: string[] = [];
  let nowMs = 0;
  const reading =
    <Answer>(name: string, answer: Answer) =>
    async (): Promise<Answer> => {
      reads.push(name);
      return answer;
    };
  const nothing = async (): Promise<void> => undefined;
  const ec2: Ec2 = {
    findPeering: reading('find', aPeering('active')),
    listRequests: reading('requests', []),
    listPeerings: reading('list', [aPeering('active')]),
    findNetwork: reading('network', undefined),
    readPrefixLists: async () => new Map(),
    readEncryption: reading('encryption', 'none'),
    readInventory: reading('inventory', {
      peerings: [],
      vpcs: [],
      subnets: [],
      routeTables: [],
      prefixLists: new Map(),
    }),
    listRouteTablesTo: reading('tables', []),
    acceptPeering: nothing,
    rejectPeering: nothing,
    deletePeering: nothing,
    createRoute: nothing,
    deleteRoute: nothing,
    setDns: nothing,
    tagPeering: nothing,
    ...overrides,
  };
  const clock = { now: () => nowMs, sleep: nothing };
  const shared = new SharedReads({ in: () => ec2, prepare: () => undefined }, clock);
  return {
    reads,
    shared,
    requester: shared.view().in(REQUESTER.accountId, REQUESTER.region),
    accepter: shared.view().in(ACCEPTER.accountId, ACCEPTER.region),
    pass: (ms: number) => (nowMs += ms),
  };
}

it('two peerings of one account and region share its list, and a VPC in both of them', async () => {
  const { reads, requester, accepter } = counted();
  await Promise.all([requester.listPeerings(), requester.listPeerings(), accepter.listPeerings()]);
  await requester.findNetwork(REQUESTER.vpcId);
  await requester.findNetwork(REQUESTER.vpcId);
  await requester.findNetwork(ACCEPTER.vpcId);
  expect(reads).toEqual(['list', 'list', 'network', 'network']);
});

it.each([
  ['an accept', (ec2: Ec2) => ec2.acceptPeering(PEERING)],
  ['a reject', (ec2: Ec2) => ec2.rejectPeering(PEERING)],
  ['a deletion', (ec2: Ec2) => ec2.deletePeering(PEERING)],
  ['a DNS flag', (ec2: Ec2) => ec2.setDns(PEERING, ['requester'], true)],
  ['a tag', (ec2: Ec2) => ec2.tagPeering(PEERING, {})],
])('%s in one account forgets what was read in every account', async (_name, write) => {
  const { reads, requester, accepter } = counted();
  await requester.listPeerings();
  await write(accepter);
  await requester.listPeerings();
  expect(reads).toEqual(['list', 'list']);
});

it('a write that failed forgets as well: it may have taken effect', async () => {
  const { reads, requester } = counted({ acceptPeering: () => Promise.reject(new Error('timeout')) });
  await requester.listPeerings();
  await expect(requester.acceptPeering(PEERING)).rejects.toThrow('timeout');
  await requester.listPeerings();
  expect(reads).toEqual(['list', 'list']);
});

it('what is looked at right before a delete, and whether a peering is active, are never shared', async () => {
  const { reads, requester } = counted();
  for (let look = 0; look < 2; look++) {
    await requester.findPeering(PEERING);
    await requester.listRouteTablesTo(PEERING);
  }
  expect(reads).toEqual(['find', 'tables', 'find', 'tables']);
});

it('a read is old after ten seconds', async () => {
  const { reads, requester, pass } = counted();
  await requester.listPeerings();
  pass(9_999);
  await requester.listPeerings();
  pass(1);
  await requester.listPeerings();
  expect(reads).toEqual(['list', 'list']);
});

it('a read that failed is read again', async () => {
  let calls = 0;
  const { requester } = counted({
    listPeerings: async () => {
      calls += 1;
      if (calls === 1) throw new Error('throttled');
      return [];
    },
  });
  await expect(requester.listPeerings()).rejects.toThrow('throttled');
  await expect(requester.listPeerings()).resolves.toEqual([]);
});

describe('who finds something to do', () => {
  const peeringsOf = (view: Ec2Directory) => view.in(REQUESTER.accountId, REQUESTER.region).listPeerings();

  it('reads again what was read before its turn, and only then', async () => {
    const { reads, shared, pass } = counted();
    const first = shared.view();
    await peeringsOf(first);
    await peeringsOf(first);
    expect(first.renew?.()).toBe(false);
    pass(1);
    const second = shared.view();
    await peeringsOf(second);
    expect(second.renew?.()).toBe(true);
    await peeringsOf(second);
    expect(second.renew?.()).toBe(false);
    expect(reads).toEqual(['list', 'list']);
  });

  it('need not read again what a peering beside it has read since', async () => {
    const { reads, shared, pass } = counted();
    const [first, second] = [shared.view(), shared.view()];
    pass(1);
    await Promise.all([peeringsOf(first), peeringsOf(second)]);
    expect([first.renew?.(), second.renew?.()]).toEqual([false, false]);
    expect(reads).toEqual(['list']);
  });

  it('changes nothing of what the peering beside it has to read again', async () => {
    const { shared, pass } = counted();
    await peeringsOf(shared.view());
    pass(1);
    const [first, second] = [shared.view(), shared.view()];
    await Promise.all([peeringsOf(first), peeringsOf(second)]);
    expect(first.renew?.()).toBe(true);
    expect(second.renew?.()).toBe(true);
  });
});
