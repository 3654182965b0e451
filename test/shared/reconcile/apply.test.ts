import { AwsFailure } from '../../../shared/domain/work/failure.ts';
import type { Plan } from '../../../shared/domain/connection/plan.ts';
import type { Step } from '../../../shared/domain/connection/step.ts';
import { apply } from '../../../shared/reconcile/apply.ts';
import type { LedgerPage } from '../../../shared/reconcile/ledger.ts';
import type { Ec2 } from '../../../shared/reconcile/ports.ts';
import { cidr, peeringId } from '../../support/ids.ts';
import { PlainLedger } from '../../support/plain-ledger.ts';
import { ACCEPTER, aPeering, aRoute, aTable, HERE, PEERING } from '../../support/observed.ts';

const at = { accountId: ACCEPTER.accountId, region: ACCEPTER.region };
const table = aTable('rtb-11111111');
const destination = cidr('10.2.0.0/16');

const OPENING: LedgerPage = {
  entry: {
    at: 0,
    verdict: 'connect',
    reason: { code: 'rule-allows', text: 'a rule allows it' },
    policyVersion: 'sha256:0',
    planned: ['what is about to be done'],
    changes: [],
  },
};

const STEPS = {
  accept: { kind: 'accept', at },
  reject: { kind: 'reject', at },
  await: { kind: 'await-active', at },
  create: { kind: 'create-route', at, routeTableId: table.id, destination, isOurs: true },
  delete: { kind: 'delete-route', at, routeTableId: table.id, destination },
  dns: { kind: 'enable-dns', at, roles: ['accepter'] },
} as const satisfies Record<string, Step>;

/** Runs stages against an EC2 whose calls do nothing, unless `calls` says what they do; names the writes. */
async function applied(
  stages: Plan['stages'],
  calls: Partial<Ec2> = {},
  ledger: PlainLedger = new PlainLedger(),
) {
  const writes: string[] = [];
  const writing = (name: string) => async (): Promise<void> => {
    writes.push(name);
  };
  const ec2: Ec2 = {
    findPeering: async () => aPeering('active'),
    findNetwork: async () => undefined,
    listPeerings: async () => [],
    listRequests: async () => [],
    readInventory: async () => ({
      peerings: [],
      vpcs: [],
      subnets: [],
      routeTables: [],
      prefixLists: new Map(),
    }),
    readPrefixLists: async () => new Map(),
    readEncryption: async () => 'none',
    listRouteTablesTo: async () => [],
    acceptPeering: writing('accept'),
    rejectPeering: writing('reject'),
    deletePeering: writing('delete-peering'),
    createRoute: writing('create'),
    deleteRoute: writing('delete'),
    setDns: writing('dns'),
    tagPeering: writing('tag'),
    ...calls,
  };
  let waitedMs = 0;
  const clock = {
    now: () => waitedMs,
    sleep: async (ms: number) => {
      waitedMs += ms;
    },
  };
  const memory = await ledger.read();
  const directory = { in: () => ec2, prepare: () => undefined };
  const { results, disclaims, failure } = await apply(
    { peeringId: PEERING, stages, tags: [] },
    memory,
    OPENING,
    {
      ec2: directory,
      clock,
      ledger,
    },
  );
  await ledger.write(PEERING, { disclaims });
  if (failure !== undefined) throw failure.error;
  return { kinds: results.map(({ kind }) => kind), results, writes, waitedMs };
}

const refusing = (code: string) => () => Promise.reject(new AwsFailure('Call', 'somewhere', code, undefined));
const routeTo = (id: string) =>
  ({
    destination,
    target: { kind: 'peering', peeringId: peeringId(id) },
    isBlackhole: true,
    isPropagated: false,
  }) as const;

