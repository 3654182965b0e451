import type { BatchWriteItemCommandInput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { DynamoDbLedger } from '../../../shared/aws/dynamodb-ledger.ts';
import { NO_MEMORY, type LedgerRoute } from '../../../shared/domain/memory/memory.ts';
import { ledgerTable } from '../../support/dynamodb-engine.ts';
import { accountId, cidr, region } from '../../support/ids.ts';
import { aPeering, aRoute, routes, SIDES, startLedgerTable, type LedgerTable } from '../../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

describe('claims', () => {
  it('a peering that was never heard of has no sides and no routes', async () => {
    expect(await table.ledger().read(aPeering())).toEqual(NO_MEMORY);
  });

  it('a route is claimed, then nobody’s', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.write(id, { claims: [aRoute()] });
    expect((await ledger.read(id)).routes).toEqual([aRoute()]);
    await ledger.write(id, { disclaims: [aRoute()] });
    expect((await ledger.read(id)).routes).toEqual([]);
  });

  it('a route that is claimed twice is one claim', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.write(id, { claims: [aRoute(0), aRoute(0)] });
    await ledger.write(id, { claims: [aRoute(0), aRoute(1)] });
    expect((await ledger.read(id)).routes).toEqual([aRoute(0), aRoute(1)]);
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
    await ledger.write(id, { claims: all });
    const read = (await ledger.read(id)).routes;
    expect(read).toHaveLength(all.length);
    expect(read).toEqual(expect.arrayContaining(all));
  });

  it('peerings know nothing of each other', async () => {
    const [one, other] = [aPeering(), aPeering()];
    const ledger = table.ledger();
    await ledger.write(one, { claims: [aRoute()] });
    expect((await ledger.read(other)).routes).toEqual([]);
  });

  it('an empty page is no call: a table that is missing is not noticed', async () => {
    const ledger = new DynamoDbLedger(table.client(), 'missing');
    await expect(ledger.write(aPeering(), {})).resolves.toBeUndefined();
  });

  it('agree with a plain model after any sequence of writes', async () => {
    const route = fc.integer({ min: 0, max: 5 }).map((number) => aRoute(number));
    const operation = fc.record({
      kind: fc.constantFrom('claims' as const, 'disclaims' as const),
      routes: fc.array(route, { maxLength: 8 }),
    });
    const ledger = table.ledger();
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
        const id = aPeering();
        const model = new Map<string, LedgerRoute>();
        for (const { kind, routes } of operations) {
          await ledger.write(id, { [kind]: routes });
          for (const route of routes) {
            if (kind === 'disclaims') model.delete(route.routeTableId);
            else model.set(route.routeTableId, route);
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
    await ledger.write(id, { claims: routes(130), sides: SIDES });
    expect(await ledger.read(id)).toEqual({ ...NO_MEMORY, routes: routes(130), sides: SIDES });
    await ledger.write(id, { disclaims: [...routes(130)] });
    expect(await table.stored(id)).toHaveLength(1);
  });

  it('of more than one page are read to the end', async () => {
    const id = aPeering();
    await table.ledger().write(id, { claims: routes(230) });
    const pages = inPagesOf(100);
    expect((await pages.ledger.read(id)).routes).toHaveLength(230);
    // And one call for what is remembered besides.
    expect(pages.count()).toBe(3 + 1);
  });

  it('that DynamoDB left out of a batch are written one by one', async () => {
    const id = aPeering();
    const { ledger, single } = leavingOut(7);
    await ledger.write(id, { claims: routes(30) });
    expect((await ledger.read(id)).routes).toHaveLength(30);
    expect(single()).toBe(7 + 4);
    await ledger.write(id, { disclaims: routes(30) });
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
    await ledger.write(id, { claims: [aRoute()] });
    await ledger.write(id, { sides: { ...SIDES, requester: SIDES.accepter } });
    await ledger.write(id, { sides: SIDES });
    expect(await ledger.read(id)).toEqual({ ...NO_MEMORY, sides: SIDES, routes: [aRoute()] });
  });

  it('and what was told are of one peering, and replaced', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.write(id, { sides: SIDES, told: 'held|-|no-rule-matches' });
    await ledger.write(id, { told: 'connected|apps-to-shared|rule-allows' });
    expect(await ledger.read(id)).toEqual({
      ...NO_MEMORY,
      sides: SIDES,
      told: 'connected|apps-to-shared|rule-allows',
    });
  });

  it('and routes never expire', async () => {
    const id = aPeering();
    await table.ledger().write(id, { sides: SIDES, claims: [aRoute()], told: 'held' });
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
    await expect(ledger.write(id, { claims: [aRoute()] })).rejects.toThrow(`BatchWriteItem ${failed}`);
  });

  it.each([
    ['route#111111111111#eu-west-1#rtb-11111111#10.2.0.1/16', {}],
    ['route#1#eu-west-1#rtb-11111111#10.2.0.0/16', {}],
    ['route#111111111111#eu-west-1#rtb-11111111', {}],
    ['sides', { requester: { M: {} } }],
    ['told', {}],
    ['rumour', {}],
  ])('an item that is not of its form is named: %s', async (sk, attributes) => {
    const id = aPeering();
    await table.store(id, sk, attributes);
    await expect(table.ledger().read(id)).rejects.toThrow(`the ledger's item peering#${id}, ${sk} is broken`);
  });
});
