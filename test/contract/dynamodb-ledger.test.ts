import type { BatchWriteItemCommandInput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { DynamoDbLedger } from '../../shared/aws/dynamodb-ledger.ts';
import type { RouteClaim } from '../../shared/domain/memory.ts';
import { ledgerTable } from '../support/dynamodb-engine.ts';
import { accountId, cidr, region } from '../support/ids.ts';
import {
  anEntry,
  aPeering,
  aRoute,
  routes,
  SIDES,
  startLedgerTable,
  type LedgerTable,
} from '../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

describe('claims', () => {
  it('a peering that was never heard of has no sides and no routes', async () => {
    expect(await table.ledger().read(aPeering())).toEqual({ sides: undefined, routes: [] });
  });

  it('a route is intended, then written, then nobody’s', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.intend(id, [aRoute()]);
    expect((await ledger.read(id)).routes).toEqual([{ ...aRoute(), state: 'intended' }]);
    await ledger.confirm(id, [aRoute()]);
    expect((await ledger.read(id)).routes).toEqual([{ ...aRoute(), state: 'written' }]);
    await ledger.disclaim(id, [aRoute()]);
    expect((await ledger.read(id)).routes).toEqual([]);
  });

  it('a route that is written does not become uncertain when it is intended again', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.confirm(id, [aRoute(0)]);
    await ledger.intend(id, [aRoute(0), aRoute(1)]);
    expect((await ledger.read(id)).routes.map(({ state }) => state)).toEqual(['written', 'intended']);
  });

  it('the same table and destination in two accounts, and IPv6, are routes of their own', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    const all = [
      aRoute(),
      aRoute(0, { accountId: accountId('222222222222') }),
      aRoute(0, { destination: cidr('2001:db8::/56') }),
      aRoute(0, { region: region('us-gov-east-1') }),
    ];
    await ledger.confirm(id, all);
    const read = (await ledger.read(id)).routes;
    expect(read).toHaveLength(all.length);
    expect(read).toEqual(expect.arrayContaining(all.map((route) => ({ ...route, state: 'written' }))));
  });

  it('peerings know nothing of each other', async () => {
    const [one, other] = [aPeering(), aPeering()];
    const ledger = table.ledger();
    await ledger.intend(one, [aRoute()]);
    expect((await ledger.read(other)).routes).toEqual([]);
  });

  it('no routes are no call: a table that is missing is not noticed', async () => {
    const ledger = new DynamoDbLedger(table.client(), 'missing');
    for (const write of ['intend', 'confirm', 'disclaim'] as const) {
      await expect(ledger[write](aPeering(), [])).resolves.toBeUndefined();
    }
  });

  it('agree with a plain model after any sequence of writes', async () => {
    const route = fc.integer({ min: 0, max: 5 }).map((number) => aRoute(number));
    const operation = fc.record({
      kind: fc.constantFrom('intend' as const, 'confirm' as const, 'disclaim' as const),
      routes: fc.array(route, { maxLength: 8 }),
    });
    const ledger = table.ledger();
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
        const id = aPeering();
        const model = new Map<string, RouteClaim>();
        for (const { kind, routes } of operations) {
          await ledger[kind](id, routes);
          for (const route of routes) {
            const known = model.get(route.routeTableId);
            if (kind === 'disclaim') model.delete(route.routeTableId);
            else if (kind === 'confirm') model.set(route.routeTableId, { ...route, state: 'written' });
            else model.set(route.routeTableId, known ?? { ...route, state: 'intended' });
          }
          const expected = [...model.values()].toSorted((one, other) =>
            one.routeTableId < other.routeTableId ? -1 : 1,
          );
          expect((await ledger.read(id)).routes).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of more routes than a batch holds are all written and all taken back', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.intend(id, routes(130));
    await ledger.confirm(id, routes(130));
    expect((await ledger.read(id)).routes).toEqual(
      routes(130).map((route) => ({ ...route, state: 'written' })),
    );
    await ledger.disclaim(id, routes(130));
    expect(await table.stored(id)).toEqual([]);
  });

  it('of more than one page are read to the end', async () => {
    const id = aPeering();
    await table.ledger().confirm(id, routes(230));
    const pages = inPagesOf(100);
    expect((await pages.ledger.read(id)).routes).toHaveLength(230);
    expect(pages.count()).toBe(3);
  });

  it('of two writers at once: what one wrote wins over what the other intends', async () => {
    const id = aPeering();
    const other = table.ledger(table.client());
    await Promise.all([table.ledger().intend(id, routes(20)), other.confirm(id, routes(20))]);
    expect((await other.read(id)).routes).toEqual(
      routes(20).map((route) => ({ ...route, state: 'written' })),
    );
  });

  it('that DynamoDB left out of a batch are written one by one', async () => {
    const id = aPeering();
    const { ledger, single } = leavingOut(7);
    await ledger.confirm(id, routes(30));
    expect((await ledger.read(id)).routes).toHaveLength(30);
    expect(single()).toBe(7 + 4);
    await ledger.disclaim(id, routes(30));
    expect(await table.stored(id)).toEqual([]);
  });
});