describe('a route is deleted', () => {
  it('when it still leads to the peering', async () => {
    const tables = [{ ...table, routes: [routeTo(PEERING)] }];
    const { writes } = await applied([[STEPS.delete]], { listRouteTablesTo: async () => tables });
    expect(writes).toEqual(['delete']);
  });

  it.each([
    ['is gone', []],
    ['was pointed elsewhere', [{ ...table, routes: [routeTo('pcx-99999999')] }]],
    ['is in another table', [{ ...table, id: aTable('rtb-99999999').id, routes: [routeTo(PEERING)] }]],
  ])('but not when, right before, it %s', async (_name, tables) => {
    const { kinds, writes } = await applied([[STEPS.delete]], { listRouteTablesTo: async () => tables });
    expect(kinds).toEqual(['unneeded']);
    expect(writes).toEqual([]);
  });
});

describe('what EC2’s refusal means', () => {
  const present = { listRouteTablesTo: async () => [{ ...table, routes: [routeTo(PEERING)] }] };

  it.each([
    [
      'an accept that came too late',
      STEPS.accept,
      { acceptPeering: refusing('InvalidStateTransition') },
      'stale',
    ],
    [
      'two VPCs that have a peering already',
      STEPS.accept,
      { acceptPeering: refusing('VpcPeeringConnectionAlreadyExists') },
      'blocked',
    ],
    [
      'a full quota of peerings',
      STEPS.accept,
      { acceptPeering: refusing('ActiveVpcPeeringConnectionPerVpcLimitExceeded') },
      'blocked',
    ],
    [
      'a reject that came too late',
      STEPS.reject,
      { rejectPeering: refusing('InvalidStateTransition') },
      'stale',
    ],
    [
      'a route that appeared meanwhile',
      STEPS.create,
      { createRoute: refusing('RouteAlreadyExists') },
      'stale',
    ],
    ['a denial', STEPS.create, { createRoute: refusing('UnauthorizedOperation') }, 'blocked'],
    ['a full route table', STEPS.create, { createRoute: refusing('RouteLimitExceeded') }, 'blocked'],
    [
      'a route that went meanwhile',
      STEPS.delete,
      { ...present, deleteRoute: refusing('InvalidRoute.NotFound') },
      'unneeded',
    ],
    [
      'a VPC without DNS hostnames',
      STEPS.dns,
      { setDns: refusing('InvalidVpcPeeringConnectionState.DnsHostnamesDisabled') },
      'blocked',
    ],
  ])('%s', async (_name, step, calls, kind) => {
    expect((await applied([[step]], calls)).kinds).toEqual([kind]);
  });

  it.each([
    ['RequestLimitExceeded', STEPS.create],
    ['InternalError', STEPS.create],
    ['SomethingNew', STEPS.create],
  ])('%s is a failure, for the queue to repeat', async (code, step) => {
    await expect(applied([[step]], { createRoute: refusing(code) })).rejects.toThrow(code);
  });
});

it('a delete that EC2 throttles is not repeated on what was read before: it is looked at again', async () => {
  const calls = { listRouteTablesTo: async () => [{ ...table, routes: [routeTo(PEERING)] }] };
  const { kinds } = await applied([[STEPS.delete]], {
    ...calls,
    deleteRoute: refusing('RequestLimitExceeded'),
  });
  expect(kinds).toEqual(['stale']);
});

describe('where a wanted route is refused', () => {
  /** Writes the one route and then removes the other, which is there. */
  async function replaced(old: string, routeTableId = table.id) {
    const step = { ...STEPS.delete, routeTableId, destination: cidr(old) } as const;
    const { writes } = await applied([[STEPS.create], [step]], {
      createRoute: refusing('RouteLimitExceeded'),
      listRouteTablesTo: async () => [aTable(routeTableId, { routes: [aRoute(old, HERE)] })],
    });
    return writes;
  }

  it('the old one that it was to replace stays, for it is the only way', async () => {
    expect(await replaced('10.2.1.0/24')).toEqual([]);
  });

  it('an old one that leads to other addresses goes', async () => {
    expect(await replaced('10.9.0.0/16')).toEqual(['delete']);
  });

  it('an old one in another table goes', async () => {
    expect(await replaced('10.2.1.0/24', aTable('rtb-22222222').id)).toEqual(['delete']);
  });
});

it('an accept that is blocked stops everything behind it', async () => {
  const calls = { acceptPeering: refusing('VpcPeeringConnectionAlreadyExists') };
  const { writes } = await applied([[STEPS.accept], [STEPS.await], [STEPS.create, STEPS.dns]], calls);
  expect(writes).toEqual([]);
});

it('the steps of a stage are all tried, although one fails; later stages are not', async () => {
  const tried: string[] = [];
  const calls: Partial<Ec2> = {
    createRoute: refusing('InternalError'),
    setDns: async () => {
      tried.push('dns');
    },
    acceptPeering: async () => {
      tried.push('accept');
    },
  };
  await expect(applied([[STEPS.create, STEPS.dns], [STEPS.accept]], calls)).rejects.toThrow('InternalError');
  expect(tried).toEqual(['dns']);
});

describe('a step whose first answer was lost', () => {
  const atSecond = (code: string) => () =>
    Promise.reject(new AwsFailure('Call', 'somewhere', code, undefined, 2));

  it.each([
    ['accept', STEPS.accept, { acceptPeering: atSecond('InvalidStateTransition') }, 'active'],
    ['reject', STEPS.reject, { rejectPeering: atSecond('InvalidStateTransition') }, 'rejected'],
  ] as const)('%s: is done if the peering is as it wants it', async (_name, step, calls, state) => {
    const now = { ...calls, findPeering: async () => aPeering(state) };
    expect((await applied([[step]], now)).kinds).toEqual(['done']);
    const otherwise = { ...calls, findPeering: async () => aPeering('deleted') };
    expect((await applied([[step]], otherwise)).kinds).toEqual(['stale']);
  });

  it('a route: is done if it leads to the peering, and not if it leads elsewhere', async () => {
    const createRoute = atSecond('RouteAlreadyExists');
    const tables = [{ ...table, routes: [routeTo(PEERING)] }];
    const there = await applied([[STEPS.create]], { createRoute, listRouteTablesTo: async () => tables });
    expect(there.kinds).toEqual(['done']);
    expect((await applied([[STEPS.create]], { createRoute })).kinds).toEqual(['stale']);
  });

  it('at the first attempt nobody knows who did it', async () => {
    const calls = {
      rejectPeering: refusing('InvalidStateTransition'),
      findPeering: async () => aPeering('rejected'),
    };
    expect((await applied([[STEPS.reject]], calls)).kinds).toEqual(['stale']);
  });
});

describe('waiting for active', () => {
  it('goes on as soon as it is', async () => {
    const { kinds, waitedMs } = await applied([[STEPS.await], [STEPS.dns]]);
    expect(kinds).toEqual(['done', 'done']);
    expect(waitedMs).toBe(0);
  });

  it('gives up after some seconds, without routes to a peering that is not there', async () => {
    const calls = { findPeering: async () => aPeering('provisioning') };
    const { kinds, writes, waitedMs } = await applied([[STEPS.await], [STEPS.create]], calls);
    expect(kinds).toEqual(['stale']);
    expect(writes).toEqual([]);
    expect(waitedMs).toBeLessThan(10_000);
  });

  it('stops at once when the peering has failed', async () => {
    const { kinds, waitedMs } = await applied([[STEPS.await]], {
      findPeering: async () => aPeering('failed'),
    });
    expect(kinds).toEqual(['stale']);
    expect(waitedMs).toBe(0);
  });
});

it('no more than 32 steps of one account and region run at once', async () => {
  let running = 0;
  let most = 0;
  const calls: Partial<Ec2> = {
    createRoute: async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  };
  await applied([Array.from({ length: 50 }, () => STEPS.create)], calls);
  expect(most).toBe(32);
});