/** A ledger whose queries are answered in pages of so many items: a page of 1 MB would take thousands of routes. */
function inPagesOf(limit: number) {
  const client = table.client();
  let pages = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      pages++;
      return next({ ...args, input: { ...args.input, Limit: limit } });
    },
    { step: 'initialize' },
  );
  return { ledger: table.ledger(client), count: () => pages };
}

const isBatch = (input: object): input is BatchWriteItemCommandInput => 'RequestItems' in input;

/** A ledger of whose batches DynamoDB does the first `count` requests not, as it does when it throttles. */
function leavingOut(count: number) {
  const client = table.client();
  let single = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] === 'PutItemCommand' || context['commandName'] === 'DeleteItemCommand')
        single++;
      if (!isBatch(args.input)) return next(args);
      const requests = args.input.RequestItems?.[table.name] ?? [];
      const left = requests.slice(0, Math.min(count, requests.length - 1));
      const done = { ...args.input, RequestItems: { [table.name]: requests.slice(left.length) } };
      const answer = await next({ ...args, input: done });
      return { ...answer, output: { ...answer.output, UnprocessedItems: { [table.name]: left } } };
    },
    { step: 'initialize' },
  );
  return { ledger: table.ledger(client), single: () => single };
}

describe('sides', () => {
  it('are remembered beside the routes, and replaced', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.intend(id, [aRoute()]);
    await ledger.remember(id, { ...SIDES, requester: SIDES.accepter });
    await ledger.remember(id, SIDES);
    expect(await ledger.read(id)).toEqual({ sides: SIDES, routes: [{ ...aRoute(), state: 'intended' }] });
  });

  it('and routes never expire', async () => {
    const id = aPeering();
    await table.ledger().remember(id, SIDES);
    await table.ledger().confirm(id, [aRoute()]);
    for (const item of await table.stored(id)) {
      expect(item).not.toHaveProperty(ledgerTable().TimeToLiveSpecification.AttributeName);
    }
  });
});

describe('failures', () => {
  it('a table that is missing is told with the call and the table', async () => {
    const ledger = new DynamoDbLedger(table.client(), 'missing');
    const id = aPeering();
    const failed = 'in the ledger missing failed: ResourceNotFoundException';
    await expect(ledger.read(id)).rejects.toThrow(`Query ${failed}`);
    await expect(ledger.intend(id, [aRoute()])).rejects.toThrow(`PutItem ${failed}`);
    await expect(ledger.confirm(id, [aRoute()])).rejects.toThrow(`BatchWriteItem ${failed}`);
    await expect(ledger.append(id, anEntry())).rejects.toThrow(`PutItem ${failed}`);
  });

  it.each([
    ['route#111111111111#eu-west-1#rtb-11111111#10.2.0.0/16', { state: { S: 'perhaps' } }],
    ['route#111111111111#eu-west-1#rtb-11111111#10.2.0.1/16', { state: { S: 'written' } }],
    ['route#1#eu-west-1#rtb-11111111#10.2.0.0/16', { state: { S: 'written' } }],
    ['route#111111111111#eu-west-1#rtb-11111111', { state: { S: 'written' } }],
    ['sides', { requester: { M: {} } }],
    ['rumour', {}],
  ])('an item that is not of its form is named: %s', async (sk, attributes) => {
    const id = aPeering();
    await table.store(id, sk, attributes);
    await expect(table.ledger().read(id)).rejects.toThrow(`the ledger's item peering#${id}, ${sk} is broken`);
  });
});