describe('the ledger’s claims on routes', () => {
  const claimed = (ledger: PlainLedger) => ledger.claims.size;
  const route = { ...at, routeTableId: table.id, destination };

  it('are there before the route is, and so is what is planned', async () => {
    const ledger = new PlainLedger();
    const seen: unknown[] = [];
    const createRoute = async (): Promise<void> => {
      seen.push(claimed(ledger), ledger.entries[0]?.planned);
    };
    await applied([[STEPS.create]], { createRoute }, ledger);
    expect(seen).toEqual([1, ['what is about to be done']]);
    expect(claimed(ledger)).toBe(1);
  });

  it('stay where nobody knows whether the call took effect', async () => {
    const ledger = new PlainLedger();
    await expect(
      applied([[STEPS.create]], { createRoute: refusing('InternalError') }, ledger),
    ).rejects.toThrow('InternalError');
    expect(claimed(ledger)).toBe(1);
  });

  it('go where EC2 says at the first attempt that somebody else has the destination', async () => {
    const ledger = new PlainLedger();
    await applied([[STEPS.create]], { createRoute: refusing('RouteAlreadyExists') }, ledger);
    expect(claimed(ledger)).toBe(0);
  });

  it('stay where an earlier attempt, whose answer was lost, may have written it', async () => {
    const ledger = new PlainLedger();
    const lost = new AwsFailure('CreateRoute', 'somewhere', 'RouteAlreadyExists', undefined, 2);
    await applied([[STEPS.create]], { createRoute: () => Promise.reject(lost) }, ledger);
    expect(claimed(ledger)).toBe(1);
  });

  it('of an earlier run are not given up for a refusal in this one', async () => {
    const ledger = new PlainLedger();
    await ledger.write(PEERING, { claims: [route] });
    await applied([[STEPS.create]], { createRoute: refusing('RouteAlreadyExists') }, ledger);
    expect(claimed(ledger)).toBe(1);
  });

  it('go where the accept before them is refused, since no route was tried', async () => {
    const ledger = new PlainLedger();
    const calls = { acceptPeering: refusing('VpcPeeringConnectionAlreadyExists') };
    await applied([[STEPS.accept], [STEPS.await], [STEPS.create]], calls, ledger);
    expect(claimed(ledger)).toBe(0);
  });

  it('go with the route', async () => {
    const ledger = new PlainLedger();
    await ledger.write(PEERING, { claims: [route] });
    const tables = [{ ...table, routes: [routeTo(PEERING)] }];
    await applied([[STEPS.delete]], { listRouteTablesTo: async () => tables }, ledger);
    expect(claimed(ledger)).toBe(0);
  });

  it.each([
    ['create', [[STEPS.create]]],
    ['delete', [[STEPS.delete]]],
    ['delete-peering', [[{ kind: 'delete-peering', at, orElse: [] }]]],
    ['dns', [[STEPS.dns]]],
  ] as const)('that cannot be written keep anything from being done: %s', async (_name, stages) => {
    const ledger = new PlainLedger();
    ledger.write = () => Promise.reject(new Error('the ledger is away'));
    const did: string[] = [];
    const doing = (name: string) => async (): Promise<void> => {
      did.push(name);
    };
    const calls: Partial<Ec2> = {
      listRouteTablesTo: async () => [{ ...table, routes: [routeTo(PEERING)] }],
      createRoute: doing('create'),
      deleteRoute: doing('delete'),
      deletePeering: doing('delete-peering'),
      setDns: doing('dns'),
    };
    await expect(applied(stages, calls, ledger)).rejects.toThrow('the ledger is away');
    expect(did).toEqual([]);
  });
});

it('tables are read once for all routes that go from an account and region', async () => {
  let reads = 0;
  const others = [aTable('rtb-22222222'), aTable('rtb-33333333')];
  const calls: Partial<Ec2> = {
    listRouteTablesTo: async () => {
      reads += 1;
      return [table, ...others].map((each) => ({ ...each, routes: [routeTo(PEERING)] }));
    },
  };
  const steps = [table, ...others].map(({ id }) => ({ ...STEPS.delete, routeTableId: id }));
  const { writes } = await applied([steps], calls);
  expect(writes).toEqual(['delete', 'delete', 'delete']);
  expect(reads).toBe(1);
});
